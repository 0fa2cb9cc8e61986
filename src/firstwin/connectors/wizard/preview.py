"""The first rows of a file as they would be stored, with what is wrong marked at its cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from firstwin.accounts.models import Attribute, AttributeValue
from firstwin.accounts.references import Reference
from firstwin.accounts.values import in_words
from firstwin.connectors.files import Row
from firstwin.connectors.kinds.binding import ATTRIBUTE, Binding, bind
from firstwin.connectors.kinds.cells import Cell
from firstwin.connectors.mapping.read import ReadMapping, zone_called
from firstwin.connectors.models import ImportDraft
from firstwin.connectors.peek import open_head
from firstwin.connectors.wizard.columns import BY, words
from firstwin.connectors.wizard.guess import KINDS
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.core.text import shorten

ROWS = 20


@dataclass(frozen=True)
class Shown:
    """A value as it would be stored, or why it cannot be."""

    text: str
    problem: str = ""


@dataclass(frozen=True)
class Line:
    """One row. skipped: why it is left out, else ''.  trouble: why it cannot be read at all, else ''."""

    number: int
    cells: Sequence[Shown]
    skipped: str = ""
    trouble: str = ""

    @property
    def is_bad(self) -> bool:
        return bool(self.trouble) or any(cell.problem for cell in self.cells)


@dataclass(frozen=True)
class FilePreview:
    """columns: (field, columns of the file it reads)."""

    name: str
    file: str
    kind: str
    columns: Sequence[tuple[str, str]]
    lines: Sequence[Line]
    problem: str = ""

    @property
    def bad(self) -> int:
        return sum(line.is_bad for line in self.lines)


def previews(draft: ImportDraft, read: ReadMapping) -> list[FilePreview]:
    """One for each file of the mapping that was sent."""
    found = []
    for index, mapped in enumerate(read.mapping.files):
        file = draft.file_called(mapped.name)
        if file is not None:
            found.append(_preview(draft, read, index, file))
    return found


def _preview(draft: ImportDraft, read: ReadMapping, index: int, file: Mapping[str, Any]) -> FilePreview:
    mapped = read.mapping.files[index]
    kind = KINDS[mapped.kind].partition(":")[0]
    chosen = {
        "format": mapped.format,
        "encoding": mapped.encoding,
        "delimiter": mapped.delimiter,
        "sheet": mapped.sheet,
    }
    try:
        table = open_head(draft.path_of(dict(file)), file["found"], {k: v for k, v in chosen.items() if v})
        zone = zone_called(read.mapping.zone) if read.mapping.zone else clock.zone()
        attributes = _attributes(read)
        binding = bind(read, index, table, attributes, zone, read.mapping.source)
        rows = list(islice(table.rows(), ROWS))
    except Refused as problem:
        said = problem.message.replace(str(file["stored"]), str(file["file"]))
        return FilePreview(mapped.name, str(file["file"]), kind, (), (), said)
    cells = [cell for cell in (binding.key, binding.known_at, *binding.cells) if cell is not None]
    ours = [attributes.get(cell.name.removeprefix(ATTRIBUTE)) if ATTRIBUTE in cell.name else None for cell in cells]
    columns = [(own.label if own else words(cell.name), cell.label) for own, cell in zip(ours, cells, strict=True)]
    lines = [_line(row, binding, list(zip(cells, ours, strict=True))) for row in rows]
    return FilePreview(mapped.name, str(file["file"]), kind, columns, lines)


def _line(row: Row, binding: Binding, cells: Sequence[tuple[Cell, Attribute | None]]) -> Line:
    if row.trouble:
        return Line(row.line, [Shown(shorten(cell.take(row.cells), 60)) for cell, _ in cells], trouble=row.trouble)
    skipped = next((rule.because for rule in (*binding.skip, *binding.remove) if rule.holds(row.cells)), "")
    return Line(row.line, [_shown(cell, own, row, cell is binding.key) for cell, own in cells], skipped)


def _shown(cell: Cell, own: Attribute | None, row: Row, is_key: bool) -> Shown:
    try:
        value = cell.read(row.cells)
    except Refused as problem:
        return Shown(cell.shown(row.cells), problem.message)
    if is_key and value in {None, ""}:
        return Shown("", "The key is blank.")
    if own is not None and value is not None:
        number, text, day = value
        return Shown(shorten(in_words(own, AttributeValue(number=number, text=text, day=day)), 80))
    return Shown(shorten(_words(value), 80))


def _words(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M} UTC"
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case Reference():
            return f"{value.value} (by {BY[value.by]})"
        case dict():
            return ", ".join(_words(one) for one in value.values() if one is not None)
        case list() | tuple() | set() | frozenset():
            return ", ".join(said for one in value if (said := _words(one)))
    return str(value)


def _attributes(read: ReadMapping) -> dict[str, Attribute]:
    """Fields of ours by key, those the mapping would define included."""
    known = {attribute.key: attribute for attribute in Attribute.objects.filter(is_archived=False)}
    for index, wanted in enumerate(read.mapping.attributes):
        choices = [list(pair) for pair in wanted.options]
        made = Attribute(
            pk=-1 - index, key=wanted.key, label=wanted.label, kind=wanted.kind, unit=wanted.unit, choices=choices
        )
        known.setdefault(wanted.key, made)
    return known
