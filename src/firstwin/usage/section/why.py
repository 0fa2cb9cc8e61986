"""What is behind a figure: its window, the events that count, its denominator, and the rows it was made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings

from firstwin.core.clock import day_of, start_of
from firstwin.core.errors import NotFound
from firstwin.revenue.models import SubscriptionLine
from firstwin.revenue.section.evidence import Origin, origin_of
from firstwin.ui.filters import NOTHING, day, number, plural, share
from firstwin.usage.catalogue import meanings
from firstwin.usage.metrics.reading import PersonUse
from firstwin.usage.section.figures import Figure, figures_of, window
from firstwin.usage.section.gather import Reading
from firstwin.usage.section.pictures import week_title
from firstwin.usage.store.models import EventName

MOST = 20
BASES = {
    "events": "single events",
    "aggregates": "daily counts that somebody else made",
    "both": "single events, and daily counts that somebody else made",
    "none": "nothing was sent",
}
USE = "Track, page and screen calls and imported counts; names the catalogue ignores are left out"


@dataclass(frozen=True)
class Row:
    """counts: whether it is in the figure. origin: where a row of the contract came from."""

    name: str
    words: str
    amount: str
    counts: bool = True
    origin: Origin | None = None


@dataclass(frozen=True)
class Evidence:
    """facts: (label, words). groups: (title, rows)."""

    figure: Figure
    rule: str
    facts: Sequence[tuple[str, str]]
    groups: Sequence[tuple[str, Sequence[Row]]] = ()
    left_out: int = 0


@dataclass
class Answer:
    """more: rows that were counted and are not in the groups."""

    rule: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    groups: list[tuple[str, list[Row]]] = field(default_factory=list)
    more: int = 0


def evidence_for(key: str, reading: Reading) -> Evidence:
    """Raises NotFound for a figure there is not."""
    way = WAYS.get(key)
    if way is None:
        raise NotFound("There is no such figure.")
    figure = next(one for one in figures_of(reading.usage, reading.weeks, reading.depth) if one.key == key)
    answer = way(reading)
    facts = [*answer.facts, ("Days", f"in {settings.TIME_ZONE}"), ("Made of", BASES[reading.usage.basis])]
    left_out = answer.more + sum(max(0, len(rows) - MOST) for _, rows in answer.groups)
    groups = [(title, rows[:MOST]) for title, rows in answer.groups if rows]
    return Evidence(figure, answer.rule, facts, groups, left_out)


def _span(on: date, days: int) -> str:
    first, last = window(on, days)
    return f"{day(first, 'always')} to {day(last, 'always')}, {plural(days, 'day')}"


def _weekly(reading: Reading) -> Answer:
    usage = reading.usage
    return _active(reading, 7, usage.active_7, "Distinct people with any use in 7 days, of the seats in force.")


def _licence(reading: Reading) -> Answer:
    usage = reading.usage
    answer = _active(reading, 28, usage.active_28, "Distinct people with any use in 28 days, of the seats in force.")
    if usage.peak is not None:
        answer.facts.insert(3, ("Peak", f"{plural(usage.peak, 'person', 'people')} in the best 28 days so far"))
    return answer


def _active(reading: Reading, days: int, active: int | None, rule: str) -> Answer:
    usage = reading.usage
    people, more = _who(reading, days) if active is not None else ([], 0)
    seats = number(usage.seats) if usage.seats is not None else "not known"
    facts = [
        ("Window", _span(reading.asof.on, days)),
        ("Counted", number(active) if active is not None else "not measurable"),
        ("Divided by", f"{seats} seats of the widest product, paid and in force at the close of the day"),
        ("Events", USE),
    ]
    return Answer(rule, facts, [("People", people), ("Seats", _seats(reading))], more)


def _who(reading: Reading, days: int) -> tuple[list[Row], int]:
    """(those seen in so many days, of a crowd the first; how many more there are)."""
    first, _ = window(reading.asof.on, days)
    if reading.is_crowd:
        found = reading.first_people("-often", MOST, since=start_of(first))
        return [_person(one) for one in found.first], found.count - len(found.first)
    return [_person(one) for one in reading.people if _day(one) >= first], 0


def _day(one: PersonUse) -> date:
    return day_of(one.last_seen_at)


def _person(one: PersonUse) -> Row:
    words = f"last seen {day(_day(one))}, {plural(one.features_28, 'feature')}"
    return Row(one.name or f"Visitor {one.subject[:8]}", words, f"{plural(one.days_28, 'day')} of 28")


def _seats(reading: Reading) -> list[Row]:
    return [_line(piece, piece in reading.ledger.subscriptions) for piece in reading.ledger.in_force]


def _line(piece: SubscriptionLine, is_paid: bool) -> Row:
    ends = f"to {day(piece.ends_on, 'always')}" if piece.ends_on else "on, no end"
    return Row(
        piece.product.name if piece.product else piece.external_id,
        f"{day(piece.starts_on, 'always')} {ends}",
        number(piece.quantity),
        counts=is_paid and piece.quantity is not None,
        origin=origin_of(piece),
    )


def _frequency(reading: Reading) -> Answer:
    rule = "Days with any use in 14: 9 or more are daily, 5 to 8 weekly, 2 to 4 occasional, fewer inactive."
    days = reading.usage.days_14
    facts = [("Window", _span(reading.asof.on, 14)), ("Days with use", number(days)), ("Events", USE)]
    return Answer(rule, facts, [("Weeks", _weeks(reading, 2))])


def _habit(reading: Reading) -> Answer:
    rule = "Weeks of 7 days with any use, of the last 12. From 8 on, use is a habit."
    facts = [("Window", _span(reading.asof.on, 84)), ("Events", USE)]
    return Answer(rule, facts, [("Weeks", _weeks(reading, 12))])


def _weeks(reading: Reading, count: int) -> list[Row]:
    return [
        Row(
            week_title(week.from_on),
            f"{plural(week.days, 'day')} with use",
            plural(week.events, "event"),
            counts=week.events > 0,
        )
        for week in reversed(reading.weeks[-count:])
    ]


def _depth(reading: Reading) -> Answer:
    usage, depth = reading.usage, reading.depth
    rule = "Core workflows used in 28 days, of the core workflows of the products in force."
    facts = [
        ("Window", _span(reading.asof.on, 28)),
        ("Used", number(usage.core_used)),
        ("Divided by", f"{plural(usage.core_total, 'core workflow')}, as the catalogue says"),
    ]
    used = [Row(one.label, "", plural(one.events, "event")) for one in depth.used]
    missing = [Row(one.label, "", "none", counts=False) for one in depth.missing]
    return Answer(rule, facts, [("Used", used), ("Missing", missing)])


def _trend(reading: Reading) -> Answer:
    usage, on = reading.usage, reading.asof.on
    rule = (
        "Events of 28 days against the account's own earlier windows of 28 days: their middle, and how far they "
        "usually stray from it. Below a least volume nothing is said."
    )
    strength = f"{number(usage.trend, 1)} times its usual spread" if usage.trend is not None else NOTHING
    facts = [
        ("Window", _span(on, 28)),
        ("Events", f"{number(usage.events_28)}, before {number(usage.events_28_before)}"),
        ("Change", share(usage.trend_share) if usage.trend_share is not None else NOTHING),
        ("Strength", strength),
        ("Said", usage.trend_why or NOTHING),
    ]
    return Answer(rule, facts, [("Windows of 28 days", _windows(reading))])


def _windows(reading: Reading) -> list[Row]:
    weeks = list(reading.weeks)
    rows = []
    for end in range(len(weeks), 3, -4):
        some = weeks[end - 4 : end]
        events = sum(week.events for week in some)
        rows.append(Row(f"from {day(some[0].from_on, 'always')}", "", plural(events, "event"), counts=events > 0))
    while rows and not rows[-1].counts:
        rows.pop()
    return rows


def _teams(reading: Reading) -> Answer:
    usage = reading.usage
    rule = "Distinct teams and sites of the people active in 28 days, as their traits told them up to the day."
    facts = [
        ("Window", _span(reading.asof.on, 28)),
        ("Teams", number(usage.teams_28)),
        ("Sites", number(usage.sites_28)),
        ("Active people", number(usage.active_28)),
    ]
    return Answer(rule, facts)


def _stickiness(reading: Reading) -> Answer:
    usage = reading.usage
    rule = "People active on a day, as a mean over 28 days, divided by those active in the 28 days."
    mean = usage.stickiness * usage.active_28 if usage.stickiness is not None and usage.active_28 else None
    facts = [
        ("Window", _span(reading.asof.on, 28)),
        ("On a day", f"{number(mean, 1)} people in the mean"),
        ("Divided by", f"{number(usage.active_28)} active in 28 days"),
        ("Events", USE),
    ]
    return Answer(rule, facts)


def _last_seen(reading: Reading) -> Answer:
    if reading.is_crowd:
        latest = reading.first_people("-last", 10).first
    else:
        latest = sorted(reading.people, key=lambda one: one.last_seen_at, reverse=True)[:10]
    rows = [Row(one.name or f"Visitor {one.subject[:8]}", "", day(one.last_seen_at, "always")) for one in latest]
    return Answer("The latest use of a person; where only counts were sent, of those.", [("Events", USE)],
                  [("Last seen", rows)])  # fmt: skip


def _activation(reading: Reading) -> Answer:
    rule = "The first event whose name the catalogue says means activation."
    return Answer(rule, _start(reading), [("Means activation", _meaning(reading, "activation"))])


def _first_win(reading: Reading) -> Answer:
    usage = reading.usage
    rule = (
        "The first event whose name the catalogue says is a first win: the first time they used it in real life and "
        "it worked. Time to value runs from the start of the first paid line."
    )
    facts = _start(reading)
    if usage.days_to_value is not None:
        facts.append(("Time to value", plural(usage.days_to_value, "day")))
    elif usage.days_so_far is not None:
        facts.append(("So far", plural(usage.days_so_far, "day")))
    return Answer(rule, facts, [("Means a first win", _meaning(reading, "first_win"))])


def _start(reading: Reading) -> list[tuple[str, str]]:
    start = reading.usage.started_on
    return [("Contract start", day(start, "always") if start else "not known")]


def _meaning(reading: Reading, means: str) -> list[Row]:
    told = {feature: one for feature, one in meanings(reading.known_by).items() if one.means == means}
    names = dict(EventName.objects.filter(pk__in=told).values_list("pk", "name"))
    return [Row(one.label or names.get(feature, ""), names.get(feature, ""), "") for feature, one in told.items()]


WAYS: dict[str, Callable[[Reading], Answer]] = {
    "weekly": _weekly, "licence": _licence, "frequency": _frequency, "habit": _habit, "depth": _depth,
    "trend": _trend, "teams": _teams, "stickiness": _stickiness, "last_seen": _last_seen, "activation": _activation,
    "first_win": _first_win,
}  # fmt: skip
