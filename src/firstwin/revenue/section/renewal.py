"""What comes up for renewal: the lines and contracts in force, by the rule of `standing`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from firstwin.revenue.models import Contract, SubscriptionLine
from firstwin.revenue.section.ledger import Ledger


@dataclass(frozen=True)
class Term:
    """Something in force that renews or ends. on: the day that counts, None where it has none. is_end: it just ends."""

    fact: SubscriptionLine | Contract
    on: date | None
    is_end: bool
    notice_on: date | None
    auto_renews: bool | None
    counts: bool


@dataclass(frozen=True)
class Renewals:
    """on: the next renewal, else the first end. terms: all that could, those of that day first."""

    on: date | None
    terms: Sequence[Term]

    @property
    def next(self) -> list[Term]:
        """Those the day comes from."""
        return [term for term in self.terms if term.counts and term.on is not None and term.on == self.on]

    @property
    def notice_on(self) -> date | None:
        return min((term.notice_on for term in self.next if term.notice_on is not None), default=None)

    @property
    def auto_renews(self) -> bool | None:
        """Only where everything that renews that day does so by itself; None where nobody says."""
        said = [term.auto_renews for term in self.next if term.auto_renews is not None]
        return all(said) if said else None

    @property
    def is_end(self) -> bool:
        return all(term.is_end for term in self.next)


def renewals_of(ledger: Ledger) -> Renewals:
    """The nearest renewal day from the day asked about on, or else the nearest end."""
    on = ledger.asof.on
    in_force: list[SubscriptionLine | Contract] = [*ledger.subscriptions, *ledger.contracts_in_force]
    facts = [(fact, *_dates(fact, on)) for fact in in_force]
    ahead = [renews for _, renews, _, _ in facts if renews is not None and renews >= on]
    ends = [ends for _, _, ends, _ in facts if ends is not None]
    terms = []
    for fact, renews, ends_on, auto in facts:
        is_end = renews is None or renews < on
        terms.append(Term(fact, ends_on if is_end else renews, is_end, fact.notice_on, auto, not (ahead and is_end)))
    day = min(ahead or ends, default=None)
    return Renewals(day, sorted(terms, key=_order))


def _dates(fact: SubscriptionLine | Contract, on: date) -> tuple[date | None, date | None, bool | None]:
    """(renews, ends, by itself). A contract that was cancelled only ends."""
    if isinstance(fact, Contract):
        is_cancelled = fact.cancelled_on is not None and fact.cancelled_on <= on
        return (None, fact.ends_on, False) if is_cancelled else (fact.renews_on, fact.ends_on, fact.auto_renews)
    assert isinstance(fact, SubscriptionLine)
    return fact.renews_on, fact.ends_on, fact.auto_renews


def _order(term: Term) -> tuple[bool, bool, date, int]:
    return (not term.counts, term.on is None, term.on or date.max, term.fact.pk)
