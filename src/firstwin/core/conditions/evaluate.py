"""What a condition means, said in plain Python over one row. The reference the database has to agree with."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from firstwin.core import clock
from firstwin.core.conditions import tree as node
from firstwin.core.conditions.changes import has_changed, needs_history
from firstwin.core.conditions.check import related_collection
from firstwin.core.conditions.operators import require_operator
from firstwin.core.conditions.tree import Change, Condition, Related, Test
from firstwin.core.conditions.values import typed
from firstwin.core.fields import Field, Kind, Vocabulary
from firstwin.core.money import exponent

Row = Mapping[str, Any]
DATED = "_dated"
PAST = "_past"


def holds(tree: Condition, row: Row, vocabulary: Vocabulary, today: date, *, me: int | None = None) -> bool:
    """Whether `row` fulfils the condition.

    row: field key → the value as stored (money in minor units, text folded, days as their date; tags as words);
    collection key → its rows, each with its own fields and, under `_dated`, its date. Absent and None are missing.
    `_past` → by how many days before: the row as it was at the close of that day, for “changed”.
    """
    match tree:
        case node.All(parts):
            return all(holds(part, row, vocabulary, today, me=me) for part in parts)
        case node.Any(parts):
            return any(holds(part, row, vocabulary, today, me=me) for part in parts)
        case node.Not(part):
            return not holds(part, row, vocabulary, today, me=me)
        case Related():
            return _related(tree, row, vocabulary, today, me)
        case Test():
            field = vocabulary.field(tree.field)
            op = require_operator(field, tree.op)
            meant = typed(field, op, tree.value, today, me)
            if op == "changed":
                return _changed(field, row, meant, today)
            return compare(field, op, value_of(field, row.get(field.key), today), meant, today)


def value_of(field: Field, stored: Any, today: date) -> Any:
    """A stored value as one speaks of it: money in major units, days as a number. None when it is missing."""
    if field.kind is Kind.TAGS:
        return set(stored.strip("|").split("|")) - {""} if isinstance(stored, str) else set(stored or ())
    if stored is None or stored == "":
        return None
    match field.kind:
        case Kind.NUMBER:
            return Decimal(repr(stored)) if isinstance(stored, float) else Decimal(stored)
        case Kind.MONEY:
            return Decimal(stored).scaleb(-exponent(field.unit))
        case Kind.DATE:
            return _day(stored)
        case Kind.DAYS:
            return (today - _day(stored)).days
    return stored


def compare(field: Field, op: str, value: Any, meant: Any, today: date) -> bool:
    """`value op meant`, both as one speaks of them; false when the value is missing."""
    if field.kind is Kind.TAGS:
        return _tags(op, value, meant)
    if op in ("set", "not_set"):
        return (value is not None) == (op == "set")
    if value is None:
        return False
    match op:
        case "eq":
            return bool(value == meant)
        case "ne":
            return bool(value != meant)
        case "lt":
            return bool(value < meant)
        case "le":
            return bool(value <= meant)
        case "gt":
            return bool(value > meant)
        case "ge":
            return bool(value >= meant)
        case "between":
            return bool(meant[0] <= value <= meant[1])
        case "in":
            return value in meant
        case "not_in":
            return value not in meant
        case "contains":
            return meant in value
        case "not_contains":
            return meant not in value
        case "starts_with":
            return bool(value.startswith(meant))
        case "in_last":
            return bool(today - timedelta(days=meant) < value <= today)
        case "in_next":
            return bool(today <= value < today + timedelta(days=meant))
        case "older_than":
            return bool(value < today - timedelta(days=meant))
    raise AssertionError(op)


def _changed(field: Field, row: Row, change: Change, today: date) -> bool:
    past = row.get(PAST, {}).get(change.within_days)
    if past is None:
        raise needs_history(field)
    was, now = past.get(field.key), row.get(field.key)
    then = today - timedelta(days=change.within_days)
    if change.by is None:  # of “days since …” it is the day that changes; the number does so daily
        then = today
    return has_changed(change, value_of(field, was, then), value_of(field, now, today))


def _tags(op: str, value: set[str], meant: Any) -> bool:
    match op:
        case "set":
            return bool(value)
        case "not_set":
            return not value
        case "has":
            return meant in value
        case "has_any":
            return not value.isdisjoint(meant)
        case _:
            return value.isdisjoint(meant)


def _related(tree: Related, row: Row, vocabulary: Vocabulary, today: date, me: int | None) -> bool:
    inner = related_collection(tree, vocabulary).vocabulary
    rows = row.get(tree.collection, ())
    if tree.within_days is not None:
        since = today - timedelta(days=tree.within_days)
        rows = [one for one in rows if one.get(DATED) is not None and since < _day(one[DATED]) <= today]
    count = sum(1 for one in rows if tree.where is None or holds(tree.where, one, inner, today, me=me))
    if tree.quantifier == "any":
        return count > 0
    if tree.quantifier == "none":
        return count == 0
    wanted = tree.n
    return {
        "eq": count == wanted, "ne": count != wanted, "lt": count < wanted,
        "le": count <= wanted, "gt": count > wanted, "ge": count >= wanted,
    }[tree.op]  # fmt: skip


def _day(stored: date | datetime) -> date:
    return clock.day_of(stored) if isinstance(stored, datetime) else stored
