"""From which day on the stages and segments of an account are to be folded again."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from django.db.models import Value
from django.db.models.functions import Coalesce, Least

from firstwin.accounts.bulk import among
from firstwin.signals.models import LookedBack


def mark_again(days: Mapping[int, date]) -> None:
    """Account → a day from which its stages are to be folded again, at the latest. In the caller's transaction."""
    by_day = defaultdict[date, list[int]](list)
    for pk, day in days.items():
        by_day[day].append(pk)
    for day, ids in by_day.items():
        earlier = Least(Coalesce("again_from", Value(day)), Value(day))
        among(LookedBack.objects.all(), "account_id", ids).update(again_from=earlier)
