"""Dealings and tickets as rows of the tables, each believed from the day its source told it."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.db import models

from firstwin.demo.bills import Bill, Purse
from firstwin.demo.calendar import moment
from firstwin.demo.deals import Deal, Line, Loss, Signed
from firstwin.demo.desk import Ask
from firstwin.revenue.models import ChurnRecord, Contract, Invoice, PaymentMethod, SubscriptionLine
from firstwin.support.history import Claim, State, pieces
from firstwin.support.models import Ticket

if TYPE_CHECKING:
    from firstwin.demo.rows import Rows

_RECORD = (
    "known_at", "known_until", "recorded_at", "source", "is_reconstructed", "external_id", "stated_at", "account_id",
)  # fmt: skip
_PIECE = (*_RECORD, "valid_from", "valid_to")

COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Contract: (
        "id", *_RECORD, "number", "name", "signed_on", "starts_on", "ends_on", "renews_on", "notice_on", "auto_renews",
        "cancelled_on", "currency", "total_minor", "url",
    ),
    SubscriptionLine: (
        "id", *_RECORD, "product_id", "contract", "charge", "is_trial", "quantity", "currency", "amount_minor",
        "price_period", "mrr_minor", "arr_minor", "billing_interval", "starts_on", "ends_on", "renews_on", "notice_on",
        "auto_renews",
    ),
    Invoice: (
        "id", *_PIECE, "number", "kind", "state", "issued_on", "due_on", "currency", "total_minor", "paid_minor", "url",
    ),
    PaymentMethod: ("id", *_PIECE, "kind", "brand", "last4", "expires_on", "is_default"),
    ChurnRecord: (
        "id", *_RECORD, "product_id", "kind", "is_voluntary", "is_controllable", "stated_reason", "root_cause",
        "first_signal_on", "notice_on", "effective_on", "won_back_on", "is_reactivation", "currency", "lost_minor",
        "refund_minor", "competitor", "comment", "review_url",
    ),
    Ticket: (
        "id", *_PIECE, "person_id", "subject", "channel", "url", "priority", "status", "is_escalated", "opened_at",
        "first_response_at", "reopens", "csat", "rated_at", "respond_by", "solve_by", "is_reopening", "clock_from",
        "done_at",
    ),
}  # fmt: skip

_BOOKED = 5 * 60
"""Minute of the day at which billing tells us what happened."""


class Ledgers:
    """Adds one customer's dealings to the rows. products: key → id.  is_rich: with what was believed in between."""

    def __init__(self, rows: "Rows", products: dict[str, int], *, is_rich: bool) -> None:
        self._rows, self._products, self._is_rich = rows, products, is_rich

    def deal(self, account: int, deal: Deal, recorded_on: date) -> None:
        for signed in deal.contracts:
            self._contract(account, signed, recorded_on)
        for line in deal.lines:
            self._line(account, line, recorded_on)
        for loss in deal.losses:
            self._loss(account, loss)

    def bills(self, account: int, bills: list[Bill]) -> None:
        for bill in bills:
            about = (bill.number, bill.kind)
            money = (bill.issued_on, bill.due_on, bill.currency, bill.total)
            issued_at = _at(bill.issued_on)
            if bill.settled_on is None:
                self._piece(Invoice, account, bill.name, issued_at, None, (*about, "open", *money, 0, ""))
                continue
            settled_at = max(_at(bill.settled_on), issued_at + timedelta(minutes=1))
            paid = bill.total if bill.settled_as == "paid" else 0
            self._piece(Invoice, account, bill.name, issued_at, settled_at, (*about, "open", *money, 0, ""))
            self._piece(Invoice, account, bill.name, settled_at, None, (*about, bill.settled_as, *money, paid, ""))

    def purses(self, account: int, purses: list[Purse]) -> None:
        for purse in purses:
            values = (purse.kind, purse.brand, purse.last4, purse.expires_on, True)
            until = _at(purse.until) if purse.until else None
            self._piece(PaymentMethod, account, purse.name, _at(purse.since), until, values)

    def asks(self, account: int, asks: list[Ask], people: dict[str, int]) -> None:
        for ask in asks:
            self._ask(account, ask, people.get(ask.asker) if ask.asker else None)

    def _contract(self, account: int, signed: Signed, recorded_on: date) -> None:
        known_on = max(signed.signed_on, recorded_on)

        def row(known: date, until: date | None, cancelled_on: date | None) -> None:
            self._record(
                Contract, account, signed.name, "crm", known, until, signed.signed_on < recorded_on,
                (signed.number, "", signed.signed_on, signed.starts_on, signed.ends_on, signed.renews_on,
                 signed.notice_on, signed.auto_renews, cancelled_on, signed.currency, signed.total, ""),
            )  # fmt: skip

        if signed.cancelled_on is None or signed.cancelled_on <= known_on:
            row(known_on, None, signed.cancelled_on)
            return
        row(known_on, signed.cancelled_on, None)
        row(signed.cancelled_on, None, signed.cancelled_on)

    def _line(self, account: int, line: Line, recorded_on: date) -> None:
        product = self._products[line.product]
        for v in line.versions:
            term = (v.starts_on, v.ends_on)
            counts = line.charge == "recurring" and not line.is_trial
            mrr, arr = _monthly_and_yearly(v.amount, line.per) if counts else (0, 0)
            is_reconstructed = v.known_on == recorded_on and v.starts_on < recorded_on
            self._record(
                SubscriptionLine, account, line.name, "billing", v.known_on, v.until_on, is_reconstructed,
                (product, line.contract, line.charge, line.is_trial, v.quantity, line.currency, v.amount, line.per,
                 mrr, arr, line.interval, *term, line.renews_on, line.notice_on, line.auto_renews),
            )  # fmt: skip

    def _loss(self, account: int, loss: Loss) -> None:
        def row(known: date, until: date | None, won_back_on: date | None) -> None:
            self._record(
                ChurnRecord, account, loss.name, "staff", known, until, False,
                (self._products.get(loss.product), loss.kind, loss.is_voluntary, loss.is_controllable, loss.reason,
                 loss.cause, loss.first_signal_on, loss.notice_on, loss.effective_on, won_back_on, False,
                 loss.currency, loss.lost, None, loss.competitor, loss.comment, ""),
            )  # fmt: skip

        if loss.won_back_on is None:
            row(loss.known_on, None, None)
            return
        row(loss.known_on, loss.won_back_on, None)
        row(loss.won_back_on, None, loss.won_back_on)

    def _ask(self, account: int, ask: Ask, person: int | None) -> None:
        moves = list(ask.moves)
        if not self._is_rich:  # opened and done, without the steps between
            moves = [(at, "solved" if status == "solved" else "open") for at, status in moves]
            moves = [moves[0], *(two for one, two in pairwise(moves) if one[1] != two[1])]
        reopens = 0
        last = len(moves) - 1
        steps = [Claim(at, at, State(status, ask.priority, ask.is_escalated, 0)) for at, status in moves]
        for place, ((at, status), piece) in enumerate(zip(moves, pieces(steps, moves[0][0]), strict=True)):
            reopens += piece.is_reopening
            follows = (piece.is_reopening, piece.clock_from, piece.done_at)
            until = moves[place + 1][0] if place < last else None
            answered = ask.first_response_at
            seen = answered if answered and (not self._is_rich or answered <= at) else None
            about = (person, ask.subject, ask.channel, "", ask.priority, status, ask.is_escalated, moves[0][0])
            plain = (*about, seen, reopens, None, None, None, None, *follows)
            if place < last or ask.csat is None or ask.rated_at is None:
                self._piece(Ticket, account, ask.name, at, until, plain, source="helpdesk")
                continue
            rated = (*about, seen, reopens, ask.csat, ask.rated_at, None, None, *follows)
            if self._is_rich:
                self._stored(Ticket, account, ask.name, "helpdesk", at, ask.rated_at, (at, None, *plain))
            self._stored(
                Ticket, account, ask.name, "helpdesk", ask.rated_at if self._is_rich else at, None, (at, None, *rated)
            )

    def _piece(
        self, model: type[models.Model], account: int, name: str, at: datetime, until: datetime | None,
        values: tuple[Any, ...], *, source: str = "billing",
    ) -> None:  # fmt: skip
        """A piece of a history: it was open until its end became known."""
        if until is None:
            self._stored(model, account, name, source, at, None, (at, None, *values))
            return
        if self._is_rich:
            self._stored(model, account, name, source, at, until, (at, None, *values))
        self._stored(model, account, name, source, until if self._is_rich else at, None, (at, until, *values))

    def _record(
        self, model: type[models.Model], account: int, name: str, source: str, known: date, until: date | None,
        is_reconstructed: bool, values: tuple[Any, ...],
    ) -> None:  # fmt: skip
        known_at = _at(known)
        known_until = _at(until) if until else None
        clocks = (known_at, known_until, known_at, source, is_reconstructed, name, known_at, account)
        self._rows.add(model, *clocks, *values)

    def _stored(
        self, model: type[models.Model], account: int, name: str, source: str, known_at: datetime,
        known_until: datetime | None, values: tuple[Any, ...],
    ) -> None:  # fmt: skip
        clocks = (known_at, known_until, known_at, source, False, name, known_at, account)
        self._rows.add(model, *clocks, *values)


def _monthly_and_yearly(amount: int, per: str) -> tuple[int, int]:
    """Minor units, half to even as `revenue.prices` has it."""
    return (amount, amount * 12) if per == "month" else (round(Fraction(amount, 12)), amount)


def _at(day: date) -> datetime:
    return moment(day, _BOOKED)
