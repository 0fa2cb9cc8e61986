"""People and events week by week, for charts."""

from datetime import date, datetime, timedelta

import numpy as np

from firstwin.usage.lake.schema import BLOCK
from firstwin.usage.metrics import bits
from firstwin.usage.metrics.columns import Ints
from firstwin.usage.metrics.opening import Opened, opened
from firstwin.usage.metrics.pairs import distinct
from firstwin.usage.metrics.reading import Week
from firstwin.usage.metrics.whose import whose


def weekly(account_id: int, on: date, weeks: int = 104, *, known_by: datetime | None = None) -> list[Week]:
    """Spans of 7 days, the earliest first; the last one ends with `on`."""
    with opened(whose([account_id]), on, known_by=known_by, tables=("actor_blocks", "place_days")) as lake:
        people, is_measured = _people(lake, weeks)
        asked = lake.ask("days", first=lake.day - 7 * weeks + 1, last=lake.day)
        mine = lake.whose.of_places(asked["place"]) >= 0
        by_day = np.zeros(7 * weeks, np.int64)
        np.add.at(by_day, 7 * weeks - 1 - (lake.day - asked["day"][mine]), asked["count"][mine])
    events, days = by_day.reshape(weeks, 7).sum(axis=1), (by_day.reshape(weeks, 7) > 0).sum(axis=1)
    told = zip(people.tolist(), events.tolist(), days.tolist(), strict=True)
    return [
        Week(on - timedelta(days=7 * (weeks - place) - 1), who if is_measured else None, many, some)
        for place, (who, many, some) in enumerate(told)
    ]


def _people(lake: Opened, weeks: int) -> tuple[Ints, bool]:
    """Distinct people by week; whether any person was ever seen."""
    found, are_any = np.zeros(weeks, np.int64), False
    for part in lake.people():
        people, is_any = _people_of(part, weeks)
        found, are_any = found + people, are_any or is_any
    return found, are_any


def _people_of(lake: Opened, weeks: int) -> tuple[Ints, bool]:
    asked = lake.ask("people", first=0, last=lake.day // BLOCK)
    mask = bits.cut(asked["block"], asked["mask"], last=lake.day)
    here = (lake.whose.of_places(asked["place"]) >= 0) & (mask != 0)
    block, mask, actor = asked["block"][here], mask[here], asked["actor"][here]
    human = lake.humans(actor)
    rows = {number: np.flatnonzero(block == number) for number in np.unique(block).tolist()}
    counts = np.zeros(weeks, np.int64)
    for week in range(weeks):
        last = lake.day - 7 * (weeks - 1 - week)
        came = [_NOBODY]
        for number in {(last - 6) // BLOCK, last // BLOCK} & rows.keys():
            some = rows[number]
            came.append(human[some[bits.window(block[some], mask[some], last=last, days=7) != 0]])
        counts[week] = len(distinct(np.concatenate(came)))
    return counts, bool(len(human))


_NOBODY = np.zeros(0, np.int64)
