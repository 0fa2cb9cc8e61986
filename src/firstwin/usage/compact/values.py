"""What the properties of an event amount to: their text, and the value they tell."""

from typing import Any

import msgspec
import numpy as np

LARGEST_VALUE = 9e12
"""Values are kept in millionths in 64 bits."""

NO_VALUE = int(np.iinfo(np.int64).min)

_NUMBER = (int, float)

_encode = msgspec.json.Encoder().encode

Properties = tuple[bytes | None, int]
"""(the text or None, millionths of the value or NO_VALUE)"""


def properties_of(said: Any) -> Properties:
    if said.__class__ is not dict or not said:
        return None, NO_VALUE
    return _encode(said), _value(said)


def _value(said: dict[str, Any]) -> int:
    """Millionths of `value`, else of `revenue`; NO_VALUE where that is no number within bounds."""
    value = said.get("value", said.get("revenue"))
    if value is None:
        return NO_VALUE
    if value.__class__ not in _NUMBER:
        value = said.get("revenue")
    if value.__class__ in _NUMBER and abs(value) <= LARGEST_VALUE:
        return round(value * 1_000_000)
    return NO_VALUE
