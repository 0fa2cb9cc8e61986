"""The columns of a file as a form: what each holds, which field it fills, and what a person must still say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from firstwin.accounts.models import Attribute
from firstwin.connectors.kinds.fields import FIELDS
from firstwin.connectors.mapping.suggest import ColumnGuess
from firstwin.connectors.wizard.document import (
    SPECIAL,
    Entry,
    attribute_for,
    column_of,
    format_of,
    is_open,
    suggested,
    tidy,
)
from firstwin.connectors.wizard.guess import Seen

SURE = 0.75
"""Confidence above which a suggestion needs no explanation."""

NEW = "new:"
"""Marks the choice of a field that is to be defined."""

TYPES = {
    "blank": "Blank", "text": "Text", "id": "Id", "number": "Number", "money": "Amount", "day": "Day",
    "moment": "Date and time", "flag": "Yes or no", "email": "E-mail", "domain": "Website", "currency": "Currency",
    "choice": "Few words",
}  # fmt: skip
BY = {"external_id": "their id", "key": "our key", "name": "name", "domain": "website", "email": "e-mail"}
OPTIONS = {
    "ends": (
        {"lines", "contracts"},
        (("exclusive", "the first day without it"), ("inclusive", "the last day with it")),
    ),
    "changes": ({"lines"}, (("amend", "hold from a day on"), ("correct", "always were so"))),
    "duplicates": (
        set(FIELDS),
        (("reject", "Reject the later row"), ("first", "Take the first"), ("last", "Take the last")),
    ),
}


@dataclass(frozen=True)
class Line:
    """One column on the page. field: what it fills now.  must_say: a person must choose how its days are written."""

    index: int
    name: str
    type: str
    examples: Sequence[str]
    field: str
    why: str
    format: str
    formats: Sequence[tuple[str, str]]
    must_say: bool
    by: str
    bys: Sequence[tuple[str, str]]
    of: str


@dataclass(frozen=True)
class Elsewhere:
    """A field the form cannot show: it reads several columns, or none."""

    field: str
    words: str


def lines_of(one: Seen, entry: Entry) -> list[Line]:
    """Every named column of the file, in its order."""
    filled = {column_of(said): (field, said) for field, said in dict(entry.get("fields") or {}).items()}
    special = {column_of(entry[key]): entry[key] for key in SPECIAL if key in entry}
    found = []
    for index, name in enumerate(one.peek.header):
        if not name:
            continue
        field, said = filled.get(name, ("", special.get(name)))
        found.append(_line(one, index, name, field, said))
    return found


def elsewhere(entry: Entry) -> list[Elsewhere]:
    """Fields only the text can change."""
    found = []
    for field, said in dict(entry.get("fields") or {}).items():
        if not column_of(said):
            told = said if isinstance(said, dict) else {}
            words = ", ".join(told.get("columns") or []) or f"always {told.get('constant')}"
            found.append(Elsewhere(field, words))
    return found


def targets(one: Seen, document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a column can fill: (value, words)."""
    found = [("", "Not used"), *((field, words(field)) for field in FIELDS[one.kind])]
    if one.kind == "accounts":
        held = dict(Attribute.objects.filter(is_archived=False).order_by("position", "pk").values_list("key", "label"))
        held |= {a["key"]: a["label"] for a in document.get("attributes") or [] if "label" in a}
        found += [(key, label) for key, label in held.items() if key not in FIELDS["accounts"]]
        found.append((NEW, "A new field of ours"))
    return found


def words(field: str) -> str:
    said = field.replace("_", " ").capitalize()
    return {"Arr": "ARR", "Mrr": "MRR", "Csat": "CSAT", "Csat scale": "CSAT scale", "Url": "Link", "On": "Day"}.get(
        said, said
    )


