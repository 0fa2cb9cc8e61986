"""A tree written in the text form, so that `parse_text` gives the same tree back; and the address of a filtered list.

A list's address carries each chip of its filter as one `filter` parameter in the text form, all of which must hold:
`/accounts/?filter=country+%3D+'DE'&filter=employees+%3E+100`. Readable, bookmarkable, and what `--where` takes.
"""

import re
from collections.abc import Iterable

from firstwin.core.conditions import tree as node
from firstwin.core.conditions.lexer import MAX_LENGTH
from firstwin.core.conditions.textform import parse_text
from firstwin.core.conditions.tree import Change, Condition, Related, Relative, Test, bounded
from firstwin.core.errors import Refused

PARAMETER = "filter"

_PLAIN = re.compile(r"[^\W\d][\w.:-]*")
_NOT_NAMES = {"and", "or", "not", "where", "any", "none", "count"}
_SIGNS = {"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_SPELT = {
    "in": "in", "not_in": "not in", "has_any": "has any", "has_none": "has none", "has": "has",
    "contains": "contains", "not_contains": "not contains", "starts_with": "starts with",
    "in_last": "in last", "in_next": "in next", "older_than": "older than",
    "set": "is set", "not_set": "is not set",
}  # fmt: skip


def to_text(tree: Condition) -> str:
    """The text form. A tree of a kind the text cannot say (an empty part) raises Refused."""
    match tree:
        case node.All(parts):
            return _joined(parts, " and ")
        case node.Any(parts):
            return _joined(parts, " or ")
        case node.Not(part):
            return f"not {_bracketed(part)}"
        case Related():
            return _related(tree)
        case Test():
            return _test(tree)


def to_query(tree: Condition) -> list[tuple[str, str]]:
    """Pairs for a list's address, one per chip: the parts of a top-level All, or the whole tree as one."""
    parts = tree.parts if isinstance(tree, node.All) else (tree,)
    return [(PARAMETER, to_text(part)) for part in parts]


def from_query(chips: Iterable[str]) -> Condition:
    """The condition of a list's address from its `filter` parameters, always an All with one part per chip.

    Blank chips are left out. Raises Refused: telling which chip, line and column.
    """
    given = [chip for chip in chips if chip.strip()]
    if sum(map(len, given)) > MAX_LENGTH:
        raise Refused(f"The filter is too long: at most {MAX_LENGTH} characters.", field="where")
    return bounded(node.All(tuple(parse_text(chip) for chip in given)))


def _joined(parts: tuple[Condition, ...], word: str) -> str:
    if len(parts) < 2:
        raise Refused("A list of fewer than two conditions has no text form.")
    return word.join(_bracketed(part) for part in parts)


def _bracketed(part: Condition) -> str:
    said = to_text(part)
    return f"({said})" if isinstance(part, node.All | node.Any) else said


def _related(tree: Related) -> str:
    window = f" in last {tree.within_days} days" if tree.within_days is not None else ""
    where = f" where {to_text(tree.where)}" if tree.where is not None else ""
    call = f"{tree.quantifier}({_name(tree.collection)}{window}{where})"
    return f"{call} {_SIGNS[tree.op]} {tree.n}" if tree.quantifier == "count" else call


def _test(test: Test) -> str:
    name, op, value = _name(test.field), test.op, test.value
    if isinstance(value, Change):
        by = f" by {value.by}" if value.by is not None else ""
        return f"{name} changed{by} in last {value.within_days} days"
    if op in ("set", "not_set"):
        return f"{name} {_SPELT[op]}"
    if op in ("in_last", "in_next", "older_than"):
        return f"{name} {_SPELT[op]} {value} days"
    if op == "between" and isinstance(value, tuple) and len(value) == 2:
        return f"{name} between {_value(value[0])} and {_value(value[1])}"
    if isinstance(value, tuple):
        return f"{name} {_SPELT.get(op, op)} ({', '.join(map(_value, value))})"
    return f"{name} {_SIGNS.get(op) or _SPELT.get(op, op)} {_value(value)}"


def _value(value: node.Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Relative):
        return f"{value.n} days {value.unit.removeprefix('days_')}"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def _name(name: str) -> str:
    is_plain = _PLAIN.fullmatch(name) and name.lower() not in _NOT_NAMES
    return name if is_plain else f"`{name}`"
