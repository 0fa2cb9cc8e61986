"""A condition as a person would say it."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from firstwin.core.conditions import tree as node
from firstwin.core.conditions.operators import LIST_OPS, operator_word, require_operator
from firstwin.core.conditions.tree import Change, Condition, Related, Relative, Test
from firstwin.core.conditions.values import ME, typed
from firstwin.core.errors import Refused
from firstwin.core.fields import Collection, Field, Kind, Vocabulary
from firstwin.core.money import Money
from firstwin.core.text import counted, fold, listing

_COUNTS = {
    "eq": "exactly", "ne": "any number but", "lt": "fewer than", "le": "at most", "gt": "more than", "ge": "at least",
}  # fmt: skip


def sentence(tree: Condition, vocabulary: Vocabulary) -> str:
    """“Country is Germany and days since last touch are more than 30”, without a full stop.

    Raises Refused for a field or collection that is not known; a choice that is no longer offered is shown as it was.
    """
    said = _said(tree, vocabulary)
    return said[:1].upper() + said[1:]


def _said(tree: Condition, vocabulary: Vocabulary) -> str:
    match tree:
        case node.All(parts):
            return _joined(parts, vocabulary, " and ", "everything")
        case node.Any(parts):
            return _joined(parts, vocabulary, " or ", "nothing")
        case node.Not(part):
            return f"not ({_said(part, vocabulary)})"
        case Related():
            return _said_related(tree, vocabulary)
        case Test():
            return _said_test(tree, vocabulary)


def _joined(parts: tuple[Condition, ...], vocabulary: Vocabulary, word: str, none: str) -> str:
    several = len(parts) > 1
    said = (
        f"({_said(part, vocabulary)})" if several and isinstance(part, node.All | node.Any) else _said(part, vocabulary)
        for part in parts
    )
    return word.join(said) or none


def _said_related(tree: Related, vocabulary: Vocabulary) -> str:
    collection = vocabulary.collection(tree.collection)
    one = collection.one or _mid_sentence(collection.label).removesuffix("s")
    many = _mid_sentence(collection.label)
    match tree.quantifier:
        case "any":
            start = f"any {one}"
        case "none":
            start = f"no {one}"
        case _:
            start = f"{_COUNTS[tree.op]} {counted(tree.n, one, many)}"
    window = f" in the last {counted(tree.within_days, 'day')}" if tree.within_days is not None else ""
    return _said_done(tree, collection, window) or start + window + _where(tree, collection)


def _said_done(tree: Related, collection: Collection, window: str) -> str:
    """“did export at least 3 times in the last 14 days”, where that is what is asked."""
    test = tree.where
    if not isinstance(test, Test) or test.field != collection.did or test.op != "eq":
        return ""
    name = _shown(collection.vocabulary.field(test.field), test.value)
    if tree.quantifier == "none":
        return f"did not do {name}{window}"
    times = "" if tree.quantifier == "any" else f" {_COUNTS[tree.op]} {'once' if tree.n == 1 else f'{tree.n:,} times'}"
    return f"did {name}{times}{window}"


def _where(tree: Related, collection: Collection) -> str:
    if tree.where is None:
        return ""
    said = _said(tree.where, collection.vocabulary)
    return f" where {said}" if isinstance(tree.where, Test) else f" where ({said})"


def _said_test(test: Test, vocabulary: Vocabulary) -> str:
    field = vocabulary.field(test.field)
    op = require_operator(field, test.op)
    said = f"{_mid_sentence(field.label)} {_agreeing(field.label, operator_word(field, op))}"
    value = test.value
    if op in ("set", "not_set"):
        return said
    if isinstance(value, Change):
        by = f" by {value.by}" if value.by is not None else ""
        return f"{said}{by} in the last {counted(value.within_days, 'day')}"
    if op in ("in_last", "in_next", "older_than"):
        return f"{said} {counted(value, 'day')}" if isinstance(value, int) else f"{said} {value} days"
    if op == "between" and isinstance(value, tuple | list) and len(value) == 2:
        return f"{said} {_shown(field, value[0])} and {_shown(field, value[1])}"
    if op in LIST_OPS:
        values = value if isinstance(value, tuple | list) else (value,)
        return f"{said} {listing((_shown(field, one) for one in values), 'or')}"
    return f"{said} {_shown(field, value)}"


_HEAD = re.compile(r" (?:of|in|for|since|by|to|with|without|on|at) ")
_MANY = {"people", "children"}


def _agreeing(label: str, words: str) -> str:
    """“seats are at least 5”, “customer for less than 61 days”: what follows a label in a sentence."""
    if not words.startswith("is "):
        return words
    if label.endswith(" for"):
        return words.removeprefix("is ")
    head = _HEAD.split(label.lower(), maxsplit=1)[0].rsplit(" ", 1)[-1]
    is_many = head in _MANY or (head.endswith("s") and not head.endswith(("ss", "us", "is")))
    return f"are {words.removeprefix('is ')}" if is_many else words


def _shown(field: Field, value: Any) -> str:
    if isinstance(value, Relative):
        if value.n == 0:
            return "today"
        ago = counted(value.n, "day")
        return f"{ago} ago" if value.unit == "days_ago" else f"{ago} from today"
    if isinstance(value, str) and fold(value) == ME and field.kind is Kind.PERSON:
        return ME
    if isinstance(value, str) and value.replace("_", " ").lower() in _DAY_WORDS and field.kind is Kind.DATE:
        return _DAY_WORDS[value.replace("_", " ").lower()]
    try:
        meant = typed(field, "has" if field.kind is Kind.TAGS else "eq", value, date(2024, 2, 29), 0)
    except Refused:
        return str(value)
    return _shown_typed(field, value, meant)


def _shown_typed(field: Field, value: Any, meant: Any) -> str:
    match field.kind:
        case Kind.MONEY:
            try:
                return Money.from_major(meant, field.unit).format()
            except Refused:  # finer than the currency: said as it was written
                return f"{field.unit} {meant}"
        case Kind.NUMBER:
            return f"{_number(meant)} {field.unit}".rstrip()
        case Kind.SHARE:
            return f"{round(meant * 100, 6):g}%"
        case Kind.DATE:
            return f"{meant.day} {meant:%b} {meant.year}"
        case Kind.FLAG:
            return "yes" if meant else "no"
        case Kind.CHOICE | Kind.TAGS | Kind.PERSON:
            return field.option_label(meant)
        case Kind.TEXT:
            return f"“{value}”"
        case Kind.DAYS if isinstance(meant, int) and not field.label.lower().startswith("days"):
            ago = " ago" if field.label.lower().startswith("last ") else ""
            return f"{counted(meant, 'day')}{ago}"
    return f"{meant:,}" if isinstance(meant, int) else str(meant)


def _number(number: Decimal) -> str:
    return f"{int(number):,}" if number == int(number) else f"{number:,f}"


def _mid_sentence(label: str) -> str:
    """“Days since …” as “days since …”; “ARR” and “NPS score” keep their capitals."""
    return label[:1].lower() + label[1:] if not label[1:2].isupper() else label


_DAY_WORDS = {word.replace("_", " "): word.replace("start_of_", "the start of the ").replace("_", " ")
              for word in node.DAY_WORDS}  # fmt: skip
