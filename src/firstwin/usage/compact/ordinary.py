"""What can be trusted at a glance: texts of elements that, read and written out again, have lost nothing and hold
nothing that a store or a reader could trip over."""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from firstwin.usage.compact.refusals import DEEPEST
from firstwin.usage.lake.schema import What

Element = dict[str, Any]

CALLS = {
    "track": What.TRACK,
    "page": What.PAGE,
    "screen": What.SCREEN,
    "identify": What.IDENTIFY,
    "group": What.GROUP,
    "alias": What.ALIAS,
}

_ZEROS = b"0" * 16
_AS_ZERO = bytes(48 if 48 <= code < 58 else code for code in range(256))
_LARGE = re.compile(rb"[:\[,]-?\d{16}")
_NOT_STRUCTURE = bytes(code for code in range(256) if code not in b'{}[]"')


def complete(elements: Iterable[Element], call: str) -> None:
    """An element without a type is what the path says."""
    if call:
        for element in elements:
            said = element.get("type")
            if said.__class__ is not str or said not in CALLS:
                element["type"] = call


def is_ordinary_text(sent: bytes, written: bytes, deepest: int) -> bool:
    """sent: one value; written: the same, read and written out again."""
    return (
        sent.count(b":") == written.count(b":")
        and not has_large_number(b":" + written)
        and not has_nul(written)
        and not is_deep(written, deepest)
    )


def has_escaped_colon(text: bytes) -> bool:
    """It would make up for a key that stands twice when colons are counted."""
    return b"\\u003" in text and (b"\\u003a" in text or b"\\u003A" in text)


def has_large_number(text: bytes) -> bool:
    return _ZEROS in text.translate(_AS_ZERO) and _LARGE.search(text) is not None


def has_nul(text: bytes) -> bool:
    return b"\\" in text and b"\\u0000" in text


def is_deep(text: bytes, deepest: int = DEEPEST) -> bool:
    if text.count(b"{") + text.count(b"[") <= deepest:
        return False
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = np.frombuffer(text.translate(None, _NOT_STRUCTURE), dtype=np.uint8)
    is_outside = np.cumsum(marks == 34, dtype=np.uint8) & 1 == 0
    structure = marks[is_outside & (marks != 34)]
    # "{" and "[" have the second bit, "}" and "]" have not.
    steps = (structure & 2).astype(np.int8) - 1
    return bool(np.cumsum(steps, dtype=np.int32).max(initial=0) > deepest)