def apply_form(document: dict[str, Any], one: Seen, said: Mapping[str, str], currency: str) -> dict[str, Any]:
    """The document with what the form of one file says. What it cannot say stays as it was.

    said: `field-N`, `format-N`, `by-N`, `of-N` for column N, `key`, `known_at`, and the options.
    """
    entry = next(e for e in document["files"] if e["name"] == one.name)
    header = one.peek.header
    attributes = list(document.get("attributes") or [])
    chosen: dict[str, str] = {}
    formats: dict[str, str] = {}
    for index, name in enumerate(header):
        field = said.get(f"field-{index}", "")
        if field == NEW:
            made = attribute_for(name, one.column(name), currency, _taken(attributes, one.kind))
            attributes.append(made)
            field = made["key"]
        if field and name:
            chosen[field] = name
        if form := said.get(f"format-{index}", ""):
            formats[name] = form
    for key in SPECIAL:
        if said.get(key) in header and said[key]:
            chosen[key] = said[key]
    fresh = suggested(one, str(document["source"]), chosen, formats)
    fields = _fields(entry, fresh, chosen, formats, one)
    for index, name in enumerate(header):
        _refer(fields, one.kind, chosen, name, said.get(f"by-{index}", ""), said.get(f"of-{index}", ""))
    new = {**entry, "fields": fields}
    for key in SPECIAL:
        new.pop(key, None)
        if key in chosen:
            new[key] = _kept(entry.get(key), fresh.get(key, chosen[key]), formats, one)
    for option, (kinds, values) in OPTIONS.items():
        value = said.get(option, "")
        if one.kind in kinds and value in dict(values):
            new.pop(option, None)
            if value != values[0][0]:
                new[option] = value
    used = {field for e in document["files"] for field in (fields if e is entry else e.get("fields") or {})}
    kept = [a for a in attributes if a.get("key") in used]
    files = [new if e is entry else e for e in document["files"]]
    return tidy({**document, "attributes": kept, "files": files})


def _fields(entry: Entry, fresh: Entry, chosen: Mapping[str, str], formats: Mapping[str, str], one: Seen) -> Entry:
    before = dict(entry.get("fields") or {})
    found = {field: before[field] for field in before if not column_of(before[field])}
    for field in [*(f for f in before if f in chosen), *(f for f in chosen if f not in before)]:
        if field not in SPECIAL:
            found[field] = _kept(
                before.get(field), fresh["fields"].get(field, chosen[field]), formats, one, chosen[field]
            )
    for field, said in fresh["fields"].items():
        if not column_of(said):
            found.setdefault(field, said)
    return found


def _kept(before: Any, fresh: Any, formats: Mapping[str, str], one: Seen, column: str = "") -> Any:
    """What stood there, as long as it reads the same column in the same way."""
    name = column or column_of(fresh)
    if before is None or column_of(before) != name:
        return fresh
    form = formats.get(name, "")
    if form and form != (format_of(before) or "iso"):
        return fresh
    if not form and is_open(one.column(name), fresh):
        return fresh
    return before


def _refer(fields: Entry, kind: str, chosen: Mapping[str, str], column: str, by: str, of: str) -> None:
    """By what a reference is found, and in whose ids."""
    for field, name in chosen.items():
        rule = FIELDS[kind].get(field)
        if name != column or rule is None or not rule.by or by not in rule.by or field not in fields:
            continue
        held = fields[field] if isinstance(fields[field], dict) else {"column": column}
        held = {key: value for key, value in held.items() if key not in {"by", "of"}}
        if by != rule.by[0]:
            held["by"] = by
        if by == "external_id" and of:
            held["of"] = of
        fields[field] = column if held == {"column": column} else held


def _line(one: Seen, index: int, name: str, field: str, said: Any) -> Line:
    guess = one.column(name)
    rule = FIELDS[one.kind].get(field)
    told = said if isinstance(said, dict) else {}
    by = (told.get("by") or rule.by[0]) if rule is not None and rule.by else ""
    return Line(
        index=index,
        name=name,
        type=TYPES.get(guess.type, "Text") if guess else "Text",
        examples=(guess.examples if guess else ()) or [cell for cell in one.peek.column(name)[:3] if cell],
        field=field,
        why=_why(one, field, name),
        format=format_of(said) or ("iso" if said is not None and guess and not guess.is_ambiguous else ""),
        formats=_formats(guess) if said is not None else (),
        must_say=said is not None and is_open(guess, said),
        by=by,
        bys=[(one, BY[one]) for one in rule.by] if rule is not None else (),
        of=str(told.get("of") or ""),
    )


def _why(one: Seen, field: str, column: str) -> str:
    guesses = one.guess.fields if one.guess else ()
    same = (guess for guess in guesses if (guess.field, guess.column) == (field, column))
    return next((f"A guess. {guess.why}" for guess in same if guess.confidence < SURE), "")


def _formats(guess: ColumnGuess | None) -> list[tuple[str, str]]:
    """(format, how the evidence reads under it), where there is something to choose."""
    if guess is None or guess.type not in {"day", "moment"} or (len(guess.formats) < 2 and not guess.is_ambiguous):
        return []
    return [(form, f"{guess.evidence} is {_read(guess.evidence, form)}") for form in guess.formats]


def _read(text: str, form: str) -> str:
    try:
        found = datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return form
    return f"{found.day} {found:%B %Y}"


def _taken(attributes: Sequence[Mapping[str, Any]], kind: str) -> set[str]:
    return {*FIELDS[kind], *Attribute.objects.values_list("key", flat=True), *(str(a.get("key")) for a in attributes)}
