"""The words of the text form, each with its place."""

import re
from dataclasses import dataclass

from firstwin.core.errors import Refused

MAX_LENGTH = 8_000

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
    |(?P<quoted>`[^`]+`)
    |(?P<date>\d{4}-\d{2}-\d{2}(?![\w.-]))
    |(?P<number>-?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?%?(?![\w.]))
    |(?P<word>[^\W\d][\w.:-]*)
    |(?P<sign><=|>=|!=|<>|==|=|<|>|\(|\)|,)""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """kind: text, quoted, date, number, word, sign or end.  at: offset in the source."""

    kind: str
    said: str
    at: int

    @property
    def word(self) -> str:
        """The keyword it may be; quoted names and texts are never keywords."""
        return self.said.lower() if self.kind in ("word", "sign") else ""


def tokens(source: str) -> list[Token]:
    """The words of `source`, ending with one of kind `end`. Raises Refused with line and column."""
    if len(source) > MAX_LENGTH:
        raise Refused(f"The condition is too long: at most {MAX_LENGTH} characters.", field="where")
    found = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise wrong(source, at, _reason(source[at]))
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match.group(), at))
        at = match.end()
    return [*found, Token("end", "", len(source))]


def wrong(source: str, at: int, reason: str) -> Refused:
    """A refusal that tells the place, both counted from 1."""
    line = source.count("\n", 0, at) + 1
    column = at - (source.rfind("\n", 0, at) + 1) + 1
    return Refused(f"Line {line}, column {column}: {reason}", field="where")


def _reason(letter: str) -> str:
    if letter in "'\"`":
        return f"this {letter} is never closed."
    return f"{letter!r} does not belong here."
