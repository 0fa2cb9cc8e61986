"""A file's mapping bound to its header: turns cells into typed values, or into faults with their place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from firstwin.accounts.models import Attribute
from firstwin.connectors.files.table import Row, Table
from firstwin.connectors.kinds import values
from firstwin.connectors.kinds.cells import Cell, cell_of
from firstwin.connectors.kinds.fields import FIELDS, NEEDED
from firstwin.connectors.kinds.record_fields import KEYED
from firstwin.connectors.kinds.rules import PRODUCT_BY, FieldRule
from firstwin.connectors.kinds.slices import Bound, RecordRow, read_slice, shown
from firstwin.connectors.kinds.values import Reading
from firstwin.connectors.kinds.words import price_period
from firstwin.connectors.mapping.document import Place
from firstwin.connectors.mapping.read import ReadMapping
from firstwin.connectors.mapping.transforms import chain
from firstwin.core.errors import Refused
from firstwin.core.text import did_you_mean, fold, is_clean, listing

if TYPE_CHECKING:  # its library takes long to load
    from firstwin.connectors.mapping.schema import Column, FileMapping, RowRule

ATTRIBUTE = "attribute:"
"""Marks a field's name as an attribute's."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be used.  column: as the file calls it.  value: what stands there, shortened."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class RowSaid:
    """A row, typed.  known_at: the source's own time, None where it has none.  values: field → value (None: blank)."""

    line: int
    cells: Sequence[str]
    external_id: str
    known_at: datetime | None
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Skipped:
    line: int
    reason: str


