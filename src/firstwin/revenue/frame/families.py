"""The revenue room's part of the frame. `standing.standing_of` says the same of one day; tests hold them together."""

from pathlib import Path
from typing import Any

from django.conf import settings

from firstwin.core.frames import Ask, At, FactTable, SqlFamily, Type, register_frame
from firstwin.revenue.conversion import Conversion
from firstwin.revenue.models import Contract, Invoice, PaymentMethod, SubscriptionLine

ROOM = "revenue"
_HERE = Path(__file__).parent

_KNOWN: dict[str, tuple[str, Type]] = {"known_at": ("known_at", "moment"), "known_until": ("known_until", "moment")}
_PERIOD: dict[str, tuple[str, Type]] = {"valid_from": ("valid_from", "moment"), "valid_to": ("valid_to", "moment")}
_ACCOUNT: dict[str, tuple[str, Type]] = {"account_id": ("account_id", "int")}
_TERM: dict[str, tuple[str, Type]] = {
    "starts_on": ("starts_on", "day"),
    "ends_on": ("ends_on", "day"),
    "renews_on": ("renews_on", "day"),
    "notice_on": ("notice_on", "day"),
    "auto_renews": ("auto_renews", "flag"),
}

LINES = FactTable(
    "lines", SubscriptionLine.objects.all,
    {**_ACCOUNT, "product": ("product__key", "text"), "charge": ("charge", "text"), "is_trial": ("is_trial", "flag"),
     "quantity": ("quantity", "int"), "currency": ("currency", "text"), "arr_minor": ("arr_minor", "int"), **_TERM,
     **_KNOWN},
)  # fmt: skip
CONTRACTS = FactTable(
    "contracts", Contract.objects.all, {**_ACCOUNT, "cancelled_on": ("cancelled_on", "day"), **_TERM, **_KNOWN}
)
INVOICES = FactTable(
    "invoices", Invoice.objects.all,
    {**_ACCOUNT, "kind": ("kind", "text"), "state": ("state", "text"), "due_on": ("due_on", "day"),
     "currency": ("currency", "text"), "total_minor": ("total_minor", "int"), "paid_minor": ("paid_minor", "int"),
     **_PERIOD, **_KNOWN},
)  # fmt: skip
PAYMENT_METHODS = FactTable(
    "payment_methods", PaymentMethod.objects.all,
    {**_ACCOUNT, "kind": ("kind", "text"), "is_default": ("is_default", "flag"), "expires_on": ("expires_on", "day"),
     **_PERIOD, **_KNOWN},
)  # fmt: skip


def _exchanged(ask: Ask, at: At) -> Any:
    """Every foreign amount in the installation's currency, converted and rounded as everywhere else."""
    import pyarrow as pa

    told = ask(_HERE / "foreign.sql")
    conversion = Conversion(at.on)
    ours = [conversion.minor(*one) for one in zip(told["amount"], told["currency"], strict=True)]
    return pa.table(
        {
            "currency": pa.array(told["currency"], pa.string()),
            "amount": pa.array(told["amount"], pa.int64()),
            "ours": pa.array(ours, pa.int64()),
        }
    )


def _currency(at: At) -> dict[str, Any]:
    return {"currency": str(settings.FIRSTWIN_CURRENCY)}


FAMILIES = (
    SqlFamily(
        "subscription", ROOM, _HERE / "subscription.sql", (LINES,),
        ("status", "customer_since", "churned", "seats", "products"),
    ),
    SqlFamily(
        "money", ROOM, _HERE / "money.sql", (LINES, INVOICES), ("arr", "overdue", "overdue_since"),
        more=_currency, steps={"exchanged": _exchanged},
    ),
    SqlFamily("renewal", ROOM, _HERE / "renewal.sql", (LINES, CONTRACTS), ("renews", "notice", "auto_renews")),
    SqlFamily("payment", ROOM, _HERE / "payment.sql", (PAYMENT_METHODS,), ("card_expires",)),
)  # fmt: skip


def register_all() -> None:
    """Called once, when the app is ready."""
    register_frame(*FAMILIES)
