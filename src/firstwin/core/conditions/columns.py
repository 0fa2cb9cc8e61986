"""One comparison of one stored column, as a Q.

A comparison here is false or unknown where the value is missing, and never true. Whole columns are compared with whole
numbers: `> 2.5` asks for `> 2`, so the value never has to be rounded by a database.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.db.models import Q

from firstwin.core import clock
from firstwin.core.fields import Field, Kind, is_moment_path
from firstwin.core.money import LARGEST, exponent

NEVER = Q(pk__in=())
ALWAYS = ~Q(pk__in=())

_LOOKUPS = {"lt": "lt", "le": "lte", "gt": "gt", "ge": "gte", "eq": "exact"}
# n days since d is today - d: more days is an earlier date.
_MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}


def missing(field: Field, path: str) -> Q:
    """Nothing there; for words an empty one counts as nothing."""
    nothing = Q(**{f"{path}__isnull": True})
    return nothing | Q(**{path: ""}) if _holds_words(field) else nothing


def present(field: Field, path: str) -> Q:
    something = Q(**{f"{path}__isnull": False})
    return something & ~Q(**{path: ""}) if _holds_words(field) else something


def _holds_words(field: Field) -> bool:
    return field.kind in (Kind.TEXT, Kind.CHOICE) and not field.is_id


def any_word(path: str, words: Sequence[str]) -> Q:
    """Whether a column of `|one|two|` holds one of the words (or anything, without words). Never unknown."""
    found = Q() if words else ~Q(**{path: ""})
    for word in words:
        found |= Q(**{f"{path}__contains": f"|{word}|"})
    return Q(**{f"{path}__isnull": False}) & found


def comparison(field: Field, op: str, meant: Any, today: date) -> Q:
    """`field op meant`, where `meant` comes from `values.typed`."""
    path = str(field.stored)
    match field.kind:
        case Kind.NUMBER | Kind.MONEY:
            return _between_or(op, meant, lambda one, value: _number(field, path, one, value))
        case Kind.SHARE:
            return _between_or(op, meant, lambda one, value: _plain(field, path, one, value))
        case Kind.DATE:
            return _date(path, op, meant, today)
        case Kind.DAYS:
            return _between_or(op, meant, lambda one, n: day_span(path, _MIRRORED[one], today - timedelta(days=n)))
    return _words(field, path, op, meant)


def day_span(path: str, op: str, day: date) -> Q:
    """A column of days, or of moments, compared with a day."""
    if not is_moment_path(path):
        if op == "ne":
            return Q(**{f"{path}__isnull": False}) & ~Q(**{path: day})
        return Q(**{f"{path}__{_LOOKUPS[op]}": day})
    begins, ends = Q(**{f"{path}__gte": clock.start_of(day)}), Q(**{f"{path}__gte": clock.end_of(day)})
    before, through = Q(**{f"{path}__lt": clock.start_of(day)}), Q(**{f"{path}__lt": clock.end_of(day)})
    spans = {"lt": before, "le": through, "gt": ends, "ge": begins, "eq": begins & through, "ne": before | ends}
    return spans[op]


def _between_or(op: str, meant: Any, one: Callable[[str, Any], Q]) -> Q:
    return one("ge", meant[0]) & one("le", meant[1]) if op == "between" else one(op, meant)


def _date(path: str, op: str, meant: Any, today: date) -> Q:
    match op:
        case "in_last":
            return day_span(path, "gt", today - timedelta(days=meant)) & day_span(path, "le", today)
        case "in_next":
            return day_span(path, "ge", today) & day_span(path, "lt", today + timedelta(days=meant))
        case "older_than":
            return day_span(path, "lt", today - timedelta(days=meant))
    return _between_or(op, meant, lambda one, day: day_span(path, one, day))


def _number(field: Field, path: str, op: str, meant: Decimal) -> Q:
    """Compared as it is where the column keeps decimals, else on the grid of whole numbers or minor units."""
    if field.kind is Kind.NUMBER and field.decimals:
        return _plain(field, path, op, meant)
    exact = meant.scaleb(exponent(field.unit)) if field.kind is Kind.MONEY else meant
    low, high = (exact.to_integral_value(rounding) for rounding in (ROUND_FLOOR, ROUND_CEILING))
    if low != high and op in ("eq", "ne"):  # finer than the column: nothing stored can be equal
        return NEVER if op == "eq" else Q(**{f"{path}__isnull": False})
    grid = int(low if op in ("gt", "le") else high)
    if abs(grid) > LARGEST:  # beyond any stored value
        is_above = (grid > 0) == (op in ("lt", "le"))
        return Q(**{f"{path}__isnull": False}) if op == "ne" or (op != "eq" and is_above) else NEVER
    # Django answers "everything" to a bound beyond the column's type, accounts without a value included.
    return Q(**{f"{path}__isnull": False}) & _plain(field, path, op, grid)


def _plain(field: Field, path: str, op: str, value: Any) -> Q:
    if op == "ne":
        return present(field, path) & ~Q(**{path: value})
    return Q(**{f"{path}__{_LOOKUPS[op]}": value})


def _words(field: Field, path: str, op: str, meant: Any) -> Q:
    match op:
        case "in":
            return Q(**{f"{path}__in": meant})
        case "not_in":
            return present(field, path) & ~Q(**{f"{path}__in": meant})
        case "contains" | "not_contains":
            found = Q(**{f"{path}__contains": meant})
            return found if op == "contains" else present(field, path) & ~found
        case "starts_with":
            return Q(**{f"{path}__startswith": meant})
    return _plain(field, path, op, meant)
