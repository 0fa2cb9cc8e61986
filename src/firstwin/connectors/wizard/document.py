"""The mapping of a draft as a document of plain values, put together from what was said and what is suggested.

The text is the only place a mapping stands. A page that changes one thing leaves everything else in it as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from firstwin.connectors.kinds.fields import FIELDS
from firstwin.connectors.mapping.document import read_document
from firstwin.connectors.mapping.suggest import Choices, ColumnGuess
from firstwin.connectors.models import ImportDraft
from firstwin.connectors.wizard.guess import Seen
from firstwin.core.text import slug

Entry = dict[str, Any]
"""One file of a mapping, as plain values."""

SETTINGS = ("format", "encoding", "delimiter", "sheet")
SPECIAL = ("key", "known_at")
_WORDS = {"\t": "tab"}


def working_document(draft: ImportDraft, files: Sequence[Seen]) -> dict[str, Any]:
    """What stands in the draft's mapping; for files it says nothing about, what is suggested.

    Files of the mapping that were not sent are left out. Raises Refused when the text cannot be read.
    """
    said = read_document(draft.mapping_text).value if draft.mapping_text else {}
    document: dict[str, Any] = dict(said) if isinstance(said, dict) else {}
    held = {entry.get("name"): entry for entry in _entries(document)}
    document["source"] = draft.source or document.get("source") or "import"
    document["files"] = [_entry(held.get(one.name), one, document["source"]) for one in files]
    return tidy(document)


def tidy(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same in the order in which people read it; empty parts are left out."""
    rest = [key for key in document if key not in {"source", "files", "attributes", "zone"}]
    order = [key for key in ("source", "zone", "attributes", *rest) if document.get(key)]
    return {**{key: document[key] for key in order}, "files": [_tidy_entry(one) for one in document["files"]]}


def write_document(document: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=110)


def is_same(document: Mapping[str, Any], text: str) -> bool:
    """Whether `text` says just that already; then it keeps its comments."""
    return bool(text) and read_document(text).value == document


def entry_of(document: Mapping[str, Any], name: str) -> Entry | None:
    return next((entry for entry in _entries(document) if entry.get("name") == name), None)


def column_of(said: Any) -> str:
    """The one column a field reads; '' when it reads several, or none."""
    if isinstance(said, str):
        return said
    return str(said.get("column") or "") if isinstance(said, dict) else ""


def steps_of(said: Any) -> list[Any]:
    steps = said.get("do") if isinstance(said, dict) else None
    return steps if isinstance(steps, list) else [steps] if steps else []


def format_of(said: Any) -> str:
    """How the days or moments of a field are written, where the mapping says it."""
    for step in steps_of(said):
        if isinstance(step, dict):
            told = step.get("date") or step.get("moment")
            told = told.get("format", "iso") if isinstance(told, dict) else told
            if told:
                return str(told[0] if isinstance(told, list) else told)
    return ""


def suggested(
    one: Seen, source: str, chosen: Mapping[str, str] | None = None, formats: Mapping[str, str] | None = None
) -> Entry:
    """A fresh entry for a file: by what a person chose (field → column), else by what is suggested.

    Where days could be read in two ways and nobody said which, they are left unread: the page asks.
    """
    if one.guess is None:
        return {"name": one.name, "kind": one.kind, "fields": {}}
    if chosen is None:
        chosen = {guess.field: guess.column for guess in one.guess.fields}
    known = {field: column for field, column in chosen.items() if field in FIELDS[one.kind] or field in SPECIAL}
    choices = Choices(one.kind, known, name=one.name, source=source, formats=dict(formats or {}))
    made = entry_of(read_document(one.guess.to_yaml(choices)).value, one.name) or {}
    entry: Entry = {"name": one.name, "kind": one.kind, **{key: made[key] for key in SPECIAL if key in made}}
    fields = dict(made.get("fields") or {})
    for field, column in chosen.items():
        if field not in known:
            fields[field] = _attribute(one.column(column), column, (formats or {}).get(column, ""))
    entry["fields"] = {field: fields[field] for field in chosen if field in fields}
    for field, told in made.get("fields", {}).items():
        entry["fields"].setdefault(field, told)  # constants
    _leave_open(entry, one, formats or {})
    return entry


def is_open(guess: ColumnGuess | None, said: Any) -> bool:
    """Whether a person must say how the days of this column are written."""
    return guess is not None and guess.is_ambiguous and not format_of(said)


def _entry(held: Entry | None, one: Seen, source: str) -> Entry:
    entry = dict(held) if held and held.get("kind") == one.kind else suggested(one, source)
    chosen = one.file["chosen"]
    for key in SETTINGS:
        if chosen.get(key):
            entry[key] = _WORDS.get(chosen[key], chosen[key])
        elif one.file["touched"]:
            entry.pop(key, None)
    return entry


def _tidy_entry(entry: Entry) -> Entry:
    order = ("name", "kind", *SETTINGS, "ends", "changes", "duplicates", *SPECIAL)
    rest = [key for key in entry if key not in order and key != "fields"]
    return {key: entry[key] for key in (*order, *rest, "fields") if key in entry}


def _leave_open(entry: Entry, one: Seen, formats: Mapping[str, str]) -> None:
    places = [(entry, key) for key in SPECIAL if key in entry] + [(entry["fields"], key) for key in entry["fields"]]
    for holder, key in places:
        said = holder[key]
        name = column_of(said)
        guess = one.column(name)
        if guess is not None and guess.is_ambiguous and not formats.get(name) and isinstance(said, dict):
            kept = [step for step in steps_of(said) if not (isinstance(step, dict) and {"date", "moment"} & set(step))]
            kept = [step for step in kept if step not in ("date", "moment")]
            holder[key] = {**{k: v for k, v in said.items() if k != "do"}, **({"do": kept} if kept else {})}


def _attribute(guess: ColumnGuess | None, column: str, format: str) -> Any:
    """How a column is read into a field of ours that an installation defined."""
    if guess is None:
        return column
    form = format or next(iter(guess.formats), "iso")
    if guess.type in {"day", "moment"} and form != "iso":
        return {"column": column, "do": [{"date" if guess.type == "day" else "moment": form}]}
    if guess.type in {"number", "money"} and guess.decimal == ",":
        return {"column": column, "do": [{"number": {"decimal": ","}}]}
    return column


def attribute_for(column: str, guess: ColumnGuess | None, currency: str, taken: Iterable[str]) -> dict[str, str]:
    """The definition of a new field of ours for a column."""
    stem = slug(column, limit=50).replace("-", "_") or "field"
    stem = stem if stem[0].isalpha() else f"field_{stem}"
    used = set(taken)
    key = next(name for name in (stem, *(f"{stem}_{n}" for n in range(2, 1000))) if name not in used)
    kinds = {"number": "number", "money": "money", "day": "date", "moment": "date", "flag": "flag"}
    kind = kinds.get(guess.type, "text") if guess else "text"
    found = {"key": key, "label": " ".join(column.split())[:80] or key, "kind": kind}
    return {**found, "unit": currency} if kind == "money" else found


def _entries(document: Mapping[str, Any]) -> list[Entry]:
    files = document.get("files")
    return [dict(entry) for entry in files if isinstance(entry, dict)] if isinstance(files, list) else []
