"""Everything ever believed about one record: its pieces as they stand, and what they replaced."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import QuerySet

from firstwin.core.errors import NotFound
from firstwin.core.facts import RecordFact
from firstwin.core.money import Money
from firstwin.revenue.models import ChurnRecord, Contract, Invoice, SubscriptionLine
from firstwin.revenue.section.evidence import Origin, origin_of, per
from firstwin.ui.filters import day, moment, money, number

T = TypeVar("T", bound=RecordFact)


@dataclass(frozen=True)
class Version:
    """A piece. when: the days or moments it speaks of. until: when it was replaced, None while it stands."""

    words: str
    when: str
    origin: Origin
    until: datetime | None


@dataclass(frozen=True)
class History:
    title: str
    kind: str
    facts: Sequence[tuple[str, str]]
    standing: Sequence[Version]
    replaced: Sequence[Version]
    url: str = ""


def record_of(rows: "QuerySet[T]", pk: int) -> list[T]:
    """All rows of the record that the row `pk` belongs to. rows: those of one account. Raises NotFound."""
    one = rows.filter(pk=pk).first()
    if one is None:
        raise NotFound("There is no such record.")
    same = rows.filter(source=one.source, external_id=one.external_id)
    return list(same.order_by("known_at", "pk"))


def line_history(pieces: Sequence[SubscriptionLine]) -> History:
    last = _latest(pieces)
    product = last.product.name if last.product else last.external_id
    facts = [
        ("Renews", _day(last.renews_on)),
        ("Notice by", _day(last.notice_on)),
        ("Renews by itself", {True: "Yes", False: "No", None: ""}[last.auto_renews]),
        ("Billed", str(last.get_billing_interval_display())),
        ("Contract", last.contract),
        ("Charge", "Trial" if last.is_trial else str(last.get_charge_display())),
    ]
    return _history(product, "Line", facts, pieces, _line_words, lambda piece: _days(piece.starts_on, piece.ends_on))


def _line_words(piece: SubscriptionLine) -> str:
    unit = piece.product.unit if piece.product else "units"
    quantity = f"{number(piece.quantity)} {unit}, " if piece.quantity is not None else ""
    return f"{quantity}{money(Money(piece.amount_minor, piece.currency))} {per(piece.price_period)}"


def invoice_history(pieces: Sequence[Invoice]) -> History:
    last = _latest(pieces)
    facts = [
        ("Issued", _day(last.issued_on)),
        ("Due", _day(last.due_on)),
        ("Amount", money(Money(last.total_minor, last.currency))),
        ("Still owed", money(Money(last.owed_minor, last.currency)) if last.owed_minor else ""),
    ]
    kind = str(last.get_kind_display())
    return _history(
        str(last), kind, facts, pieces, _invoice_words, lambda one: _moments(one.valid_from, one.valid_to), last.url
    )


def _invoice_words(piece: Invoice) -> str:
    paid = f", {money(Money(piece.paid_minor, piece.currency))} paid" if piece.paid_minor else ""
    due = f", due {day(piece.due_on, 'always')}" if piece.due_on else ""
    return f"{piece.get_state_display()}{paid}{due}"


def contract_history(versions: Sequence[Contract]) -> History:
    last = _latest(versions)
    facts = [
        ("Signed", _day(last.signed_on)),
        ("Renews", _day(last.renews_on)),
        ("Notice by", _day(last.notice_on)),
        ("Renews by itself", {True: "Yes", False: "No", None: ""}[last.auto_renews]),
        ("Cancelled", _day(last.cancelled_on)),
    ]
    return _history(
        str(last), "Contract", facts, versions, _contract_words, lambda one: _days(one.starts_on, one.ends_on), last.url
    )


def _contract_words(version: Contract) -> str:
    if version.total_minor is None or not version.currency:
        return version.name or str(version)
    return money(Money(version.total_minor, version.currency))


def churn_history(versions: Sequence[ChurnRecord]) -> History:
    last = _latest(versions)
    lost = Money(last.lost_minor, last.currency) if last.lost_minor is not None and last.currency else None
    facts = [
        ("Lost", money(lost) if lost else ""),
        ("Stated reason", last.stated_reason),
        ("Root cause", last.root_cause),
        ("Competitor", last.competitor),
        ("Comment", last.comment),
    ]
    return _history(
        str(last.get_kind_display()), "Churn", facts, versions, _churn_words, lambda one: _day(one.effective_on)
    )


def _churn_words(version: ChurnRecord) -> str:
    return ", ".join(filter(None, [version.stated_reason, version.root_cause])) or str(version.get_kind_display())


def _history(
    title: str,
    kind: str,
    facts: Sequence[tuple[str, str]],
    pieces: Sequence[T],
    words: Callable[[T], str],
    when: Callable[[T], str],
    url: str = "",
) -> History:
    versions = [(piece, Version(words(piece), when(piece), origin_of(piece), piece.known_until)) for piece in pieces]
    standing = [version for piece, version in versions if piece.known_until is None]
    replaced = [version for piece, version in versions if piece.known_until is not None]
    return History(title, kind, [pair for pair in facts if pair[1]], standing[::-1], replaced[::-1], url)


def _latest(pieces: Sequence[T]) -> T:
    standing = [piece for piece in pieces if piece.known_until is None]
    return (standing or list(pieces))[-1]


def _day(on: date | None) -> str:
    return day(on, "always") if on else ""


def _days(start: date, end: date | None) -> str:
    return f"{day(start, 'always')} to {day(end, 'always')}" if end else f"from {day(start, 'always')}"


def _moments(start: datetime, end: datetime | None) -> str:
    return f"{moment(start)} to {moment(end)}" if end else f"since {moment(start)}"
