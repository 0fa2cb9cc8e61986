"""The last step of every record kind: what is real goes to the room that keeps it, the rest is pretended."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from firstwin.accounts.actions.receive import Received
from firstwin.connectors.kinds.gather import Gathered


class Receive(Protocol):
    def __call__(
        self, *, said: Sequence[Any], source: str, origin: int | None, now: Any, unsaid: Collection[str] = ()
    ) -> Received: ...


def store(gathered: Gathered, said: Sequence[Any], receive: Receive, unsaid: Collection[str] = ()) -> Received:
    """Hand `said` to the verb `receive`, and add its outcomes to those the rows have so far.

    A record of an account or a product that a dry run only pretends to have made is new, without being stored.
    """
    intake, received = gathered.intake, gathered.received
    real = [one for one in said if _is_real(one)] if intake.is_dry else said
    if len(real) != len(said):
        pretended = [one for one in said if not _is_real(one)]
        received.ids |= {one.row: intake.pretended.id() for one in pretended}
        received.new |= {one.row for one in pretended}
    if not real:
        return received
    stored = receive(said=real, source=intake.source, origin=intake.run, now=intake.now, unsaid=unsaid)
    received.ids |= stored.ids
    received.new |= stored.new
    received.changed |= stored.changed
    received.refused |= stored.refused
    received.skipped |= stored.skipped
    received.touched |= stored.touched
    for row, sentences in stored.warned.items():
        received.warned.setdefault(row, []).extend(sentences)
    return received


def _is_real(one: Any) -> bool:
    return all((getattr(one, name, None) or 1) > 0 for name in ("account_id", "product_id", "person_id"))


def unsaid_of(gathered: Gathered, meant: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """The names of values that the mapping does not speak of.  meant: value → the fields that say it."""
    return tuple(value for value, fields in meant.items() if not any(map(gathered.has, fields)))
