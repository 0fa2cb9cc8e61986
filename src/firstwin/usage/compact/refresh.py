"""Accounts whose usage changed get their list row made anew: the mark is taken away when the other database knows."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.bulk import among
from firstwin.accounts.merged import survivors
from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.published import families, publish
from firstwin.core.failpoints import failpoint
from firstwin.core.turns import Turns
from firstwin.usage.store.models import Touched
from firstwin.usage.store.router import EVENTS

FAMILY = "usage"
_AT_ONCE = 300
_LOOKED_AT = 5_000
"""Marks among which the accounts of a round are chosen: so many of the oldest, and of the newest, as one that was quiet
until now does not wait until a whole company was shown again."""


def refresh_touched(now: datetime, *, turns: Turns | None = None) -> bool:
    """Publish the figures of some accounts that were touched. False: there were none. turns: among many."""
    turns = turns or Turns(largest=_AT_ONCE, seconds=60.0)
    with turns.round():
        marks = _next(turns)
        if marks:
            _publish(marks, now)
    return bool(marks)


def _publish(marks: Mapping[int, datetime], now: datetime) -> None:
    into = survivors(Account, marks.keys())
    known = set(Account.objects.filter(pk__in={into.get(pk, pk) for pk in marks}).values_list("pk", flat=True))
    bump_revision(known)
    failpoint("usage.refresh.bumped")
    if any(family.key == FAMILY for family in families()):
        publish(FAMILY, known, now=now)
    failpoint("usage.refresh.published")
    _forget(marks)


def _next(turns: Turns) -> dict[int, datetime]:
    """Account → when it was touched. Who sends all the time is shown again and again, and nobody waits behind them; of
    those that had no turn yet the ones whose list rows are the oldest are first."""
    rows = Touched.objects.values_list("account", "at")
    marks: dict[int, datetime] = dict(rows.order_by("at", "account")[:_LOOKED_AT])
    if len(marks) == _LOOKED_AT:
        marks |= rows.order_by("-at", "-account")[:_LOOKED_AT]
    waiting = sorted(marks)
    if len(marks) > turns.size:
        told = among(AccountNow.objects.order_by(), "account_id", marks).values_list("account_id", "refreshed_at")
        shown: dict[int, datetime] = dict(told)
        waiting.sort(key=lambda pk: shown.get(pk, marks[pk]))
    return {pk: marks[pk] for pk in turns.take(waiting, turns.size)}


def _forget(marks: Mapping[int, datetime]) -> None:
    """The marks of these accounts; of those that were touched again meanwhile they stay."""
    with transaction.atomic(using=EVENTS):
        rows = among(Touched.objects.select_for_update(), "account", marks).values_list("account", "at")
        same = [account for account, at in rows if marks[account] == at]
        Touched.objects.filter(pk__in=same).delete()
