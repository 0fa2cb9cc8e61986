"""What is said about many accounts at once, as columns of numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.usage.metrics.seats import Bought

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NONE, EVENTS, AGGREGATES, BOTH = 0, 1, 2, 3
BASES = ("none", "events", "aggregates", "both")


@dataclass(slots=True)
class Columns:
    """One value for each of `accounts` (ids, rising) at the close of `on`; what they mean says `reading.Usage`.

    Whole numbers that are not known are NEVER, others NaN. Days are days since 1970-01-01, moments microseconds, UTC.
    windows: events in spans of 28 days, the one that ends with `on` first; windows_known: how many of those before it
    lie after the first use of the last year.
    """

    on: date
    accounts: Ints
    basis: Ints
    last_seen: Ints
    active_1: Ints
    active_7: Ints
    active_28: Ints
    people_ever: Ints
    person_days_28: Ints
    days_14: Ints
    events_7: Ints
    events_28: Ints
    events_28_before: Ints
    habit_weeks: Ints
    core_used: Ints
    core_total: Ints
    teams_28: Ints
    sites_28: Ints
    activated: Ints
    first_win: Ints
    products_without_win: Ints
    windows: Ints
    windows_known: Ints
    bought: Bought
    weekly_share: Floats
    licence_share: Floats
    depth_share: Floats
    stickiness: Floats
    trend: Floats
    trend_share: Floats

    def __len__(self) -> int:
        return len(self.accounts)


def joined(parts: Sequence[Columns]) -> Columns:
    """Columns of different accounts on one day, the accounts rising from part to part."""
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0, *(len(part) for part in parts)])
    lines = [
        replace(part.bought, account=part.bought.account + start) for part, start in zip(parts, starts, strict=False)
    ]
    bought = Bought(**{name: np.concatenate([getattr(one, name) for one in lines]) for name in _names(Bought)})
    told = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in _names(Columns)
        if name not in ("on", "bought")
    }
    return Columns(on=parts[0].on, bought=bought, **told)


def _names(kind: type[Any]) -> list[str]:
    return [one.name for one in fields(kind)]
