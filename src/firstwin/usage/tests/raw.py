"""Raw events for tests of metrics, and the plain answers: one loop over all of them per question, no roll-ups."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from statistics import median
from typing import Any

import pyarrow as pa

from firstwin.core.clock import day_of, end_of
from firstwin.usage.lake.commit import store
from firstwin.usage.lake.days import number_of
from firstwin.usage.lake.schema import EVENTS, What
from firstwin.usage.store.models import Piece

_keys = count(1)


@dataclass(frozen=True)
class Raw:
    place: int
    actor: int
    feature: int
    at: datetime
    what: int = What.TRACK
    count: int = 1
    known_on: int = 0

    @property
    def day(self) -> date:
        return day_of(self.at)


def put(events: Iterable[Raw], *, now: datetime) -> None:
    """Store them as one segment."""
    rows = [
        {
            "place": one.place, "actor": one.actor, "feature": one.feature, "what": int(one.what), "source": 1,
            "ts": one.at.astimezone(UTC).replace(tzinfo=None), "day": number_of(one.day), "known_on": one.known_on,
            "received": now.replace(tzinfo=None), "k1": next(_keys), "k2": 7, "count": one.count, "people": None,
            "value_micro": None, "run": 0, "line": 0, "props": None,
        }
        for one in events
    ]  # fmt: skip
    if rows:
        store(pa.Table.from_pylist(rows, schema=EVENTS), inbox_ids=[], extra=lambda: None, now=now)


def empty_lake() -> None:
    Piece.objects.all().delete()


@dataclass(frozen=True)
class World:
    """What numbers mean. accounts: place → account. humans: actor → the one that stands for them."""

    accounts: Mapping[int, int]
    humans: Mapping[int, int]
    ignored: frozenset[int] = frozenset()
    core: frozenset[int] = frozenset()
    activation: frozenset[int] = frozenset()
    first_win: frozenset[int] = frozenset()


def plainly(events: Sequence[Raw], world: World, account: int, on: date, known_on: int | None = None) -> dict[str, Any]:
    """The metrics of one account from its raw events."""
    mine = [
        one
        for one in events
        if world.accounts.get(one.place) == account
        and one.day <= on
        and one.feature not in world.ignored
        and one.what in (What.TRACK, What.PAGE, What.SCREEN, What.AGGREGATE)
        and (known_on is None or one.known_on <= known_on)
    ]
    acts = [one for one in mine if one.what != What.AGGREGATE]
    counts = [one for one in mine if one.what == What.AGGREGATE]
    basis = {(True, True): "both", (True, False): "events", (False, True): "aggregates"}.get(
        (bool(acts), bool(counts)), "none"
    )

    def within(days: int, until: date = on) -> list[Raw]:
        return [one for one in mine if until - timedelta(days=days) < one.day <= until]

    def people(days: int, until: date = on) -> set[int]:
        return {world.humans.get(one.actor, one.actor) for one in within(days, until) if one.what != What.AGGREGATE}

    measured = basis in ("events", "both")
    by_day = [people(1, on - timedelta(days=ago)) for ago in range(28)]
    windows = [sum(one.count for one in within(28, on - timedelta(days=28 * n))) for n in range(13)]
    days_14 = len({one.day for one in within(14)})
    weeks = [bool(within(7, on - timedelta(days=7 * n))) for n in range(52)]
    oldest = max((n for n, used in enumerate(weeks) if used), default=-1)
    ever = {world.humans.get(one.actor, one.actor) for one in acts}

    def first(features: frozenset[int]) -> date | None:
        return min((one.day for one in mine if one.feature in features), default=None)

    last = max((one.at for one in (acts or counts)), default=None)
    return {
        "basis": basis,
        "last_seen_at": last,
        "active_1": len(people(1)) if measured else None,
        "active_7": len(people(7)) if measured else None,
        "active_28": len(people(28)) if measured else None,
        "people_ever": len(ever) if measured else None,
        "days_14": days_14 if basis != "none" else None,
        "events_7": sum(one.count for one in within(7)),
        "events_28": windows[0],
        "events_28_before": windows[1],
        "habit_weeks": sum(weeks[:12]) if basis != "none" else None,
        "core_used": len({one.feature for one in within(28)} & world.core),
        "stickiness": round(sum(len(some) for some in by_day) / 28 / len(people(28)), 6)
        if measured and people(28)
        else None,
        "windows": windows[1 : max((oldest + 1) // 4, 1)],
        "activated_on": first(world.activation),
        "first_win_on": first(world.first_win),
        "usual": median(windows[1:]) if windows else None,
    }


COMPARED = (
    "basis", "active_1", "active_7", "active_28", "people_ever", "days_14", "events_7", "events_28",
    "events_28_before", "habit_weeks", "core_used", "activated_on", "first_win_on",
)  # fmt: skip

__all__ = ["COMPARED", "Raw", "World", "empty_lake", "end_of", "plainly", "put"]
