"""Which fields a row of each kind of record may have: what was bought, billed, lost and asked for."""

from collections.abc import Mapping

from firstwin.connectors.kinds import amounts, values, words
from firstwin.connectors.kinds.rules import ACCOUNT_BY, LINE_BY, PERSON_BY, PRODUCT_BY, FieldRule

_ACCOUNT = FieldRule(values.account, by=ACCOUNT_BY)
_PRODUCT = FieldRule(values.product, by=PRODUCT_BY)
_LINE = FieldRule(values.line, by=LINE_BY)
_DAY = FieldRule(values.day)
_END = FieldRule(values.day, is_end=True)
_MOMENT = FieldRule(values.moment)
_FLAG = FieldRule(values.flag)
_AMOUNT = FieldRule(amounts.amount, is_amount=True)
_CURRENCY = FieldRule(amounts.currency)
_SHORT = FieldRule(values.text(120))
_LINK = FieldRule(values.link)

RECORD_FIELDS: Mapping[str, Mapping[str, FieldRule]] = {
    "products": {
        "name": FieldRule(values.name_of_product),
        "family": _SHORT,
        "unit": FieldRule(values.text(24)),
        "archived": _FLAG,
    },
    "contracts": {
        "account": _ACCOUNT,
        "number": _SHORT,
        "name": FieldRule(values.text(200)),
        "signed_on": _DAY,
        "starts_on": _DAY,
        "ends_on": _END,
        "renews_on": _DAY,
        "notice_on": _DAY,
        "auto_renews": _FLAG,
        "cancelled_on": _DAY,
        "total": _AMOUNT,
        "currency": _CURRENCY,
        "url": _LINK,
    },
    "lines": {
        "account": _ACCOUNT,
        "product": _PRODUCT,
        "contract": FieldRule(values.text(255)),
        "starts_on": _DAY,
        "ends_on": _END,
        "quantity": FieldRule(amounts.quantity),
        "amount": _AMOUNT,
        "unit_price": _AMOUNT,
        "mrr": _AMOUNT,
        "arr": _AMOUNT,
        "per": FieldRule(words.period),
        "currency": _CURRENCY,
        "charge": FieldRule(words.charge),
        "trial": _FLAG,
        "billing_interval": FieldRule(words.interval),
        "renews_on": _DAY,
        "notice_on": _DAY,
        "auto_renews": _FLAG,
        "effective_on": _DAY,
    },
    "invoices": {
        "account": _ACCOUNT,
        "number": _SHORT,
        "kind": FieldRule(words.invoice_kind),
        "state": FieldRule(words.invoice_state),
        "issued_on": _DAY,
        "due_on": _DAY,
        "settled_at": _MOMENT,
        "total": _AMOUNT,
        "paid": _AMOUNT,
        "currency": _CURRENCY,
        "url": _LINK,
    },
    "payment_methods": {
        "account": _ACCOUNT,
        "kind": FieldRule(words.payment_kind),
        "brand": FieldRule(values.text(24)),
        "last4": FieldRule(amounts.last_four),
        "expires_on": FieldRule(amounts.card_expiry),
        "default": _FLAG,
        "added_at": _MOMENT,
        "removed_at": _MOMENT,
    },
    "churn": {
        "account": _ACCOUNT,
        "product": _PRODUCT,
        "kind": FieldRule(words.churn_kind),
        "voluntary": _FLAG,
        "controllable": _FLAG,
        "stated_reason": _SHORT,
        "root_cause": _SHORT,
        "first_signal_on": _DAY,
        "notice_on": _DAY,
        "effective_on": _DAY,
        "won_back_on": _DAY,
        "reactivation": _FLAG,
        "lost": _AMOUNT,
        "refund": _AMOUNT,
        "currency": _CURRENCY,
        "competitor": _SHORT,
        "comment": FieldRule(values.text(100_000, folds_lines=False)),
        "review_url": _LINK,
    },
    "tickets": {
        "account": _ACCOUNT,
        "person": FieldRule(values.person, by=PERSON_BY),
        "subject": FieldRule(values.text(300)),
        "channel": FieldRule(values.text(40)),
        "url": _LINK,
        "status": FieldRule(words.status),
        "priority": FieldRule(words.priority),
        "escalated": _FLAG,
        "opened_at": _MOMENT,
        "closed_at": _MOMENT,
        "reopened_at": _MOMENT,
        "reopens": FieldRule(amounts.count),
        "first_response_at": _MOMENT,
        "first_response_minutes": FieldRule(amounts.duration),
        "resolution_hours": FieldRule(amounts.duration),
        "csat": FieldRule(amounts.score),
        "csat_scale": FieldRule(amounts.positive),
        "rated_at": _MOMENT,
        "respond_by": _MOMENT,
        "solve_by": _MOMENT,
    },
    "rates": {
        "on": _DAY,
        "base": _CURRENCY,
        "quote": _CURRENCY,
        "rate": FieldRule(amounts.positive),
    },
    "events": {
        "account": _ACCOUNT,
        "line": _LINE,
        "person": FieldRule(values.person, by=PERSON_BY),
        "at": _MOMENT,
        "event": FieldRule(values.text(200)),
        "value": FieldRule(amounts.amount),
        "team": FieldRule(values.text(200)),
        "site": FieldRule(values.text(200)),
    },
    "daily_usage": {
        "account": _ACCOUNT,
        "line": _LINE,
        "on": _DAY,
        "event": FieldRule(values.text(200)),
        "count": FieldRule(amounts.quantity),
        "people": FieldRule(amounts.quantity),
        "value": FieldRule(amounts.amount),
    },
}

RECORD_NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "products": (("name",),),
    "contracts": (("account",), ("starts_on",)),
    "lines": (("account",), ("starts_on",), ("amount", "unit_price", "mrr", "arr")),
    "invoices": (("account",), ("issued_on",), ("total",)),
    "payment_methods": (("account",),),
    "churn": (("account",), ("effective_on",)),
    "tickets": (("account", "person"), ("opened_at",)),
    "rates": (("on",), ("base",), ("rate",)),
    "events": (("account", "line", "person"), ("at",), ("event",)),
    "daily_usage": (("account", "line"), ("on",), ("event",), ("count",)),
}
"""Per kind: of each group, at least one field must be mapped."""

KEYED = frozenset({"accounts", "contracts", "lines", "invoices", "tickets"})
"""Kinds whose records need a key of the source. The others are known by what they say, where the mapping has none."""
