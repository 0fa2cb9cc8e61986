"""What a value is, whatever the database: its plain form, and the way from there into each database and back.

The plain form is what JSON can say exactly. Two databases that hold the same thing give the same plain form, so that
digests over it can be compared.
"""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import models

Way = Callable[[Any], Any]


class Kind(StrEnum):
    BOOL = "bool"
    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    TEXT = "text"
    BYTES = "bytes"
    DATE = "date"
    MOMENT = "moment"  # UTC
    TIME = "time"
    SPAN = "span"  # microseconds
    UUID = "uuid"
    JSON = "json"  # in a list of one, so that JSON's null is not the database's


_INTEGERS = "Auto BigAuto SmallAuto Integer BigInteger SmallInteger PositiveInteger PositiveBigInteger " \
    "PositiveSmallInteger"  # fmt: skip
_KINDS: Mapping[str, Kind] = {
    **{f"{name}Field": Kind.INTEGER for name in _INTEGERS.split()},
    **{f"{name}Field": Kind.TEXT for name in "Char Text Slug File FilePath".split()},
    "BooleanField": Kind.BOOL,
    "FloatField": Kind.FLOAT,
    "DecimalField": Kind.DECIMAL,
    "BinaryField": Kind.BYTES,
    "DateField": Kind.DATE,
    "DateTimeField": Kind.MOMENT,
    "TimeField": Kind.TIME,
    "DurationField": Kind.SPAN,
    "UUIDField": Kind.UUID,
    "JSONField": Kind.JSON,
}
_SQLITE_HOLDS = Context(prec=15)  # what its floats, in which it keeps decimals, give back
_WIDE = Context(prec=400)


def kind_of(field: Any) -> Kind:
    """The kind of a model's field. Raises TypeError for one that backups do not know yet."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    known = _KINDS.get(field.get_internal_type())
    if known is None:
        raise TypeError(f"{field}: backups cannot hold a {field.get_internal_type()} yet")
    return known


def scale_of(field: Any) -> int | None:
    return field.decimal_places if isinstance(field, models.DecimalField) else None


def from_sqlite(kind: Kind, scale: int | None) -> Way | None:
    """How a value SQLite handed over becomes plain; None where it is plain already."""
    if kind is Kind.DECIMAL:
        return lambda value: _written(_SQLITE_HOLDS.create_decimal_from_float(value), scale)
    return _FROM_SQLITE.get(kind)


def from_postgresql(kind: Kind, scale: int | None) -> Way | None:
    """As `from_sqlite`, for what psycopg hands over; JSON is asked for as text."""
    if kind is Kind.DECIMAL:
        return lambda value: _written(value, scale)
    return _FROM_POSTGRESQL.get(kind)


def to_sqlite(kind: Kind) -> Way | None:
    """How a plain value is handed to SQLite, as Django would have written it."""
    return _TO_SQLITE.get(kind)


def to_copy(kind: Kind) -> Way:
    """How a plain value is written for PostgreSQL's COPY in its text format."""
    return _TO_COPY[kind]


def as_sqlite_holds(text: str, scale: int | None) -> str:
    """A decimal with the fifteen digits that come back from SQLite."""
    return _written(_SQLITE_HOLDS.create_decimal_from_float(float(text)), scale)


def _written(value: Decimal, scale: int | None) -> str:
    return format(value.quantize(Decimal(1).scaleb(-(scale or 0)), context=_WIDE), "f")


def _plain_float(value: float) -> float | str:
    # SQLite keeps no negative zero, and JSON knows no infinity.
    return value + 0.0 if value - value == 0 else str(value)


def _json_float(text: str) -> float | int:
    """PostgreSQL writes large floats in JSON without an exponent, as whole numbers: so do we."""
    value = float(text)
    return int(Decimal(repr(value))) if abs(value) >= 1e16 and value.is_integer() else value + 0.0


_loads = json.JSONDecoder(parse_float=_json_float, strict=False).decode


def _plain_moment(text: str) -> str:
    if len(text) == 19 and text[10] == " ":
        return text
    if len(text) == 26 and text[10] == " ":
        return text.removesuffix(".000000")
    return _moment(datetime.fromisoformat(text))


def _moment(value: datetime) -> str:
    return str((value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None))


def _base64(value: Any) -> str:
    return base64.b64encode(bytes(value)).decode()


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


_ESCAPES = {ord("\\"): r"\\", ord("\t"): r"\t", ord("\n"): r"\n", ord("\r"): r"\r"}
_SPAN_UNIT = timedelta(microseconds=1)


def _same(value: date | time) -> str:
    return str(value)


def _hex(value: UUID) -> str:
    return value.hex


_FROM_SQLITE: Mapping[Kind, Way] = {
    Kind.BOOL: bool,
    Kind.FLOAT: lambda value: _plain_float(float(value)),
    Kind.BYTES: _base64,
    Kind.MOMENT: _plain_moment,
    Kind.JSON: lambda value: [_loads(value)],
}
_FROM_POSTGRESQL: Mapping[Kind, Way] = {
    Kind.FLOAT: _plain_float,
    Kind.BYTES: _base64,
    Kind.DATE: _same,
    Kind.MOMENT: _moment,
    Kind.TIME: _same,
    Kind.SPAN: lambda value: value // _SPAN_UNIT,
    Kind.UUID: _hex,
    Kind.JSON: lambda value: [_loads(value)],
}
_TO_SQLITE: Mapping[Kind, Way] = {
    Kind.BOOL: int,
    Kind.FLOAT: float,
    Kind.BYTES: base64.b64decode,
    Kind.JSON: lambda value: json.dumps(value[0]),
}
_TO_COPY: Mapping[Kind, Way] = {
    Kind.BOOL: lambda value: "t" if value else "f",
    Kind.INTEGER: str,
    Kind.FLOAT: str,
    Kind.DECIMAL: str,
    Kind.TEXT: _escaped,
    Kind.BYTES: lambda value: rf"\\x{base64.b64decode(value).hex()}",
    Kind.DATE: str,
    Kind.MOMENT: lambda value: f"{value}+00",
    Kind.TIME: str,
    Kind.SPAN: lambda value: f"{value} microseconds",
    Kind.UUID: str,
    Kind.JSON: lambda value: _escaped(json.dumps(value[0])),
}
