"""The first signals of an installation that has history: everybody as of now, and on demand the weeks before."""

from datetime import datetime

from firstwin.accounts.models import Account
from firstwin.signals.models import Pass
from firstwin.signals.refresh.full import full_pass
from firstwin.signals.refresh.past import tell_past


def begin(*, now: datetime, weeks: int = 0) -> Pass:
    """weeks: told before; the companion tells the past behind the present otherwise. Safe to be called again: what was
    told or published stays."""
    if weeks:
        ids = Account.objects.filter(removed_at__isnull=True).values_list("pk", flat=True)
        tell_past(list(ids), now=now, weeks=weeks)
    return full_pass(now)
