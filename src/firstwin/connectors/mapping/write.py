"""Write the text of a mapping for what a person chose, with the steps that the columns call for."""

from collections.abc import Mapping
from typing import Any

import yaml

from firstwin.connectors.kinds.fields import FIELDS
from firstwin.connectors.mapping.detect import ColumnGuess
from firstwin.connectors.mapping.suggest import Choices, plain, wanted_type

_REFERENCES = ("account", "parent", "person", "line")
_PRICES = ("amount", "unit_price")


def write_mapping(choices: Choices, columns: Mapping[str, ColumnGuess]) -> str:
    """YAML that `read_mapping` accepts."""
    file: dict[str, Any] = {"name": choices.name or choices.kind, "kind": choices.kind}
    for name in ("ends", "duplicates"):
        if getattr(choices, name) != Choices.__dataclass_fields__[name].default:
            file[name] = getattr(choices, name)
    formats = choices.formats or {}
    said = {
        field: _column(choices, field, name, columns.get(name), formats.get(name, ""))
        for field, name in choices.fields.items()
    }
    for special in ("key", "known_at"):
        if special in said:
            file[special] = said.pop(special)
    for field, text in (choices.constants or {}).items():
        said[field] = {"constant": text}
    file["fields"] = said or {next(iter(FIELDS[choices.kind])): {"constant": ""}}
    document = {"source": choices.source, "files": [file]}
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)


def _column(choices: Choices, field: str, name: str, guess: ColumnGuess | None, form: str) -> Any:
    said: dict[str, Any] = {"column": name}
    if field in _REFERENCES or field == "product":
        if by := _by(field, name, guess):
            said["by"] = by
    elif guess is not None and field != "key" and (steps := _steps(field, guess, form)):
        said["do"] = steps
    if field in _PRICES and choices.kind == "lines" and not {"per", "billing_interval"} & set(choices.fields):
        said["per"] = "month"
    return name if len(said) == 1 else said


def _by(field: str, name: str, guess: ColumnGuess | None) -> str:
    """By what a reference seems to be found; '' where it is the usual."""
    called = plain(name)
    if field == "product":
        return "external_id" if called.endswith(("_id", "sku")) or called == "sku" else ""
    if guess is not None and guess.type == "email":
        return "email" if field == "person" else ""
    if guess is not None and guess.type == "domain" and field != "person":
        return "domain"
    if field != "person" and (
        called.endswith("_name")
        or (guess is not None and guess.type in {"text", "choice"} and not called.endswith("id"))
    ):
        return "name"
    return ""


def _steps(field: str, guess: ColumnGuess, form: str) -> list[Any]:
    chosen = form or next(iter(guess.formats), "iso")
    wanted = wanted_type(field)
    if guess.type in {"day", "moment"} and (wanted in {"day", "moment"} or field == "known_at"):
        return [] if chosen == "iso" else [{"date" if guess.type == "day" else "moment": chosen}]
    if guess.type == "flag" and not {*guess.true, *guess.false} <= {"true", "false", "yes", "no", "1", "0"}:
        return [{"boolean": {"true": list(guess.true), "false": list(guess.false)}}]
    if guess.type in {"number", "money"} and wanted == "number":
        steps: list[Any] = [{"replace": {"text": guess.symbol, "with": ""}}, "trim"] if guess.symbol else []
        return [*steps, {"number": {"decimal": ","}}] if guess.decimal == "," else steps
    if field in {"tags", "domains", "roles"} and any(";" in example for example in guess.examples):
        return [{"split": ";"}]
    return []
