"""Rows that are invoices or ways to pay."""

from firstwin.accounts.actions.receive import Received
from firstwin.connectors.kinds.gather import Gathered
from firstwin.connectors.kinds.money_columns import Amounts
from firstwin.connectors.kinds.storing import store, unsaid_of
from firstwin.core.errors import Refused
from firstwin.revenue.actions import receive as revenue
from firstwin.revenue.actions.receive import InvoiceSaid, PaymentMethodSaid

_INVOICE = {"number": ["number"], "due_on": ["due_on"], "url": ["url"]}


def receive_invoices(gathered: Gathered) -> Received:
    accounts, known, amounts = gathered.accounts(), list(gathered.known()), Amounts(gathered)
    issued, due, settled = (gathered.column(name) for name in ("issued_on", "due_on", "settled_at"))
    numbers, urls = gathered.column("number", ""), gathered.column("url", "")
    kinds, states = gathered.column("kind"), gathered.column("state")
    totals, paid = gathered.column("total"), gathered.column("paid")

    def make(at: int) -> InvoiceSaid:
        row = gathered.rows[at]
        if issued[at] is None:
            raise Refused("An invoice needs the day it was issued.", field="issued_on")
        if due[at] is not None and due[at] < issued[at]:
            gathered.warn(at, "The invoice is due before the day it was issued.")
        total = amounts.minor("total", at, totals[at])
        if total is None:
            raise Refused("An invoice needs its total.", field="total")
        kind, total = _kind(gathered, at, kinds[at], total)
        said = amounts.minor("paid", at, paid[at])
        state = states[at] or ("paid" if settled[at] or (said is not None and _covers(said, total)) else "open")
        if said is None:
            said = total if state == "paid" else 0
        elif kind == "credit_note":
            said = -abs(said)
        if settled[at] is not None and settled[at] > gathered.intake.now:
            raise Refused("An invoice cannot have been settled later than now.", field="settled_at")
        return InvoiceSaid(
            row=row.line, external_id=row.external_id, known_at=known[at][0], has_own_time=known[at][1],
            account_id=accounts[at], number=numbers[at], kind=kind, state=state, issued_on=issued[at],
            due_on=due[at], currency=amounts.currencies[at], total_minor=total, paid_minor=said,
            settled_at=settled[at], url=urls[at],
        )  # fmt: skip

    return store(gathered, gathered.each(make), revenue.receive_invoices, unsaid_of(gathered, _INVOICE))


def _kind(gathered: Gathered, at: int, kind: str | None, total: int) -> tuple[str, int]:
    """Credit notes have a negative total here, however their source writes it."""
    if kind == "credit_note":
        return kind, -abs(total)
    if total < 0:
        gathered.warn(at, "The total is negative: it is taken as a credit note.")
        return "credit_note", total
    return "invoice", total


def _covers(paid: int, total: int) -> bool:
    return abs(paid) >= abs(total) and total != 0


_PAYMENT = {
    "kind": ["kind"], "brand": ["brand"], "last4": ["last4"], "expires_on": ["expires_on"],
    "is_default": ["default"], "added_at": ["added_at"], "removed_at": ["removed_at"],
}  # fmt: skip


def receive_payment_methods(gathered: Gathered) -> Received:
    accounts, known = gathered.accounts(), list(gathered.known())
    kinds, brands, last4 = gathered.column("kind", "card"), gathered.column("brand", ""), gathered.column("last4", "")
    expiries, defaults = gathered.column("expires_on"), gathered.column("default", True)
    added, removed = gathered.column("added_at"), gathered.column("removed_at")

    def make(at: int) -> PaymentMethodSaid:
        row = gathered.rows[at]
        if added[at] is not None and removed[at] is not None and removed[at] < added[at]:
            raise Refused("It was removed before it was added.", field="removed_at")
        for name, column in (("added_at", added), ("removed_at", removed)):
            if column[at] is not None and column[at] > gathered.intake.now:
                raise Refused("It lies later than now.", field=name)
        return PaymentMethodSaid(
            row=row.line, external_id=row.external_id, known_at=known[at][0], has_own_time=known[at][1],
            account_id=accounts[at], kind=kinds[at], brand=brands[at], last4=last4[at], expires_on=expiries[at],
            is_default=defaults[at], added_at=added[at], removed_at=removed[at],
        )  # fmt: skip

    return store(gathered, gathered.each(make), revenue.receive_payment_methods, unsaid_of(gathered, _PAYMENT))
