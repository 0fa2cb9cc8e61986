"""The support section of the account page, and a ticket in the dialog."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstwin.accounts.models import Account
from firstwin.accounts.views.answers import account_at, address, current_query, in_dialog, reader
from firstwin.core.clock import day_of
from firstwin.revenue.section.asof import AsOf
from firstwin.revenue.section.history import record_of
from firstwin.support import queries
from firstwin.support.models import Ticket
from firstwin.support.section import shown
from firstwin.support.section.history import ticket_history
from firstwin.support.windows import AGEING_DAYS

HERE = "support"


def support(request: HttpRequest, account: Account) -> dict[str, Any]:
    """What is open, how help goes, and every ticket, on the day asked about."""
    query = current_query(request)
    asof = AsOf.of(query, reader(request).now)
    context = {
        "asof": asof,
        "here": address(account, HERE),
        "today": day_of(asof.now),
        "is_empty": not queries.has_any(account),
    }
    if context["is_empty"]:
        return context
    chart, chart_words = shown.volume(account, asof)
    return context | {
        "undone": shown.open_shown(account, asof),
        "figures": shown.figures_shown(account, asof),
        "chart": chart,
        "chart_words": chart_words,
        "history": shown.history_shown(account, asof, query),
        "statuses": shown.STATUSES,
        "priorities": shown.PRIORITIES,
        "ageing_days": AGEING_DAYS,
    }


@require_safe
def ticket(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """One ticket: its dated pieces, what was believed before, and where each came from."""
    account = account_at(request, key)
    rows = Ticket.objects.filter(account=account).select_related("person")
    told = ticket_history(record_of(rows, pk))
    asof = AsOf.of(request.GET.dict(), reader(request).now)
    back = address(account, HERE) + asof.query()
    return in_dialog(request, "revenue/record.html", "record", account=account, told=told, back=back)
