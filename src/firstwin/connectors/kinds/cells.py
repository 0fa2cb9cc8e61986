"""One field of a file: where its cells come from, what is done to them, how they are typed and what was said before."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from firstwin.connectors.kinds.values import Reading
from firstwin.core.errors import Refused
from firstwin.core.text import shorten

if TYPE_CHECKING:  # its library takes long to load
    from firstwin.connectors.mapping.schema import Column

REMEMBERED = 50_000
"""Texts of one column whose meaning is kept. Files repeat themselves: most cells are read once and looked up after."""

_CARD = re.compile(r"\d[\d -]{9,}(?=\d{4})")


@dataclass(frozen=True, slots=True)
class Bad:
    """What a text that cannot be used is remembered as."""

    reason: str


@dataclass(frozen=True)
class Cell:
    """One field: the columns it reads, what is done to them and how the result is typed.

    memo: text → what it means.  bad: texts in it that mean nothing.
    """

    name: str
    label: str
    places: tuple[int, ...]
    run: Callable[[Any], Any]
    type: Callable[[Any, Reading], Any]
    reading: Reading
    memo: dict[str, Any] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)

    def take(self, cells: Sequence[str]) -> str:
        """The text of this field in a row, before anything is done to it."""
        column = self.reading.column
        if column.constant is not None:
            return column.constant
        if len(self.places) == 1:
            return cells[self.places[0]].strip()
        return column.join.join(part for place in self.places if (part := cells[place].strip()))

    def read(self, cells: Sequence[str]) -> Any:
        """Raises Refused."""
        return self.typed(self.take(cells))

    def typed(self, text: str) -> Any:
        """What `text` means. Raises Refused."""
        value = self.run(text) if text else None
        if value is None or value == [] or value == "":
            value = self.reading.column.default
        if value is None:
            if self.reading.column.required:
                raise Refused("A value is required here.")
            return None
        return self.type(value, self.reading)

    def read_column(self, columns: Sequence[Sequence[str]], rows: int) -> list[Any]:
        """The values of a slice given by columns; `Bad` where a text means nothing. Each text is typed once."""
        texts = self._texts(columns, rows)
        memo = self.memo
        if len(memo) > REMEMBERED:
            memo.clear()
            self.bad.clear()
        for text in set(texts).difference(memo):
            try:
                memo[text] = self.typed(text)
            except Refused as problem:
                memo[text] = Bad(problem.message)
                self.bad.add(text)
        return [memo[text] for text in texts]

    def shown(self, cells: Sequence[str]) -> str:
        """The text as a report may show it: shortened, and without the digits of what could be a card."""
        text = self.take(cells)
        if self.name == "last4":
            text = _CARD.sub("…", text)
        return shorten(text, 80)

    def _texts(self, columns: Sequence[Sequence[str]], rows: int) -> list[str]:
        column = self.reading.column
        if column.constant is not None:
            return [column.constant] * rows
        if len(self.places) == 1:
            return list(map(str.strip, columns[self.places[0]]))
        parts = zip(*(map(str.strip, columns[place]) for place in self.places), strict=True)
        return [column.join.join(filter(None, part)) for part in parts]


def cell_of(
    name: str,
    column: "Column",
    header: Sequence[str],
    run: Callable[[Any], Any],
    type: Callable[[Any, Reading], Any],
    reading: Reading,
) -> Cell:
    label = ", ".join(column.names) or "(constant)"
    return Cell(name, label, tuple(header.index(one) for one in column.names), run, type, reading)
