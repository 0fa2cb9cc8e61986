"""How a field's value is checked and typed, once its transforms are done. Each raises Refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import models

from firstwin.accounts.actions.identity import checked_domain
from firstwin.accounts.actions.open_account import checked_name
from firstwin.accounts.actions.people import checked_person
from firstwin.accounts.attributes import as_columns
from firstwin.accounts.models import Attribute, AttributeKind, ContactRole
from firstwin.accounts.references import Reference
from firstwin.connectors.mapping.times import read_day, read_moment
from firstwin.connectors.mapping.transforms import number
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.core.text import fold, is_clean, listing, slug

if TYPE_CHECKING:  # its library takes long to load
    from firstwin.connectors.mapping.schema import Column


@dataclass(frozen=True)
class Reading:
    """What typing needs to know: whose file it is, and the zone of stamps that do not say theirs."""

    source: str
    zone: ZoneInfo
    column: "Column"


Type = Callable[[Any, Reading], Any]


def text(limit: int, *, folds_lines: bool = True) -> Type:
    def read(value: Any, reading: Reading) -> str:
        said = as_text(value)
        said = " ".join(said.split()) if folds_lines else said.strip()
        if len(said) > limit:
            raise Refused(f"has at most {limit:,} characters; this has {len(said):,}.")
        if not is_clean(said):
            raise Refused("holds characters that cannot be stored.")
        return said

    return read


def account_name(value: Any, reading: Reading) -> str:
    return checked_name(as_text(value))


def account_key(value: Any, reading: Reading) -> str:
    key = as_text(value).strip()
    if key != slug(key, limit=80) or not key:
        raise Refused("A key has small letters, digits and hyphens only.")
    return key


def person_name(value: Any, reading: Reading) -> str:
    return checked_person(as_text(value), "", "")[0]


def email(value: Any, reading: Reading) -> str:
    return checked_person("", as_text(value), "")[1]


def staff_address(value: Any, reading: Reading) -> str:
    return fold(as_text(value))


def domains(value: Any, reading: Reading) -> tuple[str, ...]:
    return tuple(dict.fromkeys(checked_domain(item) for item in _list(value)))


def tags(value: Any, reading: Reading) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for item in _list(value):
        tidy = " ".join(item.split())
        if not tidy or len(tidy) > 40 or not is_clean(tidy) or "|" in tidy or "," in tidy:
            raise Refused("A tag has 1 to 40 characters, no comma and no bar.")
        found.setdefault(fold(tidy), tidy)
    return tuple(sorted(found.values()))


def roles(value: Any, reading: Reading) -> tuple[str, ...]:
    return tuple(sorted({_word(ContactRole, item) for item in _list(value)}))


def choice(words: type[models.TextChoices]) -> Type:
    return lambda value, reading: _word(words, as_text(value))


def flag(value: Any, reading: Reading) -> bool:
    if isinstance(value, bool):
        return value
    word = fold(as_text(value))
    if word not in {"true", "false", "yes", "no", "1", "0"}:
        raise Refused(f"{word[:40]!r} is neither true nor false. Say with a boolean step what it means.")
    return word in {"true", "yes", "1"}


def minutes(value: Any, reading: Reading) -> int:
    found = number(value)
    if not 0 <= found <= 24 * 60:
        raise Refused("A touch lasts from 0 to 1440 minutes.")
    return round(found)


def day(value: Any, reading: Reading) -> date:
    """A moment means the day it falls on, here."""
    if isinstance(value, datetime):
        return clock.day_of(value)
    if isinstance(value, date):
        return value
    said = as_text(value)
    if len(said) > 10 and said[10] in "T ":
        return clock.day_of(read_moment(said, ["iso"], reading.zone, "earlier"))
    return read_day(said, ["iso"])


def moment(value: Any, reading: Reading) -> datetime:
    """A day means its first moment, here."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, date):
        return clock.start_of(value)
    said = as_text(value)
    if len(said) == 10:
        return clock.start_of(read_day(said, ["iso"]))
    return read_moment(said, ["iso"], reading.zone, "earlier")


def account(value: Any, reading: Reading) -> Reference:
    column = reading.column
    by = column.by or "external_id"
    return Reference("account", by, _called(value), (column.of or reading.source) if by == "external_id" else "")


def person(value: Any, reading: Reading) -> Reference:
    column = reading.column
    by = column.by or "external_id"
    return Reference("person", by, _called(value), (column.of or reading.source) if by == "external_id" else "")


@dataclass(frozen=True, slots=True)
class ProductReference:
    """What a product is called.  source: whose external id it is."""

    by: str
    value: str
    source: str = ""


def product(value: Any, reading: Reading) -> ProductReference:
    column = reading.column
    by = column.by or "name"
    said = " ".join(_called(value).split()) if by == "name" else _called(value)
    return ProductReference(by, said, (column.of or reading.source) if by == "external_id" else "")


@dataclass(frozen=True, slots=True)
class LineReference:
    """What a source calls a subscription line."""

    value: str
    source: str

    def __str__(self) -> str:
        return self.value


def line(value: Any, reading: Reading) -> LineReference:
    return LineReference(_called(value), reading.column.of or reading.source)


def link(value: Any, reading: Reading) -> str:
    """An address on the web: http and https only."""
    said = as_text(value).strip()
    if len(said) > 500 or not is_clean(said) or not said.lower().startswith(("http://", "https://")):
        raise Refused("A link begins with https:// and has at most 500 characters.")
    return said


def people(value: Any, reading: Reading) -> tuple[Reference, ...]:
    return tuple(dict.fromkeys(person(item, reading) for item in _list(value)))


def attribute(definition: Attribute) -> Type:
    """The columns of an attribute's value. Numbers are read strictly: `1,5` is not 15."""

    def read(value: Any, reading: Reading) -> Any:
        if definition.kind in {AttributeKind.NUMBER, AttributeKind.MONEY}:
            amount = number(value)
            value = format(amount, "f") if definition.kind == AttributeKind.MONEY else amount
        elif definition.kind == AttributeKind.DATE and not isinstance(value, date):
            value = read_day(as_text(value), ["iso"])
        elif definition.kind == AttributeKind.DATE and isinstance(value, datetime):
            value = clock.day_of(value)
        elif isinstance(value, list):
            value = ", ".join(value)
        elif isinstance(value, Decimal):
            value = format(value, "f")
        return as_columns(definition, value)

    return read


def name_of_product(value: Any, reading: Reading) -> str:
    said = " ".join(as_text(value).split())
    if not said or len(said) > 200 or not is_clean(said):
        raise Refused("A product has a name of at most 200 characters.")
    return said


def _called(value: Any) -> str:
    said = as_text(value).strip()
    if len(said) > 255 or not (said.isprintable() or is_clean(said)):
        raise Refused("An id or a name to look for has at most 255 plain characters.")
    return said


def as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(as_text(item) for item in value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def _list(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [said for item in items if (said := as_text(item).strip())]


@cache
def words_of(words: type[models.TextChoices]) -> Mapping[str, str]:
    """Folded word or label → word."""
    labels = {fold(str(label)): str(word) for word, label in words.choices}
    return labels | {fold(str(word)): str(word) for word in words.values}


def _word(words: type[models.TextChoices], said: str) -> str:
    found = words_of(words).get(fold(said))
    if found is None:
        raise Refused(f"{said[:40]!r} is not {listing(map(str, words.values), 'or')}. A look_up step can translate it.")
    return found
