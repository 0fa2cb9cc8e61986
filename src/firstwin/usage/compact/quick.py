"""The quick way through bodies as official clients write them: fields of known names and types, read into structures.

What it takes is the same as what `reading` finds element by element; whatever looks odd it leaves to that. So much is
proved of a body here: every field is one of those below (a field of another type, or of another name, is odd); written
out again it has as many colons as before, so no key of an element stood twice; no text holds a NUL or an escaped colon;
values that are kept as they were sent (`Raw`) are ordinary, each by itself. Those repeat in most bodies, so what is
found out about one is remembered.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Raw, UnsetType
from msgspec.structs import astuple

from firstwin.usage.compact.ordinary import CALLS, Element, complete, has_escaped_colon, is_ordinary_text
from firstwin.usage.compact.refusals import DEEPEST, LARGEST, Refusal
from firstwin.usage.compact.values import Properties, properties_of

Text = str | None | UnsetType

_NOTHING = Raw(b"null")
_SURELY_SMALL = LARGEST // 8
"""Bytes: no value grows to eight times its length when it is written out again."""


class Call(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel", gc=False):
    """An element. Fields that nobody looks at are known all the same: they make nothing odd."""

    type: Text = UNSET
    message_id: Text = UNSET
    user_id: Text = UNSET
    anonymous_id: Text = UNSET
    group_id: Text = UNSET
    event: Text = UNSET
    name: Text = UNSET
    timestamp: Text = UNSET
    original_timestamp: Text = UNSET
    sent_at: Text = UNSET
    previous_id: Text = UNSET
    write_key: Text = UNSET
    category: Text = UNSET
    channel: Text = UNSET
    properties: Raw = _NOTHING
    context: Raw = _NOTHING
    traits: Raw = _NOTHING
    integrations: Raw = _NOTHING
    metadata: Raw = msgspec.field(default=_NOTHING, name="_metadata")


class _Around(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A batch. One with a context goes the other way: that belongs into each element."""

    batch: list[Call]
    sent_at: Text = UNSET
    write_key: Text = UNSET
    integrations: Raw = _NOTHING


_read_call = msgspec.json.Decoder(Call).decode
_read_batch = msgspec.json.Decoder(_Around).decode
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode

_LOOKED_AT_ONLY = ("integrations", "metadata", "traits")
"""Fields whose values have to be ordinary, and are kept nowhere."""

Fields = dict[str, tuple[Any, ...]]
"""Of some calls, all values of each field."""


@dataclass
class Quick:
    """One body, read.  fields: of all calls, one after the other.  properties, groups: of each call, what its
    properties amount to, and what its context says for a customer's id."""

    body: bytes
    received: int
    call: str
    calls: list[Call]
    fields: Fields
    sent: str | None
    properties: list[Properties]
    groups: list[Any]
    refused: list[Refusal] = field(default_factory=list)

    @cached_property
    def elements(self) -> list[Element]:
        """As `reading.Batch` holds them: for the few that are looked at closer."""
        read = _decode(self.body)
        elements: list[Element] = read.get("batch", [read])
        complete(elements, self.call)
        return elements

    def telling(self, row: int) -> Element:
        """Of an identify, group or alias call what it says of people and customers."""
        call = self.calls[row]
        found: Element = {"context": _decode(call.context), "traits": _decode(call.traits)}
        return found if call.previous_id is UNSET else {**found, "previousId": call.previous_id}


def read_quickly(body: bytes, call: str, received: int) -> Quick | None:
    """None: it is not of this kind."""
    if b"\\" in body and (b"\\u0000" in body or has_escaped_colon(body)):
        return None
    try:
        around = _Around([_read_call(body)]) if call in CALLS else _read_batch(body)
        calls = around.batch
        if not calls or not _is_whole(body, calls[0] if call in CALLS else around, calls):
            return None
        fields = dict(zip(Call.__struct_fields__, zip(*map(astuple, calls), strict=True), strict=True))
        for held in ((around.integrations,), *map(fields.__getitem__, _LOOKED_AT_ONLY)):
            if held.count(_NOTHING) < len(held):
                list(map(_others.__getitem__, map(bytes, held)))
        properties = list(map(_properties.__getitem__, map(bytes, fields["properties"])))
        groups = list(map(_groups.__getitem__, map(bytes, fields["context"])))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, _Odd):
        return None
    return Quick(body, received, call, calls, fields, around.sent_at or None, properties, groups)


def _is_whole(body: bytes, read: Call | _Around, calls: list[Call]) -> bool:
    """Written out again nothing is missing, and no call is larger than allowed."""
    if body.count(b":") != _encode(read).count(b":"):
        return False
    return len(body) <= LARGEST or max(map(len, map(_encode, calls)), default=0) <= _SURELY_SMALL


class _Odd(Exception):
    """For the other way to look at."""


T = TypeVar("T")


class _Met(dict[bytes, T], Generic[T]):
    """Values as sent → what they amount to. It is found out at the first meeting; what is odd raises."""

    def __init__(self, amounts_to: Callable[[Any], T]) -> None:
        super().__init__()
        self._amounts_to = amounts_to

    def __missing__(self, text: bytes) -> T:
        value = _decode(text)
        if not is_ordinary_text(text, _encode(value), DEEPEST - 1):
            raise _Odd
        found = self._amounts_to(value)
        if len(text) <= _LONGEST_MET:
            if len(self) >= _MOST_MET:
                self.clear()
            self[text] = found
        return found


_LONGEST_MET, _MOST_MET = 1_500, 10_000
"""Bytes and number of the values that are remembered: some megabytes."""

_properties = _Met(properties_of)
_groups = _Met(lambda context: context.get("groupId") if context.__class__ is dict else None)
_others = _Met(lambda value: None)
