"""The template of a sentence: `{rows} overdue since {overdue_days:since}[, {overdue}]`.

`{name}` is replaced by a value in words, `{name:way}` in another way; `{name|ticket}` is the value with what it counts,
“1 ticket” or “2 tickets”, and `{name|person|people}` where more of them are called otherwise. A part in brackets falls
away as a whole when one of its values is missing; outside brackets a missing value reads “unknown”. Pure.
"""

import re
from collections.abc import Callable
from functools import cache

WAYS = ("since", "days", "ahead")
"""since: a day as a date. days: a day as the number of days from it to today. ahead: a date that is not past; one that
is counts as missing."""

_NAME = re.compile(r"\{([a-z0-9_.-]+)(?::([a-z]+))?(?:\|([^{}\[\]|]+))?(?:\|([^{}\[\]|]+))?\}")
_PART = re.compile(r"\[([^\[\]]*)\]")

Say = Callable[[str, str], str | None]
"""(name, way) → the value in words; None where it is missing."""

Named = tuple[str, str, str, str]
"""name, way, and what it counts: one of them and more of them, empty where that is not said."""


def named(text: str) -> list[tuple[str, str]]:
    """(name, way) of every placeholder. Raises ValueError for braces and brackets that do not fit together."""
    rest = _NAME.sub("", text)
    if "{" in rest or "}" in rest:
        raise ValueError("A value is named in braces, as in {overdue} or {overdue_days:since}.")
    if set("[]") & set(_PART.sub("", rest)):
        raise ValueError("A part that may be left out stands in [ and ], which do not nest.")
    return [(found[1], found[2] or "") for found in _NAME.finditer(text)]


@cache
def _compiled(text: str) -> tuple[tuple[bool, tuple[str | Named, ...]], ...]:
    """(whether it may be left out, its words and names) of each part."""
    sure, *rest = _PART.split(text)  # what stands in brackets and what follows it take turns
    parts = [(False, _pieces(sure))]
    for part, after in zip(rest[::2], rest[1::2], strict=True):
        parts += [(True, _pieces(part)), (False, _pieces(after))]
    return tuple(parts)


def _pieces(text: str) -> tuple[str | Named, ...]:
    found: list[str | Named] = []
    end = 0
    for name in _NAME.finditer(text):
        one = name[3] or ""
        found += [text[end : name.start()], (name[1], name[2] or "", one, name[4] or (one and f"{one}s"))]
        end = name.end()
    return (*found, text[end:])


def filled(text: str, say: Say) -> str:
    """The sentence. Raises nothing: what cannot be said is “unknown” or left out."""
    told = []
    for may_miss, pieces in _compiled(text):
        values = [piece if isinstance(piece, str) else _said(piece, say) for piece in pieces]
        if not may_miss or None not in values:
            told += ["unknown" if value is None else value for value in values]
    return "".join(told)


def _said(piece: Named, say: Say) -> str | None:
    name, way, one, many = piece
    value = say(name, way)
    return value if value is None or not one else f"{value} {one if value == '1' else many}"
