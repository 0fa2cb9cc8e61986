"""Which operators each kind of value has, and how they read."""

from firstwin.core.errors import Refused
from firstwin.core.fields import Field, Kind

PRESENCE = ("set", "not_set")
COMPARE = ("eq", "ne", "lt", "le", "gt", "ge", "between")
LIST_OPS = ("in", "not_in", "has_any", "has_none")
WINDOWS = ("in_last", "in_next", "older_than")

_AMOUNTS = (*COMPARE, *PRESENCE, "changed")
_CHOSEN = ("eq", "ne", "in", "not_in", *PRESENCE)

OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.NUMBER: _AMOUNTS,
    Kind.MONEY: _AMOUNTS,
    Kind.SHARE: _AMOUNTS,
    Kind.DAYS: _AMOUNTS,
    Kind.DATE: (*COMPARE, *WINDOWS, *PRESENCE),
    Kind.CHOICE: (*_CHOSEN, "changed"),
    Kind.PERSON: (*_CHOSEN, "changed"),
    Kind.TEXT: ("eq", "ne", "contains", "not_contains", "starts_with", "in", "not_in", *PRESENCE),
    Kind.FLAG: ("eq", *PRESENCE, "changed"),
    Kind.TAGS: ("has", "has_any", "has_none", *PRESENCE),
}

# Other ways to write an operator; the tree always carries the name on the right.
ALIASES = {
    "is": "eq", "=": "eq", "==": "eq", "is_not": "ne", "!=": "ne", "<>": "ne",
    "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "lte": "le", "gte": "ge", "before": "lt", "after": "gt",
    "any_of": "in", "is_any_of": "in", "none_of": "not_in", "is_none_of": "not_in",
    "is_set": "set", "is_not_set": "not_set", "startswith": "starts_with",
}  # fmt: skip

_WORDS = {
    "eq": "is", "ne": "is not", "lt": "is less than", "le": "is at most", "gt": "is more than",
    "ge": "is at least", "between": "is between", "in": "is any of", "not_in": "is none of",
    "contains": "contains", "not_contains": "does not contain", "starts_with": "starts with",
    "set": "is set", "not_set": "is not set", "in_last": "is in the last", "in_next": "is in the next",
    "older_than": "is older than", "has": "include", "has_any": "include any of", "has_none": "include none of",
    "changed": "changed",
}  # fmt: skip
_DATE_WORDS = {"lt": "is before", "le": "is on or before", "gt": "is after", "ge": "is on or after", "eq": "is"}


def canonical(op: str) -> str:
    return ALIASES.get(op, op)


def operator_word(field: Field, op: str) -> str:
    """How `op` reads between the field's label and the value."""
    if field.kind is Kind.DATE and op in _DATE_WORDS:
        return _DATE_WORDS[op]
    return _WORDS[op]


def operators_for(field: Field) -> list[tuple[str, str]]:
    """(operator, words) one may choose from for a field, as a filter form offers them."""
    return [(op, operator_word(field, op)) for op in OPERATORS[field.kind] if op != "changed"]


def require_operator(field: Field, op: str) -> str:
    """The canonical operator. Raises Refused saying which the kind has."""
    known = canonical(op)
    if known not in OPERATORS[field.kind]:
        allowed = ", ".join(OPERATORS[field.kind])
        raise Refused(f"{field.label} is a {field.kind.value} and cannot be compared with {op!r}: use {allowed}.")
    return known
