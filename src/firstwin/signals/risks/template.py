"""The template of a sentence: `{rows} overdue since {overdue_days:since}[, {overdue}]`.

`{name}` is replaced by a value in words, `{name:way}` in another way. A part in brackets falls away as a whole when one
of its values is missing; outside brackets a missing value reads “unknown”. Pure.
"""

import re
from collections.abc import Callable

WAYS = ("since", "days")
"""since: a day as a date. days: a day as the number of days from it to today."""

_NAME = re.compile(r"\{([a-z0-9_.-]+)(?::([a-z]+))?\}")
_PART = re.compile(r"\[([^\[\]]*)\]")

Say = Callable[[str, str], str | None]
"""(name, way) → the value in words; None where it is missing."""


def named(text: str) -> list[tuple[str, str]]:
    """(name, way) of every placeholder. Raises ValueError for braces and brackets that do not fit together."""
    rest = _NAME.sub("", text)
    if "{" in rest or "}" in rest:
        raise ValueError("A value is named in braces, as in {overdue} or {overdue_days:since}.")
    if set("[]") & set(_PART.sub("", rest)):
        raise ValueError("A part that may be left out stands in [ and ], which do not nest.")
    return [(found[1], found[2] or "") for found in _NAME.finditer(text)]


def filled(text: str, say: Say) -> str:
    """The sentence. Raises nothing: what cannot be said is “unknown” or left out."""
    sure, *rest = _PART.split(text)  # what stands in brackets and what follows it take turns
    told = [_said(sure, say)]
    for part, after in zip(rest[::2], rest[1::2], strict=True):
        told += [_optional(part, say), _said(after, say)]
    return "".join(told)


def _optional(part: str, say: Say) -> str:
    values = [say(name, way) for name, way in named(part)]
    return "" if any(value is None for value in values) else _said(part, say)


def _said(text: str, say: Say) -> str:
    return _NAME.sub(lambda found: say(found[1], found[2] or "") or "unknown", text)
