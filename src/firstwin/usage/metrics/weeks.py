"""People and events week by week, for charts."""

from datetime import date, datetime, timedelta

import numpy as np

from firstwin.usage.lake.schema import BLOCK
from firstwin.usage.metrics import bits
from firstwin.usage.metrics.columns import Ints
from firstwin.usage.metrics.opening import Opened, opened
from firstwin.usage.metrics.reading import Week
from firstwin.usage.metrics.whose import Humans, whose


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
    asked = lake.ask("people", first=0, last=lake.day // BLOCK)
    mask = bits.cut(asked["block"], asked["mask"], last=lake.day)
    here = (lake.whose.of_places(asked["place"]) >= 0) & (mask != 0)
    block, mask, actor = asked["block"][here], mask[here], asked["actor"][here]
    human = Humans(actor).of(actor)
    keys: list[Ints] = []
    for bit in range(BLOCK):  # one day of every block at a time: an account may have millions of people
        some = (mask >> np.uint64(bit)) & bits.ONE != 0
        week = weeks - 1 - (lake.day - (block[some].astype(np.int64) * BLOCK + bit)) // 7
        recent = week >= 0
        keys.append(np.unique(human[some][recent] * weeks + week[recent]))
    pairs = np.unique(np.concatenate(keys))
    return np.bincount(pairs % weeks, minlength=weeks), bool(here.any())
