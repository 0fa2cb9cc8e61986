"""What a source said about one commercial record, checked and typed.

`row` is the caller's number for the record (its line in a file); outcomes come back under it. Accounts and products
are given by their ids; money in minor units with its currency; days are half-open (`ends_on` is the first day on
which it no longer holds). `known_at` is the source's own time where it gave one (`has_own_time`), else the import's.

Not frozen: a hundred thousand of them are made in a second, and freezing alone would cost a third of that.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(slots=True, kw_only=True)
class ProductSaid:
    """external_id: what the source calls it; its name where it has no other."""

    row: int
    external_id: str
    known_at: datetime
    name: str
    has_own_time: bool = False
    family: str = ""
    unit: str = ""
    is_archived: bool = False


@dataclass(slots=True, kw_only=True)
class ContractSaid:
    row: int
    external_id: str
    known_at: datetime
    account_id: int
    starts_on: date
    has_own_time: bool = False
    ends_on: date | None = None
    number: str = ""
    name: str = ""
    signed_on: date | None = None
    renews_on: date | None = None
    notice_on: date | None = None
    auto_renews: bool | None = None
    cancelled_on: date | None = None
    currency: str = ""
    total_minor: int | None = None
    url: str = ""


@dataclass(slots=True, kw_only=True)
class LineSaid:
    """amount_minor: the price of the whole quantity for one `price_period` (see `prices`).

    effective_on: the day from which these values hold, where the source says so.
    corrects: what is said now was so from the line's start (mapping switch `changes: correct`).
    """

    row: int
    external_id: str
    known_at: datetime
    account_id: int
    starts_on: date
    currency: str
    has_own_time: bool = False
    ends_on: date | None = None
    product_id: int | None = None
    contract: str = ""
    charge: str = "recurring"
    is_trial: bool = False
    quantity: int | None = None
    amount_minor: int = 0
    price_period: str = "month"
    billing_interval: str = ""
    renews_on: date | None = None
    notice_on: date | None = None
    auto_renews: bool | None = None
    effective_on: date | None = None
    corrects: bool = False


@dataclass(slots=True, kw_only=True)
class InvoiceSaid:
    """The invoice as it is at `known_at`. A credit note has a negative total.

    settled_at: the moment it was paid, written off or voided; without one that is when it became known.
    """

    row: int
    external_id: str
    known_at: datetime
    account_id: int
    issued_on: date
    currency: str
    total_minor: int
    state: str = "open"
    has_own_time: bool = False
    kind: str = "invoice"
    number: str = ""
    due_on: date | None = None
    paid_minor: int = 0
    settled_at: datetime | None = None
    url: str = ""


@dataclass(slots=True, kw_only=True)
class PaymentMethodSaid:
    """expires_on: the first day on which a card is no longer good.

    added_at, removed_at: the moments it was on file; without the first it is so since it became known.
    """

    row: int
    external_id: str
    known_at: datetime
    account_id: int
    has_own_time: bool = False
    kind: str = "card"
    brand: str = ""
    last4: str = ""
    expires_on: date | None = None
    is_default: bool = True
    added_at: datetime | None = None
    removed_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class ChurnSaid:
    row: int
    external_id: str
    known_at: datetime
    account_id: int
    effective_on: date
    has_own_time: bool = False
    product_id: int | None = None
    kind: str = "logo"
    is_voluntary: bool | None = None
    is_controllable: bool | None = None
    stated_reason: str = ""
    root_cause: str = ""
    first_signal_on: date | None = None
    notice_on: date | None = None
    won_back_on: date | None = None
    is_reactivation: bool = False
    currency: str = ""
    lost_minor: int | None = None
    refund_minor: int | None = None
    competitor: str = ""
    comment: str = ""
    review_url: str = ""
