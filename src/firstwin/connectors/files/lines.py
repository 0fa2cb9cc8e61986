"""Physical lines of a text file, counted, in bounded memory, and able to take lines back."""

from collections import deque
from collections.abc import Iterator
from typing import TextIO

LONGEST_LINE = 4 << 20
"""Characters. A longer line is no CSV anybody wrote; it is skipped and reported."""


class Lines(Iterator[str]):
    """Iterates over the lines of `text` (opened with newline="").

    number: the line handed out last, from 1.  taken: the lines handed out since `start_record`.
    is_overlong: whether one of them was longer than LONGEST_LINE; only its beginning is handed out.
    """

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._back: deque[str] = deque()
        self.number = 0
        self.taken: list[str] = []
        self.is_overlong = False

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._read()
        self.number += 1
        self.taken.append(line)
        return line

    def start_record(self) -> int:
        """Forget the lines handed out so far. Returns the number of the line that comes next."""
        self.taken.clear()
        self.is_overlong = False
        return self.number + 1

    def rewind_to_second(self) -> str:
        """Take back every line of this record but its first, which is returned."""
        first, *rest = self.taken
        self._back.extendleft(reversed(rest))
        self.number -= len(rest)
        return first

    def _read(self) -> str:
        line = self._text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            self.is_overlong = True
            while (rest := self._text.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
                pass
        return line
