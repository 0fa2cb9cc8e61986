"""Ways of paying as a source tells them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import attrgetter

from django.db import transaction

from firstwin.accounts.actions.receive import Received
from firstwin.accounts.actions.revision import bump_revision
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.revenue.actions.receive.rounds import in_rounds
from firstwin.revenue.actions.receive.said import PaymentMethodSaid
from firstwin.revenue.actions.receive.store import Kind, Writing
from firstwin.revenue.models import PaymentKind, PaymentMethod
from firstwin.revenue.pieces import Statement, Value, take

VALUES = ("kind", "brand", "last4", "expires_on", "is_default")
PAYMENT_METHODS = Kind(PaymentMethod, VALUES, "valid_from", "valid_to", "effective_at", moments=True)

_KINDS = frozenset(PaymentKind.values)


def receive_payment_methods(
    *, said: Sequence[PaymentMethodSaid], source: str, origin: int | None, now: datetime, unsaid: Collection[str] = ()
) -> Received:
    """Store new cards and other ways to pay, those that were replaced under the same id, and those taken off file."""
    received = Received()
    with transaction.atomic():
        for some in in_rounds(said, received):
            _receive(some, received, Writing(PAYMENT_METHODS, source, origin, now), frozenset(unsaid))
        failpoint("receive.payment_methods.stored")
        bump_revision(received.touched)
    return received


def _receive(said: Sequence[PaymentMethodSaid], received: Received, writing: Writing, unsaid: frozenset[str]) -> None:
    standing = PAYMENT_METHODS.standing(writing.source, [one.external_id for one in said])
    values_of = attrgetter(*VALUES)
    for one in said:
        if (refused := _trouble(one, writing.now)) is not None:
            received.refused[one.row] = refused
            continue
        pieces = standing.get(one.external_id, [])
        value: Value = values_of(one)
        ends_at = one.removed_at
        if unsaid and pieces:
            last = zip(VALUES, pieces[-1].value, value, strict=True)
            value = tuple(old if name in unsaid else new for name, old, new in last)
            ends_at = pieces[-1].end if "removed_at" in unsaid else ends_at
        received.ids[one.row] = one.account_id
        statement = Statement(
            one.account_id, one.added_at, ends_at, value, one.known_at, one.known_at,
            is_reconstructed=not one.has_own_time, origin=(writing.run, one.row),
        )  # fmt: skip
        change = take(pieces, statement)
        if not one.has_own_time and change.is_empty:
            change.confirm.clear()
        writing.take(one.external_id, change)
        if not change.is_empty:
            (received.changed if pieces else received.new).add(one.row)
            received.touched |= {one.account_id, *(piece.holder for piece in pieces[:1])}
    writing.store()


def _trouble(one: PaymentMethodSaid, now: datetime) -> Refused | None:
    if one.known_at > now:
        return Refused("It was known in the future.", field="known_at")
    if one.kind not in _KINDS:
        return Refused("The kind is not one we know.", field="kind")
    if one.last4 and not (len(one.last4) <= 4 and one.last4.isascii() and one.last4.isalnum()):
        return Refused("Only the last four characters of a card or account number are kept.", field="last4")
    if not 0 < len(one.external_id) <= 255 or len(one.brand) > 24:
        return Refused("The id or the brand is too long.", field="external_id")
    if one.added_at is not None and one.removed_at is not None and one.removed_at < one.added_at:
        return Refused("It was removed before it was added.", field="removed_at")
    return None
