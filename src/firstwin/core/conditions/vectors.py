"""One comparison of one column over many accounts: `columns.comparison`, said in numpy. Missing values are false."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.core.conditions.coded import words_of
from firstwin.core.fields import Field, Kind
from firstwin.core.frames import Column
from firstwin.core.money import LARGEST, exponent

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

DAY_ZERO = date(1970, 1, 1)

# n days since d is today - d: more days is an earlier date.
_MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}


def compared(field: Field, op: str, column: Column, meant: Any, today: date) -> Mask:
    """`column op meant`, where `meant` comes from `values.typed`; not for `changed`."""
    if field.kind is Kind.TAGS:
        return _tags(op, column, meant)
    if op in ("set", "not_set"):
        there = present(field, column)
        return there if op == "set" else ~there
    last = (today - DAY_ZERO).days
    match field.kind:
        case Kind.NUMBER | Kind.MONEY:
            held = _between_or(op, meant, lambda one, value: _number(field, one, column.values, value))
        case Kind.SHARE:
            held = _between_or(op, meant, lambda one, value: plain(one, column.values, value))
        case Kind.DATE:
            held = _date(op, column.values, meant, last)
        case Kind.DAYS:
            held = _between_or(op, meant, lambda one, n: plain(_MIRRORED[one], column.values, last - n))
        case Kind.FLAG:
            held = column.values == meant
        case _ if field.is_id:
            held = _ids(op, column.values, meant)
        case _:
            return _words(op, column, meant)
    return column.known & held


def present(field: Field, column: Column) -> Mask:
    """Where there is a value; an empty word counts as none."""
    if field.kind in (Kind.TEXT, Kind.CHOICE) and not field.is_id:
        return words_of(column).where(lambda word: True)
    return column.known


def _between_or(op: str, meant: Any, one: Callable[[str, Any], Mask]) -> Mask:
    return one("ge", meant[0]) & one("le", meant[1]) if op == "between" else one(op, meant)


def plain(op: str, values: Array, meant: Any) -> Mask:
    """`values op meant` of two of the same kind."""
    held: Mask
    match op:
        case "eq":
            held = values == meant
        case "ne":
            held = values != meant
        case "lt":
            held = values < meant
        case "le":
            held = values <= meant
        case "gt":
            held = values > meant
        case _:
            held = values >= meant
    return held


def _number(field: Field, op: str, values: Array, meant: Decimal) -> Mask:
    if field.kind is Kind.NUMBER and field.decimals:
        return _decimal(op, values, meant)
    exact = meant.scaleb(exponent(field.unit)) if field.kind is Kind.MONEY else meant
    low, high = (exact.to_integral_value(rounding) for rounding in (ROUND_FLOOR, ROUND_CEILING))
    if low != high and op in ("eq", "ne"):  # finer than the column: nothing stored can be equal
        return np.full(len(values), op == "ne")
    grid = int(low if op in ("gt", "le") else high)
    if abs(grid) > LARGEST:  # beyond any stored value
        is_above = (grid > 0) == (op in ("lt", "le"))
        return np.full(len(values), op == "ne" or (op != "eq" and is_above))
    return plain(op, values, grid)


def _decimal(op: str, values: Array, meant: Decimal) -> Mask:
    """A float stands for the shortest decimal that names it; between that of the nearest float and `meant` is none."""
    nearest = float(meant)
    stands_for = Decimal(repr(nearest))
    if stands_for == meant:
        return plain(op, values, nearest)
    if op in ("eq", "ne"):
        return np.full(len(values), op == "ne")
    if stands_for < meant:  # the nearest float is still below
        return plain("le" if op in ("lt", "le") else "gt", values, nearest)
    return plain("lt" if op in ("lt", "le") else "ge", values, nearest)


def _date(op: str, values: Array, meant: Any, last: int) -> Mask:
    match op:
        case "in_last":
            return plain("gt", values, last - meant) & plain("le", values, last)
        case "in_next":
            return plain("ge", values, last) & plain("lt", values, last + meant)
        case "older_than":
            return plain("lt", values, last - meant)
    return _between_or(op, meant, lambda one, day: plain(one, values, (day - DAY_ZERO).days))


def _ids(op: str, values: Array, meant: Any) -> Mask:
    if op in ("in", "not_in"):
        found = np.isin(values, np.array(meant, dtype=np.int64))
        return found if op == "in" else ~found
    return plain(op, values, meant)


def _words(op: str, column: Column, meant: Any) -> Mask:
    words = words_of(column)
    match op:
        case "eq":
            return words.where(lambda word: word == meant)
        case "ne":
            return words.where(lambda word: word != meant)
        case "in":
            return words.where(lambda word: word in meant)
        case "not_in":
            return words.where(lambda word: word not in meant)
        case "contains":
            return words.where(lambda word: meant in word)
        case "not_contains":
            return words.where(lambda word: meant not in word)
    return words.where(lambda word: bool(word.startswith(meant)))


def _tags(op: str, column: Column, meant: Any) -> Mask:
    """Never unknown: an account without tags has none of them."""
    sets = words_of(column)
    match op:
        case "set":
            return sets.where(bool)
        case "not_set":
            return ~sets.where(bool)
        case "has":
            return sets.where(lambda held: meant in held)
        case "has_any":
            return sets.where(lambda held: not held.isdisjoint(meant))
    return ~sets.where(lambda held: not held.isdisjoint(meant))
