"""The commercial section of the account page: asked for only when its tab is open."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from firstwin.accounts.models import Account
from firstwin.accounts.views.answers import address, current_query, reader
from firstwin.core.money import Money
from firstwin.revenue.models import ChurnRecord, Contract
from firstwin.revenue.section.asof import AsOf
from firstwin.revenue.section.figures import expiry, figures_of
from firstwin.revenue.section.invoices import invoices_shown
from firstwin.revenue.section.ledger import ledger_of
from firstwin.revenue.section.pictures import arr_in_words, arr_over_time, lines_shown
from firstwin.ui.filters import day

HERE = "commercial"
MOST = 12


def commercial(request: HttpRequest, account: Account) -> dict[str, Any]:
    """What was agreed, billed and lost, on the day asked about."""
    query = current_query(request)
    asof = AsOf.of(query, reader(request).now)
    ledger = ledger_of(account, asof)
    chart = arr_over_time(ledger)
    page = query.get("lines", "")
    line_address = reverse("account_line", kwargs={"key": account.key, "pk": 0}) + asof.query()
    lines = lines_shown(
        ledger, line_address, with_ended=query.get("ended") == "1", page=int(page) if page.isdecimal() else 1
    )
    return {
        "asof": asof,
        "ledger": ledger,
        "figures": figures_of(ledger),
        "lines": lines,
        "chart": chart,
        "chart_words": arr_in_words(ledger, chart) if chart else "",
        "chart_rates": f"at the rates of {day(asof.on, 'always')}" if ledger.is_foreign else "",
        "invoices": invoices_shown(account, asof, query, ledger.exchange),
        "contracts": [(one, _worth(one)) for one in ledger.contracts[:MOST]],
        "losses": [(one, _lost(one)) for one in ledger.churn[:MOST]],
        "methods": [(method, *expiry(method, asof.on)) for method in ledger.methods],
        "here": address(account, HERE),
        "today": AsOf.of({}, asof.now).on,
    }


def _worth(contract: Contract) -> Money | None:
    return (
        Money(contract.total_minor, contract.currency)
        if contract.total_minor is not None and contract.currency
        else None
    )


def _lost(row: ChurnRecord) -> Money | None:
    return Money(row.lost_minor, row.currency) if row.lost_minor is not None and row.currency else None
