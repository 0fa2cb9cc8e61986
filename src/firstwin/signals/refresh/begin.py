"""The first signals of an installation that has history: the weeks before told from facts, then everybody as of now."""

from datetime import datetime

from firstwin.accounts.models import Account
from firstwin.signals.models import Pass
from firstwin.signals.refresh.full import full_pass
from firstwin.signals.refresh.past import WEEKS, tell_past


def begin(*, now: datetime, weeks: int = WEEKS) -> Pass:
    """Safe to be called again: what was told or published stays."""
    ids = Account.objects.filter(removed_at__isnull=True).values_list("pk", flat=True)
    tell_past(list(ids), now=now, weeks=weeks)
    return full_pass(now)
