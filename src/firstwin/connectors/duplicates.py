"""Keys that stand twice in a file of records, with different content: which row counts, told with both lines.

The same key at different moments of the source is history and no duplicate; the same content twice is a repetition.
"""

from array import array
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Rule = Literal["reject", "first", "last", "both"]

_PARTS = 64


@dataclass(frozen=True, slots=True)
class Standing:
    """A row that has a key at a moment.  content: equal for rows that say the same."""

    line: int
    content: Hashable


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a row.  does: reject or skip it, note that it only repeats, or keep it beside, with `suffix` at
    the end of its key.  says: why, with both lines.
    """

    does: Literal["reject", "skip", "repeat", "beside", "replace"]
    says: str = ""
    suffix: str = ""


def decide(rule: Rule, group: Sequence[Standing]) -> dict[int, Decision]:
    """Line → decision, for rows of one key and one moment in the order of the file. Others are taken."""
    first, *later = group
    if all(one.content == first.content for one in later):
        return {one.line: Decision("repeat") for one in later}
    if rule == "last":
        return _last(group)
    decided: dict[int, Decision] = {}
    kept: dict[Hashable, int] = {first.content: first.line}
    for one in later:
        if one.content in kept:
            decided[one.line] = Decision("repeat")
        elif rule == "reject":
            says = f"This key already stands on line {first.line}, with other content."
            decided[one.line] = Decision("reject", says)
        elif rule == "first":
            says = f"Line {one.line} was left out: its key stands on line {first.line} already, with other content."
            decided[one.line] = Decision("skip", says)
        else:
            kept[one.content] = one.line
            suffix = f"#{len(kept)}"
            says = (
                f"Line {one.line} was kept as a record of its own, {suffix}: its key stands on line {first.line} too."
            )
            decided[one.line] = Decision("beside", says, suffix)
    return decided


def _last(group: Sequence[Standing]) -> dict[int, Decision]:
    last = group[-1]
    decided: dict[int, Decision] = {}
    for one in group[:-1]:
        if one.content == last.content:
            decided[one.line] = Decision("repeat")
        else:
            says = f"Line {one.line} was left out: its key stands on line {last.line} again, with other content."
            decided[one.line] = Decision("skip", says)
    return decided


@dataclass
class Repeats:
    """Finds what stands more than once among very many things, in eight bytes for each of them."""

    parts: list["array[int]"] = field(default_factory=lambda: [array("q") for _ in range(_PARTS)])

    def add_all(self, things: Iterable[Hashable]) -> None:
        parts = self.parts
        for thing in things:
            mark = hash(thing)
            parts[mark % _PARTS].append(mark)

    def found(self) -> set[int]:
        """Hashes of what stands more than once; hardly ever also of something that does not."""
        twice: set[int] = set()
        for part in self.parts:
            seen: set[int] = set()
            for mark in part:
                if mark in seen:
                    twice.add(mark)
                seen.add(mark)
        return twice


def decided(
    rule: Rule,
    named: Callable[[], Iterable[Hashable]],
    typed: Callable[[], Iterable[tuple[Hashable, Hashable, Standing]]],
) -> Mapping[int, Decision]:
    """Line → decision, for a whole file.

    named: what names each row (its key and moment), as cheaply as can be.  typed: (that name, key and moment as they
    are typed, the row); asked for only where something stands twice.
    """
    repeats = Repeats()
    repeats.add_all(named())
    twice = repeats.found()
    if not twice:
        return {}
    groups: dict[Hashable, list[Standing]] = {}
    for name, key, row in typed():
        if hash(name) in twice:
            groups.setdefault(key, []).append(row)
    found: dict[int, Decision] = {}
    for group in groups.values():
        if len(group) > 1:
            found |= decide(rule, group)
    return found
