"""Whether a body is JSON, how many events it holds and which write key it names, without making objects of it."""

import re
from dataclasses import dataclass

import msgspec

from firstwin.usage.compact.careful import has_two_batches
from firstwin.usage.ingest.limits import BATCH_EVENTS, EVENT_BYTES, BadBody


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw]
    writeKey: msgspec.Raw = msgspec.Raw(b"null")  # noqa: N815


class _Call(msgspec.Struct):
    writeKey: msgspec.Raw = msgspec.Raw(b"null")  # noqa: N815


_batch = msgspec.json.Decoder(_Batch)
_call = msgspec.json.Decoder(_Call)
_text = msgspec.json.Decoder(str)
_HALF = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])")
_BATCHES = re.compile(rb'"batch"\s*:\s*\[')


@dataclass(frozen=True, slots=True)
class Checked:
    """events: how many elements a batch holds; 1 for a call. write_key: as the body names it, or empty."""

    events: int
    write_key: str


def checked(body: bytes, *, is_batch: bool) -> Checked:
    """Raises BadBody, with line and column where the syntax is wrong."""
    if not is_batch and len(body) > EVENT_BYTES:
        raise BadBody("too_large", f"An event may hold {EVENT_BYTES // 1024} KB at most.")
    try:
        body.decode()
        found = _batch.decode(body) if is_batch else _call.decode(body)
    except UnicodeDecodeError as problem:
        raise _at(body, problem.start, "bad_encoding", "this is no UTF-8") from None
    except RecursionError:
        raise BadBody("too_deep", "It is nested too deep to be read.") from None
    except msgspec.ValidationError:
        raise BadBody("not_a_batch" if is_batch else "not_an_object", _expected(is_batch)) from None
    except msgspec.DecodeError as problem:
        raise _broken(body, str(problem)) from None
    if is_batch and body.count(b'"batch"') > 1 and len(_BATCHES.findall(body)) > 1 and has_two_batches(body):
        raise BadBody("duplicate_key", 'The key "batch" stands twice: which of the two is meant cannot be known.')
    return of_size(Checked(len(found.batch) if isinstance(found, _Batch) else 1, _key(found.writeKey)))


def of_size(found: Checked) -> Checked:
    """Raises BadBody when there are more events than a batch may hold."""
    if found.events > BATCH_EVENTS:
        says = f"A batch may hold {BATCH_EVENTS:,} events at most; this one holds {found.events:,}."
        raise BadBody("too_many", says)
    return found


def _expected(is_batch: bool) -> str:
    return 'A batch is an object with a list "batch".' if is_batch else "A call is one JSON object."


def _key(raw: msgspec.Raw) -> str:
    try:
        return _text.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _broken(body: bytes, says: str) -> BadBody:
    """In our words, with line and column, from `JSON is malformed: invalid character (byte 15)`."""
    if "(byte " not in says:
        half = _HALF.search(body)  # near the end of a body it is taken for one that was cut off
        if half is None:
            return _at(body, len(body), "bad_json", "it ends too early")
        return _at(body, half.start(), "bad_json", "half of a character (a lone surrogate)")
    reason, _, rest = says.removeprefix("JSON is malformed: ").rpartition(" (byte ")
    place = rest.rstrip(")")
    return _at(body, int(place) if place.isdigit() else len(body), "bad_json", reason)


def _at(body: bytes, place: int, code: str, reason: str) -> BadBody:
    line = body.count(b"\n", 0, place) + 1
    column = len(body[body.rfind(b"\n", 0, place) + 1 : place].decode("utf-8", "replace")) + 1
    return BadBody(code, f"This is no JSON: line {line}, column {column}: {reason}.", line=line, column=column)
