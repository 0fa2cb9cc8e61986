"""The columns of many accounts on many days: what replays a year asks."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from firstwin.accounts.scope import AccountSet
from firstwin.usage.metrics.columns import Columns
from firstwin.usage.metrics.population import columns_of


def columns_on(
    accounts: AccountSet | Collection[int] | None,
    days: Sequence[date],
    *,
    known_by: Sequence[datetime] | None = None,
    now: datetime,
) -> dict[date, Columns]:
    """Day → what `population.columns_of` says of it.

    known_by: one moment for each of the days; only what was known then counts.
    """
    moments: Sequence[datetime | None] = known_by if known_by is not None else [None] * len(days)
    return {day: columns_of(accounts, day, known_by=moment, now=now) for day, moment in zip(days, moments, strict=True)}
