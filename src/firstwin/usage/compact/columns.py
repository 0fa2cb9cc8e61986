"""Elements of one source as columns: whom and what each one names, when it happened, its key, its value.

Nothing is looked up in a database here. An element that cannot be used is left out of the columns and refused.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec import UNSET, UnsetType

from firstwin.usage.compact.coded import Coded, Numbers, coded
from firstwin.usage.compact.elements import Elements
from firstwin.usage.compact.ids import clean_id, known_ids
from firstwin.usage.compact.ordinary import CALLS, Element
from firstwin.usage.compact.quick import Quick
from firstwin.usage.compact.reading import Batch, written
from firstwin.usage.compact.refusals import LARGEST, Code, Refusal
from firstwin.usage.compact.times import BAD, Moments, corrected, read_moment, read_moments
from firstwin.usage.compact.wording import what_is_wrong
from firstwin.usage.lake.schema import What

KIND = {What.TRACK: "track", What.PAGE: "page", What.SCREEN: "screen"}

LONGEST_NAME = 200
_MINUTE = 60_000_000
_NOT_A_TEXT = "\0"  # no id, so it is refused as one

_canonical = msgspec.json.Encoder(order="deterministic").encode
_md5: Callable[[bytes], Any]
try:  # the plain one takes a third of the time of the other, which can also be a certified one
    from _md5 import md5 as _md5  # type: ignore[import-not-found,no-redef]
except ImportError:
    _md5 = hashlib.md5


@dataclass(slots=True)
class Columns:
    """One value per element that can be used. Ids are clean text; names belong to their `what`.

    telling: rows that say who somebody is, with what they say: identify, group and alias calls.
    """

    source: int
    what: npt.NDArray[np.int8]
    user: Coded
    anonymous: Coded
    group: Coded
    name: Coded
    ts: Moments
    received: Moments
    keys: npt.NDArray[np.uint64]  # n × 2
    value: npt.NDArray[np.int64]
    props: pa.Array
    telling: list[tuple[int, Element]]
    refused: list[Refusal] = field(default_factory=list)

    def forget_texts(self) -> None:
        """When numbers stand for them, let the texts and elements go: they are most of the memory."""
        self.user = self.anonymous = self.group = self.name = coded([])
        self.telling = []


def columns_of(source: int, batches: Sequence[Batch | Quick]) -> Columns:
    """The elements of these batches, in their order."""
    elements = Elements(batches)
    received = np.repeat(np.array([batch.received for batch in batches], dtype=np.int64), elements.counts)
    sent = np.array([read_moment(batch.sent) for batch in batches], dtype=np.int64)
    found = _Found(elements, received, np.repeat(sent, elements.counts))
    bad = found.refusals()
    refused = [refusal for batch in batches for refusal in batch.refused]
    refused += [_refusal(code, elements.element(row), int(received[row])) for row, code in sorted(bad.items())]
    return found.kept(source, bad, refused)


class _Found:
    """Columns of all elements, usable or not."""

    def __init__(self, elements: Elements, received: Moments, sent: Moments) -> None:
        self.elements, self.received = elements, received
        self.what = _whats(elements.type)
        self.user, self.anonymous, self.group = map(_ids, (elements.user, elements.anonymous, elements.group))
        self.name = _names(elements, self.what)
        self.ts = _moments(elements, received, sent)

    def refusals(self) -> dict[int, Code]:
        """Row → why it cannot be used."""
        bad: dict[int, Code] = {}
        for column in ("group", "anonymous", "user"):
            bad |= self._clean(column)
        what = self.what
        is_userless = self.user.rows < 0
        nobody = is_userless & (self.anonymous.rows < 0)
        homeless = self.group.rows < 0
        self._mark(bad, Code.BAD_TIME, self.ts == BAD)
        self._mark(bad, Code.NO_NAME, (what == What.TRACK) & (self.name.rows < 0))
        self._mark(bad, Code.NO_GROUP, (what == What.GROUP) & homeless)
        self._mark(bad, Code.NO_ID, nobody & (homeless | (what == What.IDENTIFY)))
        self._mark(bad, Code.NO_ID, is_userless & (what == What.ALIAS))
        for row in np.flatnonzero(what == What.ALIAS):
            said = self.elements.telling(int(row)).get("previousId")
            text = Code.NO_ID if said is None or (isinstance(said, str) and not said.strip()) else clean_id(said)
            if isinstance(text, Code):
                bad.setdefault(int(row), text)
        self._mark(bad, Code.BAD_TYPE, what < 0)
        return bad

    @staticmethod
    def _mark(bad: dict[int, Code], code: Code, rows: npt.NDArray[np.bool_]) -> None:
        for row in np.flatnonzero(rows):
            bad.setdefault(int(row), code)

    def _clean(self, column: str) -> dict[int, Code]:
        """Make the ids of a column clean text; (row → why not) for those that are none. Empty text says no id."""
        said: Coded = getattr(self, column)
        texts = known_ids(said.keys)
        if texts is said.keys:
            return {}
        codes = {place: text for place, text in enumerate(texts) if isinstance(text, Code) and said.keys[place].strip()}
        clean = [None if isinstance(text, Code) else text for text in texts]
        setattr(self, column, said.changed(clean))
        if not codes:
            return {}
        rows = np.flatnonzero(np.isin(said.rows, list(codes)))
        return {int(row): codes[int(said.rows[row])] for row in rows}

    def kept(self, source: int, bad: Collection[int], refused: list[Refusal]) -> Columns:
        rows = np.arange(len(self.elements))
        messages, properties = self.elements.message, self.elements.properties
        if bad:
            is_good = np.ones(len(rows), dtype=np.bool_)
            is_good[list(bad)] = False
            for column in ("user", "anonymous", "group", "name"):
                setattr(self, column, getattr(self, column).among(is_good))
            messages, properties = list(compress(messages, is_good)), list(compress(properties, is_good))
            rows, self.what, self.ts = rows[is_good], self.what[is_good], self.ts[is_good]
            self.received = self.received[is_good]
        telling = np.flatnonzero(self.what >= What.IDENTIFY).tolist()
        return Columns(
            source=source,
            what=self.what,
            user=self.user,
            anonymous=self.anonymous,
            group=self.group,
            name=self.name,
            ts=self.ts,
            received=self.received,
            keys=self._keys(source, messages, rows),
            value=np.array([value for _, value in properties], dtype=np.int64),
            props=pa.array([text for text, _ in properties], pa.binary()).cast(pa.string()),
            telling=[(row, self.elements.telling(int(rows[row]))) for row in telling],
            refused=refused,
        )

    def _keys(self, source: int, messages: list[Any], rows: Numbers) -> npt.NDArray[np.uint64]:
        """The key of each element: of its source and message id, else of its content.

        An element without a message id and without a moment is the same as an equal one that came in the same minute.
        """
        prefix = b"%d|" % source
        if {str}.issuperset(map(type, messages)) and all(messages):
            digests = [_md5(prefix + one.encode()).digest() for one in messages]
        else:
            digests = [
                _md5(prefix + str(one).encode()).digest()
                if (one.__class__ is str and one) or one.__class__ is int
                else self._digest(source, int(rows[place]), int(self.received[place]))
                for place, one in enumerate(messages)
            ]
        return np.frombuffer(b"".join(digests), dtype="<u8").reshape(-1, 2)

    def _digest(self, source: int, row: int, received: int) -> bytes:
        digest: bytes = _md5(b"%d#" % source + _content(self.elements.element(row), received)).digest()
        return digest


def _whats(said: Sequence[Any]) -> npt.NDArray[np.int8]:
    """The number of each type; −1 for what is none."""
    if not {str}.issuperset(map(type, said)):
        said = [one if one.__class__ is str else "" for one in said]
    numbers = {one: CALLS.get(one, -1) for one in set(said)}
    return np.fromiter(map(numbers.__getitem__, said), dtype=np.int8, count=len(said))


def _ids(values: list[Any]) -> Coded:
    """Numbers as text, so that equal ids are equal; what is neither as something that is no id."""
    if not {str, type(None), UnsetType}.issuperset(map(type, values)):
        values = [None if value is UNSET else value if value is None or value.__class__ is str else _text(value)
                  for value in values]  # fmt: skip
    return coded(values)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else _NOT_A_TEXT


def _names(elements: Elements, what: npt.NDArray[np.int8]) -> Coded:
    """The name of each element that is use: of a track call its event, of a page or screen its name or what it is."""
    names = elements.event
    others = np.flatnonzero(what != What.TRACK)
    if len(others):
        names = names.copy()
    for row in others:
        kind = KIND.get(What(int(what[row]))) if what[row] >= 0 else None
        names[row] = _tidy(elements.name[row]) or kind if kind else None
    if not {str, type(None), UnsetType}.issuperset(map(type, names)):
        names = [name if name.__class__ is str else None for name in names]
    column = coded(names)
    return column.changed([_tidy(name) for name in column.keys])


def _tidy(name: Any) -> str | None:
    return " ".join(name.split())[:LONGEST_NAME].rstrip() or None if isinstance(name, str) else None


def _moments(elements: Elements, received: Moments, sent: Moments) -> Moments:
    if any(elements.sent):
        told = np.fromiter(map(read_moment, elements.sent), dtype=np.int64, count=len(elements))
        sent = np.where(told > BAD, told, sent)
    return corrected(read_moments(elements.moment), sent, received)


def _content(element: Element, received: int) -> bytes:
    said = {name: value for name, value in element.items() if name not in ("sentAt", "writeKey", "messageId")}
    if not (said.get("timestamp") or said.get("originalTimestamp")):
        said["receivedAt"] = received // _MINUTE
    return _canonical(said)


def _refusal(code: Code, element: Element, received: int) -> Refusal:
    def said(name: str) -> str:
        held = element.get(name)
        return held if isinstance(held, str) and "\0" not in held else ""

    event = said("event") or said("name")
    says = what_is_wrong(code, element, received)
    body, call = written(element)[:LARGEST], said("type")[:8]
    return Refusal(code, received, body, call, event[:200], said("messageId")[:255], says)
