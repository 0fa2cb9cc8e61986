"""Where accounts stand commercially on a day: status, ARR, seats, products, renewal, what they owe, how they pay.

Any day, and on request as it was known at a moment. Four queries for any number of accounts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import F

from firstwin.accounts.bulk import among, plain_rows
from firstwin.core.clock import day_of, end_of
from firstwin.revenue.conversion import Conversion
from firstwin.revenue.models import (
    Charge,
    CommercialStatus,
    Contract,
    Invoice,
    InvoiceKind,
    InvoiceState,
    PaymentKind,
    PaymentMethod,
    SubscriptionLine,
)

_SERVICE = frozenset({Charge.RECURRING.value, Charge.METERED.value})
"""What one is a customer of; a fee charged once, or a tax, makes nobody a customer."""


@dataclass(slots=True)
class Renewal:
    """The next day on which something in force renews, or else ends.  auto_renews: None where nobody says."""

    on: date
    notice_on: date | None
    auto_renews: bool | None


@dataclass(slots=True)
class Standing:
    """arr_minor, overdue_minor: the installation's currency; None where one of the amounts has no rate that day.

    seats: None where no line says how many.  overdue_since_on: the oldest due day that passed unpaid.
    without_rate: currencies of amounts that could not be converted.
    """

    status: CommercialStatus | None = None
    customer_since_on: date | None = None
    churned_on: date | None = None
    lines: int = 0
    mrr_minor: int | None = None
    arr_minor: int | None = None
    seats: int | None = None
    products: tuple[str, ...] = ()
    renewal: Renewal | None = None
    overdue_minor: int | None = None
    overdue_count: int = 0
    overdue_since_on: date | None = None
    card_expires_on: date | None = None
    without_rate: tuple[str, ...] = ()
    overlaps: tuple[str, ...] = ()


class _Line(NamedTuple):
    product: str | None
    charge: str
    is_trial: bool
    quantity: int | None
    currency: str
    mrr: int
    arr: int
    starts_on: date
    ends_on: date | None
    renews_on: date | None
    notice_on: date | None
    auto_renews: bool | None
    record: tuple[str, str]

    def holds(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on < self.ends_on)

    @property
    def is_paid_service(self) -> bool:
        return not self.is_trial and self.charge in _SERVICE


class _Term(NamedTuple):
    """What may renew: a line or a contract."""

    ends_on: date | None
    renews_on: date | None
    notice_on: date | None
    auto_renews: bool | None


@dataclass(slots=True)
class _Known:
    lines: list[_Line] = field(default_factory=list)
    contracts: list[_Term] = field(default_factory=list)
    owed: list[tuple[date, str, int]] = field(default_factory=list)
    cards: list[tuple[bool, date]] = field(default_factory=list)
    is_billed: bool = False


def standing_of(
    account_ids: Sequence[int], on: date, *, now: datetime, known_by: datetime | None = None
) -> dict[int, Standing]:
    """Account id → where it stands at the close of the day (now, on the day itself). Accounts of which nothing
    commercial is known are left out."""
    known = _gather(account_ids, on, _moment_of(on, now), known_by)
    conversion = Conversion(on)
    return {account: _standing(one, on, conversion) for account, one in known.items()}


def _moment_of(on: date, now: datetime) -> datetime:
    return now if on == day_of(now) else end_of(on) - timedelta(microseconds=1)


def _gather(ids: Sequence[int], on: date, moment: datetime, known_by: datetime | None) -> dict[int, _Known]:
    found: dict[int, _Known] = defaultdict(_Known)

    def known(model: Any) -> Any:
        rows = among(model.objects.all(), "account_id", ids).order_by()
        return rows.standing() if known_by is None else rows.known_by(known_by)

    for account, *line, source, external_id in _rows(
        known(SubscriptionLine),
        "account_id", "product__key", "charge", "is_trial", "quantity", "currency", "mrr_minor", "arr_minor",
        "starts_on", "ends_on", "renews_on", "notice_on", "auto_renews", "source", "external_id",
    ):  # fmt: skip
        found[account].lines.append(_Line._make((*line, (source, external_id))))
    contracts = known(Contract).filter(starts_on__lte=on).exclude(ends_on__lte=on)
    for account, cancelled_on, ends_on, renews_on, notice_on, auto in _rows(
        contracts, "account_id", "cancelled_on", "ends_on", "renews_on", "notice_on", "auto_renews"
    ):
        is_cancelled = cancelled_on is not None and cancelled_on <= on
        term = _Term(ends_on, None if is_cancelled else renews_on, notice_on, False if is_cancelled else auto)
        found[account].contracts.append(term)
    invoices = known(Invoice).true_at(moment).filter(kind=InvoiceKind.INVOICE)
    for (account,) in plain_rows(invoices.values_list("account_id").distinct()):
        found[account].is_billed = True
    late = invoices.filter(state=InvoiceState.OPEN, due_on__lt=on).exclude(total_minor=F("paid_minor"))
    for account, *owed in _rows(late, "account_id", "due_on", "currency", "total_minor", "paid_minor"):
        due_on, currency, total, paid = owed
        found[account].owed.append((due_on, currency, total - paid))
    cards = known(PaymentMethod).true_at(moment).filter(kind=PaymentKind.CARD, expires_on__isnull=False)
    for account, is_default, expires_on in _rows(cards, "account_id", "is_default", "expires_on"):
        found[account].cards.append((is_default, expires_on))
    return found


def _rows(rows: Any, *names: str) -> list[tuple[Any, ...]]:
    """Past the ORM's own handling of each row, which takes several times as long as the query."""
    return plain_rows(rows.values_list(*names))


