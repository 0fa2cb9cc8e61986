"""What was agreed, as the usage charts show it: seats over time, and the days on which a contract began or changed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from firstwin.core.text import listing
from firstwin.revenue.models import Contract, SubscriptionLine
from firstwin.revenue.section.ledger import Ledger, is_subscription
from firstwin.ui.filters import number
from firstwin.usage.metrics.reading import SEATS

ENDS, RENEWS, RENEWED, STARTS, CHANGES = "ends", "renews", "renewed", "starts", "changes"
LOOKS = {ENDS: "flag", RENEWS: "diamond", RENEWED: "diamond", STARTS: "dot", CHANGES: "dot"}
_WEIGHT = (ENDS, RENEWS, RENEWED, STARTS, CHANGES)


@dataclass(frozen=True)
class SeatStep:
    """From `on` so many seats are in force; None where no line says how many."""

    on: date
    seats: int | None


@dataclass(frozen=True)
class ContractEvent:
    """What happens on a day. kind: the weightiest of it, which decides its mark."""

    on: date
    kind: str
    words: str

    @property
    def look(self) -> str:
        return LOOKS[self.kind]


def seats_over_time(pieces: Sequence[SubscriptionLine]) -> list[SeatStep]:
    """Seats of the widest product (see `usage.metrics.seats`), by days; a step where the number changes."""
    counted = [piece for piece in pieces if is_subscription(piece) and piece.quantity is not None and _by_seats(piece)]
    days = sorted({piece.starts_on for piece in counted} | {piece.ends_on for piece in counted if piece.ends_on})
    steps: list[SeatStep] = []
    for on in days:
        held: dict[int | None, int] = defaultdict(int)
        for piece in counted:
            if _holds(piece, on):
                held[piece.product_id] += piece.quantity or 0
        seats = max(held.values(), default=None)
        if not steps or steps[-1].seats != seats:
            steps.append(SeatStep(on, seats))
    return steps


def _by_seats(piece: SubscriptionLine) -> bool:
    return piece.product is None or piece.product.unit == SEATS


def seats_at(steps: Sequence[SeatStep], on: date) -> int | None:
    return next((step.seats for step in reversed(steps) if step.on <= on), None)


def contract_events(ledger: Ledger) -> list[ContractEvent]:
    """One for each day on which something starts, changes, renews or ends, in the order of the days."""
    told: dict[date, list[tuple[str, str]]] = defaultdict(list)
    for on, kind, words in (*_of_lines(ledger), *_of_contracts(ledger.contracts, ledger.asof.on)):
        if (kind, words) not in told[on]:
            told[on].append((kind, words))
    return [
        ContractEvent(on, min((kind for kind, _ in some), key=_WEIGHT.index), listing([words for _, words in some]))
        for on, some in sorted(told.items())
    ]


Told = tuple[date, str, str]


def _of_lines(ledger: Ledger) -> list[Told]:
    lines = [line.pieces for line in ledger.lines if not line.is_empty and any(map(is_subscription, line.pieces))]
    ends = {(_name(pieces[-1]), pieces[-1].ends_on) for pieces in lines}
    starts = {(_name(pieces[0]), pieces[0].starts_on) for pieces in lines}
    told: list[Told] = []
    for pieces in lines:
        first, last, name = pieces[0], pieces[-1], _name(pieces[0])
        follows = (name, first.starts_on) in ends
        word = "renewed" if follows else "starts"
        told.append((first.starts_on, RENEWED if follows else STARTS, f"{name} {word}{_seats(first)}"))
        told += [_change(name, was, now) for was, now in pairwise(pieces) if _differs(was, now)]
        told += _close(name, last.ends_on, last.renews_on, ledger.asof.on, (name, last.ends_on) in starts)
    return told


def _close(name: str, ends_on: date | None, renews_on: date | None, on: date, goes_on: bool) -> list[Told]:
    """How it ends: another follows, it renews, or it is over."""
    told = [(renews_on, RENEWS, f"{name} renews")] if renews_on and renews_on >= on else []
    if ends_on and not goes_on and ends_on != renews_on:
        told.append((ends_on, ENDS, f"{name} ends"))
    elif ends_on and not goes_on and ends_on < on:
        told.append((ends_on, ENDS, f"{name} ended"))
    return told


def _differs(was: SubscriptionLine, now: SubscriptionLine) -> bool:
    return (was.quantity, was.arr_minor) != (now.quantity, now.arr_minor)


def _change(name: str, was: SubscriptionLine, now: SubscriptionLine) -> Told:
    if was.quantity != now.quantity and was.quantity is not None and now.quantity is not None:
        return now.starts_on, CHANGES, f"{name} from {number(was.quantity)} to {number(now.quantity)} seats"
    return now.starts_on, CHANGES, f"{name} at another price"


def _of_contracts(contracts: Sequence[Contract], on: date) -> list[Told]:
    starts, ends = {one.starts_on for one in contracts}, {one.ends_on for one in contracts}
    told: list[Told] = []
    for one in contracts:
        follows = one.starts_on in ends
        word = "renewed as contract" if follows else "contract"
        told.append((one.starts_on, RENEWED if follows else STARTS, f"{word} {one}{'' if follows else ' starts'}"))
        if one.cancelled_on:
            told.append((one.cancelled_on, ENDS, f"contract {one} cancelled"))
        told += _close(f"contract {one}", one.ends_on, one.renews_on, on, one.ends_on in starts)
    return told


def _name(piece: SubscriptionLine) -> str:
    return piece.product.name if piece.product else piece.external_id


def _seats(piece: SubscriptionLine) -> str:
    return f" with {number(piece.quantity)} seats" if piece.quantity is not None else ""


def _holds(piece: SubscriptionLine, on: date) -> bool:
    return piece.starts_on <= on and (piece.ends_on is None or piece.ends_on > on)
