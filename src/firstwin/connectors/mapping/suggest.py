"""What a file seems to hold, and the mapping one would write for it. Pure: nothing is stored, nothing is certain."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from firstwin.connectors.kinds.fields import FIELDS, NEEDED
from firstwin.connectors.mapping.detect import ColumnGuess, Type, guess_column
from firstwin.connectors.mapping.synonyms import CHANGED_AT, ID_OF, SYNONYMS

__all__ = ["Choices", "ColumnGuess", "FieldGuess", "Suggestion", "Type", "suggest"]

LIKELY = 0.5
"""From this confidence on a field is suggested."""

_NO_MAPPING_YET = ("_line", "_column", "_reason")


@dataclass(frozen=True)
class FieldGuess:
    """field: of the record kind, or `key` or `known_at`.  confidence: 0 to 1.  why: in words."""

    field: str
    column: str
    confidence: float
    why: str = ""


@dataclass(frozen=True)
class Choices:
    """What a person settled on.  fields: field → column (`key` and `known_at` among them).  formats: column → format.

    name, source: of the file and of where the facts come from.  constants: field → text for every row.
    """

    kind: str
    fields: Mapping[str, str]
    name: str = ""
    source: str = "import"
    formats: Mapping[str, str] | None = None
    constants: Mapping[str, str] | None = None
    ends: Literal["exclusive", "inclusive"] = "exclusive"
    duplicates: Literal["reject", "first", "last", "both"] = "reject"


@dataclass(frozen=True)
class Suggestion:
    """kind: the likely record kind; kinds: every kind with how well it fits (0 to 1), best first."""

    kind: str
    kinds: tuple[tuple[str, float], ...]
    columns: tuple[ColumnGuess, ...]
    fields: tuple[FieldGuess, ...]

    @property
    def key(self) -> str:
        """The column that names the records, or ''."""
        return next((guess.column for guess in self.fields if guess.field == "key"), "")

    def to_yaml(self, choices: Choices | None = None) -> str:
        """The text of a mapping that `read_mapping` accepts. Without choices: what was suggested."""
        from firstwin.connectors.mapping.write import write_mapping

        suggested = Choices(self.kind, {guess.field: guess.column for guess in self.fields})
        return write_mapping(choices or suggested, {column.name: column for column in self.columns})


def suggest(kind_hint: str | None, header: Sequence[str], sample_rows: Sequence[Sequence[str]]) -> Suggestion:
    """Look at a header and a few hundred rows. `kind_hint`: the record kind, where a person said it."""
    columns = tuple(
        guess_column(name, [row[place] for row in sample_rows if place < len(row)])
        for place, name in enumerate(header)
        if name and name not in _NO_MAPPING_YET
    )
    by_kind = {kind: _fields(kind, columns) for kind in FIELDS}
    fits = {kind: _fit(kind, guesses, columns) for kind, guesses in by_kind.items()}
    kinds = tuple(sorted(fits.items(), key=lambda pair: -pair[1]))
    kind = kind_hint if kind_hint and kind_hint in FIELDS else kinds[0][0]
    return Suggestion(kind, kinds, columns, tuple(by_kind[kind]))


def plain(name: str) -> str:
    """A column's name as names are compared: `AccountId` and `Account ID` are `account_id`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")


def _fields(kind: str, columns: Sequence[ColumnGuess]) -> list[FieldGuess]:
    """The best column for each field, no column twice."""
    found: list[FieldGuess] = []
    for field, names in {**SYNONYMS[kind], "known_at": CHANGED_AT}.items():
        for column in columns:
            confidence, why = _likeness(field, names, column, kind)
            if confidence >= LIKELY:
                found.append(FieldGuess(field, column.name, round(confidence, 2), why))
    chosen: dict[str, FieldGuess] = {}
    used: set[str] = set()
    for guess in sorted(found, key=lambda one: -one.confidence):
        if guess.field not in chosen and guess.column not in used:
            chosen[guess.field] = guess
            used.add(guess.column)
    if "mrr" in chosen:  # twelve times the same is no second price
        for other in ("arr", "amount", "unit_price"):
            chosen.pop(other, None)
    return [
        chosen[field]
        for field in ("key", "known_at", *FIELDS[kind], *SYNONYMS[kind])
        if field in chosen and (field in {"key", "known_at"} or field in FIELDS[kind] or kind == "accounts")
    ]


