"""The rows behind a figure: what counts, what does not and why, where each came from and when it was known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import NoReverseMatch, reverse

from firstwin.core.errors import NotFound
from firstwin.core.facts import RecordFact
from firstwin.core.money import Money
from firstwin.revenue.models import Charge, Contract, Invoice, PaymentMethod, SubscriptionLine
from firstwin.revenue.section.figures import (
    card_name,
    conversion,
    expiry,
    figures_of,
    owed,
    until,
    yearly,
)
from firstwin.revenue.section.ledger import Ledger, is_subscription
from firstwin.revenue.section.renewal import Term, renewals_of
from firstwin.ui.filters import NOTHING, day, money, number, plural

MOST = 200


@dataclass(frozen=True)
class Origin:
    """Where a row came from. run_url: '' where there is no page for it. is_reconstructed: the source gave no time."""

    source: str
    external_id: str
    run: int | None
    run_url: str
    line: int | None
    known_at: datetime
    is_reconstructed: bool


@dataclass(frozen=True)
class Row:
    """amount: as it counts. original: in its own currency where that differs. counts: whether it is in the figure."""

    name: str
    words: str
    amount: str
    origin: Origin
    original: str = ""
    counts: bool = True
    why_not: str = ""
    href: str = ""


@dataclass(frozen=True)
class Evidence:
    title: str
    value: str
    rule: str
    rows: Sequence[Row]
    note: str = ""
    left_out: int = 0


def origin_of(fact: RecordFact) -> Origin:
    run = fact.origin_run
    return Origin(
        source=fact.source,
        external_id=fact.external_id,
        run=run,
        run_url=_run_url(run),
        line=fact.origin_line,
        known_at=fact.known_at,
        is_reconstructed=fact.is_reconstructed,
    )


def _run_url(run: int | None) -> str:
    """The page of an import belongs to another room; without it the number alone is told."""
    try:
        return reverse("import_run", kwargs={"run": run}) if run else ""
    except NoReverseMatch:
        return ""


def evidence_for(key: str, ledger: Ledger) -> Evidence:
    """Raises NotFound for a figure there is not."""
    way = WAYS.get(key)
    if way is None:
        raise NotFound("There is no such figure.")
    figure = next(one for one in figures_of(ledger) if one.key == key)
    rule, rows, note = way(ledger)
    return Evidence(figure.label, figure.exact or figure.value, rule, rows[:MOST], note, max(0, len(rows) - MOST))


Answer = tuple[str, list[Row], str]


def _arr(ledger: Ledger) -> Answer:
    rows = sorted(ledger.in_force, key=lambda piece: (not piece.arr_minor, -piece.arr_minor, piece.pk))
    rule = "The yearly price of every line in force. Trials, one-off charges, metered use and tax are not recurring."
    return rule, [_of_line(piece, ledger) for piece in rows], conversion(ledger, yearly(ledger))


def _of_line(piece: SubscriptionLine, ledger: Ledger) -> Row:
    why_not = _why_not(piece)
    foreign = piece.currency != ledger.exchange.currency
    amount = ledger.exchange.money(piece.arr_minor, piece.currency)
    return Row(
        name=_name(piece),
        words=_terms(piece),
        amount=why_not or (money(amount) if amount is not None else NOTHING),
        original=money(Money(piece.arr_minor, piece.currency)) if foreign and not why_not else "",
        counts=not why_not and amount is not None,
        why_not=why_not,
        origin=origin_of(piece),
    )


def _why_not(piece: SubscriptionLine) -> str:
    if piece.is_trial:
        return "trial"
    return "" if piece.charge == Charge.RECURRING else str(piece.get_charge_display()).lower()


def _name(piece: SubscriptionLine) -> str:
    return piece.product.name if piece.product else piece.external_id


def _terms(piece: SubscriptionLine) -> str:
    """`40 seats at $400 per month, 3 Jan 2025 to 3 Jan 2026`."""
    unit = piece.product.unit if piece.product else "units"
    quantity = f"{number(piece.quantity)} {unit} at " if piece.quantity is not None else ""
    price = f"{money(Money(piece.amount_minor, piece.currency))} {per(piece.price_period)}"
    ends = f"to {day(piece.ends_on, 'always')}" if piece.ends_on else "on, no end"
    return f"{quantity}{price}, {day(piece.starts_on, 'always')} {ends}"


def per(period: str) -> str:
    """`per month`, `per 13 months`, `for the term`."""
    fixed = {"once": "once", "term": "for the term", "half_year": "per half-year"}
    return fixed.get(period, f"per {period}")


def _seats(ledger: Ledger) -> Answer:
    rows = [
        Row(
            _name(piece),
            _terms(piece),
            number(piece.quantity),
            origin_of(piece),
            counts=is_subscription(piece) and piece.quantity is not None,
            why_not="" if is_subscription(piece) else _why_not(piece),
        )
        for piece in ledger.in_force
    ]
    return "What the paid lines in force grant. Trials and one-off charges are shown but not counted.", rows, ""


def _renewal(ledger: Ledger) -> Answer:
    coming = renewals_of(ledger)
    rule = "The next day on which a line or contract in force renews; where none does, the first on which one ends."
    return rule, [_of_term(term, ledger, coming.on) for term in coming.terms if term.on is not None], ""


def _of_term(term: Term, ledger: Ledger, coming: date | None) -> Row:
    on = term.on
    words = f"{'ends ' if term.is_end else ''}{day(on, 'always')}, {until((on - ledger.asof.on).days)}" if on else ""
    return Row(*_named(term.fact), words, origin_of(term.fact), counts=term.counts and on == coming)


def _named(fact: SubscriptionLine | Contract) -> tuple[str, str]:
    if isinstance(fact, SubscriptionLine):
        return _name(fact), _terms(fact)
    ends = f"to {day(fact.ends_on, 'always')}" if fact.ends_on else "on, no end"
    return f"Contract {fact}", f"{day(fact.starts_on, 'always')} {ends}"


def _notice(ledger: Ledger) -> Answer:
    coming = renewals_of(ledger)
    rows = [
        Row(
            *_named(term.fact),
            f"{day(term.notice_on, 'always')}, {until((term.notice_on - ledger.asof.on).days)}",
            origin_of(term.fact),
            counts=term in coming.next and term.notice_on == coming.notice_on,
        )
        for term in coming.terms
        if term.notice_on is not None
    ]
    return "The last day on which notice may be given before the next renewal.", rows, ""


def _overdue(ledger: Ledger) -> Answer:
    rows = [_of_invoice(invoice, ledger) for invoice in ledger.overdue if invoice.owed_minor]
    return (
        "Open invoices past their due day; what was paid in part is taken off.",
        rows,
        conversion(ledger, owed(ledger)),
    )


def _of_invoice(invoice: Invoice, ledger: Ledger) -> Row:
    amount = ledger.exchange.money(invoice.owed_minor, invoice.currency)
    foreign = invoice.currency != ledger.exchange.currency
    late = plural((ledger.asof.on - invoice.due_on).days, "day") if invoice.due_on else ""
    return Row(
        name=str(invoice),
        words=f"due {day(invoice.due_on, 'always')}, {late} late",
        amount=money(amount) if amount is not None else NOTHING,
        original=money(Money(invoice.owed_minor, invoice.currency)) if foreign else "",
        counts=amount is not None,
        origin=origin_of(invoice),
    )


def _card(ledger: Ledger) -> Answer:
    def row(method: PaymentMethod) -> Row:
        words, _ = expiry(method, ledger.asof.on)
        kind = str(method.get_kind_display())
        role = f"{kind}, the default" if method.is_default else kind
        return Row(card_name(method), role, words, origin_of(method), counts=method == ledger.card)

    rule = "The card that is charged. A card is good until the end of the month printed on it."
    return rule, [row(method) for method in ledger.methods], ""


WAYS: dict[str, Callable[[Ledger], Answer]] = {
    "arr": _arr, "seats": _seats, "renewal": _renewal, "notice": _notice, "overdue": _overdue, "card": _card,
}  # fmt: skip
