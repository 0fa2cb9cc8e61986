"""Records that a file names more than once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Protocol, TypeVar

from firstwin.accounts.actions.receive import Received


class Said(Protocol):
    @property
    def row(self) -> int: ...
    @property
    def external_id(self) -> str: ...
    @property
    def known_at(self) -> datetime: ...


S = TypeVar("S", bound=Said)


def in_rounds(said: Sequence[S], received: Received) -> Iterator[Sequence[S]]:
    """Such that no round names a record twice, what was known earlier first.

    Two statements of one record at one moment contradict each other, or repeat: the last one counts, and the rows
    before it are told so.
    """
    if len(set(map(attrgetter("external_id"), said))) == len(said):
        yield said
        return
    by_record: dict[str, dict[datetime, S]] = {}
    for one in said:
        known = by_record.setdefault(one.external_id, {})
        if (earlier := known.pop(one.known_at, None)) is not None:
            received.skipped.add(earlier.row)
            received.warned.setdefault(earlier.row, []).append(
                f"{one.external_id!r} is told again on line {one.row}, which counts."
            )
        known[one.known_at] = one
    ordered = [sorted(known.values(), key=lambda one: one.known_at) for known in by_record.values()]
    for place in range(max(map(len, ordered))):
        yield [told[place] for told in ordered if len(told) > place]
