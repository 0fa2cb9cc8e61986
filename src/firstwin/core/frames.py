"""What rooms contribute to the frame: every field of the vocabulary as of any date, as columns over accounts.

A *family* is a set of columns that one room works out of its facts. Most are one SQL file over tables of facts, asked
in DuckDB; a family that cannot be said so is a callable. Rooms register families when their app is ready; the room of
signals reads the facts and asks. A field names where it comes from as `frame="family.column"`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from firstwin.core import clock

if TYPE_CHECKING:  # numpy loads where columns are worked out, not where rooms register
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[Any]
    Mask = npt.NDArray[np.bool_]

Type = Literal["int", "float", "flag", "day", "moment", "text"]
"""What a column of facts holds, declared and never guessed: 64-bit numbers, days as days since 1970-01-01, moments as
microseconds since then (UTC), text."""


@dataclass(frozen=True, order=True)
class At:
    """As of when something is said.

    on: the installation's day.  moment: what is true at it counts; within `on`.  known_by: only what was known by then.
    """

    on: date
    moment: datetime
    known_by: datetime

    @classmethod
    def close_of(cls, on: date, *, known_by: datetime | None = None) -> "At":
        """At the last moment of a day, with what was known by then (or by another moment)."""
        moment = clock.end_of(on) - timedelta(microseconds=1)
        return cls(on, moment, known_by or moment)

    @classmethod
    def of(cls, moment: datetime) -> "At":
        """At a moment, with what is known then."""
        return cls(clock.day_of(moment), moment, moment)


@dataclass(frozen=True, slots=True)
class Column:
    """One field over the accounts of a frame, in their order.

    values, by kind: NUMBER without decimals, MONEY (minor units), PERSON and ids: int64 · NUMBER with decimals, SHARE:
    float64 · DATE and DAYS: int64, days since 1970-01-01 of the date itself · FLAG: bool · TEXT (folded) and CHOICE:
    str in an object array · TAGS: frozensets of words in an object array, always known.
    known: where there is a value; elsewhere `values` holds anything of its type.
    """

    values: "Array"
    known: "Mask"


@dataclass(frozen=True)
class FactTable:
    """A table of facts as the SQL of a family sees it.

    rows: every row, those that stand and those that do not; asked once for many dates, narrowed to the accounts asked
        for by `account`, a column of its own (None: a table that belongs to no account, such as rates).
    columns: name in SQL → (ORM path, type).
    narrowed: (rows, account ids) → those of these accounts, where that is no column of its own.
    """

    name: str
    rows: Callable[[], Any]
    columns: Mapping[str, tuple[str, Type]]
    account: str | None = "account_id"
    narrowed: Callable[[Any, Sequence[int]], Any] | None = None


@dataclass(frozen=True)
class SqlFamily:
    """Columns by one SQL file.

    The file reads its tables and `accounts` (account_id) and has the parameters $on (date), $moment and $known_by
    (timestamps, UTC without zone). Grain: at most one row per account. It sums integers only. A moment it gives counts
    as the installation's day on which it falls; several words stand in one text, `chr(31)` between them.
    columns: the names it gives beside account_id.
    by: a column beside account_id that names what a row is about (an attribute's key): then there is at most one row
        per account and name, and a field says `family.column.name`.
    more: further parameters by what is asked.
    steps: tables the file reads that need Python: name → (ask, at) → columns of values. `ask` runs SQL over the same
        tables and parameters and gives back its columns as lists.
    """

    key: str
    room: str
    sql: Path
    tables: tuple[FactTable, ...]
    columns: tuple[str, ...]
    by: str | None = None
    more: "Callable[[At], Mapping[str, Any]] | None" = None
    steps: "Mapping[str, Step]" = field(default_factory=dict)


Ask = Callable[[Path], Mapping[str, list[Any]]]
Step = Callable[[Ask, At], Any]
"""Gives an Arrow table."""

Columns = Mapping[str, Column]


@dataclass(frozen=True)
class ComputedFamily:
    """Columns by a callable: (account ids, rising; as of when, several) → for each of those its columns by name.

    learned: (account ids, since when) → the first day of which something was learned since that was not known on that
        day, of accounts of which there is any. What is learned of a day on that day is none. None: nothing ever is.
    """

    key: str
    room: str
    columns: tuple[str, ...]
    compute: Callable[["Array", Sequence[At]], Sequence[Columns]]
    learned: Callable[[Sequence[int], datetime], Mapping[int, date]] | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a collection. owner: for each row the place of its account among those asked for, rising.

    ids: primary keys.  columns: field key → column over the rows.  dated: day of the row, since 1970-01-01.
    times: how often it happened, where a row stands for several; None: once each.
    """

    owner: "Array"
    ids: "Array"
    columns: Columns
    dated: Column | None = None
    times: "Array | None" = None


@dataclass(frozen=True)
class ComputedRows:
    """The rows of a collection that is no table: (account ids, rising; as of when, several) → its rows."""

    key: str
    room: str
    compute: Callable[["Array", Sequence[At]], Sequence[Rows]]


Family = SqlFamily | ComputedFamily

_families: dict[str, Family] = {}
_rows: dict[str, ComputedRows] = {}


def register_frame(*families: Family) -> None:
    """Add families. A key registered twice is a mistake in the code and raises ValueError."""
    for family in families:
        if family.key in _families and _families[family.key] != family:
            raise ValueError(f"frame family {family.key!r} is registered twice")
        _families[family.key] = family


def frame_families() -> dict[str, Family]:
    return dict(_families)


def register_rows(rows: ComputedRows) -> None:
    """Add a collection that only the frame can answer. Twice is a mistake in the code and raises ValueError."""
    if rows.key in _rows and _rows[rows.key] != rows:
        raise ValueError(f"rows of {rows.key!r} are registered twice")
    _rows[rows.key] = rows


def computed_rows() -> dict[str, ComputedRows]:
    return dict(_rows)
