"""The columns of the account list that come from tickets."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, Q

from firstwin.accounts.published import Family, register_family
from firstwin.core.clock import day_of
from firstwin.support.models import Ticket
from firstwin.support.promises import is_breached
from firstwin.support.windows import GOOD, ageing_before, window_start

COLUMNS = (
    "tickets_open", "tickets_ageing", "tickets_breached", "tickets_reopened", "oldest_ticket_on", "last_ticket_on",
    "csat_share", "csat_count",
)  # fmt: skip
_QUIET: Mapping[str, Any] = {"tickets_open": 0, "tickets_ageing": 0, "tickets_breached": 0, "oldest_ticket_on": None}


def compute(account_ids: Sequence[int], now: datetime) -> dict[int, dict[str, Any]]:
    """As things stand, three questions whatever the number of accounts. Accounts without any ticket are left out."""
    today = day_of(now)
    since = window_start(today)
    told = Ticket.objects.as_told().filter(account__in=account_ids)
    rated = Q(rated_at__gte=since, rated_at__lte=now)
    found: dict[int, dict[str, Any]] = {}
    for pk, last, rated_count, good in (
        told.values_list("account_id")
        .annotate(
            last=Max("opened_at"),
            rated=Count("pk", filter=rated),
            good=Count("pk", filter=rated & Q(csat__gte=GOOD)),
        )
        .order_by()
    ):
        found[pk] = {
            **_QUIET,
            "tickets_reopened": 0,
            "last_ticket_on": day_of(last),
            "csat_count": rated_count,
            "csat_share": good / rated_count if rated_count else None,
        }
    if not found:
        return found
    for pk, columns in _open(account_ids, today, now).items():
        found[pk] |= columns
    for pk, reopened in _reopened(account_ids, since, now):
        found[pk]["tickets_reopened"] = reopened
    return found


def _open(account_ids: Sequence[int], today: date, now: datetime) -> dict[int, dict[str, Any]]:
    rows = Ticket.objects.as_told().undone().filter(account__in=account_ids).values_list("account_id")
    counted = rows.annotate(
        count=Count("pk"),
        ageing=Count("pk", filter=Q(opened_at__lt=ageing_before(today))),
        breached=Count("pk", filter=is_breached(now)),
        oldest=Min("opened_at"),
    ).order_by()
    return {
        pk: {
            "tickets_open": count,
            "tickets_ageing": ageing,
            "tickets_breached": breached,
            "oldest_ticket_on": day_of(oldest),
        }
        for pk, count, ageing, breached, oldest in counted
    }


def _reopened(account_ids: Sequence[int], since: datetime, now: datetime) -> Any:
    rows = Ticket.objects.standing().filter(account__in=account_ids, is_reopening=True)
    within = rows.filter(valid_from__gte=since, valid_from__lte=now)
    pairs = within.values_list("account_id", "source", "external_id").distinct().order_by()
    counts: dict[int, int] = {}
    for pk, _, _ in pairs:
        counts[pk] = counts.get(pk, 0) + 1
    return counts.items()


def register_all() -> None:
    # Promises are broken by the hour; everything else changes with a fact or with the day.
    register_family(Family("support", COLUMNS, compute, frozenset({"tickets_breached"})))
