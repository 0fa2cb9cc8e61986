"""The small form behind a chip: a field, an operator of its kind, and a value; and the condition it means."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firstwin.core.conditions import Condition, Relative, Test, check, operators_for
from firstwin.core.conditions.operators import LIST_OPS, PRESENCE, WINDOWS
from firstwin.core.conditions.tree import Value
from firstwin.core.errors import Refused
from firstwin.core.fields import Choices, Field, Kind, Vocabulary

_RELATIVE = re.compile(r"(\d{1,5}) days? (ago|ahead)")
_CHOSEN = (Kind.CHOICE, Kind.PERSON, Kind.TAGS)


@dataclass(frozen=True)
class FilterForm:
    """look: which control asks for the value (none, select, checks, yesno, number, pair, date, dates, text).

    values: what stands in it. groups: the fields one may choose, as (heading, fields).
    """

    groups: Sequence[tuple[str, Sequence[Field]]]
    field: Field | None
    operators: Sequence[tuple[str, str]]
    op: str
    look: str
    values: Sequence[str]
    options: Choices
    problem: str = ""

    @property
    def unit(self) -> str:
        """Said after the box a number is typed into."""
        if self.field is None:
            return ""
        if self.field.kind is Kind.DAYS or self.op in WINDOWS:
            return "days"
        return "" if self.field.unit.startswith("of ") else self.field.unit


def form_for(
    vocabulary: Vocabulary, *, key: str = "", op: str = "", values: Sequence[str] = (), problem: str = ""
) -> FilterForm:
    """The form after what was chosen so far. A field or operator that is not there counts as not chosen."""
    groups = _groups(vocabulary)
    field = next((one for _, fields in groups for one in fields if one.key == key), None)
    if field is None:
        return FilterForm(groups, None, (), "", "none", (), (), problem)
    operators = operators_for(field)
    if op not in dict(operators):
        op, values = operators[0][0], ()
    look = _look(field, op, values)
    return FilterForm(groups, field, operators, op, look, values, _options(field, look), problem)


def form_of(part: Condition, vocabulary: Vocabulary) -> FilterForm:
    """The form that stands for a chip."""
    if not isinstance(part, Test):
        raise Refused("This condition has several parts. Remove it, or change its view.")
    value = part.value
    values = [] if value is None else [*value] if isinstance(value, tuple) else [value]
    return form_for(vocabulary, key=part.field, op=part.op, values=[_typed(one) for one in values])


def condition_of(given: Mapping[str, Sequence[str]], vocabulary: Vocabulary) -> Test:
    """What the form means. Raises Refused when the value does not fit the field."""
    field = vocabulary.field(_one(given, "field"))
    op = _one(given, "op")
    values = [text.strip() for text in given.get("value", ()) if text.strip()]
    test = Test(field.key, op, _value(field, op, values))
    check(test, vocabulary)
    return test


def _one(given: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(given.get(name, ())), "")


def _value(field: Field, op: str, values: Sequence[str]) -> Value:
    if op in PRESENCE:
        return None
    if not values:
        raise Refused(f"Say what {field.label.lower()} is compared with.")
    if op == "between":
        if len(values) != 2:
            raise Refused("Give both ends: the lowest and the highest that hold.")
        return tuple(_day_or_text(field, one) for one in values)
    if op in LIST_OPS:
        parts = values if field.kind in _CHOSEN else [one for text in values for one in text.split(",")]
        return tuple(part.strip() for part in parts if part.strip())
    if op in WINDOWS:
        return _whole(values[0])
    return _whole(values[0]) if field.kind is Kind.DAYS else _day_or_text(field, values[0])


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Refused(f"{text[:40]!r} is not a whole number of days.") from None


def _day_or_text(field: Field, text: str) -> str | int | Relative:
    if field.kind is Kind.DAYS:
        return _whole(text)
    found = _RELATIVE.fullmatch(text.lower()) if field.kind is Kind.DATE else None
    return Relative(f"days_{found[2]}", int(found[1])) if found else text


def _typed(value: object) -> str:
    if isinstance(value, Relative):
        return f"{value.n} days {value.unit.removeprefix('days_')}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _look(field: Field, op: str, values: Sequence[str]) -> str:
    if op in PRESENCE:
        return "none"
    if field.kind in _CHOSEN:
        return "checks" if op in LIST_OPS else "select"
    if field.kind is Kind.FLAG:
        return "yesno"
    if field.kind is Kind.DATE and op not in WINDOWS:
        # A day counted from today has no place in a calendar control: it is written out.
        is_written = any(value and not value[:4].isdigit() for value in values)
        return "text" if is_written else "dates" if op == "between" else "date"
    if field.kind is Kind.TEXT:
        return "text"
    return "pair" if op == "between" else "number"


def _options(field: Field, look: str) -> Choices:
    options = field.options() if look in ("select", "checks") else ()
    return (("me", "Me"), *options) if field.kind is Kind.PERSON and options else options


def _groups(vocabulary: Vocabulary) -> Sequence[tuple[str, Sequence[Field]]]:
    groups: dict[str, list[Field]] = {}
    for field in vocabulary.fields.values():
        if field.stored:
            groups.setdefault(field.group or "Other", []).append(field)
    return list(groups.items())
