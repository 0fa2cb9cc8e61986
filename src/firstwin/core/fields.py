"""The vocabulary: one definition of each thing that can be said about an account.

Rooms register their fields and collections when their app is ready. List columns, filters, exports, merge
tags and scores read this one registry, so what is registered here appears everywhere at once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet

from firstwin.core.errors import Refused
from firstwin.core.text import did_you_mean

Choices = tuple[tuple[Any, str], ...]
Rows = Callable[[], "QuerySet[Any]"]


class Kind(StrEnum):
    """What a value is, and so how it is compared, shown and totalled."""

    NUMBER = "number"
    MONEY = "money"  # stored in integer minor units of `unit`, given and shown in major units
    DATE = "date"
    DAYS = "days"  # "days since …": stored as the date, n = today - date
    SHARE = "share"  # 0 to 1, stored as a float
    CHOICE = "choice"  # one of a set of machine words, compared exactly
    TEXT = "text"  # stored folded (core.text.fold), compared folded
    FLAG = "flag"
    PERSON = "person"  # a staff user, stored as the id
    TAGS = "tags"  # any number of machine words


def is_moment_path(path: str) -> bool:
    """Whether a column holds a moment rather than a day, by its name: `…_at`, and the ends of a period of facts."""
    return path.endswith("_at") or path.rpartition("__")[2] in ("valid_from", "valid_to")


@dataclass(frozen=True)
class Field:
    """One thing that can be said about an account (or about a row of a collection).

    stored: ORM path of the column compared and sorted by, from the one row per account (or the collection's
        row), never through a to-many relation. None for what only the frame can compute. A DATE or DAYS path is a
        moment when `is_moment_path` says so and is then compared by the installation's days; a CHOICE path ending
        in `_id` is the id of a row. TAGS without `rows`: a text column holding `|one|two|`.
    display: ORM path of what is shown, where it differs from what is compared.
    choices: (value, label) pairs, or a callable giving them, for CHOICE, PERSON and TAGS.
    decimals: for NUMBER, the decimals it is shown with at most; 0 means that its column holds whole numbers.
    is_level: a NUMBER that says how high something stands (a deviation, a temperature): averaged, never added up.
    least, most: bounds of what a value of it can be at all, where there are some. Without saying so, a
        NUMBER whose unit is “of 4” goes from 0 to 4, and a SHARE begins at 0.
    alarms: whether any value of it but nothing asks for attention (what is overdue).
    rows: for TAGS kept as rows: a callable giving their query set, in which `stored` names the word and
        `rows_account` the account.
    frame: `family.column`: how its value as of any date is worked out (`core.frames`).
    """

    key: str
    kind: Kind
    label: str
    room: str
    help: str = ""
    unit: str = ""
    stored: str | None = None
    display: str | None = None
    choices: Choices | Callable[[], Iterable[tuple[Any, str]]] = ()
    frame: str | None = None
    group: str = ""
    decimals: int = 0
    rows: Rows | None = None
    rows_account: str = "account_id"
    alarms: bool = False
    is_level: bool = False
    least: float | None = None
    most: float | None = None

    @property
    def is_moment(self) -> bool:
        """Whether the column holds a moment rather than a day."""
        return bool(self.stored and is_moment_path(self.stored))

    @property
    def is_id(self) -> bool:
        """Whether the column holds the id of a row rather than a word."""
        return self.kind is Kind.PERSON or bool(self.stored and self.stored.endswith("_id"))

    @property
    def shown(self) -> str | None:
        """The path of the value as shown."""
        return self.display or self.stored

    def options(self) -> Choices:
        """(value, label) pairs one may choose from; empty where anything goes."""
        return tuple(self.choices()) if callable(self.choices) else self.choices

    def option_label(self, value: Any) -> str:
        """The label of one choice, or the value itself where it is not listed."""
        return next((label for known, label in self.options() if known == value), str(value))


@dataclass(frozen=True)
class Collection:
    """Rows that belong to an account and can be counted or looked for (contacts, touches …).

    model: a callable giving the query set of its standing rows. None: it is counted in frames only.
    account: path from a row to the account's id.
    dated: path of the date or moment of a row, where "in the last n days" makes sense.
    one: the word for one of them ("contact"), where it is not the label without its s.
    at: (moment, known by) → its rows as they were true at that moment, among what was known by then.
    did: key of its field that names what was done: “did export at least 3 times” instead of “events where …”.
    reach: of how many days back it has rows, today included, where it does not have all.
    """

    key: str
    label: str
    room: str
    fields: tuple[Field, ...]
    model: Rows | None
    account: str = "account_id"
    dated: str | None = None
    one: str = ""
    at: "Callable[[datetime, datetime | None], QuerySet[Any]] | None" = None
    reach: int | None = None
    did: str = ""

    @property
    def vocabulary(self) -> "Vocabulary":
        """What can be said about one row of it."""
        return Vocabulary({field.key: field for field in self.fields}, {}, of=self.label.lower())


@dataclass(frozen=True)
class Vocabulary:
    """The fields and collections one may speak of, by key, in the order of registration."""

    fields: Mapping[str, Field]
    collections: Mapping[str, Collection]
    of: str = "an account"

    def field(self, key: str) -> Field:
        """Raises Refused naming close matches when there is no such field."""
        found = self.fields.get(key)
        if found is None:
            raise Refused(f"There is no field {key!r} of {self.of}. {did_you_mean(key, self.fields)}".strip())
        return found

    def collection(self, key: str) -> Collection:
        """Raises Refused naming close matches when there is no such collection."""
        found = self.collections.get(key)
        if found is None:
            raise Refused(f"There is no collection {key!r}. {did_you_mean(key, self.collections)}".strip())
        return found


_fields: dict[str, Field] = {}
_collections: dict[str, Collection] = {}
_sources: list[Callable[[], Iterable[Field]]] = []


def register(*fields: Field) -> None:
    """Add fields. A key registered twice is a mistake in the code and raises ValueError."""
    for field in fields:
        if field.key in _fields and _fields[field.key] != field:
            raise ValueError(f"field {field.key!r} is registered twice")
        _fields[field.key] = field


def register_collection(*collections: Collection) -> None:
    for collection in collections:
        if collection.key in _collections and _collections[collection.key] != collection:
            raise ValueError(f"collection {collection.key!r} is registered twice")
        _collections[collection.key] = collection


def register_source(source: Callable[[], Iterable[Field]]) -> None:
    """Add a callable giving fields known only at run time (custom attributes); asked for every vocabulary."""
    if source not in _sources:
        _sources.append(source)


def vocabulary() -> Vocabulary:
    """Everything that can be said now. A field from a source never hides a registered one."""
    fields = dict(_fields)
    for source in _sources:
        for field in source():
            fields.setdefault(field.key, field)
    return Vocabulary(fields, dict(_collections))
