"""Accounts whose usage changed get their list row made anew: the mark is taken away when the other database knows."""

from datetime import datetime

from django.db import transaction

from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.merged import survivors
from firstwin.accounts.models import Account
from firstwin.accounts.published import families, publish
from firstwin.core.failpoints import failpoint
from firstwin.usage.store.models import Touched
from firstwin.usage.store.router import EVENTS

FAMILY = "usage"
AT_ONCE = 2_000


def refresh_touched(now: datetime) -> bool:
    """Publish the figures of accounts that were touched, those touched first first. False: there were none."""
    marks = list(Touched.objects.order_by("at", "account").values_list("account", "at")[:AT_ONCE])
    if not marks:
        return False
    named = {account for account, _ in marks}
    into = survivors(Account, named)
    known = set(Account.objects.filter(pk__in={into.get(pk, pk) for pk in named}).values_list("pk", flat=True))
    bump_revision(known)
    failpoint("usage.refresh.bumped")
    if any(family.key == FAMILY for family in families()):
        publish(FAMILY, known, now=now)
    failpoint("usage.refresh.published")
    with transaction.atomic(using=EVENTS):
        for account, at in marks:
            Touched.objects.filter(pk=account, at=at).delete()  # touched again meanwhile: it stays
    return True
