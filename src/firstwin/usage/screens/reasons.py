"""Why an event was turned down, in a few words, and how that is mended."""

from collections.abc import Mapping
from dataclasses import dataclass

from firstwin.usage.compact.refusals import WHOLE_CALL


@dataclass(frozen=True)
class Reason:
    """title: what is wrong, in a few words. mend: what to do about it."""

    title: str
    mend: str


REASONS: Mapping[str, Reason] = {
    "junk_id": Reason(
        "An id that names nobody",
        "The program sends a placeholder as an id. Send the user's own id; before they sign in, send no userId and "
        "let the client send its anonymousId.",
    ),
    "no_id": Reason("Nobody is named", "Send a userId, or an anonymousId while nobody is signed in."),
    "bad_id": Reason("An id that is none", "An id is a text or a whole number of at most 255 characters."),
    "no_name": Reason("No event name", "A track call has an event: a short name such as Report Opened."),
    "no_group": Reason("No customer", "A group call has a groupId: your id of the customer."),
    "bad_type": Reason("An unknown call", "Its type is track, page, screen, identify, group or alias."),
    "bad_time": Reason(
        "A time that cannot be",
        "Send ISO 8601, such as 2026-03-01T09:30:00.000Z. Where clocks are wrong, let the client send sentAt: by it "
        "the time is corrected.",
    ),
    "too_large": Reason("Too large", "Send ids and short texts instead of whole documents."),
    "too_deep": Reason("Nested too deeply", "Send flat properties: eight levels are more than anybody reads."),
    "bad_number": Reason(
        "A number that cannot be kept",
        "Send ids that are long numbers as text, in quotes, and leave out what is no number (NaN, Infinity).",
    ),
    "duplicate_key": Reason("A key twice", "Two values under one name: which is meant cannot be known. Send one."),
    "bad_text": Reason("Half a character", "Cut texts between characters, not between bytes, and leave NUL out."),
    "bad_encoding": Reason("Not UTF-8", "Send the body as UTF-8."),
    "bad_json": Reason("Not JSON", "NaN, Infinity and trailing commas are no JSON. Let a library write it."),
    "not_an_object": Reason("Not an event", "Each element of a batch is an object with a type."),
    "too_many_names": Reason(
        "Too many event names",
        "Names are a fixed list: what differs from event to event (an id, what was searched for) belongs in its "
        "properties. These events count as (other).",
    ),
}

_SENDER = (
    "The call was answered with 400, nothing of it was kept, and its sender was told. Clients do not send it again. "
)

CALLS: Mapping[str, Reason] = {
    "too_large": Reason(
        "A call too large", _SENDER + "One event has at most 32 KB, one batch 500 KB: send less at once."
    ),
    "too_many": Reason("A batch of too many", _SENDER + "A batch has at most 2,500 events."),
    "bad_gzip": Reason("A call that cannot be unpacked", _SENDER + "What begins like gzip has to be gzip to its end."),
    "cut_off": Reason("A call that was cut off", _SENDER + "The connection ended within it: see what stands between."),
    "duplicate_key": Reason("Two batches in one call", _SENDER + "A call names one list as its batch."),
}
"""Of whole calls that were refused at the door, by the code that the sender was told."""

_UNREADABLE = Reason("A call that is no JSON", _SENDER + "Let a library write it, as UTF-8.")
_OTHER = "Mend it where it is sent, then send it again."


def reason_of(code: str) -> Reason:
    """What is known of this code; of one we do not know, its own words."""
    if code.startswith(WHOLE_CALL):
        return CALLS.get(code.removeprefix(WHOLE_CALL), _UNREADABLE)
    return REASONS.get(code) or Reason(code.replace("_", " ").capitalize() or "Turned down", _OTHER)
