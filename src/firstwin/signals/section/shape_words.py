"""What a measure makes of its value, in words."""

from firstwin.core.fields import Field, Vocabulary
from firstwin.signals.kinds.scorecard import Bounded, Choices, Holds, Linear, Measure, Shape, Tiers
from firstwin.signals.scores.sentences import value_words
from firstwin.signals.segments.wording import said
from firstwin.ui.filters import number


def shape_words(shape: Shape | None, code: str, field: Field | None, known: Vocabulary) -> list[str]:
    """One line for each step. code: what the value is (`scores.held`)."""

    def told(value: float) -> str:
        return value_words(code, value, field)

    match shape:
        case None:
            return ["Not scored."]
        case Tiers(tiers):
            return _tiers(tiers, told)
        case Linear():
            return [
                f"{_points(shape.from_points)} at {told(shape.from_value)}",
                f"{_points(shape.to_points)} at {told(shape.to_value)}",
                "In a straight line between them; beyond them as at the nearer one.",
            ]
        case Bounded():
            return _bounded(shape, told)
        case Choices(points):
            label = field.option_label if field is not None else str
            return [f"{label(word)}: {_points(worth)}" for word, worth in points]
        case Holds():
            return [f"{_points(shape.yes)} while {said(shape.where, known)}", f"{_points(shape.no)} otherwise"]


def variant_words(measure: Measure, place: int, known: Vocabulary) -> str:
    """Why another shape than the usual one counts; empty where the usual one does."""
    if not 0 <= place < len(measure.variants):
        return ""
    return f"For accounts with {said(measure.variants[place].where, known)}."


def _tiers(tiers: object, told: object) -> list[str]:
    found, before = [], ""
    for tier in tiers:  # type: ignore[attr-defined]
        worth = "not scored" if tier.points is None else _points(tier.points)
        if tier.below is None:
            found.append(f"{before or 'Any value'}: {worth}")
            continue
        bound = told(tier.below)  # type: ignore[operator]
        found.append(f"{'Up to' if tier.includes else 'Below'} {bound}: {worth}")
        before = f"{'Above' if tier.includes else 'From'} {bound}"
    return found


def _bounded(shape: Bounded, told: object) -> list[str]:
    low, high, zero_low, zero_high = (
        None if one is None else told(one)  # type: ignore[operator]
        for one in (shape.low, shape.high, shape.zero_low, shape.zero_high)
    )
    within = (
        f"from {low} to {high}" if low and high else f"from {low}" if low else f"up to {high}" if high else "always"
    )
    found = [f"{_points(shape.best_points)} {within}"]
    if zero_low:
        found.append(f"Falling to 0 at {zero_low} or less")
    if zero_high:
        found.append(f"Falling to 0 at {zero_high} or more")
    return found


def _points(worth: float) -> str:
    return f"{number(worth, 0 if worth == int(worth) else 1)} point{'' if worth == 1 else 's'}"
