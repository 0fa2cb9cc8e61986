"""Words of a column as codes: a test of text then looks at each distinct word once, and every account at a number."""

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.core.frames import Column

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Coded:
    """distinct: the words, or sets of words; a value that is missing has none.  codes: place in them, by account;
    the number of them where nothing is there."""

    distinct: list[Any]
    codes: npt.NDArray[np.int64]

    def where(self, holds: Callable[[Any], bool]) -> Mask:
        """For which accounts `holds` says yes to their word; never where there is none."""
        held = np.zeros(len(self.distinct) + 1, dtype=np.bool_)
        held[:-1] = [holds(word) for word in self.distinct]
        return held[self.codes]


_kept: dict[int, tuple[weakref.ref[Any], Coded, Any]] = {}


def words_of(column: Column) -> Coded:
    """The column encoded, made when first asked for and kept as long as its values are."""
    name = id(column.values)
    kept = _kept.get(name)
    if kept is not None and kept[0]() is column.values and kept[2] is column.known:
        return kept[1]
    coded = _coded(column)
    _kept[name] = (weakref.ref(column.values, lambda _: _kept.pop(name, None)), coded, column.known)
    return coded


def _coded(column: Column) -> Coded:
    values = column.values
    if not column.known.all():
        values = np.where(column.known, values, "")
    given = values.tolist()
    distinct = [word for word in dict.fromkeys(given) if word]
    places: dict[Any, int] = {word: place for place, word in enumerate(distinct)}
    for nothing in ("", None, frozenset[str]()):
        places[nothing] = len(distinct)
    return Coded(distinct, np.fromiter(map(places.__getitem__, given), np.int64, len(given)))
