"""Names of customers, their domains, and the names of their people."""

import unicodedata
from random import Random

from firstwin.core.text import slug
from firstwin.demo.dice import pick
from firstwin.demo.words.firms import COUNTRIES, LEGAL, ROOTS, SUFFIXES
from firstwin.demo.words.people import NAMES

INDUSTRIES = tuple(SUFFIXES)
_SPELT = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "ı": "i", "đ": "d"})


class Names:
    """Gives each customer a name of its own."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def name(self, dice: Random, industry: str, country: str) -> str:
        """A name that nobody else has, in the manner of the country and the trade."""
        language = COUNTRIES[country][0]
        roots, endings = ROOTS[language], SUFFIXES[industry]
        words = endings.get(language, ()) if dice.random() < 0.6 else ()
        words = words or endings["*"]
        for attempt in range(40):
            name = self._compose(dice, roots, words, attempt)
            if dice.random() < 0.22 + attempt / 40 and industry != "Public sector":
                name = f"{name} {pick(dice, LEGAL[country])}"
            if self.claim(name):
                return name
        number = len(self.taken)
        name = f"{pick(dice, roots)} {pick(dice, words)} {number}"
        self.claim(name)
        return name

    def claim(self, name: str) -> bool:
        key = slug(name)
        if key in self.taken:
            return False
        self.taken.add(key)
        return True

    @staticmethod
    def _compose(dice: Random, roots: tuple[str, ...], words: tuple[str, ...], attempt: int) -> str:
        root, roll = pick(dice, roots), dice.random()
        if attempt > 2 or roll < 0.13:
            return f"{root} & {pick(dice, roots)} {pick(dice, words)}" if attempt else f"{root} & {pick(dice, roots)}"
        return f"{root} {pick(dice, words)}"


def domain_of(name: str) -> str:
    """A domain that can never be anybody's: `.example` is set aside for that."""
    words = [word for word in slug(name.translate(_SPELT)).split("-") if len(word) > 1]
    return "-".join(words[:3]) + ".example"


def person_name(dice: Random, country: str) -> str:
    """Mostly of the place, often from elsewhere."""
    culture = COUNTRIES[country][1] if dice.random() < 0.82 else pick(dice, _CULTURES)
    firsts, lasts = NAMES[culture]
    return f"{pick(dice, firsts)} {pick(dice, lasts)}"


_CULTURES = tuple(NAMES)


def address_of(name: str, domain: str) -> str:
    first, _, last = name.partition(" ")
    return f"{_ascii(first)}.{_ascii(last)}@{domain}"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_SPELT)).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalnum())


def phone_of(dice: Random, country: str) -> str:
    """A number from the ranges set aside for fiction; empty where a country has none."""
    pattern = COUNTRIES[country][4]
    return pattern.format(int(dice.random() * 1_000)) if pattern else ""
