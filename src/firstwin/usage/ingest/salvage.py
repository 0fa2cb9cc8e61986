"""One bad element never fails its batch: what is readable of a batch, and the texts of the elements that are not.

Some programs write what JSON does not know: NaN and Infinity, halves of surrogate pairs, bytes that are no UTF-8, or
nest so deep that no reader follows. If that stands within an element, the batch is taken without it. Anything else
that is no JSON is a mistake in how the batch was made, and its sender must hear of it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from firstwin.core.text import is_clean
from firstwin.usage.ingest.limits import BadBody
from firstwin.usage.ingest.syntax import problem_of

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]', re.DOTALL)
_BATCH_KEY = re.compile(rb'"batch"\s*:\s*\[')


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One element as it was sent, why it cannot be read, and what can be made out of it all the same."""

    text: bytes
    code: str
    says: str
    call: str = ""
    event: str = ""
    message_id: str = ""


def salvaged(body: bytes, problem: BadBody) -> tuple[bytes, list[Unreadable]]:
    """The batch without its unreadable elements, and those. Raises `problem`, why the whole could not be read, where
    it cannot be helped. The rest is yet to be checked.
    """
    if problem.code not in {"bad_json", "bad_encoding", "too_deep"}:
        raise problem
    if problem.code == "bad_json" and not _is_loosely_json(body):
        raise problem
    spans = _elements(body)
    bad = [(span, found) for span in spans if (found := problem_of(body[slice(*span)]))]
    if not bad:
        raise problem
    taken = {span for span, _ in bad}
    kept = b",".join(body[slice(*span)] for span in spans if span not in taken)
    return (
        body[: spans[0][0]] + kept + body[spans[-1][1] :],
        [_unreadable(body[slice(*span)].strip(), code, says) for span, (code, says) in bad],
    )


def _unreadable(text: bytes, code: str, says: str) -> Unreadable:
    try:
        loosely = json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        loosely = None
    told = loosely if isinstance(loosely, dict) else {}
    call, event, message_id = (_word(told.get(name)) for name in ("type", "event", "messageId"))
    return Unreadable(text, code, says, call[:8], event[:200], message_id[:255])


def _word(value: object) -> str:
    return value if isinstance(value, str) and is_clean(value) else ""


def _is_loosely_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def _elements(body: bytes) -> list[tuple[int, int]]:
    """Where the elements of the batch stand, by brackets and quotes alone: no recursion, whatever is nested in them."""
    begins = _begin(body)
    if begins is None:
        return []
    found: list[tuple[int, int]] = []
    depth, start = 0, begins
    for token, place in _tokens(body, begins):
        if token in (b"[", b"{"):
            depth += 1
        elif token in (b"]", b"}"):
            if depth == 0:
                return [*found, (start, place)] if body[start:place].strip() else found
            depth -= 1
        elif token == b"," and depth == 0:
            found.append((start, place))
            start = place + 1
    return []


def _begin(body: bytes) -> int | None:
    """Just within the bracket of the outermost `batch`, the last one if it stands there twice."""
    depth, begins = 0, None
    for token, place in _tokens(body, 0):
        if token in (b"[", b"{"):
            depth += 1
        elif token in (b"]", b"}"):
            depth -= 1
        elif depth == 1 and token == b'"batch"' and (key := _BATCH_KEY.match(body, place)):
            begins = key.end()
    return begins


def _tokens(body: bytes, begins: int) -> Iterator[tuple[bytes, int]]:
    for match in _TOKEN.finditer(body, begins):
        yield match[0], match.start()
