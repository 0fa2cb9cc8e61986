"""Rows that are products, contracts or subscription lines."""

from datetime import date
from decimal import Decimal
from typing import Any

from firstwin.accounts.actions.receive import Received
from firstwin.connectors.kinds.gather import Gathered
from firstwin.connectors.kinds.money_columns import Amounts
from firstwin.connectors.kinds.products_found import pretend_product
from firstwin.connectors.kinds.storing import store, unsaid_of
from firstwin.connectors.kinds.words import price_period
from firstwin.core.errors import Refused
from firstwin.revenue.actions import receive as revenue
from firstwin.revenue.actions.receive import ContractSaid, LineSaid, ProductSaid


def receive_products(gathered: Gathered) -> Received:
    names, families = gathered.column("name", ""), gathered.column("family", "")
    units, archived = gathered.column("unit", ""), gathered.column("archived", False)
    known = list(gathered.known())

    def make(at: int) -> ProductSaid:
        row = gathered.rows[at]
        if not names[at]:
            raise Refused("A product needs a name.", field="name")
        return ProductSaid(
            row=row.line, external_id=row.external_id, known_at=known[at][0], has_own_time=known[at][1],
            name=names[at], family=families[at], unit=units[at], is_archived=archived[at],
        )  # fmt: skip

    unsaid = unsaid_of(gathered, {"family": ["family"], "unit": ["unit"], "is_archived": ["archived"]})
    said = gathered.each(make)
    received = store(gathered, said, revenue.receive_products, unsaid)
    if gathered.intake.is_dry:
        for one in said:
            if one.row in received.new:
                pretend_product(gathered.intake, one.external_id, one.name)
    return received


_CONTRACT = {
    "ends_on": ["ends_on"], "number": ["number"], "name": ["name"], "signed_on": ["signed_on"],
    "renews_on": ["renews_on"], "notice_on": ["notice_on"], "auto_renews": ["auto_renews"],
    "cancelled_on": ["cancelled_on"], "total_minor": ["total"], "currency": ["total"], "url": ["url"],
}  # fmt: skip


def receive_contracts(gathered: Gathered) -> Received:
    accounts, known, amounts = gathered.accounts(), list(gathered.known()), Amounts(gathered)
    starts, ends, totals = (gathered.column(name) for name in ("starts_on", "ends_on", "total"))
    days = {name: gathered.column(name) for name in ("signed_on", "renews_on", "notice_on", "cancelled_on")}
    texts = {name: gathered.column(name, "") for name in ("number", "name", "url")}
    renews = gathered.column("auto_renews")

    def make(at: int) -> ContractSaid:
        row = gathered.rows[at]
        if starts[at] is None:
            raise Refused("A contract needs the day it starts.", field="starts_on")
        check_days(starts[at], ends[at], "contract")
        total = amounts.minor("total", at, totals[at])
        return ContractSaid(
            row=row.line, external_id=row.external_id, known_at=known[at][0], has_own_time=known[at][1],
            account_id=accounts[at], starts_on=starts[at], ends_on=ends[at], auto_renews=renews[at],
            total_minor=total, currency="" if total is None else amounts.currencies[at],
            **{name: column[at] for name, column in days.items()},
            **{name: column[at] for name, column in texts.items()},
        )  # fmt: skip

    return store(gathered, gathered.each(make), revenue.receive_contracts, unsaid_of(gathered, _CONTRACT))


PRICES = ("amount", "unit_price", "mrr", "arr")
_LINE = {
    "ends_on": ["ends_on"], "product_id": ["product"], "contract": ["contract"], "charge": ["charge"],
    "is_trial": ["trial"], "quantity": ["quantity"], "billing_interval": ["billing_interval"],
    "renews_on": ["renews_on"], "notice_on": ["notice_on"], "auto_renews": ["auto_renews"],
}  # fmt: skip


