"""Ids as clients send them: text or numbers, and the placeholders that a bug puts in their place."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from firstwin.core.text import is_clean
from firstwin.usage.compact.refusals import Code

JUNK = frozenset({
    "", "null", "undefined", "none", "nil", "nan", "true", "false", "0", "-1", "anonymous", "guest", "unknown", "n/a",
    "na", "not set", "(not set)", "not_authenticated", "anonymous_user", "nobody", "distinct_id", "anonymousid",
    "userid", "user_id", "groupid", "group_id", "[object object]", "{}", "[]", "\"\"", "''", "undefined undefined",
})  # fmt: skip
"""Stripped and casefolded: ids that no account or person has and that many clients send."""

LONGEST = 255

_ALL_ZERO = re.compile(r"[0-]*0[0-]*")


def known_ids(texts: Sequence[str]) -> Sequence[str | Code]:
    """The id that each text is, or why it is none."""
    return texts if _are_usual(texts) else list(map(_clean_text, texts))


def _are_usual(texts: Sequence[str]) -> bool:
    """Whether each of them is an id as it stands: looked at together, that takes a fraction of the time."""
    if not texts:
        return True
    lines = "\n".join(texts)
    return (
        lines.split() == texts  # no space in or around any of them, and none is empty
        and JUNK.isdisjoint(lines.casefold().split("\n"))
        and "\n\n" not in "\n" + lines.replace("0", "").replace("-", "") + "\n"
        and (len(lines) <= LONGEST or max(map(len, texts)) <= LONGEST)
        and ("\0" not in lines if lines.isascii() else is_clean(lines))
    )


def clean_id(value: Any) -> str | Code:
    """The id as text without spare space, or why it is none. A whole float is the whole number it stands for."""
    if isinstance(value, bool):
        return Code.JUNK_ID
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, str | int | float):
        return Code.BAD_ID
    return _clean_text(str(value))


@lru_cache(maxsize=50_000)
def _clean_text(said: str) -> str | Code:
    text = said.strip()
    folded = text.casefold()
    if folded in JUNK or _ALL_ZERO.fullmatch(folded):
        return Code.JUNK_ID
    if len(text) > LONGEST or not is_clean(text):
        return Code.BAD_ID
    return text
