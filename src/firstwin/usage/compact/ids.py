"""Ids as clients send them: text or numbers, and the placeholders that a bug puts in their place."""

import re
from collections.abc import Iterable
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


def known_ids(texts: Iterable[str]) -> list[str | Code]:
    """The id that each text is, or why it is none."""
    return list(map(_clean_text, texts))


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
