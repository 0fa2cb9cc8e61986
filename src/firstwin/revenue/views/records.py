"""The rows behind a figure, and the history of a record: in the dialog, or on a page of their own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstwin.accounts.views.answers import account_at, address, in_dialog, reader
from firstwin.revenue.models import ChurnRecord, Contract, Invoice, SubscriptionLine
from firstwin.revenue.section import history
from firstwin.revenue.section.asof import AsOf
from firstwin.revenue.section.evidence import evidence_for
from firstwin.revenue.section.ledger import ledger_of


@require_safe
def why(request: HttpRequest, key: str, figure: str) -> HttpResponse:
    """The rows behind a figure of the head."""
    account = account_at(request, key)
    asof = AsOf.of(request.GET.dict(), reader(request).now)
    found = evidence_for(figure, ledger_of(account, asof))
    return in_dialog(
        request, "revenue/why.html", "why", account=account, found=found, asof=asof, back=_back(account, asof)
    )


@require_safe
def line(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    return _record(request, key, pk, SubscriptionLine, history.line_history, "product")


@require_safe
def invoice(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    return _record(request, key, pk, Invoice, history.invoice_history)


@require_safe
def contract(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    return _record(request, key, pk, Contract, history.contract_history)


@require_safe
def churn_record(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    return _record(request, key, pk, ChurnRecord, history.churn_history, "product")


def _record(request: HttpRequest, key: str, pk: int, model: Any, tell: Any, *related: str) -> HttpResponse:
    account = account_at(request, key)
    rows = model.objects.filter(account=account).select_related(*related or (None,))
    told = tell(history.record_of(rows, pk))
    asof = AsOf.of(request.GET.dict(), reader(request).now)
    return in_dialog(request, "revenue/record.html", "record", account=account, told=told, back=_back(account, asof))


def _back(account: Any, asof: AsOf) -> str:
    return address(account, "commercial") + asof.query()
