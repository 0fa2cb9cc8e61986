"""Reading the text of a definition: required keys, bounds, and what is unknown refused, each with its place.

A reader is asked for each key once; `done` refuses what nobody asked for.
"""

import math
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from firstwin.core.conditions import Condition, check, parse
from firstwin.core.errors import Refused
from firstwin.core.fields import Vocabulary
from firstwin.core.text import counted, did_you_mean, is_clean
from firstwin.people.config.possible import require_possible

LONGEST = 500
_ANY = 1e15
"""A bound that is none."""

MOST_ITEMS = 500
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


class Reader:
    """One mapping of a definition's text.

    path: where it stands (`groups[0].measures[1]`); every refusal names it in `field`.
    A method's `default` None means that the key is required.
    """

    def __init__(self, body: object, path: str = "") -> None:
        if not isinstance(body, Mapping):
            raise Refused("Expected keys with values here.", field=path)
        self.body: Mapping[Any, Any] = body
        self.path = path
        self._asked: set[str] = set()

    def at(self, key: str) -> str:
        """The path of one of its keys."""
        return f"{self.path}.{key}" if self.path else key

    def refused(self, key: str, message: str) -> Refused:
        """To be raised: what is wrong with the value of `key`."""
        return Refused(message, field=self.at(key) if key else self.path)

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        self._asked.add(key)
        return self.body.get(key) is not None

    def raw(self, key: str) -> Any:
        """The value as it stands; None where there is none."""
        self._asked.add(key)
        return self.body.get(key)

    def text(self, key: str, default: str | None = None, *, most: int = LONGEST) -> str:
        """A text of at most `most` characters. A required one is not empty."""
        value = self._value(key, default)
        if not isinstance(value, str) or len(value) > most or not is_clean(value):
            raise self.refused(key, f"{_said(key)} is a text of at most {most} characters.")
        text = value.strip()
        if not text and default is None:
            raise self.refused(key, f"{_said(key)} is empty: give it some text.")
        return text

    def key(self, key: str, default: str | None = None) -> str:
        """A machine word: a-z, 0-9, hyphens and underscores, at most 60."""
        text = self.text(key, default, most=60)
        if text and not _KEY.fullmatch(text):
            raise self.refused(key, f"{_said(key)} is a word of a-z, 0-9, - and _, such as weekly-use.")
        return text

    def choice(self, key: str, words: Collection[str], default: str | None = None) -> str:
        """One of `words`."""
        value = self._value(key, default)
        if not isinstance(value, str) or value not in words:
            raise self.refused(key, f"{_said(key)} is one of {', '.join(words)}. {_close(value, words)}".strip())
        return value

    def number(self, key: str, least: float, most: float, default: float | None = None) -> float:
        """A number from `least` to `most`; `80%` is read as 0.8."""
        found = self._number(key, self._value(key, default), least, most)
        return default if found is None and default is not None else float(found or 0.0)

    def maybe_number(self, key: str, least: float, most: float) -> float | None:
        """The same, or None where nothing is given."""
        return self._number(key, self.raw(key), least, most)

    def whole(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number from `least` to `most`."""
        value = self._value(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.refused(key, f"{_said(key)} is a whole number from {least:,} to {most:,}.")
        return value

    def maybe_whole(self, key: str, least: int, most: int) -> int | None:
        """The same, or None where nothing is given."""
        return self.whole(key, least, most) if self.has(key) else None

    def flag(self, key: str, default: bool | None = None) -> bool:
        value = self._value(key, default)
        if not isinstance(value, bool):
            raise self.refused(key, f"{_said(key)} is true or false.")
        return value

    def words(self, key: str, default: Iterable[str] | None = None, *, most: int = 200) -> tuple[str, ...]:
        """A list of texts."""
        value = self._value(key, None if default is None else list(default))
        if not isinstance(value, list | tuple) or len(value) > most:
            raise self.refused(key, f"{_said(key)} is a list of at most {most} words.")
        for place, word in enumerate(value):
            if not isinstance(word, str) or not word.strip() or len(word) > LONGEST or not is_clean(word):
                raise self.refused(f"{key}[{place}]", "Expected a word here.")
        return tuple(word.strip() for word in value)

    def part(self, key: str) -> "Reader":
        """A required mapping within this one."""
        return Reader(self._value(key, None), self.at(key))

    def maybe_part(self, key: str) -> "Reader | None":
        """A mapping within this one, or None where nothing is given."""
        return Reader(self.body[key], self.at(key)) if self.has(key) else None

    def items(self, key: str, *, least: int = 0, most: int = MOST_ITEMS) -> "list[Reader]":
        """A list of mappings; none given is an empty list where `least` allows it."""
        value = self._value(key, [] if not least else None)
        if not isinstance(value, list | tuple):
            raise self.refused(key, f"{_said(key)} is a list.")
        if not least <= len(value) <= most:
            entries = counted(len(value), "entry", "entries")
            what = "give it at least one" if not value else f"from {least} to {most} are possible"
            raise self.refused(key, f"{_said(key)} has {entries}: {what}.")
        return [Reader(one, f"{self.at(key)}[{place}]") for place, one in enumerate(value)]

    def condition(self, key: str, vocabulary: Vocabulary | None) -> Condition:
        """A required condition in the form of `core.conditions.parse`. vocabulary: None leaves its fields unchecked."""
        value = self._value(key, None)
        try:
            tree = parse(value)
            if vocabulary is not None:
                check(tree, vocabulary)
                require_possible(tree, vocabulary)
        except Refused as refused:
            raise self.refused(key, refused.message) from None
        return tree

    def maybe_condition(self, key: str, vocabulary: Vocabulary | None) -> Condition | None:
        """The same, or None where nothing is given."""
        return self.condition(key, vocabulary) if self.has(key) else None

    def done(self) -> None:
        """Raises Refused for the first key that nobody asked for."""
        for key in self.body:
            if key not in self._asked:
                name = key if isinstance(key, str) else repr(key)
                raise self.refused(name[:60], f"There is no {name[:60]!r} here. {_close(key, self._asked)}".strip())

    def _value(self, key: str, default: Any) -> Any:
        value = self.raw(key)
        if value is None:
            if default is None:
                raise self.refused(key, f"{_said(key)} is missing.")
            return default
        return value

    def _number(self, key: str, value: Any, least: float, most: float) -> float | None:
        if value is None:
            return None
        if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,6}(\.\d{1,6})? ?%", value.strip()):
            value = float(value.strip().rstrip("% ")) / 100
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not least <= value <= most:
            between = "" if most >= _ANY else f" from {_bound(least)} to {_bound(most)}"
            raise self.refused(key, f"{_said(key)} is a number{between}, such as {_example(least, most)}.")
        return float(value)


def _bound(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else f"{number:g}"


def _example(least: float, most: float) -> str:
    """A number that may stand there."""
    if most <= 1:
        return "0.5 or 50%"
    return "10" if least <= 10 <= most else _bound(least)


def _said(key: str) -> str:
    return f"`{key}`"


def _close(word: object, known: Iterable[str]) -> str:
    return did_you_mean(word, known) if isinstance(word, str) else ""
