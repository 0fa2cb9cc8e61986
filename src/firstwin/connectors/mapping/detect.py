"""What the cells of a column seem to be: told from a few hundred of them, with the cell that tells it. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from firstwin.connectors.mapping.times import read_day, read_moment
from firstwin.core.currencies import EXPONENTS, SYMBOLS
from firstwin.core.errors import Refused
from firstwin.core.text import fold, shorten

Type = Literal[
    "blank", "text", "id", "number", "money", "day", "moment", "flag", "email", "domain", "currency", "choice"
]


@dataclass(frozen=True)
class ColumnGuess:
    """One column.  type: what its cells seem to be.  formats: of days and moments, those that fit every cell (the
    likely one first).  is_ambiguous: whether two of them mean different days (03-04-2024), so that a person must say.
    evidence: the cell that tells, or an example.  examples: a few cells.  words: the distinct ones, where they are few.
    decimal: the decimal mark of numbers.  symbol: what stands with amounts and is no number, such as `$`.
    true, false: the words of a flag.
    """

    name: str
    type: Type
    formats: tuple[str, ...] = ()
    is_ambiguous: bool = False
    evidence: str = ""
    examples: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    decimal: str = "."
    symbol: str = ""
    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()


MOST_WORDS = 30
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]{2,}")
_DOMAIN = re.compile(r"(https?://)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}(/\S*)?", re.IGNORECASE)
_POINT = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?([eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)?(,\d+)?")
_ID = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9_.:/-]*")
_MONEY = re.compile(r"amount|price|mrr|arr|revenue|total|fee|cost|paid|refund|balance|value|usd|eur|gbp")
_FLAGS = (
    ("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"), ("ja", "nein"), ("oui", "non"), ("on", "off"),
)  # fmt: skip
_DAYS = (
    "iso", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d", "%d-%m-%y",
    "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y",
)  # fmt: skip
_MOMENTS = ("iso", *(f"{day} {time}" for day in _DAYS[1:8] for time in ("%H:%M", "%H:%M:%S", "%I:%M %p")))
_UTC = ZoneInfo("UTC")


def guess_column(name: str, cells: Sequence[str]) -> ColumnGuess:
    """`cells`: of one column, blank ones included."""
    said = [cell.strip() for cell in cells if cell.strip()]
    examples = tuple(shorten(cell, 60) for cell in dict.fromkeys(said))[:3]
    if not said:
        return ColumnGuess(name, "blank")
    for look in (_flag, _email, _domain, _currency, _day, _moment, _number):
        if found := look(name, said):
            return ColumnGuess(name, **{"examples": examples, "evidence": examples[0], **found})
    distinct = dict.fromkeys(said)
    if len(distinct) <= MOST_WORDS and len(said) >= 3 * len(distinct):
        return ColumnGuess(name, "choice", examples=examples, evidence=examples[0], words=tuple(sorted(distinct)))
    is_id = len(distinct) == len(said) and all(map(_ID.fullmatch, said))
    is_named_so = re.search(r"(^|[_ ])(id|key|number|no|ref)$", fold(name)) or name.endswith("Id")
    kind: Type = "id" if is_id or (is_named_so and all(map(_ID.fullmatch, said))) else "text"
    return ColumnGuess(name, kind, examples=examples, evidence=examples[0])


def _flag(name: str, said: Sequence[str]) -> dict[str, Any] | None:
    words = {fold(cell) for cell in said}
    for true, false in _FLAGS:
        if words <= {true, false}:
            return {"type": "flag", "true": (true,), "false": (false,), "words": tuple(sorted(words))}
    is_asked = re.search(r"^(is|has)[_ A-Z]|flag|trial|active", name)
    if words == {"0", "1"} or (is_asked and words <= {"0", "1"}):
        return {"type": "flag", "true": ("1",), "false": ("0",), "words": tuple(sorted(words))}
    return None


def _email(name: str, said: Sequence[str]) -> dict[str, Any] | None:
    return {"type": "email"} if _mostly(_EMAIL.fullmatch, said) else None


def _domain(name: str, said: Sequence[str]) -> dict[str, Any] | None:
    return {"type": "domain"} if _mostly(_DOMAIN.fullmatch, said) else None


def _currency(name: str, said: Sequence[str]) -> dict[str, Any] | None:
    words = {cell.upper() for cell in said}
    if words <= set(EXPONENTS) and (len(said) > 1 or "curr" in fold(name)):
        return {"type": "currency", "words": tuple(sorted(words))}
    return None


def _day(name: str, said: Sequence[str]) -> dict[str, Any] | None:
    return _times("day", _DAYS, lambda cell, form: read_day(cell, [form]), said)


def _moment(name: str, said: Sequence[str]) -> dict[str, Any] | None:
    found = _times("moment", _MOMENTS, _naive_moment, said)
    if found or not re.search(r"(_at|_on|time|date|stamp|created|updated|ts)$", fold(name)):
        return found
    for form, digits in (("epoch_s", 10), ("epoch_ms", 13)):
        if all(cell.isdigit() and len(cell) == digits for cell in said):
            return {"type": "moment", "formats": (form,)}
    return None


def _naive_moment(cell: str, form: str) -> datetime:
    """A clock that skips an hour must not make a format unlikely."""
    return read_moment(cell, [form], _UTC, "earlier")


def _times(
    kind: str, forms: Sequence[str], read: Callable[[str, str], date], said: Sequence[str]
) -> dict[str, Any] | None:
    """The formats that fit most cells (nearly all of them, at least)."""
    if not said[0][:1].isalnum() or not any(map(str.isdigit, said[0])):
        return None
    fits = {form: [_or_none(read, cell, form) for cell in said] for form in forms if _shape(form, said)}
    counts = {form: sum(value is not None for value in values) for form, values in fits.items()}
    most = max(counts.values(), default=0)
    if most < 0.9 * len(said):
        return None
    best = tuple(form for form, count in counts.items() if count == most)
    differing = next((at for at in range(len(said)) if len({fits[form][at] for form in best}) > 1), None)
    telling = next((at for at in range(len(said)) if fits[best[0]][at] and _is_telling(at, best[0], fits)), 0)
    return {
        "type": kind,
        "formats": best,
        "is_ambiguous": differing is not None,
        "evidence": said[differing if differing is not None else telling],
    }


def _shape(form: str, said: Sequence[str]) -> bool:
    """A cheap look before every cell is read in this format."""
    if form == "iso":
        return said[0][:4].isdigit()
    return all(mark in said[0] for mark in re.sub(r"%\w", "", form).replace(" ", ""))


def _is_telling(at: int, form: str, fits: dict[str, list[Any]]) -> bool:
    return all(values[at] is None for other, values in fits.items() if other != form)


def _or_none(read: Callable[[str, str], Any], cell: str, form: str) -> Any:
    try:
        return read(cell, form)
    except Refused:
        return None


def _number(name: str, said: Sequence[str]) -> dict[str, Any] | None:
    symbol = next((mark for mark in ("R$", "US$", *SYMBOLS.values()) if said[0].startswith(mark)), "")
    symbol = symbol or next((mark for mark in SYMBOLS.values() if said[0].endswith(mark)), "")
    bare = [cell.replace(symbol, "").strip() for cell in said] if symbol else said
    is_money = bool(symbol) or bool(_MONEY.search(fold(name)))
    for decimal, shape in ((".", _POINT), (",", _COMMA)):
        if _mostly(shape.fullmatch, bare) and any(any(map(str.isdigit, cell)) for cell in bare):
            # 1,234 is read as thousands, unless a later cell shows that the comma is the decimal mark.
            telling = next((cell for cell in bare if decimal in cell), bare[0])
            kind = "money" if is_money else "number"
            return {"type": kind, "decimal": decimal, "symbol": symbol, "evidence": telling}
    return None


def _mostly(fits: Callable[[str], Any], said: Sequence[str]) -> bool:
    """Real files are dirty: a few cells may be something else."""
    return sum(bool(fits(cell)) for cell in said) >= 0.95 * len(said)