def _likeness(field: str, names: Sequence[str], column: ColumnGuess, kind: str) -> tuple[float, str]:
    called = plain(column.name)
    if called in names:
        likeness, why = 0.97 - 0.02 * names.index(called), f"It is called {column.name!r}."
    else:
        parts = set(called.split("_"))
        close = [name for name in names if len(name) > 3 and set(name.split("_")) < parts]
        if not close:
            return 0.0, ""
        likeness, why = 0.6, f"Its name holds {close[0].replace('_', ' ')!r}."
    return likeness * _suits(field, column, kind), why


_SUITS: Mapping[str, frozenset[str]] = {
    "day": frozenset({"day", "moment"}),
    "moment": frozenset({"day", "moment"}),
    "number": frozenset({"number", "money", "flag"}),
    "flag": frozenset({"flag"}),
    "email": frozenset({"email"}),
    "currency": frozenset({"currency", "choice"}),
}
_WANTS: Mapping[str, str] = {
    **dict.fromkeys(("quantity", "amount", "unit_price", "mrr", "arr", "total", "paid", "lost", "refund"), "number"),
    **dict.fromkeys(("csat", "reopens", "first_response_minutes", "resolution_hours", "minutes", "rate"), "number"),
    **dict.fromkeys(("employees", "annual_revenue"), "number"),
    **dict.fromkeys(("trial", "auto_renews", "default", "voluntary", "controllable", "escalated"), "flag"),
    **dict.fromkeys(("reactivation", "archived", "planned"), "flag"),
    **dict.fromkeys(("currency", "base", "quote"), "currency"),
    **dict.fromkeys(("count", "people", "value"), "number"),
    "at": "moment",
    "email": "email",
}


def wanted_type(field: str) -> str:
    """day, moment, number, flag, email, currency, or '' for anything."""
    if field in _WANTS:
        return _WANTS[field]
    if field.endswith("_on") or field in {"on", "customer_since"}:
        return "day" if field != "expires_on" else ""
    return "moment" if field.endswith(("_at", "_by")) or field in {"joined", "left"} else ""


def _suits(field: str, column: ColumnGuess, kind: str) -> float:
    """How well what stands in a column goes with a field: 1, or less where it does not."""
    wanted = wanted_type(field)
    if not wanted:
        return 0.4 if column.type in {"day", "moment"} and field not in {"key", "expires_on"} else 1.0
    if column.type == "blank":
        return 0.8
    return 1.0 if column.type in _SUITS[wanted] else 0.3


def _fit(kind: str, guesses: Sequence[FieldGuess], columns: Sequence[ColumnGuess]) -> float:
    """Half for what the kind needs, half for how much of the file it explains and how its columns speak for it."""
    have = {guess.field for guess in guesses}
    needed = [*NEEDED[kind], ("key", "name")]
    met = sum(bool(have & set(group)) for group in needed) / len(needed)
    explained = sum(guess.confidence for guess in guesses) / max(len(columns), 1)
    names = [plain(column.name) for column in columns]
    spoken = sum(any(word in name for name in names) for word in ID_OF[kind]) / len(ID_OF[kind])
    first = 0.15 if names and any(names[0] == f"{word}_id" for word in ID_OF[kind]) else 0.0
    own = 0.1 if names and kind == "accounts" and names[0] in SYNONYMS["accounts"]["key"][:1] else 0.0
    return round(min(1.0, 0.45 * met + 0.3 * min(explained, 1.0) + 0.2 * spoken + first + own), 3)
