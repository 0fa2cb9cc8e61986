"""A condition as plain data, the form it has in YAML and JSON.

all:
  - {field: country, op: eq, value: DE}
  - not: {field: employees, op: lt, value: 100}
  - any: contacts
    where: {field: role, op: eq, value: sponsor}
  - {count: touches, op: ge, n: 3, within_days: 30}
"""

from collections.abc import Mapping
from datetime import date, datetime
from math import isfinite
from typing import Any as Data

from firstwin.core.conditions import tree as node
from firstwin.core.conditions.check import at
from firstwin.core.conditions.operators import canonical
from firstwin.core.conditions.tree import Change, Condition, Related, Relative, Test
from firstwin.core.errors import Refused
from firstwin.core.text import is_clean

_SHAPES = "all: […], any: […], not: {…}, {field, op, value}, or any/none/count: COLLECTION with where"
_ALLOWED = {
    "field": {"field", "op", "value"},
    "all": {"all"},
    "not": {"not"},
    "any": {"any", "where", "within_days"},
    "none": {"none", "where", "within_days"},
    "count": {"count", "where", "within_days", "op", "n"},
}


def parse(data: Data) -> Condition:
    """Plain data to a tree; a bare list means all of its parts.

    Raises Refused with the path of the bad node and what is allowed there, whatever the data is.
    """
    return node.bounded(_Reader().read(data, "", 0))


def dump(tree: Condition) -> dict[str, Data]:
    """The tree as data that YAML and JSON can hold; `parse` gives the same tree back."""
    match tree:
        case node.All(parts):
            return {"all": [dump(part) for part in parts]}
        case node.Any(parts):
            return {"any": [dump(part) for part in parts]}
        case node.Not(part):
            return {"not": dump(part)}
        case Related():
            return _dump_related(tree)
        case Test():
            told: dict[str, Data] = {"field": tree.field, "op": tree.op}
            return told if tree.value is None else told | {"value": _dump_value(tree.value)}


def _dump_related(tree: Related) -> dict[str, Data]:
    told: dict[str, Data] = {tree.quantifier: tree.collection}
    if tree.quantifier == "count":
        told |= {"op": tree.op, "n": tree.n}
    if tree.within_days is not None:
        told["within_days"] = tree.within_days
    if tree.where is not None:
        told["where"] = dump(tree.where)
    return told


def _dump_value(value: node.Value) -> Data:
    match value:
        case Relative(unit, n):
            return {unit: n}
        case Change(within_days, by):
            return {"within_days": within_days} | ({} if by is None else {"by": by})
        case tuple() | list():
            return [_dump_value(one) for one in value]
    return value


class _Reader:
    """Reads with a budget, so that data built to be endless (YAML aliases) ends in a refusal."""

    def __init__(self) -> None:
        self.left = node.MAX_NODES

    def read(self, data: Data, path: str, depth: int) -> Condition:
        try:
            self.left -= 1
            if depth >= node.MAX_DEPTH:
                raise Refused(f"The condition is nested too deep: at most {node.MAX_DEPTH} levels.")
            if self.left < 0:
                raise Refused(f"The condition is too long: at most {node.MAX_NODES} parts.")
            return self._node(data, path, depth)
        except Refused as refused:
            raise refused if refused.field == "where" else at(path, refused) from None

    def _node(self, data: Data, path: str, depth: int) -> Condition:
        if isinstance(data, list | tuple):
            return node.All(self._parts(data, f"{path}.all", depth))
        if not isinstance(data, Mapping):
            raise Refused(f"Expected a condition: {_SHAPES}.")
        shape = next((shape for shape in _ALLOWED if shape in data), None)
        if shape is None:
            raise Refused(f"Expected one of {_SHAPES}.")
        if spare := [key for key in data if key not in _ALLOWED[shape]]:
            raise Refused(f"{str(spare[0])[:40]!r} does not belong here: {', '.join(sorted(_ALLOWED[shape]))} do.")
        if shape == "field":
            return _test(data)
        if shape == "not":
            return node.Not(self.read(data["not"], f"{path}.not".lstrip("."), depth + 1))
        if shape == "all" or (shape == "any" and not isinstance(data["any"], str)):
            if len(data) > 1:
                raise Refused(f"`where` belongs to a collection, and `{shape}` is given a list.")
            parts = self._parts(data[shape], f"{path}.{shape}", depth)
            return node.All(parts) if shape == "all" else node.Any(parts)
        return self._related(data, shape, path, depth)

    def _parts(self, data: Data, path: str, depth: int) -> tuple[Condition, ...]:
        if not isinstance(data, list | tuple):
            raise Refused("Expected a list of conditions.")
        path = path.lstrip(".")
        return tuple(self.read(part, f"{path}[{place}]", depth + 1) for place, part in enumerate(data))

    def _related(self, data: Mapping[Data, Data], shape: str, path: str, depth: int) -> Related:
        name = _word(data[shape], "a collection's name")
        where = data.get("where")
        here = f"{path}.{shape} {name}".lstrip(".")
        return Related(
            quantifier=shape,  # type: ignore[arg-type]  # one of the three, by _ALLOWED
            collection=name,
            where=None if where is None else self.read(where, here, depth + 1),
            op=canonical(_word(data.get("op", "ge"), "an operator")),
            n=data.get("n", 1),
            within_days=data.get("within_days"),
        )


def _test(data: Mapping[Data, Data]) -> Test:
    op = data.get("op", "eq")
    if isinstance(op, bool):  # YAML 1.1 reads some bare words as truth values
        raise Refused("`op` is a word such as eq; quote it.")
    return Test(_word(data["field"], "a field's name"), canonical(_word(op, "an operator")), _value(data.get("value")))


def _word(data: Data, what: str) -> str:
    if not isinstance(data, str) or not 0 < len(data) <= node.MAX_TEXT or not is_clean(data):
        raise Refused(f"Expected {what}.")
    return data


def _value(data: Data) -> node.Value:
    if isinstance(data, Mapping):
        return node.relative_from(data)
    if isinstance(data, list | tuple):
        if len(data) > node.MAX_VALUES:
            raise Refused(f"At most {node.MAX_VALUES} values in a list.")
        return tuple(_scalar(one) for one in data)
    return None if data is None else _scalar(data)


def _scalar(data: Data) -> node.Scalar | Relative:
    if isinstance(data, Mapping):
        found = node.relative_from(data)
        if isinstance(found, Relative):
            return found
        raise Refused("A list holds values, not changes.")
    if isinstance(data, date) and not isinstance(data, datetime):  # YAML makes dates of 2024-01-31 by itself
        return data.isoformat()
    if isinstance(data, str) and (len(data) > node.MAX_TEXT or not is_clean(data)):
        raise Refused(f"Expected readable text of at most {node.MAX_TEXT} characters.")
    if isinstance(data, float) and not isfinite(data):
        raise Refused("A value is a finite number.")
    if isinstance(data, int) and abs(data) > 2**63:
        raise Refused("The number is too large.")
    if isinstance(data, str | int | float | bool):
        return data
    raise Refused("A value is text, a number, true or false, a list of these, {days_ago: n} or {days_ahead: n}.")
