"""The slow way through a body that looks odd: element by element, so that one bad element costs only itself."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

from firstwin.core.text import is_clean
from firstwin.usage.compact.refusals import DEEPEST, LARGEST, Code

LARGEST_WHOLE = 2**53

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],]', re.DOTALL)
_OPENS = re.compile(rb"\s*:\s*\[")
_DIGITS = 17  # more than 2**53 has


class Unfit(Exception):
    """The text cannot be an element.  says: what of it is wrong, where that can be named."""

    def __init__(self, code: Code, says: str = "") -> None:
        super().__init__(code)
        self.code, self.says = code, says


def split_batch(body: bytes) -> tuple[bytes, list[bytes]]:
    """A batch as (what stands around its elements, the elements as sent). Raises Unfit when it is no batch.

    It looks at brackets and quotes only, so it finds the elements beside one that no parser takes.
    """
    start = _start_of_elements(body)
    depth, begins = 0, start
    found: list[bytes] = []
    for token in _TOKEN.finditer(body, start):
        mark = token.group()
        if mark in (b"{", b"["):
            depth += 1
        elif mark in (b"}", b"]"):
            depth -= 1
            if depth < 0:
                found.append(body[begins : token.start()].strip())
                return body[:start] + body[token.start() :], [] if found == [b""] else found
        elif mark == b"," and depth == 0:
            found.append(body[begins : token.start()].strip())
            begins = token.end()
    raise Unfit(Code.BAD_JSON)


def has_two_batches(body: bytes) -> bool:
    """Whether the outermost object names two lists as its batch: parsers would lose the first without a word."""
    return len(_starts_of_elements(body)) > 1


def _start_of_elements(body: bytes) -> int:
    """Just within the bracket of the outermost `batch`; the last one where it stands twice, as parsers read it."""
    begins = _starts_of_elements(body)
    if not begins:
        raise Unfit(Code.BAD_JSON)
    return begins[-1]


def _starts_of_elements(body: bytes) -> list[int]:
    depth, begins = 0, []
    for token in _TOKEN.finditer(body):
        mark = token.group()
        if mark in (b"{", b"["):
            depth += 1
        elif mark in (b"}", b"]"):
            depth -= 1
        elif mark == b'"batch"' and depth == 1 and (opened := _OPENS.match(body, token.end())):
            begins.append(opened.end())
    return begins


def read_element(body: bytes) -> dict[str, Any]:
    """One element with everything checked that a store or a reader could trip over. Raises Unfit."""
    if len(body) > LARGEST:
        raise Unfit(Code.TOO_LARGE, f"An event has at most 32 KB; this one has {len(body) / 1024:,.1f}.")
    if _depth(body) > DEEPEST:
        raise Unfit(Code.TOO_DEEP)  # before parsing: parsers recurse
    try:
        text = body.decode()
    except UnicodeDecodeError as problem:
        says = f"Byte {problem.start + 1} of this event is no UTF-8."
        raise Unfit(Code.BAD_ENCODING, says) from None
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_number, parse_int=_whole, parse_float=_finite
        )
    except Unfit:
        raise
    except ValueError:
        raise Unfit(Code.BAD_JSON) from None
    if not isinstance(value, dict):
        raise Unfit(Code.NOT_AN_OBJECT)
    if not all(map(is_clean, _texts(value))):
        raise Unfit(Code.BAD_TEXT)
    return value


def _depth(body: bytes) -> int:
    deepest = depth = 0
    for token in _TOKEN.finditer(body):
        mark = token.group()
        if mark in (b"{", b"["):
            depth += 1
            deepest = max(deepest, depth)
        elif mark in (b"}", b"]"):
            depth -= 1
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        [(twice, _), *_] = Counter(key for key, _ in pairs).most_common(1)
        raise Unfit(Code.DUPLICATE_KEY, f"The key {_shown(twice)} stands twice in one object.")
    return found


def _no_number(text: str) -> NoReturn:
    raise Unfit(Code.BAD_NUMBER, f"{text} is no number that JSON knows.")


def _whole(text: str) -> int:
    if len(text) > _DIGITS or abs(int(text)) > LARGEST_WHOLE:
        raise _too_large(text)
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _too_large(text)
    return value


def _too_large(text: str) -> Unfit:
    return Unfit(Code.BAD_NUMBER, f"The number {_shown(text)} is larger than any system can keep exactly (2^53).")


def _shown(text: str) -> str:
    short = text if len(text) <= 40 else text[:39] + "…"
    return f"“{short}”" if is_clean(short) else "here"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, held in value.items():
            yield key
            yield from _texts(held)
    elif isinstance(value, list):
        for held in value:
            yield from _texts(held)
