"""The commercial chapter of `firstwin account KEY --json`."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from firstwin.accounts.dossier import register_chapter
from firstwin.accounts.models import Account
from firstwin.core.clock import day_of
from firstwin.core.money import Money
from firstwin.revenue.models import ChurnRecord, Contract, Invoice, SubscriptionLine
from firstwin.revenue.standing import standing_of

LAST_INVOICES = 20


def commercial(account: Account, as_of: datetime, is_past: bool) -> dict[str, Any] | None:
    """What was true at `as_of` among what was known by then. Money in major units as text, as everywhere here."""
    # An end of day is the first moment of the next one.
    on = day_of(as_of - timedelta(microseconds=1) if is_past else as_of)
    found = standing_of([account.pk], on, now=as_of, known_by=as_of).get(account.pk)
    if found is None:
        return None
    ours = str(settings.FIRSTWIN_CURRENCY)
    renewal = found.renewal
    return {
        "on": on.isoformat(),
        "status": str(found.status) if found.status is not None else None,
        "customer_since_on": _day(found.customer_since_on),
        "churned_on": _day(found.churned_on),
        "currency": ours,
        "arr": _money(found.arr_minor, ours),
        "mrr": _money(found.mrr_minor, ours),
        "seats": found.seats,
        "products": list(found.products),
        "renews_on": _day(renewal.on) if renewal else None,
        "renews_in_days": (renewal.on - on).days if renewal else None,
        "notice_on": _day(renewal.notice_on) if renewal else None,
        "auto_renews": renewal.auto_renews if renewal else None,
        "overdue": _money(found.overdue_minor, ours),
        "overdue_invoices": found.overdue_count,
        "overdue_since_on": _day(found.overdue_since_on),
        "card_expires_on": _day(found.card_expires_on),
        "without_rate": list(found.without_rate),
        "lines": _lines(account, on, as_of),
        "contracts": _contracts(account, as_of),
        "invoices": _invoices(account, as_of),
        "churn": _churn(account, as_of),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _money(minor: int | None, currency: str) -> str | None:
    return format(Money(minor, currency).major, "f") if minor is not None and currency else None


def _lines(account: Account, on: date, as_of: datetime) -> list[dict[str, Any]]:
    """Those in force."""
    rows = SubscriptionLine.objects.known_by(as_of).in_force(on).filter(account=account).select_related("product")
    return [
        {
            "id": row.external_id,
            "source": row.source,
            "product": row.product.key if row.product else None,
            "charge": row.charge,
            "is_trial": row.is_trial,
            "quantity": row.quantity,
            "price": _money(row.amount_minor, row.currency),
            "per": row.price_period,
            "currency": row.currency,
            "arr": _money(row.arr_minor, row.currency),
            "starts_on": _day(row.starts_on),
            "ends_on": _day(row.ends_on),
            "renews_on": _day(row.renews_on),
        }
        for row in rows.order_by("starts_on", "source", "external_id")
    ]


def _contracts(account: Account, as_of: datetime) -> list[dict[str, Any]]:
    rows = Contract.objects.known_by(as_of).filter(account=account).order_by("-starts_on", "source", "external_id")
    return [
        {
            "id": row.external_id,
            "source": row.source,
            "number": row.number,
            "starts_on": _day(row.starts_on),
            "ends_on": _day(row.ends_on),
            "renews_on": _day(row.renews_on),
            "auto_renews": row.auto_renews,
            "cancelled_on": _day(row.cancelled_on),
            "total": _money(row.total_minor, row.currency),
            "currency": row.currency or None,
        }
        for row in rows
    ]


def _invoices(account: Account, as_of: datetime) -> dict[str, Any]:
    rows = Invoice.objects.filter(account=account).known_by(as_of).true_at(as_of - timedelta(microseconds=1))
    last = rows.order_by("-issued_on", "source", "external_id")[:LAST_INVOICES]
    return {
        "count": rows.count(),
        "last": [
            {
                "id": row.external_id,
                "source": row.source,
                "number": row.number,
                "kind": row.kind,
                "state": row.state,
                "issued_on": _day(row.issued_on),
                "due_on": _day(row.due_on),
                "total": _money(row.total_minor, row.currency),
                "paid": _money(row.paid_minor, row.currency),
                "currency": row.currency,
            }
            for row in last
        ],
    }


def _churn(account: Account, as_of: datetime) -> list[dict[str, Any]]:
    rows = ChurnRecord.objects.known_by(as_of).filter(account=account).order_by("-effective_on", "pk")
    return [
        {
            "kind": row.kind,
            "effective_on": _day(row.effective_on),
            "stated_reason": row.stated_reason or None,
            "root_cause": row.root_cause or None,
            "lost": _money(row.lost_minor, row.currency),
            "currency": row.currency or None,
            "source": row.source,
        }
        for row in rows
    ]


def register_all() -> None:
    """Called once, when the app is ready."""
    register_chapter("commercial", commercial)
