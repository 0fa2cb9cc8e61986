"""Geometry of small drawings; templates only place the numbers."""

from collections.abc import Sequence
from typing import NamedTuple

INSET = 2.5


class Line(NamedTuple):
    """An SVG path and its last point. Without two values there is no path."""

    path: str
    x: float
    y: float


def spark_line(values: Sequence[float | None], width: int, height: int) -> Line:
    """A line over `values`, oldest first, evenly spaced; None lifts the pen. A flat series runs through the middle."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return Line("", 0, 0)
    low, span = min(known), max(known) - min(known)
    step = (width - 2 * INSET) / (len(values) - 1)
    parts: list[str] = []
    x = y = 0.0
    is_down = False
    for index, value in enumerate(values):
        if value is None:
            is_down = False
            continue
        x = round(INSET + index * step, 1)
        y = round(INSET + (height - 2 * INSET) * (1 - ((value - low) / span if span else 0.5)), 1)
        parts.append(f"{'L' if is_down else 'M'}{x:g} {y:g}")
        is_down = True
    return Line("".join(parts), x, y)
