"""Why an element is turned down: the machine word and the sentence, in one place."""

from dataclasses import dataclass
from enum import StrEnum

LARGEST = 32 * 1024
"""Bytes of one element, and of its body as it is kept for the debugger."""

DEEPEST = 8


WHOLE_CALL = "call_"
"""What the code begins with where the door refused a whole call with 400: nothing of it was kept to be sent again."""


class Code(StrEnum):
    BAD_JSON = "bad_json"
    NOT_AN_OBJECT = "not_an_object"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    BAD_NUMBER = "bad_number"
    DUPLICATE_KEY = "duplicate_key"
    BAD_TEXT = "bad_text"
    BAD_ENCODING = "bad_encoding"
    BAD_TYPE = "bad_type"
    NO_ID = "no_id"
    JUNK_ID = "junk_id"
    BAD_ID = "bad_id"
    NO_GROUP = "no_group"
    NO_NAME = "no_name"
    BAD_TIME = "bad_time"
    TOO_MANY_NAMES = "too_many_names"


SAYS = {
    Code.BAD_JSON: "This cannot be read as JSON.",
    Code.NOT_AN_OBJECT: "Each element of a batch is an object; this one is not.",
    Code.TOO_LARGE: "An event has at most 32 KB.",
    Code.TOO_DEEP: "Objects and lists stand within each other more than 8 deep.",
    Code.BAD_NUMBER: "A number is larger than any system can keep exactly (whole numbers up to 2^53).",
    Code.DUPLICATE_KEY: "A key stands twice in one object.",
    Code.BAD_ENCODING: "This is no UTF-8.",
    Code.BAD_TEXT: "A text holds a NUL or half of a character (a lone surrogate).",
    Code.BAD_TYPE: "The type is none of track, identify, group, page, screen and alias.",
    Code.NO_ID: "There is neither a userId nor an anonymousId.",
    Code.JUNK_ID: "An id is a placeholder such as “null” or “undefined”: many people would become one.",
    Code.BAD_ID: "An id is neither text nor a number, or longer than 255 characters.",
    Code.NO_GROUP: "A group call needs a groupId.",
    Code.NO_NAME: "A track call needs the name of an event.",
    Code.BAD_TIME: "The timestamp is not a moment between the year 2000 and tomorrow.",
    Code.TOO_MANY_NAMES: "There are more event names than the limit; further new ones are counted as “(other)”.",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One element that was turned down.  is_warning: the element was taken up all the same."""

    code: Code
    received: int  # microseconds since 1970
    body: bytes
    call: str = ""
    event: str = ""
    message_id: str = ""
    says: str = ""
    is_warning: bool = False

    @property
    def sentence(self) -> str:
        return self.says or SAYS[self.code]
