"""What nothing can ever fulfil: bounds the wrong way round or apart, shares that were meant as per cent, and values
that what is asked about cannot have.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from firstwin.core.conditions import All, Condition, Related, Test
from firstwin.core.conditions.operators import canonical
from firstwin.core.conditions.tree import children
from firstwin.core.conditions.values import typed
from firstwin.core.errors import Refused
from firstwin.core.fields import Field, Kind, Vocabulary

MOST_SHARE = 10.0
"""A share beyond is a slip: 40 is 4,000%."""

_NUMBERS = (Kind.NUMBER, Kind.MONEY, Kind.SHARE, Kind.DAYS)
_WORDS = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most", "eq": "exactly"}
_SOME_DAY = date(2024, 2, 29)
_OF = re.compile(r"of (\d+)")


@dataclass(frozen=True)
class _End:
    """One end of what a test lets through. is_in: whether the bound itself is."""

    bound: Any
    is_in: bool
    words: str


def require_possible(tree: Condition, known: Vocabulary, path: str = "") -> None:
    """Raises Refused with the path of what can never hold. The condition makes sense otherwise (`check`)."""
    if isinstance(tree, Test):
        _require_order(tree, known, path)
        _require_reached(tree, known, path)
    elif isinstance(tree, All):
        _require_together(tree.parts, known, path)
    if isinstance(tree, Related):
        known = known.collection(tree.collection).vocabulary
    for step, part in children(tree):
        require_possible(part, known, f"{path}.{step}" if path else step)


def share_slip(value: float) -> str:
    """What to write instead of a share that large; empty for one that may be."""
    if abs(value) <= MOST_SHARE:
        return ""
    return f"{value:g} is {value:,.0%}: write {value:g}% or {value / 100:g} for a share."


def reach(field: Field) -> tuple[float | None, float | None]:
    """The least and the most a value of it can be; None where that is not said."""
    if field.kind is Kind.NUMBER and (found := _OF.fullmatch(field.unit)):
        return 0.0, float(found[1])
    if field.kind is Kind.SHARE:
        return field.least or 0.0, field.most
    return field.least, field.most


def out_of_reach(field: Field, value: float) -> str:
    """Why a bound lies where no value is; empty for one that does not."""
    least, most = reach(field)
    if (least is None or value >= least) and (most is None or value <= most):
        return ""
    if least is None or most is None:
        bound = f"is never less than {least:g}" if most is None else f"is never more than {most:g}"
        return f"{field.label} {bound}: {value:g} is never reached."
    return f"{field.label} goes from {least:g} to {most:g}: {value:g} is never reached."


def _require_reached(test: Test, known: Vocabulary, path: str) -> None:
    field = known.field(test.field)
    op = canonical(test.op)
    if reach(field) == (None, None) or (op not in _WORDS and op not in ("ne", "between")):
        return
    for value in _values(test, field):
        if words := out_of_reach(field, float(value)):
            raise _at(path, words)


def _require_order(test: Test, known: Vocabulary, path: str) -> None:
    field = known.field(test.field)
    if canonical(test.op) != "between" or field.kind not in _NUMBERS:
        return
    low, high = _values(test, field)
    if low > high:
        raise _at(path, f"{field.label} between {low:g} and {high:g} holds for nothing: write the lower one first.")


def _require_together(parts: Sequence[Condition], known: Vocabulary, path: str) -> None:
    """What is asked of one field at once lets something through."""
    lows: dict[str, _End] = {}
    highs: dict[str, _End] = {}
    for place, part in enumerate(parts):
        if not isinstance(part, Test) or known.field(part.field).kind not in _NUMBERS:
            continue
        _require_order(part, known, f"{path}.all[{place}]" if path else f"all[{place}]")
        low, high = _ends(part, known.field(part.field))
        key = part.field
        if low is not None and (key not in lows or _narrows(low, lows[key], is_low=True)):
            lows[key] = low
        if high is not None and (key not in highs or _narrows(high, highs[key], is_low=False)):
            highs[key] = high
        if key in lows and key in highs and not _meet(lows[key], highs[key]):
            where = f"{path}.all[{place}]" if path else f"all[{place}]"
            label = known.field(key).label
            raise _at(where, f"{label} cannot be {lows[key].words} and {highs[key].words} at once: nothing fulfils it.")


def _ends(test: Test, field: Field) -> tuple[_End | None, _End | None]:
    op = canonical(test.op)
    if op == "between":
        low, high = _values(test, field)
        return _End(low, True, f"at least {low:g}"), _End(high, True, f"at most {high:g}")
    if op not in _WORDS:
        return None, None
    (value,) = _values(test, field)
    end = _End(value, op in ("ge", "le", "eq"), f"{_WORDS[op]} {value:g}")
    return end if op in ("gt", "ge", "eq") else None, end if op in ("lt", "le", "eq") else None


def _narrows(end: _End, than: _End, *, is_low: bool) -> bool:
    if end.bound == than.bound:
        return than.is_in and not end.is_in
    return bool(end.bound > than.bound) == is_low


def _meet(low: _End, high: _End) -> bool:
    return bool(low.bound < high.bound or (low.bound == high.bound and low.is_in and high.is_in))


def _values(test: Test, field: Field) -> tuple[Any, ...]:
    found = typed(field, canonical(test.op), test.value, _SOME_DAY, 0)
    return found if isinstance(found, tuple) else (found,)


def _at(path: str, message: str) -> Refused:
    return Refused(f"{path}: {message}" if path else message, field="where")
