"""What exactly is wrong with an element, with the value that is: sentences for the debugger."""

from typing import Any

from firstwin.usage.compact.ids import clean_id
from firstwin.usage.compact.ordinary import Element
from firstwin.usage.compact.refusals import Code
from firstwin.usage.compact.times import BAD, DAY, EARLIEST, read_moment

_IDS = (
    ("userId", "user id", "person"),
    ("anonymousId", "anonymous id", "person"),
    ("groupId", "group id", "customer"),
    ("previousId", "previous id", "person"),
)
_SHOWN = 60


def what_is_wrong(code: Code, element: Element, received: int) -> str:
    """A sentence of this element; '' where that of its code says all there is."""
    says = _SENTENCES.get(code)
    return says(element, received) if says else ""


def quoted(value: Any) -> str:
    """What a client wrote, as a person may read it: short, on one line."""
    text = value if isinstance(value, str) else str(value)
    line = " ".join(text.replace("\0", " ").encode("utf-8", "replace").decode().split())
    return f"“{line[: _SHOWN - 1]}…”" if len(line) > _SHOWN else f"“{line}”"


def _of_junk(element: Element, _: int) -> str:
    context = element.get("context")
    around = context.get("groupId") if isinstance(context, dict) else None
    for name, label, whose in _IDS:
        said = element.get(name)
        if name == "groupId" and said in (None, ""):
            said = around
        if said not in (None, "") and clean_id(said) is Code.JUNK_ID:
            return f"The {label} is {quoted(said)}: a bug in a client says so, no {whose} is called that."
    return ""


def _of_time(element: Element, received: int) -> str:
    said = element.get("originalTimestamp") or element.get("timestamp")
    at = read_moment(said)
    if at == BAD:
        return f"The time {quoted(said)} is no moment."
    if at < EARLIEST:
        return f"The time {quoted(said)} lies before the year 2000."
    if at > received + DAY and not element.get("sentAt"):
        days = (at - received) // DAY
        return f"The time {quoted(said)} lies {days:,} day{'' if days == 1 else 's'} after the event arrived."
    return f"The time {quoted(said)}, corrected by when it was sent, does not lie between the year 2000 and tomorrow."


def _of_type(element: Element, _: int) -> str:
    said = element.get("type")
    words = "track, identify, group, page, screen and alias"
    return f"The type {quoted(said)} is none of {words}." if said else f"It says no type: one of {words}."


_SENTENCES = {Code.JUNK_ID: _of_junk, Code.BAD_TIME: _of_time, Code.BAD_TYPE: _of_type}
