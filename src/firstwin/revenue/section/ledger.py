"""What is known about one account's dealings, read once for the section: six reads, however much there is."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from firstwin.accounts.models import Account
from firstwin.revenue.models import (
    Charge,
    ChurnRecord,
    Contract,
    Invoice,
    PaymentKind,
    PaymentMethod,
    SubscriptionLine,
)
from firstwin.revenue.section.asof import AsOf
from firstwin.revenue.section.exchange import Exchange


@dataclass(frozen=True)
class Line:
    """A subscription line: its pieces, one after the other."""

    pieces: tuple[SubscriptionLine, ...]

    @property
    def last(self) -> SubscriptionLine:
        return self.pieces[-1]

    def at(self, on: date) -> SubscriptionLine | None:
        """The piece in force on `on`."""
        return next((piece for piece in self.pieces if holds(piece, on)), None)

    def told_at(self, on: date) -> SubscriptionLine:
        """The piece that best tells what it is: in force, else the next to come, else the last."""
        ahead = (piece for piece in self.pieces if piece.starts_on > on)
        return self.at(on) or next(ahead, None) or self.last

    def has_ended(self, on: date) -> bool:
        return all(piece.ends_on is not None and piece.ends_on <= on for piece in self.pieces)

    @property
    def is_empty(self) -> bool:
        """It starts and ends on the same day, so it was never in force."""
        return all(piece.starts_on == piece.ends_on for piece in self.pieces)


def holds(piece: SubscriptionLine, on: date) -> bool:
    return piece.starts_on <= on and (piece.ends_on is None or piece.ends_on > on)


def is_subscription(piece: SubscriptionLine) -> bool:
    """A service that is paid for: what one is a customer of. A fee charged once, or a tax, is none."""
    return piece.charge in (Charge.RECURRING, Charge.METERED) and not piece.is_trial


@dataclass(frozen=True)
class Ledger:
    """Rows as the reader asked for them: true on the day, known now or known then."""

    asof: AsOf
    exchange: Exchange
    pieces: Sequence[SubscriptionLine]
    contracts: Sequence[Contract]
    overdue: Sequence[Invoice]
    methods: Sequence[PaymentMethod]
    churn: Sequence[ChurnRecord]

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line, by the name its source gives it."""
        records: dict[tuple[str, str], list[SubscriptionLine]] = defaultdict(list)
        for piece in self.pieces:
            records[piece.source, piece.external_id].append(piece)
        return tuple(Line(tuple(pieces)) for pieces in records.values())

    @cached_property
    def in_force(self) -> tuple[SubscriptionLine, ...]:
        """Pieces whose days hold the day, trials and one-off charges among them."""
        return tuple(piece for piece in self.pieces if holds(piece, self.asof.on))

    @cached_property
    def subscriptions(self) -> tuple[SubscriptionLine, ...]:
        return tuple(piece for piece in self.in_force if is_subscription(piece))

    @cached_property
    def contracts_in_force(self) -> tuple[Contract, ...]:
        on = self.asof.on
        return tuple(one for one in self.contracts if one.starts_on <= on and (one.ends_on is None or one.ends_on > on))

    @cached_property
    def card(self) -> PaymentMethod | None:
        """The card that is charged: the default one, else the one that lasts longest."""
        cards = [one for one in self.methods if one.kind == PaymentKind.CARD and one.expires_on is not None]
        return max(cards, key=lambda one: (one.is_default, one.expires_on), default=None)

    @property
    def is_foreign(self) -> bool:
        """Whether some of it is priced in another currency than the installation's."""
        return any(piece.currency != self.exchange.currency for piece in self.pieces)

    @property
    def is_empty(self) -> bool:
        return not (self.pieces or self.contracts or self.methods or self.churn)


def ledger_of(account: Account, asof: AsOf) -> Ledger:
    """Five reads, and one for each foreign currency that is asked to be converted."""
    lines = asof.known(SubscriptionLine.objects.filter(account=account)).select_related("product")
    contracts = asof.known(Contract.objects.filter(account=account))
    invoices = asof.known(Invoice.objects.filter(account=account)).true_at(asof.moment).overdue(asof.on)  # type: ignore[attr-defined]
    methods = asof.known(PaymentMethod.objects.filter(account=account)).true_at(asof.moment)  # type: ignore[attr-defined]
    churn = asof.known(ChurnRecord.objects.filter(account=account)).select_related("product")
    return Ledger(
        asof=asof,
        exchange=Exchange(asof.on),
        pieces=list(lines.order_by("starts_on", "pk")),
        contracts=list(contracts.order_by("-starts_on", "-pk")),
        overdue=list(invoices.order_by("due_on", "pk")),
        methods=list(methods.order_by("-is_default", "kind", "pk")),
        churn=list(churn.order_by("-effective_on", "-pk")),
    )


def amounts(pairs: Iterator[tuple[str, int]]) -> dict[str, int]:
    """Minor units summed by currency."""
    summed: dict[str, int] = defaultdict(int)
    for currency, minor in pairs:
        summed[currency] += minor
    return dict(summed)