def receive_lines(gathered: Gathered) -> Received:
    accounts, products, known = gathered.accounts(), gathered.products(), list(gathered.known())
    starts, ends, effective = (gathered.column(name) for name in ("starts_on", "ends_on", "effective_on"))
    quantities, renews, notices = (gathered.column(name) for name in ("quantity", "renews_on", "notice_on"))
    contracts, charges = gathered.column("contract", ""), gathered.column("charge", "recurring")
    trials, autos = gathered.column("trial", False), gathered.column("auto_renews")
    intervals = gathered.column("billing_interval", "")
    prices = _Prices(gathered)
    currencies = prices.amounts.currencies
    corrects = gathered.intake.binding.file.changes == "correct"

    def make(at: int) -> LineSaid:
        row, start, end = gathered.rows[at], starts[at], ends[at]
        if start is None:
            raise Refused("A line needs the day it starts.", field="starts_on")
        check_days(start, end, "line")
        amount, period = prices.of(at, charges[at], end)
        if amount < 0:
            gathered.warn(at, "The price is negative: it is taken as a discount.")
        known_at, is_own = known[at]
        return LineSaid(
            row=row.line, external_id=row.external_id, known_at=known_at, has_own_time=is_own,
            account_id=accounts[at], product_id=products[at], contract=contracts[at], charge=charges[at],
            is_trial=trials[at], quantity=quantities[at], currency=currencies[at], amount_minor=amount,
            price_period=period, billing_interval=intervals[at], starts_on=start, ends_on=end,
            renews_on=renews[at], notice_on=notices[at], auto_renews=autos[at], effective_on=effective[at],
            corrects=corrects,
        )  # fmt: skip

    said = gathered.each(make)
    if gathered.intake.is_dry:
        for one in said:
            held = one.account_id, one.starts_on, one.ends_on
            gathered.intake.pretended.lines[gathered.intake.source, one.external_id] = held
    return store(gathered, said, revenue.receive_lines, unsaid_of(gathered, _LINE))


class _Prices:
    """What a line costs, in the form the mapping gives it."""

    def __init__(self, gathered: Gathered) -> None:
        self.amounts = Amounts(gathered)
        self._columns = {name: gathered.column(name) for name in PRICES if gathered.has(name)}
        self._quantities = gathered.column("quantity")
        self._pers = gathered.column("per")
        self._intervals = gathered.column("billing_interval")
        self._set = {name: price_period(per) for name in PRICES if (per := self.amounts.column_of(name).per)}

    def of(self, at: int, charge: str, end: date | None) -> tuple[int, str]:
        """(minor units of the whole quantity, the time they are for). Raises Refused."""
        name = next((name for name, column in self._columns.items() if column[at] is not None), None)
        if name is None:
            return 0, "once" if charge == "one_off" else "month"
        per = self._period(name, at, charge)
        if per == "term" and end is None:
            raise Refused("A price for the whole term needs the day on which the term ends.", field="ends_on")
        return self._minor(name, at, self._columns[name][at]), per

    def _minor(self, name: str, at: int, price: Decimal) -> int:
        if name == "unit_price":
            if self._quantities[at] is None:
                raise Refused("A price per unit needs a quantity.", field="quantity")
            price *= self._quantities[at]
        found = self.amounts.minor(name, at, price)
        assert found is not None
        return found

    def _period(self, name: str, at: int, charge: str) -> str:
        if name in {"mrr", "arr"}:
            return "month" if name == "mrr" else "year"
        said: Any = self._pers[at] or self._set.get(name) or ("once" if charge == "one_off" else self._intervals[at])
        if not said:
            raise Refused("Say what time the price is for: `per: month`, `per: year` or a column.", field=name)
        return str(said)


def check_days(start: date, end: date | None, what: str) -> None:
    if end is not None and end < start:
        raise Refused(
            f"The {what} ends on {end.isoformat()}, before it starts on {start.isoformat()}.", field="ends_on"
        )
