"""How long until the first win, by cohort: leaving before it is a competing risk, who still waits is censored.

The clock runs from the start of the first paid line (`contract`) or from the kick-off: the first call, meeting or visit
on or after that day (`kickoff`). An account that won before its clock started waited 0 days.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, F, Max, Q

from firstwin.accounts.bulk import among, plain_rows
from firstwin.accounts.models import Touch
from firstwin.accounts.models.kinds import TouchKind
from firstwin.accounts.scope import AccountSet
from firstwin.core.clock import day_of, end_of, start_of
from firstwin.science.survival import CENSORED, COMPETING, EVENT, incidence
from firstwin.usage.catalogue import meanings
from firstwin.usage.lake.days import day_of as day_number
from firstwin.usage.lake.days import number_of
from firstwin.usage.metrics.asking import NEVER
from firstwin.usage.metrics.core import first_days, meant_use
from firstwin.usage.metrics.opening import opened
from firstwin.usage.metrics.seats import as_day, bought, paid_lines
from firstwin.usage.metrics.whose import Whose, whose

CONTRACT, KICKOFF = "contract", "kickoff"
LEAST_DAYS = 28
"""A cohort is left out until all of its accounts were followed so long."""

WITHIN = 90
_SPOKE = (TouchKind.CALL, TouchKind.MEETING, TouchKind.VISIT)


@dataclass(frozen=True, slots=True)
class Cohort:
    """Accounts whose clock started in one span.

    points: (days, share that had the first win by then), rising.  lost_points: the same for leaving before it.
    bands: (days, low, high): 95 %.  censored: after how many days each that neither won nor left was last seen.
    followed: the longest of all.  median: None: half did not get there yet.
    """

    label: str
    from_on: date
    to_on: date
    n: int
    wins: int
    lost: int
    median: int | None
    points: tuple[tuple[int, float], ...]
    lost_points: tuple[tuple[int, float], ...]
    bands: tuple[tuple[int, float, float], ...]
    censored: tuple[int, ...]
    followed: int


@dataclass(frozen=True, slots=True)
class ActivationMonth:
    """Accounts whose clock started in the month: how many there are, and how many won within the days asked for.

    rate: None until the days of all of them have passed.
    """

    month_on: date
    started: int
    reached: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class Wait:
    """Of one account: when its clock started, and how its wait ended after so many days.

    how: `EVENT` by the first win, `COMPETING` by leaving, `CENSORED`: it still waits.
    """

    started_on: date
    days: int
    how: int


def value_curves(waits: Sequence[Wait], *, by: str = "quarter", on: date) -> list[Cohort]:
    """Cumulative incidence of the first win by cohort (`month`, `quarter` or `year` of the clock), earliest first."""
    cohorts: dict[date, list[Wait]] = defaultdict(list)
    for wait in waits:
        cohorts[_opens(wait.started_on, by)].append(wait)
    found = []
    for opens in sorted(cohorts):
        closes = _next(opens, by) - timedelta(days=1)
        if (on - closes).days >= LEAST_DAYS:
            found.append(_cohort(opens, closes, by, cohorts[opens]))
    return found


def activation_by_month(waits: Sequence[Wait], *, days: int = WITHIN, on: date) -> list[ActivationMonth]:
    """Of the accounts whose clock started in each month: those with a first win within `days`, the earliest first."""
    months: dict[date, list[Wait]] = defaultdict(list)
    for wait in waits:
        months[_opens(wait.started_on, "month")].append(wait)
    return [_month(opens, months[opens], days, on) for opens in sorted(months)]


def _month(opens: date, waits: Sequence[Wait], days: int, on: date) -> ActivationMonth:
    reached = sum(wait.how == EVENT and wait.days <= days for wait in waits)
    is_ripe = _next(opens, "month") - timedelta(days=1) + timedelta(days=days) <= on
    return ActivationMonth(opens, len(waits), reached, round(reached / len(waits), 6) if is_ripe else None)


def _cohort(opens: date, closes: date, by: str, waits: Sequence[Wait]) -> Cohort:
    said = incidence([wait.days for wait in waits], [wait.how for wait in waits])
    times = said.times.tolist()
    share, lost, low, high = (np.round(values, 6).tolist() for values in (said.share, said.lost, said.low, said.high))
    return Cohort(
        label=_label(opens, by),
        from_on=opens,
        to_on=closes,
        n=said.n,
        wins=said.events,
        lost=said.competing,
        median=said.median,
        points=tuple(zip(times, share, strict=True)),
        lost_points=tuple(zip(times, lost, strict=True)),
        bands=tuple(zip(times, low, high, strict=True)),
        censored=tuple(sorted(wait.days for wait in waits if wait.how == CENSORED)),
        followed=max(wait.days for wait in waits),
    )


def waits_of(accounts: AccountSet, *, clock: str = CONTRACT, on: date, known_by: datetime | None = None) -> list[Wait]:
    """Of those whose clock (`contract` or `kickoff`) started by then."""
    asked = whose(accounts)
    with opened(asked, on, known_by=known_by, tables=("actor_blocks", "feature_blocks")) as lake:
        said = meanings(known_by)
        wins = first_days(meant_use(lake, said), said, len(asked.accounts))["first_win"].tolist()
    started = bought(asked, on, known_by).started.tolist()
    left = _left(asked, on, known_by)
    if clock == KICKOFF:
        started = _kickoffs(asked, started, on, known_by)
    found = []
    for place, account in enumerate(asked.accounts.tolist()):
        if started[place] != NEVER:
            won = day_number(wins[place]) if wins[place] != NEVER else None
            found.append(_wait(day_number(started[place]), won, left.get(account), on))
    return found


def _wait(begun: date, won: date | None, left: date | None, on: date) -> Wait:
    if won is not None and (left is None or won <= left):
        return Wait(begun, max((won - begun).days, 0), EVENT)
    if left is not None:
        return Wait(begun, max((left - begun).days, 0), COMPETING)
    return Wait(begun, (on - begun).days, CENSORED)


def _left(asked: Whose, on: date, known_by: datetime | None) -> dict[int, date]:
    """When accounts without a paid line in force had their last one end."""
    rows = paid_lines(asked, known_by).filter(starts_on__lte=on).exclude(ends_on=F("starts_on"))
    in_force = Count("pk", filter=Q(ends_on__isnull=True) | Q(ends_on__gt=on))
    told = plain_rows(rows.values_list("account_id").annotate(last=Max("ends_on"), held=in_force))
    return {account: as_day(last) for account, last, held in told if not held and last is not None}


def _kickoffs(asked: Whose, started: Sequence[int], on: date, known_by: datetime | None) -> list[int]:
    """The day on which we first spoke since each began, as numbers; NEVER where we did not."""
    begun = {
        account: _bare(start_of(day_number(day)))
        for account, day in zip(asked.accounts.tolist(), started, strict=True)
        if day != NEVER
    }
    rows: Any = among(Touch.objects.filter(kind__in=_SPOKE, occurred_at__lt=end_of(on)), "account_id", list(begun))
    rows = rows.standing() if known_by is None else rows.known_by(known_by)
    first: dict[int, datetime] = {}
    # A million of them: compared as the database gives them, and only the first of each is made a day.
    for account, moment in plain_rows(rows.order_by().values_list("account_id", "occurred_at")):
        at = _bare(moment)
        if at >= begun[account] and (account not in first or at < first[account]):
            first[account] = at
    days = {account: number_of(day_of(at.replace(tzinfo=UTC))) for account, at in first.items()}
    return [days.get(account, NEVER) for account in asked.accounts.tolist()]


def _bare(moment: datetime) -> datetime:
    """In UTC without saying so, as SQLite gives it."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def _opens(day: date, by: str) -> date:
    length = _MONTHS[by]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def _next(opens: date, by: str) -> date:
    month = opens.month - 1 + _MONTHS[by]
    return date(opens.year + month // 12, month % 12 + 1, 1)


def _label(opens: date, by: str) -> str:
    if by == "quarter":
        return f"{opens.year} Q{(opens.month - 1) // 3 + 1}"
    return f"{opens.year}" if by == "year" else f"{opens:%b %Y}"