def _standing(known: _Known, on: date, conversion: Conversion) -> Standing:
    in_force = [line for line in known.lines if line.holds(on)]
    found = Standing(lines=len(in_force))
    _status(found, known.lines, in_force, on)
    missing: set[str] = set()
    if known.lines:
        found.mrr_minor = _sum(((line.currency, line.mrr) for line in in_force), conversion, missing)
        found.arr_minor = _sum(((line.currency, line.arr) for line in in_force), conversion, missing)
        counted = [line.quantity for line in in_force if line.is_paid_service and line.quantity is not None]
        found.seats = sum(counted) if counted else None
        found.products = tuple(sorted({line.product for line in in_force if line.product is not None}))
        found.overlaps = _overlaps(in_force)
    found.renewal = _renewal(in_force, known.contracts, on)
    if known.is_billed:
        found.overdue_minor = _sum(((currency, owed) for _, currency, owed in known.owed), conversion, missing)
    found.overdue_count = len(known.owed)
    found.overdue_since_on = min((due_on for due_on, _, _ in known.owed), default=None)
    found.card_expires_on = max(known.cards)[1] if known.cards else None
    found.without_rate = tuple(sorted(missing))
    return found


def _status(found: Standing, lines: Sequence[_Line], in_force: Sequence[_Line], on: date) -> None:
    """A line without a day never made anybody a customer."""
    if not lines:
        return
    begun = [line for line in lines if line.is_paid_service and line.starts_on <= on and line.ends_on != line.starts_on]
    found.customer_since_on = min((line.starts_on for line in begun), default=None)
    if any(line.is_paid_service for line in in_force):
        found.status = CommercialStatus.CUSTOMER
        return
    if begun:
        found.churned_on = max(line.ends_on for line in begun if line.ends_on is not None)
    if any(line.is_trial for line in in_force):
        found.status = CommercialStatus.TRIAL
    else:
        found.status = CommercialStatus.CHURNED if begun else CommercialStatus.PROSPECT


def _sum(amounts: Iterable[tuple[str, int]], conversion: Conversion, missing: set[str]) -> int | None:
    """Summed per currency, then converted, each by itself. None where one has no rate."""
    by_currency: dict[str, int] = {}
    for currency, amount in amounts:
        by_currency[currency] = by_currency.get(currency, 0) + amount
    total, is_whole = 0, True
    for currency, amount in by_currency.items():
        ours = conversion.minor(amount, currency)
        if ours is None:
            missing.add(currency)
            is_whole = False
        else:
            total += ours
    return total if is_whole else None


def _renewal(in_force: Sequence[_Line], contracts: Sequence[_Term], on: date) -> Renewal | None:
    """The nearest renewal day from today on, or else the nearest end, of paid lines and contracts in force."""
    terms: list[Any] = [line for line in in_force if line.is_paid_service]
    terms += contracts
    ahead = [(term.renews_on, term) for term in terms if term.renews_on is not None and term.renews_on >= on]
    ahead = ahead or [(term.ends_on, term) for term in terms if term.ends_on is not None]
    if not ahead:
        return None
    day = min(day for day, _ in ahead)
    then = [term for at, term in ahead if at == day]
    notices = [term.notice_on for term in then if term.notice_on is not None]
    by_itself = {term.auto_renews for term in then if term.auto_renews is not None}
    return Renewal(day, min(notices, default=None), all(by_itself) if by_itself else None)


def _overlaps(in_force: Sequence[_Line]) -> tuple[str, ...]:
    """Products with more than one paid recurring line in force: both count, and it may be a mistake."""
    records: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for line in in_force:
        if line.product is not None and not line.is_trial and line.charge == Charge.RECURRING:
            records[line.product].add(line.record)
    return tuple(sorted(product for product, names in records.items() if len(names) > 1))
