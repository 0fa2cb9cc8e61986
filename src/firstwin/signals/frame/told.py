"""Columns of a frame from what was read: one type per kind of field, in the order of the accounts."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from firstwin.core.fields import Field, Kind
from firstwin.core.frames import Column, Type
from firstwin.core.moments import days_of
from firstwin.core.text import fold
from firstwin.signals.frame.frame import Ints

LONGEST = 400
"""Letters of a word or text that are compared, as lists compare them."""

BETWEEN = "\x1f"
_NOTHING: frozenset[str] = frozenset()


def dtype_of(field: Field) -> Any:
    """What `core.frames.Column` says of each kind."""
    match field.kind:
        case Kind.SHARE:
            return np.float64
        case Kind.NUMBER:
            return np.float64 if field.decimals else np.int64
        case Kind.FLAG:
            return np.bool_
        case Kind.TAGS | Kind.TEXT:
            return object
        case Kind.CHOICE:
            return np.int64 if field.is_id else object
    return np.int64


def type_of(field: Field) -> Type:
    """How the column behind a field of a collection is read."""
    match field.kind:
        case Kind.DATE | Kind.DAYS:
            return "moment" if field.is_moment else "day"
        case Kind.FLAG:
            return "flag"
        case Kind.TEXT | Kind.TAGS:
            return "text"
    found = dtype_of(field)
    return "float" if found is np.float64 else "text" if found is object else "int"


def nothing(field: Field, n: int) -> Column:
    """Known for none of n, tags apart: of those there are then none."""
    values = np.zeros(n, dtype_of(field))
    if field.kind is Kind.TAGS:
        values[:] = _NOTHING
    return Column(values, np.full(n, field.kind is Kind.TAGS))


def column_of(field: Field, told: Any, between: str = BETWEEN) -> Column:
    """One value per row of an Arrow array.  between: what stands between several words in one text."""
    if isinstance(told, pa.ChunkedArray):
        told = told.combine_chunks()
    if isinstance(told, pa.ChunkedArray):  # of no chunks at all
        told = pa.array([], told.type)
    if field.kind is Kind.TAGS:
        return _tags(told, between)
    if dtype_of(field) is object:
        return _words(field, told)
    known = np.asarray(told.is_valid().to_numpy(zero_copy_only=False), np.bool_)
    return Column(_numbers(field, told), known)


def spread(column: Column, places: Ints, field: Field, n: int) -> Column:
    """The column's rows put at their places among n."""
    found = nothing(field, n)
    found.values[places] = column.values
    found.known[places] = column.known
    return found


def _numbers(field: Field, told: Any) -> npt.NDArray[Any]:
    wanted = dtype_of(field)
    if pa.types.is_timestamp(told.type):
        usual = next(iter(pc.drop_null(told)[:1].cast(pa.int64()).to_pylist()), 0)
        return days_of(np.asarray(told.cast(pa.int64()).fill_null(usual).to_numpy(zero_copy_only=False)))
    if pa.types.is_date(told.type):
        told = told.cast(pa.int32())
    if pa.types.is_decimal(told.type):  # whole sums may come as such
        told = told.cast(pa.int64())
    nothing = False if pa.types.is_boolean(told.type) else 0
    values = np.asarray(told.fill_null(nothing).to_numpy(zero_copy_only=False))
    if wanted is np.int64 and values.dtype.kind == "f":
        values = np.rint(values)
    return values.astype(wanted)


def _words(field: Field, told: Any) -> Column:
    """Each distinct word is looked at once. An empty one counts as nothing."""
    coded = pc.dictionary_encode(told.cast(pa.string()).fill_null(""))
    words = [_compared(field, word) for word in coded.dictionary.to_pylist()]
    table = np.empty(len(words), object)
    table[:] = words
    codes = np.asarray(coded.indices.to_numpy(zero_copy_only=False))
    values = table[codes] if len(words) else np.empty(0, object)
    is_there = np.array([bool(word) for word in words], np.bool_)
    return Column(values, is_there[codes] if len(words) else np.empty(0, np.bool_))


def _compared(field: Field, word: str) -> str:
    return (fold(word) if field.kind is Kind.TEXT else word)[:LONGEST]


def _tags(told: Any, between: str) -> Column:
    coded = pc.dictionary_encode(told.cast(pa.string()).fill_null(""))
    table = np.empty(len(coded.dictionary), object)
    table[:] = [frozenset(text.split(between)) - {""} for text in coded.dictionary.to_pylist()]
    codes = np.asarray(coded.indices.to_numpy(zero_copy_only=False))
    values = table[codes] if len(table) else np.empty(0, object)
    return Column(values, np.ones(len(values), np.bool_))
