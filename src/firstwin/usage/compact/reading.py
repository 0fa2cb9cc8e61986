"""Bodies of the inbox as lists of elements. What official clients write takes the quick way (`quick`), what else can be
trusted at a glance the fast one; a body in which anything looks odd takes the careful one, element by element.

At a glance means: it parses, written out again it has as many keys (so none stood twice), no text holds a NUL, no
number has more than fifteen digits, nothing stands more than eight deep, no element is larger than allowed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from firstwin.usage.compact.careful import Unfit, read_element, split_batch
from firstwin.usage.compact.ordinary import Element, has_escaped_colon, has_large_number, has_nul, is_deep
from firstwin.usage.compact.quick import Quick, read_quickly
from firstwin.usage.compact.refusals import LARGEST, Refusal

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Batch:
    """One body, read.  rest: what stands around the elements (`sentAt`, `context`); empty for a single call."""

    received: int  # microseconds since 1970
    call: str
    elements: list[Element]
    rest: Element = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def sent(self) -> Any:
        return self.rest.get("sentAt")


class Said(Protocol):
    """What a row of the inbox holds, as far as reading it needs."""

    @property
    def call(self) -> str: ...

    @property
    def body(self) -> "bytes | memoryview": ...


def read_batch(inbox: Said, received: int) -> Batch | Quick:
    """The elements of one row of the inbox that can be read, and a refusal for each that cannot."""
    body = bytes(inbox.body)
    return read_quickly(body, inbox.call, received) or read_anyhow(inbox, body, received)


def read_anyhow(inbox: Said, body: bytes, received: int) -> Batch:
    """As `read_batch`, whatever fields the elements have."""
    try:
        read = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _carefully(inbox, body, received)
    is_batch = not inbox.call or (type(read) is dict and "batch" in read)
    if type(read) is not dict or (is_batch and type(read.get("batch")) is not list):
        return _carefully(inbox, body, received)
    elements: list[Element] = read.pop("batch") if is_batch else [read]
    if not _is_ordinary(body, elements, read if is_batch else None):
        return _carefully(inbox, body, received)
    return Batch(received, inbox.call, elements, read if is_batch else {})


def _is_ordinary(body: bytes, elements: list[Element], rest: Element | None) -> bool:
    if not {dict}.issuperset(map(type, elements)):
        return False
    written = list(map(_encode, elements))
    joined = b"".join(written)
    colons = joined.count(b":")
    if rest is not None:
        colons += _encode(rest).count(b":") + 1  # that of "batch" itself
    return (
        body.count(b":") == colons
        and not has_escaped_colon(body)
        and (len(body) <= LARGEST or max(map(len, written), default=0) <= LARGEST)
        and not has_large_number(joined)
        and not has_nul(joined)
        and not is_deep(joined)
    )


def _carefully(inbox: Said, body: bytes, received: int) -> Batch:
    found = Batch(received, inbox.call, [])
    try:
        rest, elements = split_batch(body)
        found.rest = _or_nothing(_decode, rest)
    except Unfit as problem:
        if not inbox.call:
            found.refused.append(_refusal(problem, inbox, body, received))
            return found
        elements = [body]
    for element in elements:
        try:
            found.elements.append(read_element(element))
        except Unfit as problem:
            found.refused.append(_refusal(problem, inbox, element, received))
    return found


def _or_nothing(decode: Callable[[bytes], Any], text: bytes) -> Element:
    """What stands around a batch may itself be odd; its elements need not suffer for it."""
    try:
        read = decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


_SAID = {name: re.compile(rb'"%s"\s*:\s*"([^"\\]{1,200})"' % name.encode()) for name in ("type", "event", "messageId")}


def _refusal(problem: Unfit, inbox: Said, body: bytes, received: int) -> Refusal:
    """Of an element that cannot be read, at least what it seems to call itself."""

    def said(name: str) -> str:
        found = _SAID[name].search(body[:LARGEST])
        return found.group(1).decode("utf-8", "replace").replace("\x00", "") if found else ""

    call = (said("type") or inbox.call)[:8]
    return Refusal(problem.code, received, body[:LARGEST], call, said("event"), said("messageId"), problem.says)


def written(element: Element) -> bytes:
    """An element as JSON, for the debugger."""
    return _encode(element)
