"""A file's mapping bound to its header: turns cells into typed values, or into faults with their place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from firstwin.accounts.models import Attribute
from firstwin.connectors.files.table import Row, Table
from firstwin.connectors.kinds import values
from firstwin.connectors.kinds.fields import FIELDS, NEEDED, FieldRule
from firstwin.connectors.kinds.values import Reading
from firstwin.connectors.mapping.document import Place
from firstwin.connectors.mapping.read import ReadMapping
from firstwin.connectors.mapping.schema import Column, FileMapping, RowRule
from firstwin.connectors.mapping.transforms import chain
from firstwin.core.errors import Refused
from firstwin.core.text import did_you_mean, fold, is_clean, listing, shorten

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
class _Cell:
    """One field: the columns it reads, what is done to them and how the result is typed."""

    name: str
    label: str
    take: Callable[[Sequence[str]], str | None]
    run: Callable[[Any], Any]
    type: Callable[[Any, Reading], Any]
    reading: Reading

    def read(self, cells: Sequence[str]) -> Any:
        value = self.take(cells)
        value = self.run(value) if value else None
        if value is None or value == [] or value == "":
            value = self.reading.column.default
        if value is None:
            if self.reading.column.required:
                raise Refused("A value is required here.")
            return None
        return self.type(value, self.reading)


@dataclass(frozen=True)
class _Rule:
    """A rule about rows, ready to be asked."""

    index: int
    words: frozenset[str]
    is_negated: bool
    because: str

    @classmethod
    def of(cls, rule: RowRule, header: Sequence[str]) -> "_Rule":
        words = rule.is_ if rule.is_ is not None else rule.is_not or []
        says = f"{rule.column} is {'' if rule.is_ is not None else 'not '}{listing(words, 'or')}"
        is_negated = rule.is_ is None
        return cls(header.index(rule.column), frozenset(map(fold, words)), is_negated, rule.because or says)

    def holds(self, cells: Sequence[str]) -> bool:
        return (fold(cells[self.index]) in self.words) != self.is_negated


@dataclass(frozen=True)
class Binding:
    """What `bind` makes: the readers of one file's rows."""

    file: FileMapping
    cells: tuple[_Cell, ...]
    key: _Cell | None
    known_at: _Cell | None
    skip: tuple["_Rule", ...]
    remove: tuple["_Rule", ...]
    rules: Mapping[str, FieldRule]
    header: tuple[str, ...]

    def read(self, row: Row, now: datetime) -> RowSaid | Skipped:
        """Raises RowError with everything that is wrong with the row."""
        if row.trouble:
            cell = self._cell(row, row.column)
            raise RowError([Fault(row.line, row.column, shorten(cell.replace("\x00", "␀"), 80), row.trouble)])
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

    def fault(self, said: RowSaid, name: str, reason: str) -> Fault:
        """A fault found later, at the columns of field `name` (else at the key's)."""
        cell = next((cell for cell in self.cells if cell.name == name), self.key)
        if cell is None:
            return Fault(said.line, "", "", reason)
        return Fault(said.line, cell.label, shorten(cell.take(said.cells) or "", 80), reason)

    def _read(self, cell: _Cell, row: Row, faults: list[Fault]) -> Any:
        try:
            return cell.read(row.cells)
        except Refused as problem:
            faults.append(self._fault(cell, row, problem.message))
            return None

    def _fault(self, cell: _Cell, row: Row, reason: str) -> Fault:
        return Fault(row.line, cell.label, shorten(cell.take(row.cells) or "", 80), reason)

    def _cell(self, row: Row, column: str) -> str:
        return row.cells[self.header.index(column)] if column in self.header else ""


def bind(
    read: ReadMapping, index: int, table: Table, attributes: Mapping[str, Attribute], zone: ZoneInfo, source: str
) -> Binding:
    """Bind file `index` of the mapping to what was found in it.

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

    def cell(name: str, column: Column, where: Place, kind: Callable[[Any, Reading], Any]) -> _Cell:
        try:
            run = chain(column.do, zone)
        except Refused as problem:
            raise read.refuse((*place, *where), problem.message) from None
        label = ", ".join(column.names) or "(constant)"
        return _Cell(name, label, _taker(column, table.header), run, kind, Reading(source, zone, column))

    cells = [
        cell(_stored(name, attributes, file.kind), column, ("fields", name), rules[name].type)
        for name, column in file.fields.items()
    ]
    return Binding(
        file=file,
        cells=tuple(cells),
        key=cell("key", file.key, ("key",), _external_id) if file.key else None,
        known_at=cell("known_at", file.known_at, ("known_at",), values.moment) if file.known_at else None,
        skip=tuple(_Rule.of(rule, table.header) for rule in file.skip_when),
        remove=tuple(_Rule.of(rule, table.header) for rule in file.remove_when),
        rules={_stored(name, attributes, file.kind): rule for name, rule in rules.items()},
        header=table.header,
    )


def _stored(name: str, attributes: Mapping[str, Attribute], kind: str) -> str:
    return f"{ATTRIBUTE}{name}" if kind == "accounts" and name in attributes and name not in FIELDS[kind] else name


def _check_columns(read: ReadMapping, place: Place, file: FileMapping, table: Table) -> None:
    for column, where in file.columns.items():
        count = table.header.count(column)
        if count == 0:
            hint = did_you_mean(column, [name for name in table.header if name])
            raise read.refuse((*place, *where), f"{table.path.name} has no column {column!r}. {hint}".strip())
        if count > 1:
            raise read.refuse((*place, *where), f"{table.path.name} has {count} columns called {column!r}; rename one.")


def _check_fields(read: ReadMapping, place: Place, file: FileMapping, rules: Mapping[str, FieldRule]) -> None:
    for name, column in file.fields.items():
        if name not in rules:
            more = " Define it under `attributes:` if it is new." if file.kind == "accounts" else ""
            known = did_you_mean(name, rules)
            raise read.refuse((*place, "fields", name), f"{file.kind} have no field {name!r}. {known}{more}".strip())
        by = rules[name].by
        if column.by is not None and column.by not in by:
            says = f"{name} is found by {listing(by, 'or')}." if by else f"{name} is not a reference; drop `by`."
            raise read.refuse((*place, "fields", name), says)
    if file.kind == "accounts" and file.key is None:
        raise read.refuse(place, "accounts need `key:`, the column that names them.")
    for group in NEEDED[file.kind]:
        if not set(file.fields) & set(group):
            raise read.refuse(place, f"{file.kind} need {listing(group, 'or')}.")
    if file.remove_when and file.kind != "accounts":
        raise read.refuse((*place, "remove_when"), "only accounts are removed; use skip_when.")


def _taker(column: Column, header: Sequence[str]) -> Callable[[Sequence[str]], str | None]:
    if column.constant is not None:
        constant = column.constant
        return lambda cells: constant
    places = [header.index(name) for name in column.names]
    if len(places) == 1:
        only = places[0]
        return lambda cells: cells[only].strip()
    join = column.join
    return lambda cells: join.join(part for place in places if (part := cells[place].strip()))


def _external_id(value: Any, reading: Reading) -> str:
    said = str(value).strip()
    if len(said) > 255 or not is_clean(said):
        raise Refused("A key has at most 255 plain characters.")
    return said
