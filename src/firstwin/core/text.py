"""Words and names: how text is compared, turned into keys, listed and counted in a sentence."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


def fold(text: str) -> str:
    """The form in which text is compared, stored for comparing and sorted: without case, spare space or the
    difference between a letter with an accent and a letter followed by one. `fold(fold(x)) == fold(x)`."""
    if text.isascii():  # most text: the same by a shorter way
        return " ".join(text.lower().split())
    # Decomposed first: a casefold over composed letters is not stable where two marks follow one letter.
    folded = unicodedata.normalize("NFD", text).casefold()
    return " ".join(unicodedata.normalize("NFC", folded).split())


def slug(text: str, *, limit: int = 60) -> str:
    """A key made of a-z, 0-9 and hyphens. Text in another script gives a short stable key; blank text ''."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    key = _NOT_IN_A_SLUG.sub("-", plain).strip("-")[:limit].strip("-")
    if key or not text.strip():
        return key
    return "x" + hashlib.sha256(fold(text).encode("utf-8", "replace")).hexdigest()[:10]


def is_clean(text: str) -> bool:
    """Whether both databases can hold `text`: no NUL, no half of a surrogate pair."""
    return _NOT_TEXT.search(text) is None


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters on one line, cut between words where possible and marked where cut."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    at_word = head if line[limit - 1] == " " else head.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > limit // 2 else head).rstrip(" ,.;:") + "…"


def listing(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    *rest, end = [*words] or [""]
    return f"{', '.join(rest)} {last} {end}" if rest else end


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 day`, `2 days`, `1,200 people`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence with the nearest known words, or with the first few of them; '' when none are known."""
    options = [*known]
    close = get_close_matches(word, options, n=3, cutoff=0.6)
    if close:
        return f"Did you mean {listing(close, 'or')}?"
    if not options:
        return ""
    more = "…" if len(options) > 12 else "."
    return f"Known are {', '.join(sorted(options)[:12])}{more}"
