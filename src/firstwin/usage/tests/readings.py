"""Readings of usage for tests of the screens: as the metrics tell them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from firstwin.usage.metrics.reading import Heat, HeatRow, PersonUse, ProductUse, Usage, Week

ON = date(2026, 6, 1)
AT = datetime(2026, 6, 1, 9, tzinfo=UTC)


def a_usage(**said: Any) -> Usage:
    """An account of 40 seats with 18 people in a week and 26 in four, unless said otherwise."""
    usual: dict[str, Any] = {
        "account": 1, "on": ON, "basis": "events", "last_seen_at": AT - timedelta(hours=2), "active_1": 9,
        "active_7": 18, "active_28": 26, "people_ever": 41, "days_14": 10, "frequency": "daily", "events_7": 410,
        "events_28": 1_620, "events_28_before": 1_900, "seats": 40, "assigned": 32, "peak": 31, "weekly_share": 0.45,
        "licence_share": 0.65, "habit_weeks": 11, "is_habit": True, "core_used": 3, "core_total": 5,
        "depth_share": 0.6, "teams_28": 4, "sites_28": 2, "stickiness": 0.31, "trend": -3.4, "trend_share": -0.18,
        "trend_why": "1,620 events against a middle of 1,975 in 11 earlier windows.", "activated_on": date(2025, 3, 3),
        "first_win_on": date(2025, 3, 28), "started_on": date(2025, 2, 10), "days_to_value": 46, "days_so_far": None,
        "products": (a_product_use(), a_product_use(product_id=2, key="atlas", name="Atlas", bought=8, assigned=None,
                                                    active_28=9, peak=9, share=1.125)),
        "exhausts_on": None, "reasons": {},
    }  # fmt: skip
    return Usage(**(usual | said))


def a_product_use(**said: Any) -> ProductUse:
    usual: dict[str, Any] = {
        "product_id": 1, "key": "desk", "name": "Freight desk", "bought": 32, "assigned": 30, "active_28": 22,
        "peak": 28, "share": 0.6875, "exhausts_on": date(2027, 1, 12),
    }  # fmt: skip
    return ProductUse(**(usual | said))


def nothing(**said: Any) -> Usage:
    """An account nobody ever saw."""
    bare: dict[str, Any] = dict.fromkeys(
        ("last_seen_at", "active_1", "active_7", "active_28", "people_ever", "days_14", "peak", "weekly_share",
         "licence_share", "habit_weeks", "is_habit", "depth_share", "teams_28", "sites_28", "stickiness", "trend",
         "trend_share", "activated_on", "first_win_on", "days_to_value")
    )  # fmt: skip
    bare |= {"basis": "none", "frequency": "", "events_7": 0, "events_28": 0, "events_28_before": 0, "trend_why": "",
             "core_used": 0, "products": ()}  # fmt: skip
    return a_usage(**(bare | said))


def some_weeks(count: int = 104, on: date = ON, **said: Any) -> tuple[Week, ...]:
    """Weeks that end with `on`, growing and then falling."""
    first = on - timedelta(days=7 * count - 1)

    def week(n: int) -> Week:
        people = max(0, round(4 + 24 * min(n, 70) / 70 - max(0, n - 88) * 1.1 + (n * 7 % 5)))
        events = people * 22 + n * 13 % 40 if n % 52 != 44 else 0
        told = {"people": people if events else 0, "events": events, "days": min(7, people // 2) if events else 0}
        return Week(from_on=first + timedelta(days=7 * n), **(told | said))

    return tuple(week(n) for n in range(count))


def a_heat(on: date = ON, weeks: int = 26) -> Heat:
    names = (
        ("Shipment booked", 1, None, True, 40), ("Quote sent", 1, 1, True, 25), ("Quote edited", 1, 1, False, 12),
        ("Report shared", 1, None, True, 9), ("Dashboard viewed", None, None, False, 60),
        ("Route planned", 2, None, True, 14), ("Map exported", 2, 6, False, 3),
    )  # fmt: skip
    rows = tuple(_row(n + 1, *one, weeks) for n, one in enumerate(names))
    days = tuple(on - timedelta(days=7 * (weeks - n) - 1) for n in range(weeks))
    return Heat(on, days, rows)


def _row(
    feature: int, label: str, product: int | None, parent: int | None, is_core: bool, size: int, weeks: int
) -> HeatRow:
    counts = tuple(
        0 if (n * feature) % 11 == 7 or (feature == 4 and n > 20) else round(size * (0.4 + (n * feature % 9) / 6))
        for n in range(weeks)
    )
    shades = tuple(None if not count else _shade(count / size) for count in counts)
    return HeatRow(
        feature, label.lower().replace(" ", "_"), label, product, parent, is_core, counts, float(size), shades
    )


def _shade(part: float) -> int:
    return -2 if part <= 0.5 else -1 if part < 0.85 else 0 if part < 1.2 else 1 if part < 1.6 else 2


def a_person(actor: int, **said: Any) -> PersonUse:
    usual: dict[str, Any] = {
        "actor": actor, "person_id": None, "name": f"Person {actor:02}", "subject": f"{actor:08x}-0000", "days_28": 8,
        "days_28_before": 10, "events_28": 80, "features_28": 4, "state": "active",
        "first_seen_at": AT - timedelta(days=300), "last_seen_at": AT - timedelta(days=1),
    }  # fmt: skip
    return PersonUse(**(usual | said))


def some_people() -> list[PersonUse]:
    """Thirty: most come, four are new, five stopped coming, two nobody knows."""
    found = []
    for n in range(1, 31):
        said: dict[str, Any] = {"days_28": 20 - n % 19, "days_28_before": n * 3 % 20, "features_28": 1 + n % 6}
        if n % 8 == 0:
            said |= {"state": "new", "first_seen_at": AT - timedelta(days=9), "days_28_before": 0}
        if n % 6 == 1:
            said |= {"state": "lapsed", "days_28": 0, "features_28": 0, "last_seen_at": AT - timedelta(days=30 + n)}
        if n in (12, 23):
            said |= {"name": ""}
        found.append(a_person(n, **said))
    return found
