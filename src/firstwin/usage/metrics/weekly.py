"""Events of whole weeks for many accounts at once, in one question."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from firstwin.usage.metrics.opening import opened
from firstwin.usage.metrics.reach import may_have_use
from firstwin.usage.metrics.whose import whose

LARGEST = 2**31
"""What a week counts at most."""


def last_sunday(on: date) -> date:
    """The last day of the latest week, Monday to Sunday, that is over at the close of `on`."""
    return on - timedelta(days=(on.weekday() + 1) % 7)


def weekly_counts(
    account_ids: Sequence[int], last: date, weeks: int, *, known_by: datetime | None = None
) -> npt.NDArray[np.int64]:
    """Accounts × weeks, the earliest first, of which the last ends with `last`: events and daily counts, noise left
    out, of the accounts in the order given (rising)."""
    ids = np.asarray(account_ids, np.int64)
    found = np.zeros((len(ids), weeks), np.int64)
    some = np.array(may_have_use(ids.tolist()), np.int64)
    if not len(some):
        return found
    span = 7 * weeks
    with opened(whose(some.tolist()), last, known_by=known_by, tables=("place_days",)) as lake:
        by_week = np.zeros(len(lake.whose.accounts) * weeks, np.int64)
        for part in lake.ask_in_parts("days", first=lake.day - span + 1, last=lake.day):
            account = lake.whose.of_places(part["place"]).astype(np.int64)
            week = weeks - 1 - (lake.day - part["day"].astype(np.int64)) // 7
            mine = account >= 0
            np.add.at(by_week, account[mine] * weeks + week[mine], np.clip(part["count"][mine], 0, LARGEST))
        places = np.searchsorted(ids, lake.whose.accounts)
    found[places] = np.minimum(by_week.reshape(-1, weeks), LARGEST)
    return found
