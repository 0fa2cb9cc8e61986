"""Elements of one source as columns: whom and what each one names, when it happened, its key, its value.

Nothing is looked up in a database here. An element that cannot be used is left out of the columns and refused.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from firstwin.usage.compact.ids import clean_id, known_ids
from firstwin.usage.compact.reading import Batch, Element, written
from firstwin.usage.compact.refusals import LARGEST, Code, Refusal
from firstwin.usage.compact.times import BAD, Moments, corrected, read_moment, read_moments
from firstwin.usage.lake.schema import What

WHAT = {
    "track": What.TRACK,
    "page": What.PAGE,
    "screen": What.SCREEN,
    "identify": What.IDENTIFY,
    "group": What.GROUP,
    "alias": What.ALIAS,
}
KIND = {What.TRACK: "track", What.PAGE: "page", What.SCREEN: "screen"}

LONGEST_NAME = 200
LARGEST_VALUE = 9e12
"""Values are kept in millionths in 64 bits."""

NO_VALUE = np.iinfo(np.int64).min
_NUMBER = (int, float)
_MINUTE = 60_000_000
_NOT_A_TEXT = "\0"  # no id, so it is refused as one

_encode = msgspec.json.Encoder().encode
_canonical = msgspec.json.Encoder(order="deterministic").encode
_md5: Callable[[bytes], Any]
try:  # the plain one takes a third of the time of the other, which can also be a certified one
    from _md5 import md5 as _md5  # type: ignore[import-not-found,no-redef]
except ImportError:
    _md5 = hashlib.md5


@dataclass(slots=True)
class Columns:
    """One value per element that can be used. Ids are clean text; names belong to their `what`.

    telling: rows that say who somebody is, with their element: identify, group and alias calls.
    """

    source: int
    what: npt.NDArray[np.int8]
    user: list[str | None]
    anonymous: list[str | None]
    group: list[str | None]
    name: list[str | None]
    ts: Moments
    received: Moments
    keys: npt.NDArray[np.uint64]  # n × 2
    value: npt.NDArray[np.int64]
    props: pa.Array
    telling: list[tuple[int, Element]]
    refused: list[Refusal] = field(default_factory=list)

    def forget_texts(self) -> None:
        """When numbers stand for them, let the texts and elements go: they are most of the memory."""
        self.user, self.anonymous, self.group, self.name, self.telling = [], [], [], [], []


def columns_of(source: int, batches: Sequence[Batch]) -> Columns:
    """The elements of these batches, in their order."""
    for batch in batches:
        _complete(batch)
    elements = list(chain.from_iterable(batch.elements for batch in batches))
    counts = [len(batch.elements) for batch in batches]
    received = np.repeat(np.array([batch.received for batch in batches], dtype=np.int64), counts)
    sent = np.repeat(np.array([read_moment(batch.rest.get("sentAt")) for batch in batches], dtype=np.int64), counts)
    found = _Found(elements, received, sent)
    bad = found.refusals()
    refused = [refusal for batch in batches for refusal in batch.refused]
    refused += [_refusal(code, elements[row], int(received[row])) for row, code in sorted(bad.items())]
    is_good = np.ones(len(elements), dtype=np.bool_)
    is_good[list(bad)] = False
    return found.kept(source, is_good, refused)


def _complete(batch: Batch) -> None:
    """What the path and the batch say goes into each element; what an element says itself wins."""
    if batch.call:
        for element in batch.elements:
            if element.get("type") not in WHAT:
                element["type"] = batch.call
    around = batch.rest.get("context")
    if isinstance(around, dict) and around:
        for element in batch.elements:
            own = element.get("context")
            element["context"] = {**around, **own} if isinstance(own, dict) else around


class _Found:
    """Columns of all elements, usable or not."""

    def __init__(self, elements: list[Element], received: Moments, sent: Moments) -> None:
        self.elements, self.received = elements, received
        types = [element.get("type") for element in elements]
        whats = {one: WHAT.get(one, -1) if isinstance(one, str) else -1 for one in _distinct(types)}
        self.what = np.array([whats[one] if one.__class__ is str else -1 for one in types], dtype=np.int8)
        self.user = _texts([element.get("userId") for element in elements])
        self.anonymous = _texts([element.get("anonymousId") for element in elements])
        self.group = _texts(_groups(elements))
        self.name = _names(elements, self.what)
        self.ts = _moments(elements, received, sent)

    def refusals(self) -> dict[int, Code]:
        """Row → why it cannot be used."""
        bad: dict[int, Code] = {}
        for column in ("group", "anonymous", "user"):
            bad |= self._clean(column)
        what = self.what
        is_userless = np.array([user is None for user in self.user], dtype=np.bool_)
        nobody = is_userless & np.array([anonymous is None for anonymous in self.anonymous], dtype=np.bool_)
        homeless = np.array([group is None for group in self.group], dtype=np.bool_)
        self._mark(bad, Code.BAD_TIME, self.ts == BAD)
        self._mark(bad, Code.NO_NAME, (what == What.TRACK) & np.array([name is None for name in self.name], np.bool_))
        self._mark(bad, Code.NO_GROUP, (what == What.GROUP) & homeless)
        self._mark(bad, Code.NO_ID, nobody & (homeless | (what == What.IDENTIFY)))
        self._mark(bad, Code.NO_ID, is_userless & (what == What.ALIAS))
        for row in np.flatnonzero(what == What.ALIAS):
            said = self.elements[row].get("previousId")
            text = Code.NO_ID if said is None else clean_id(said)
            if isinstance(text, Code):
                bad.setdefault(int(row), text)
        self._mark(bad, Code.BAD_TYPE, what < 0)
        return bad

    @staticmethod
    def _mark(bad: dict[int, Code], code: Code, rows: npt.NDArray[np.bool_]) -> None:
        for row in np.flatnonzero(rows):
            bad.setdefault(int(row), code)

    def _clean(self, column: str) -> dict[int, Code]:
        """Make the ids of a column clean text; (row → why not) for those that are none."""
        values: list[str | None] = getattr(self, column)
        texts = known_ids(values)
        odd = {value: text for value, text in texts.items() if text != value}
        if not odd:
            return {}
        good = {value: None if isinstance(text, Code) else text for value, text in texts.items()}
        setattr(self, column, [None if value is None else good[value] for value in values])
        codes = {value: text for value, text in odd.items() if isinstance(text, Code)}
        return {row: codes[value] for row, value in enumerate(values) if value in codes} if codes else {}

    def kept(self, source: int, is_good: npt.NDArray[np.bool_], refused: list[Refusal]) -> Columns:
        if not is_good.all():
            self.elements = list(compress(self.elements, is_good))
            for column in ("user", "anonymous", "group", "name"):
                setattr(self, column, list(compress(getattr(self, column), is_good)))
            self.what, self.ts, self.received = self.what[is_good], self.ts[is_good], self.received[is_good]
        properties = [element.get("properties") for element in self.elements]
        telling = np.flatnonzero(self.what >= What.IDENTIFY)
        return Columns(
            source=source,
            what=self.what,
            user=self.user,
            anonymous=self.anonymous,
            group=self.group,
            name=self.name,
            ts=self.ts,
            received=self.received,
            keys=_keys(source, self.elements, self.received),
            value=_values(properties),
            props=_props(properties),
            telling=[(int(row), self.elements[row]) for row in telling],
            refused=refused,
        )


def _distinct(values: Iterable[Any]) -> set[str]:
    return {value for value in values if value.__class__ is str}


def _groups(elements: list[Element]) -> list[Any]:
    said = [element.get("groupId") for element in elements]
    contexts = [element.get("context") for element in elements]
    return [
        own if own is not None else context.get("groupId") if context.__class__ is dict else None
        for own, context in zip(said, contexts, strict=True)
    ]


def _texts(values: list[Any]) -> list[str | None]:
    """Numbers as text, so that equal ids are equal; what is neither as something that is no id."""
    if {str, type(None)}.issuperset(map(type, values)):
        return values
    return [value if value is None or value.__class__ is str else _text(value) for value in values]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else _NOT_A_TEXT


def _names(elements: list[Element], what: npt.NDArray[np.int8]) -> list[str | None]:
    """The name of each element that is use: of a track call its event, of a page or screen its name or what it is."""
    names: list[Any] = [element.get("event") for element in elements]
    for row in np.flatnonzero(what != What.TRACK):
        kind = KIND.get(What(int(what[row]))) if what[row] >= 0 else None
        names[row] = _tidy(elements[row].get("name")) or kind if kind else None
    tidy = {name: _tidy(name) for name in _distinct(names)}
    if all(name == held for name, held in tidy.items()) and {str, type(None)}.issuperset(map(type, names)):
        return names
    return [tidy[name] if name.__class__ is str else None for name in names]


def _tidy(name: Any) -> str | None:
    return " ".join(name.split())[:LONGEST_NAME].rstrip() or None if isinstance(name, str) else None


def _moments(elements: list[Element], received: Moments, sent: Moments) -> Moments:
    original = [element.get("originalTimestamp") or element.get("timestamp") for element in elements]
    own = [element.get("sentAt") for element in elements]
    if any(own):
        told = np.fromiter(map(read_moment, own), dtype=np.int64, count=len(own))
        sent = np.where(told > BAD, told, sent)
    return corrected(read_moments(original), sent, received)


def _keys(source: int, elements: list[Element], received: Moments) -> npt.NDArray[np.uint64]:
    """The key of each element: of its source and message id, else of its content.

    An element without a message id and without a moment is the same as an equal one that came in the same minute.
    """
    prefix = b"%d|" % source
    ids: list[Any] = [element.get("messageId") for element in elements]
    if {str}.issuperset(map(type, ids)) and "" not in ids:
        digests = [_md5(prefix + one.encode()).digest() for one in ids]
    else:
        digests = [
            _md5(prefix + str(one).encode()).digest()
            if (one.__class__ is str and one) or one.__class__ is int
            else _md5(b"%d#" % source + _content(elements[row], int(received[row]))).digest()
            for row, one in enumerate(ids)
        ]
    return np.frombuffer(b"".join(digests), dtype="<u8").reshape(-1, 2)


def _content(element: Element, received: int) -> bytes:
    said = {name: value for name, value in element.items() if name not in ("sentAt", "writeKey", "messageId")}
    if not (said.get("timestamp") or said.get("originalTimestamp")):
        said["receivedAt"] = received // _MINUTE
    return _canonical(said)


def _values(properties: list[Any]) -> npt.NDArray[np.int64]:
    """Millionths of `value`, else of `revenue`; NO_VALUE where that is no number within bounds."""
    values = np.full(len(properties), NO_VALUE, dtype=np.int64)
    said = [held.get("value", held.get("revenue")) if held.__class__ is dict and held else None for held in properties]
    for row in [row for row, value in enumerate(said) if value is not None]:
        value = said[row] if said[row].__class__ in _NUMBER else properties[row].get("revenue")
        if value.__class__ in _NUMBER and abs(value) <= LARGEST_VALUE:
            values[row] = round(value * 1_000_000)
    return values


def _props(properties: list[Any]) -> pa.Array:
    texts = [_encode(held) if held and held.__class__ is dict else None for held in properties]
    return pa.array(texts, pa.binary()).cast(pa.string())


def _refusal(code: Code, element: Element, received: int) -> Refusal:
    def said(name: str) -> str:
        held = element.get(name)
        return held if isinstance(held, str) and "\0" not in held else ""

    event = said("event") or said("name")
    return Refusal(code, received, written(element)[:LARGEST], said("type")[:8], event[:200], said("messageId")[:255])
