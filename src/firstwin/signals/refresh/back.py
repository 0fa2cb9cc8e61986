"""The past of accounts whose present is shown: stages since their contracts began, and scores, stays and findings of
some weeks."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from firstwin.accounts.bulk import among, insert_many
from firstwin.accounts.models import Account
from firstwin.accounts.timeline import batched
from firstwin.core import clock
from firstwin.core.failpoints import failpoint
from firstwin.signals.models import LookedBack, Refreshed, StageMove
from firstwin.signals.refresh import once
from firstwin.signals.refresh.first import fold_past
from firstwin.signals.refresh.folding import WATCHED
from firstwin.signals.refresh.holding import let_be_computed
from firstwin.signals.refresh.past import EVERY, tell_behind

AT_ONCE = 1_000
"""Accounts of one round: the lake is opened for all of them together."""

WEEKS = 12
"""Of scores, stays and findings."""


def first_day(told: date) -> date:
    """How far back scores, stays and findings reach that were told on a day: since when is not known of what held then.
    A week earlier at most, where accounts had been looked at some days before."""
    return told - timedelta(days=WATCHED + EVERY * (WEEKS - 1))


def look_back_some(now: datetime, *, at_once: int = AT_ONCE, weeks: int = WEEKS) -> int:
    """Tell the past of some accounts, the latest first, and what it makes of their present. Returns how many there
    were. Ended half way, it is done again."""
    told = LookedBack.objects.filter(account=OuterRef("pk"))
    shown = Refreshed.objects.filter(account=OuterRef("pk"))
    waiting = Account.objects.filter(Exists(shown), ~Exists(told), removed_at__isnull=True).order_by("-pk")
    ids = list(waiting.values_list("pk", flat=True)[:at_once])
    if ids:
        look_back(ids, now=now, weeks=weeks)
    return len(ids)


def look_back(account_ids: Collection[int], *, now: datetime, weeks: int = WEEKS) -> None:
    """Of accounts whose present is shown."""
    # Read first: what comes meanwhile is looked for later.
    revisions = dict(among(Account.objects.all(), "id", account_ids).values_list("pk", "revision"))
    fold_past(account_ids, now=now)
    tell_behind(account_ids, now=now, weeks=weeks)
    today = clock.day_of(now)
    with transaction.atomic():
        moment = let_be_computed(account_ids, now)  # it was computed without a past
        moved = among(StageMove.objects.filter(restated_at__isnull=True, on__gte=today), "account_id", account_ids)
        unsettled = set(moved.values_list("account_id", flat=True))
        rows = [(pk, now, revisions[pk], now, today if pk in unsettled else None) for pk in sorted(revisions)]
        names = ("account_id", "at", "revision", "heard_at", "again_from")
        insert_many(LookedBack, names, rows, on_conflict="on conflict (account_id) do nothing")
    failpoint("signals.looked_back")
    # A moment of its own: who took the mark for what they read would not see that it was computed since.
    later = moment + timedelta(microseconds=1)
    for some in batched(sorted(account_ids), once.AT_ONCE):
        once.refresh_accounts(some, now=later)