class RowError(Exception):
    """A row with at least one fault."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0].reason)
        self.faults = faults


@dataclass(frozen=True)
class Rule:
    """A rule about rows, ready to be asked."""

    index: int
    words: frozenset[str]
    is_negated: bool
    because: str

    @classmethod
    def of(cls, rule: "RowRule", header: Sequence[str]) -> "Rule":
        words = rule.is_ if rule.is_ is not None else rule.is_not or []
        says = f"{rule.column} is {'' if rule.is_ is not None else 'not '}{listing(words, 'or')}"
        is_negated = rule.is_ is None
        return cls(header.index(rule.column), frozenset(map(fold, words)), is_negated, rule.because or says)

    def holds(self, cells: Sequence[str]) -> bool:
        return (fold(cells[self.index]) in self.words) != self.is_negated


@dataclass(frozen=True)
class Binding:
    """What `bind` makes: the readers of one file's rows."""

    file: "FileMapping"
    cells: tuple[Cell, ...]
    key: Cell | None
    known_at: Cell | None
    skip: tuple["Rule", ...]
    remove: tuple["Rule", ...]
    rules: Mapping[str, FieldRule]
    header: tuple[str, ...]

    def read(self, row: Row, now: datetime) -> RowSaid | Skipped:
        """Raises RowError with everything that is wrong with the row."""
        if row.trouble:
            raise RowError([self.trouble(row)])
        if not any(row.cells):
            return Skipped(row.line, "blank row")
        for rule in self.skip:
            if rule.holds(row.cells):
                return Skipped(row.line, rule.because)
        faults: list[Fault] = []
        removed = next((rule.because for rule in self.remove if rule.holds(row.cells)), None)
        external_id = self._read(self.key, row, faults) if self.key else ""
        if self.key and external_id is None and not faults:
            faults.append(self._fault(self.key, row, "The key is blank."))
        known_at = self._read(self.known_at, row, faults) if self.known_at else None
        if known_at is not None and self.known_at and known_at > now:
            faults.append(self._fault(self.known_at, row, "The source cannot have known this later than now."))
        if removed is not None:
            found: dict[str, Any] = {"removed": removed}
        else:
            found = {cell.name: self._read(cell, row, faults) for cell in self.cells}
            if self.remove:
                found["removed"] = None
        if faults:
            raise RowError(faults)
        return RowSaid(row.line, row.cells, external_id or "", known_at, found)

    def fault(self, said: RowSaid | RecordRow, name: str, reason: str) -> Fault:
        """A fault found later, at the columns of field `name` (else at the key's)."""
        cell = next((cell for cell in self.cells if cell.name == name), self.key)
        if cell is None:
            return Fault(said.line, "", "", reason)
        return self.fault_in(said.line, said.cells, cell, reason)

    def fault_in(self, line: int, cells: Sequence[str], cell: Cell, reason: str) -> Fault:
        return Fault(line, cell.label, cell.shown(cells), reason)

    def trouble(self, row: Row) -> Fault:
        """What the reader found wrong with a row."""
        text = row.cells[self.header.index(row.column)] if row.column in self.header else ""
        return Fault(row.line, row.column, shown(text), row.trouble)

    def _read(self, cell: Cell, row: Row, faults: list[Fault]) -> Any:
        try:
            return cell.read(row.cells)
        except Refused as problem:
            faults.append(self._fault(cell, row, problem.message))
            return None

    def _fault(self, cell: Cell, row: Row, reason: str) -> Fault:
        return self.fault_in(row.line, row.cells, cell, reason)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The fields of `RecordRow.values`, in order."""
        return tuple(cell.name for cell in self.cells)

    def read_slice(self, rows: Sequence[Row], now: datetime) -> Bound:
        """As `read`, for a slice of a record kind: column by column, each text typed once."""
        return read_slice(self, rows, now)


def bind(
    read: ReadMapping,
    index: int,
    table: Table,
    attributes: Mapping[str, Attribute],
    zone: ZoneInfo,
    source: str,
    ends: Literal["exclusive", "inclusive"] | None = None,
) -> Binding:
    """Bind file `index` of the mapping to what was found in it.  ends: instead of what the mapping says.

    Raises Refused, with the mapping's line, for a column the file does not have, a field the kind does not have, or
    a reference that cannot be found in the way it says.
    """
    file = read.mapping.files[index]
    place: Place = ("files", index)
    _check_columns(read, place, file, table)
    rules = dict(FIELDS[file.kind])
    if file.kind == "accounts":
        rules |= {
            key: FieldRule(values.attribute(definition)) for key, definition in attributes.items() if key not in rules
        }
    _check_fields(read, place, file, rules)

    def cell(name: str, column: "Column", where: Place, kind: Callable[[Any, Reading], Any]) -> Cell:
        try:
            run = chain(column.do, zone)
        except Refused as problem:
            raise read.refuse((*place, *where), problem.message) from None
        return cell_of(name, column, table.header, run, kind, Reading(source, zone, column))

    is_inclusive = (ends or file.ends) == "inclusive"
    cells = [
        cell(
            _stored(name, attributes, file.kind),
            column,
            ("fields", name),
            _day_after(rules[name].type) if is_inclusive and rules[name].is_end else rules[name].type,
        )
        for name, column in file.fields.items()
    ]
    return Binding(
        file=file,
        cells=tuple(cells),
        key=cell("key", file.key, ("key",), _external_id) if file.key else None,
        known_at=cell("known_at", file.known_at, ("known_at",), values.moment) if file.known_at else None,
        skip=tuple(Rule.of(rule, table.header) for rule in file.skip_when),
        remove=tuple(Rule.of(rule, table.header) for rule in file.remove_when),
        rules={_stored(name, attributes, file.kind): rule for name, rule in rules.items()},
        header=table.header,
    )


def _stored(name: str, attributes: Mapping[str, Attribute], kind: str) -> str:
    return f"{ATTRIBUTE}{name}" if kind == "accounts" and name in attributes and name not in FIELDS[kind] else name


def _check_columns(read: ReadMapping, place: Place, file: "FileMapping", table: Table) -> None:
    for column, where in file.columns.items():
        count = table.header.count(column)
        if count == 0:
            hint = did_you_mean(column, [name for name in table.header if name])
            raise read.refuse((*place, *where), f"{table.path.name} has no column {column!r}. {hint}".strip())
        if count > 1:
            raise read.refuse((*place, *where), f"{table.path.name} has {count} columns called {column!r}; rename one.")


def _check_fields(read: ReadMapping, place: Place, file: "FileMapping", rules: Mapping[str, FieldRule]) -> None:
    for name, column in file.fields.items():
        if name not in rules:
            more = " Define it under `attributes:` if it is new." if file.kind == "accounts" else ""
            known = did_you_mean(name, rules)
            raise read.refuse((*place, "fields", name), f"{file.kind} have no field {name!r}. {known}{more}".strip())
        by = rules[name].by
        if column.by is not None and column.by not in by:
            says = f"{name} is found by {listing(by, 'or')}." if by else f"{name} is not a reference; drop `by`."
            raise read.refuse((*place, "fields", name), says)
        _check_options(read, (*place, "fields", name), name, column, rules[name])
    if file.kind in KEYED and file.key is None:
        raise read.refuse(place, f"{file.kind} need `key:`, the column that names them.")
    for group in NEEDED[file.kind]:
        if not set(file.fields) & set(group):
            raise read.refuse(place, f"{file.kind} need {listing(group, 'or')}.")
    if file.remove_when and file.kind != "accounts":
        raise read.refuse((*place, "remove_when"), "only accounts are removed; use skip_when.")


def _check_options(read: ReadMapping, place: Place, name: str, column: "Column", rule: FieldRule) -> None:
    if (column.per is not None or column.rounds or column.minor) and not rule.is_amount:
        raise read.refuse(place, f"{name} is not an amount; drop `per`, `rounds` and `minor`.")
    if column.per is not None:
        try:
            price_period(column.per)
        except Refused as problem:
            raise read.refuse(place, problem.message) from None
    if column.unknown == "create" and rule.by != PRODUCT_BY:
        raise read.refuse(place, "only products can be created by `unknown: create`.")


def _day_after(type: Callable[[Any, Reading], Any]) -> Callable[[Any, Reading], Any]:
    """The one place where a last day becomes the first day after it."""
    return lambda value, reading: type(value, reading) + timedelta(days=1)


def _external_id(value: Any, reading: Reading) -> str:
    said = str(value).strip()
    if len(said) > 255 or not (said.isprintable() or is_clean(said)):
        raise Refused("A key has at most 255 plain characters.")
    return said
