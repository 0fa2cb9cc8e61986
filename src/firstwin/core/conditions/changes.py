"""What “changed” means: a value now against the same value at the close of a day some days before.

Known counts what is known now, of that day too: a fact that came late is no change. The sign of `by` tells the
direction, its amount how far at least, in the unit one speaks in or as a share of what it was. A value that was or is
missing changed in some way, but by no amount. “Days since …” changed in some way when the day did: the number itself
grows daily.
"""

from decimal import Decimal
from typing import Any

from firstwin.core.conditions.tree import Change
from firstwin.core.errors import Refused
from firstwin.core.fields import Field


def amount_of(by: str) -> tuple[Decimal, bool, int]:
    """(least amount, whether it is a share of what was, +1 or -1)."""
    is_share = by.endswith("%")
    size = Decimal(by.rstrip("%").lstrip("+-"))
    return (size / 100 if is_share else size), is_share, -1 if by.startswith("-") else 1


def moved_by(was: Decimal, now: Decimal, by: str) -> bool:
    """Whether a number moved in the direction of `by` by at least that much; without moving it never did."""
    least, is_share, sign = amount_of(by)
    distance = (now - was) * sign
    return distance > 0 and distance >= (least * abs(was) if is_share else least)


def has_changed(change: Change, was: Any, now: Any) -> bool:
    """Of two values as one speaks of them; None where missing. Without `by`, of two values as they are stored."""
    if change.by is None:
        return bool(was != now)
    return was is not None and now is not None and moved_by(_decimal(was), _decimal(now), change.by)


def needs_history(field: Field) -> Refused:
    """For where there is only the present."""
    return Refused(
        f"Whether {field.label.lower()} changed needs its past values, which a list does not hold: "
        "save the condition as a segment and filter by that."
    )


def no_past_of_rows(label: str) -> Refused:
    return Refused(f"Rows of {label.lower()} are asked for as they are: ask for their date instead of a change.")


def _decimal(value: Any) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
