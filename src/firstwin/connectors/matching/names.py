"""How alike two company names are. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from firstwin.core.text import fold

_FORMS = """
ab ag aps as asa bv bvba co company corp corporation cv doo eirl eood gbr gmbh inc incorporated kft kg kgaa kk llc llp
lp ltd limited mbh nv oao ood oy oyj ohg plc pte pty pvt sa sab sarl sas se sl srl sro spa spzoo ug zoo
"""
LEGAL_FORMS = frozenset(_FORMS.split())
"""As they stand at the end of a name, without dots."""

_NO_NAME = frozenset({"the", "and", "und", "et", "y", "e"})
_DOTTED = re.compile(r"\b((?:\w\.){2,}\w?)")
_WORD = re.compile(r"\w+")


def core(name: str) -> tuple[str, ...]:
    """The words a company is known by: folded, without accents, legal forms and little words."""
    flat = unicodedata.normalize("NFKD", fold(name))
    flat = "".join(c for c in flat if not unicodedata.combining(c)).replace("&", " and ")
    flat = _DOTTED.sub(lambda found: found.group(1).replace(".", ""), flat)
    words = _WORD.findall(flat.replace("'", ""))
    kept = [word for word in words if word not in _NO_NAME]
    while len(kept) > 1 and kept[-1] in LEGAL_FORMS:
        kept.pop()
    return tuple(kept or words)


def likeness(one: str, other: str) -> tuple[float, str]:
    """(0 to 1, in words why). 0 for names that have nothing to do with each other."""
    if fold(one) == fold(other):
        return 0.9, "same name"
    a, b = core(one), core(other)
    if a == b and a:
        return 0.85, "same name but for the legal form"
    if not a or not b:
        return 0.0, ""
    if _begins(a, b) or _begins(b, a):
        return 0.65, "one name begins with the other"
    shared = 2 * len(set(a) & set(b)) / (len(set(a)) + len(set(b)))
    spelt = SequenceMatcher(None, " ".join(a), " ".join(b)).ratio()
    if spelt >= 0.88:
        return 0.75, "names spelt alike"
    if shared >= 0.6:
        return 0.6, "names share most words"
    return 0.0, ""


def _begins(long: Sequence[str], short: Sequence[str]) -> bool:
    return len(short) < len(long) and tuple(long[: len(short)]) == tuple(short) and len("".join(short)) >= 4
