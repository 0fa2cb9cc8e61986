"""The stages of accounts that are looked at for the first time: folded from the start of their contracts.

The present is shown first; the past follows. Nobody watched it, so it is told with what is known now, in weekly steps
and for the last days day by day. Its moves are dated by the days they speak of; what the first look took for the
beginning stands down.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction

from firstwin.accounts.bulk import among
from firstwin.accounts.timeline import batched
from firstwin.core import clock
from firstwin.core.failpoints import failpoint
from firstwin.core.pace import Pace
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.models import LookedBack
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.folding import Course, folded
from firstwin.signals.refresh.restated import write_restated
from firstwin.signals.stages.standing import Move

_SLICE = 5_000
_FEWEST = 20
"""Accounts of one commit."""


def fold_past(account_ids: Collection[int], *, now: datetime) -> int:
    """Write the stage history of those whose past was not told yet; again, where that ended half way. Returns how
    many moves were written."""
    written = 0
    for some in batched(sorted(_new(account_ids)), _SLICE):
        by_account: dict[int, list[Move]] = {pk: [] for pk in some}
        for move in _moves(some, now):
            by_account[move.account].append(move)
        pace = Pace(smallest=_FEWEST)
        for part in pace.parts(some):
            failpoint("signals.past.before")
            with pace.slice(len(part)), transaction.atomic():
                new = {pk: by_account[pk] for pk in _new(part)}
                always = dict.fromkeys(new, date.min)
                written += write_restated(new, always, today=clock.day_of(now), now=now, is_first=True)
            failpoint("signals.past.after")
    return written


def _new(account_ids: Collection[int]) -> set[int]:
    told = among(LookedBack.objects.all(), "account_id", account_ids).values_list("account_id", flat=True)
    return set(account_ids) - set(told)


def _moves(account_ids: Collection[int], now: datetime) -> list[Move]:
    """Up to the day before today: today's are found by the computation itself."""
    today, definitions = clock.day_of(now), definitions_at()
    with sitting(account_ids, now=now) as facts:
        course = Course.of(facts, dict.fromkeys(account_ids, today), now, {})
        return folded(facts, course, today - timedelta(days=1), now, under=lambda _: definitions)
