"""A late fact changes history: when an account was in a segment, by what is known now."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """Days since 1970-01-01, half-open. left: None while it lasts."""

    entered: int
    left: int | None = None

    def holds(self, day: int) -> bool:
        return self.entered <= day and (self.left is None or day < self.left)


Turn = tuple[int, bool]
"""A day from which on it is in, or not."""


def restated(stored: Sequence[Span], looked: Sequence[Turn]) -> list[Span]:
    """The spans that hold, given on which days it is in by what is known now.

    looked: days in order, all before today.  What is stored stands before the first of them, between two on which it
    is right, and after the last if it is right then. Where it is wrong the days looked at say since when.  Open at the
    last, it goes on: whether it still is today is found by the next look.
    """
    if all(_holds(stored, day) == is_in for day, is_in in looked):
        return list(stored)
    known = _turns(stored)
    last = looked[0][0] - 1
    was_in, was_right = _holds(stored, last), True
    turns = [turn for turn in known if turn[0] <= last]
    for day, is_in in looked:
        is_right = _holds(stored, day) == is_in
        if was_right and (is_right or _holds(stored, day - 1) == is_in):
            turns += [turn for turn in known if last < turn[0] < day + is_right]
        elif is_in != was_in:
            turns.append((day, is_in))
        last, was_in, was_right = day, is_in, is_right
    if was_right:
        turns += [turn for turn in known if turn[0] > last]
    elif not was_in:
        turns += _turns(span for span in stored if span.entered > last)
    return _spans(turns)


def _holds(spans: Iterable[Span], day: int) -> bool:
    return any(span.holds(day) for span in spans)


def _turns(spans: Iterable[Span]) -> list[Turn]:
    """What is left on the day on which it begins again is left first."""
    found: list[Turn] = []
    for span in spans:
        found += [(span.entered, True)] if span.left is None else [(span.entered, True), (span.left, False)]
    return sorted(found)


def _spans(turns: Iterable[Turn]) -> list[Span]:
    found: list[Span] = []
    begun: int | None = None
    for day, is_in in turns:
        if is_in and begun is None:
            begun = day
        elif not is_in and begun is not None:
            found.append(Span(begun, day))
            begun = None
    return found if begun is None else [*found, Span(begun)]
