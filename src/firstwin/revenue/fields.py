"""What can be said about an account's contracts and money: the revenue room's part of the vocabulary.

Money in lists is in the installation's currency. In collections it stays in the currency it was billed in, and amounts
of different currencies are never compared: there an amount goes with its currency.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings

from firstwin.core import clock
from firstwin.core.currencies import EXPONENTS
from firstwin.core.fields import Collection, Field, Kind, register, register_collection
from firstwin.revenue.catalogue import product_choices
from firstwin.revenue.frame import families
from firstwin.revenue.models import (
    Charge,
    ChurnKind,
    ChurnRecord,
    CommercialStatus,
    Contract,
    Interval,
    Invoice,
    InvoiceKind,
    InvoiceState,
    PaymentKind,
    PaymentMethod,
    Product,
    SubscriptionLine,
)

ROOM = "revenue"
GROUP = "Commercial"
CURRENCY = str(settings.FIRSTWIN_CURRENCY)
CURRENCIES = tuple((code, code) for code in sorted(EXPONENTS))


def _products() -> Iterable[tuple[Any, str]]:
    return Product.objects.filter(merged_into=None).order_by("name_folded").values_list("pk", "name")


def _invoices() -> Any:
    return Invoice.objects.standing().true_at(clock.now())


def _payment_methods() -> Any:
    return PaymentMethod.objects.standing().true_at(clock.now())


def _as_known(model: Any, moment: datetime, known_by: datetime | None) -> Any:
    """What carries its own days: those past and to come, as known."""
    return model.objects.standing() if known_by is None else model.objects.known_by(known_by)


def _as_of(model: Any, moment: datetime, known_by: datetime | None) -> Any:
    return _as_known(model, moment, known_by).true_at(moment)


FIELDS = (
    Field("arr", Kind.MONEY, "ARR", ROOM, stored="arr_minor", unit=CURRENCY, group=GROUP,
          frame="money.arr",
          help="What its lines in force come to in a year, at the latest rates. Trials, one-off and metered charges "
               "and taxes are left out."),
    Field("commercial_status", Kind.CHOICE, "Commercial status", ROOM, stored="commercial_status", group=GROUP,
          choices=tuple(CommercialStatus.choices), frame="subscription.status",
          help="From its lines: prospect, in trial, customer, churned."),
    Field("seats", Kind.NUMBER, "Seats", ROOM, stored="seats", group=GROUP,
          frame="subscription.seats",
          help="Seats or units that its paid lines in force grant."),
    Field("products", Kind.TAGS, "Products", ROOM, stored="products", choices=product_choices, group=GROUP,
          frame="subscription.products",
          help="Products of its lines in force."),
    Field("paying_since", Kind.DATE, "Paying since", ROOM, stored="customer_since_on", group=GROUP,
          frame="subscription.customer_since",
          help="The first day of its first paid line."),
    Field("customer_age", Kind.DAYS, "Customer for", ROOM, stored="customer_since_on", group=GROUP,
          frame="subscription.customer_since",
          help="Days since the first day of its first paid line."),
    Field("renews", Kind.DATE, "Renewal", ROOM, stored="renews_on", group=GROUP,
          frame="renewal.renews",
          help="The next day on which a line or contract in force renews, or else ends."),
    Field("notice", Kind.DATE, "Notice by", ROOM, stored="notice_on", group=GROUP,
          frame="renewal.notice",
          help="The last day on which notice may be given before the next renewal."),
    Field("auto_renews", Kind.FLAG, "Renews by itself", ROOM, stored="auto_renews", group=GROUP,
          frame="renewal.auto_renews",
          help="Whether the next renewal happens by itself."),
    Field("overdue", Kind.MONEY, "Overdue", ROOM, stored="overdue_minor", unit=CURRENCY, group=GROUP, alarms=True,
          frame="money.overdue",
          help="Open invoices past their due day, at the latest rates."),
    Field("overdue_days", Kind.DAYS, "Overdue for", ROOM, stored="overdue_since_on", group=GROUP, alarms=True,
          frame="money.overdue_since",
          help="Days since the oldest unpaid invoice was due."),
    Field("card_expires", Kind.DATE, "Card expires", ROOM, stored="card_expires_on", group=GROUP,
          frame="payment.card_expires",
          help="The first day on which the card that is charged is no longer good."),
    Field("churned_on", Kind.DATE, "Churned", ROOM, stored="churned_on", group=GROUP,
          frame="subscription.churned",
          help="The day on which its last paid line ended."),
)  # fmt: skip

COLLECTIONS = (
    Collection(
        "lines", "Subscription lines", ROOM, model=SubscriptionLine.objects.standing, dated="starts_on",
        one="subscription line", at=partial(_as_known, SubscriptionLine),
        fields=(
            Field("product", Kind.CHOICE, "Product", ROOM, stored="product_id", choices=_products),
            Field("charge", Kind.CHOICE, "Charge", ROOM, stored="charge", choices=tuple(Charge.choices)),
            Field("trial", Kind.FLAG, "Trial", ROOM, stored="is_trial"),
            Field("quantity", Kind.NUMBER, "Quantity", ROOM, stored="quantity"),
            Field("currency", Kind.CHOICE, "Currency", ROOM, stored="currency", choices=CURRENCIES),
            Field("interval", Kind.CHOICE, "Billed", ROOM, stored="billing_interval",
                  choices=tuple(Interval.choices)),
            Field("starts", Kind.DATE, "Starts", ROOM, stored="starts_on"),
            Field("ends", Kind.DATE, "Ends", ROOM, stored="ends_on", help="The first day without it."),
            Field("renews", Kind.DATE, "Renews", ROOM, stored="renews_on"),
            Field("notice", Kind.DATE, "Notice by", ROOM, stored="notice_on"),
            Field("auto_renews", Kind.FLAG, "Renews by itself", ROOM, stored="auto_renews"),
        ),
    ),
    Collection(
        "contracts", "Contracts", ROOM, model=Contract.objects.standing, dated="starts_on", one="contract",
        at=partial(_as_known, Contract),
        fields=(
            Field("signed", Kind.DATE, "Signed", ROOM, stored="signed_on"),
            Field("starts", Kind.DATE, "Starts", ROOM, stored="starts_on"),
            Field("ends", Kind.DATE, "Ends", ROOM, stored="ends_on", help="The first day on which it no longer holds."),
            Field("renews", Kind.DATE, "Renews", ROOM, stored="renews_on"),
            Field("notice", Kind.DATE, "Notice by", ROOM, stored="notice_on"),
            Field("auto_renews", Kind.FLAG, "Renews by itself", ROOM, stored="auto_renews"),
            Field("cancelled", Kind.DATE, "Cancelled", ROOM, stored="cancelled_on"),
        ),
    ),
    Collection(
        "invoices", "Invoices", ROOM, model=_invoices, dated="issued_on", one="invoice", at=partial(_as_of, Invoice),
        fields=(
            Field("state", Kind.CHOICE, "State", ROOM, stored="state", choices=tuple(InvoiceState.choices)),
            Field("kind", Kind.CHOICE, "Kind", ROOM, stored="kind", choices=tuple(InvoiceKind.choices)),
            Field("issued", Kind.DATE, "Issued", ROOM, stored="issued_on"),
            Field("due", Kind.DATE, "Due", ROOM, stored="due_on"),
            Field("since_due", Kind.DAYS, "Since due", ROOM, stored="due_on", help="Days since it was due."),
            Field("currency", Kind.CHOICE, "Currency", ROOM, stored="currency", choices=CURRENCIES),
        ),
    ),
    Collection(
        "payment_methods", "Ways of paying", ROOM, model=_payment_methods, dated="valid_from", one="way of paying",
        at=partial(_as_of, PaymentMethod),
        fields=(
            Field("kind", Kind.CHOICE, "Kind", ROOM, stored="kind", choices=tuple(PaymentKind.choices)),
            Field("expires", Kind.DATE, "Expires", ROOM, stored="expires_on",
                  help="The first day on which it is no longer good."),
            Field("default", Kind.FLAG, "Charged by default", ROOM, stored="is_default"),
        ),
    ),
    Collection(
        "churn_records", "Churn records", ROOM, model=ChurnRecord.objects.standing, dated="effective_on",
        one="churn record", at=partial(_as_known, ChurnRecord),
        fields=(
            Field("kind", Kind.CHOICE, "What was lost", ROOM, stored="kind", choices=tuple(ChurnKind.choices)),
            Field("product", Kind.CHOICE, "Product", ROOM, stored="product_id", choices=_products),
            Field("voluntary", Kind.FLAG, "Voluntary", ROOM, stored="is_voluntary"),
            Field("controllable", Kind.FLAG, "Controllable", ROOM, stored="is_controllable"),
            Field("notice", Kind.DATE, "Notice given", ROOM, stored="notice_on"),
            Field("effective", Kind.DATE, "Effective", ROOM, stored="effective_on"),
            Field("won_back", Kind.DATE, "Won back", ROOM, stored="won_back_on"),
        ),
    ),
)  # fmt: skip


def register_all() -> None:
    """Called once, when the app is ready."""
    families.register_all()
    register(*FIELDS)
    register_collection(*COLLECTIONS)
