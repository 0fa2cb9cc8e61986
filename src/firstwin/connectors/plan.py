"""An import that was checked and can run: nothing about its mapping or its files stands in the way."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from firstwin.accounts.models import Attribute
from firstwin.connectors.files import Table, open_table
from firstwin.connectors.kinds.binding import Binding, bind
from firstwin.connectors.mapping.read import ReadMapping, read_mapping, zone_called
from firstwin.core import clock
from firstwin.core.errors import Refused

if TYPE_CHECKING:  # its library takes long to load
    from firstwin.connectors.mapping.schema import AttributeMapping, FileMapping

Ends = Literal["inclusive", "exclusive"]


@dataclass
class Plan:
    """text: the mapping as it was written.  ends: instead of what the mapping says."""

    read: ReadMapping
    text: str
    source: str
    mapping_name: str
    mapping_sha256: str
    files: list[Table]
    bindings: list[Binding]
    attributes: dict[str, Attribute]
    to_define: list["AttributeMapping"] = field(default_factory=list)
    ends: Ends | None = None


def plan_import(
    *, mapping: Path, paths: Mapping[str, Path], source: str | None = None, ends: Ends | None = None
) -> Plan:
    """Read a mapping and look at its files. paths: name of a file in the mapping → where it is.

    Raises Refused for whatever makes the mapping or a file unusable, before anything is stored.
    """
    text = _mapping_text(mapping)
    return plan_text(text=text, name=mapping.name, paths=paths, folder=mapping.parent, source=source, ends=ends)


def plan_text(
    *,
    text: str,
    name: str,
    paths: Mapping[str, Path],
    folder: Path | None = None,
    source: str | None = None,
    ends: Ends | None = None,
) -> Plan:
    """As `plan_import`, for a mapping at hand. folder: where files are seen from that the mapping places itself."""
    read = read_mapping(text, source=source)
    said = read.mapping
    attributes, to_define = _attributes(read)
    zone = zone_called(said.zone) if said.zone else clock.zone()
    files = [_open(file, folder, paths) for file in said.files]
    if unknown := sorted(set(paths) - {file.name for file in said.files}):
        raise Refused(f"The mapping has no file called {unknown[0]!r}.")
    bindings = [bind(read, index, table, attributes, zone, said.source, ends) for index, table in enumerate(files)]
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Plan(read, text, said.source, name, digest, files, bindings, attributes, to_define, ends)


def named_files(files: Sequence[Table], read: ReadMapping) -> dict[str, Path]:
    """Name in the mapping → where the file is."""
    return {file.name: table.path for file, table in zip(read.mapping.files, files, strict=True)}


def _mapping_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise Refused(f"{path.name} cannot be read: {problem.strerror}.") from None
    except UnicodeDecodeError:
        raise Refused(f"{path.name} is not UTF-8 text.") from None


def _open(file: "FileMapping", folder: Path | None, paths: Mapping[str, Path]) -> Table:
    path = paths.get(file.name) or (folder / file.path if file.path and folder is not None else None)
    if path is None:
        raise Refused(f"Say where the file {file.name!r} is: --file {file.name}=PATH.")
    return open_table(
        path,
        format=file.format,
        encoding=file.encoding,
        delimiter=file.delimiter,
        sheet=file.sheet,
        wanted=list(file.columns),
    )


def _attributes(read: ReadMapping) -> tuple[dict[str, Attribute], list["AttributeMapping"]]:
    """Every attribute by key, those the mapping would define included, and the ones to define."""
    known = {attribute.key: attribute for attribute in Attribute.objects.filter(is_archived=False)}
    to_define: list[AttributeMapping] = []
    for index, wanted in enumerate(read.mapping.attributes):
        place = ("attributes", index, "key")
        held = known.get(wanted.key)
        if held is None:
            to_define.append(wanted)
            known[wanted.key] = Attribute(
                pk=-1 - index, key=wanted.key, label=wanted.label, kind=wanted.kind, unit=wanted.unit,
                choices=[list(pair) for pair in wanted.options],
            )  # fmt: skip
            continue
        if held.kind != wanted.kind or held.unit != wanted.unit:
            is_a = f"{held.kind} {held.unit}".strip()
            raise read.refuse(place, f"{wanted.key!r} exists already, as {is_a}. Use another key.")
        missing = [value for value, _ in wanted.options if value not in {str(v) for v, _ in held.choices}]
        if missing:
            raise read.refuse(place, f"{wanted.key!r} exists already, without the choice {missing[0]!r}.")
    return known, to_define
