"""The text of a shape: what a measure makes of its value. Which shapes fit depends on what the value is."""

from typing import Any

from firstwin.core.conditions import Related, dump
from firstwin.core.fields import Field, Kind, Vocabulary
from firstwin.people.config.possible import out_of_reach, reach, share_slip
from firstwin.people.config.reading import Reader
from firstwin.signals.kinds.scorecard import Bounded, Choices, Holds, Linear, Shape, Tier, Tiers

SHAPES = ("tiers", "linear", "bounded", "choices", "holds", "unscored")
_NUMERIC = (Kind.NUMBER, Kind.MONEY, Kind.DAYS, Kind.SHARE)
_MOST = 1e15

Value = Field | Kind | None
"""A field, the kind of a value that is none (rows counted, a change), or None where there is no value at all."""


def value_kind(known: Vocabulary, field: str, count: Related | None, change_days: int) -> Value:
    """What the shape of a measure will be given."""
    if count is not None:
        return Kind.NUMBER
    if not field:
        return None
    return Kind.SHARE if change_days and known.field(field).kind in _NUMERIC else known.field(field)


def read_shape(reader: Reader, value: Value, known: Vocabulary) -> Shape | None:
    """The one shape given here; None where it says `unscored: true`. Raises Refused."""
    given = [name for name in SHAPES if reader.has(name)]
    if len(given) != 1:
        said = f"{given[0]} and {given[1]} are given" if given else "none is given"
        raise reader.refused(given[1] if given else "tiers", f"A measure has one shape of {', '.join(SHAPES)}: {said}.")
    name = given[0]
    _require_fit(reader, name, value)
    if Kind.SHARE in (value, getattr(value, "kind", None)):
        _require_shares(reader, name)
    if isinstance(value, Field):
        _require_reached(reader, name, value)
    match name:
        case "tiers":
            return _tiers(reader)
        case "linear":
            return _linear(reader.part("linear"))
        case "bounded":
            return _bounded(reader.part("bounded"))
        case "choices":
            return _choices(reader, value)
        case "holds":
            return _holds(reader.part("holds"), known)
    if not reader.flag("unscored"):
        raise reader.refused("unscored", "Say `unscored: true`, or give a shape.")
    return None


def dumped_shape(shape: Shape | None) -> dict[str, Any]:
    match shape:
        case None:
            return {"unscored": True}
        case Tiers(tiers):
            return {"tiers": [_dumped_tier(tier) for tier in tiers]}
        case Linear():
            return {
                "linear": {
                    "from": _plain(shape.from_value),
                    "from_points": _plain(shape.from_points),
                    "to": _plain(shape.to_value),
                    "to_points": _plain(shape.to_points),
                }
            }
        case Bounded():
            ends = {name: getattr(shape, name) for name in ("low", "high", "zero_low", "zero_high")}
            told = {name: _plain(end) for name, end in ends.items() if end is not None}
            return {"bounded": told | {"best_points": _plain(shape.best_points)}}
        case Choices(points):
            return {"choices": {word: _plain(one) for word, one in points}}
        case Holds():
            return {
                "holds": {"when": dump(shape.where), "points": _plain(shape.yes), "otherwise": _plain(shape.no)}
            }  # fmt: skip


def _require_fit(reader: Reader, name: str, value: Value) -> None:
    if name == "unscored":
        return
    if value is None:
        if name != "holds":
            raise reader.refused("field", f"`{name}` needs a `field` (or `count`) to look at.")
        return
    if name == "holds":
        raise reader.refused("holds", "A condition looks at what it names itself: leave `field` and `count` out.")
    kind = value if isinstance(value, Kind) else value.kind
    fits = ("tiers", "linear", "bounded") if kind in _NUMERIC else ("choices",)
    if kind in (Kind.TEXT, Kind.DATE, Kind.TAGS, Kind.PERSON):
        label = value.label if isinstance(value, Field) else ""
        raise reader.refused("field", f"{label} is no number and no choice: score it by a condition (`holds`).")
    if name not in fits:
        raise reader.refused(name, f"`{name}` does not fit a {kind.value}: use {' or '.join(fits)}.")


_BOUNDS = ("below", "up_to", "from", "to", "low", "high", "zero_low", "zero_high")


def _require_shares(reader: Reader, name: str) -> None:
    """Bounds of a share are shares: 40 where 40% is meant would never be reached."""
    readers = reader.items(name) if name == "tiers" else [reader.part(name)] if name in ("linear", "bounded") else []
    for one in readers:
        for key in _BOUNDS:
            bound = one.maybe_number(key, -_MOST, _MOST) if one.has(key) else None
            if bound is not None and (slip := share_slip(bound)):
                raise one.refused(key, slip)


def _require_reached(reader: Reader, name: str, field: Field) -> None:
    """A tier ends where values are, and a line runs over some of them."""
    least, most = reach(field)
    if name == "tiers":
        for one in reader.items(name):
            for key in ("below", "up_to"):
                bound = one.maybe_number(key, -_MOST, _MOST) if one.has(key) else None
                if bound is not None and (words := out_of_reach(field, bound)):
                    raise one.refused(key, words)
    elif name == "linear":
        part = reader.part(name)
        ends = sorted((part.number("from", -_MOST, _MOST), part.number("to", -_MOST, _MOST)))
        if most is not None and ends[0] >= most:
            raise part.refused("from", f"{field.label} is never more than {most:g}: no value lies on this line.")
        if least is not None and ends[1] <= least:
            raise part.refused("from", f"{field.label} is never less than {least:g}: no value lies on this line.")
    elif name == "bounded":
        part = reader.part(name)
        for key in ("low", "high"):
            bound = part.maybe_number(key, -_MOST, _MOST) if part.has(key) else None
            if bound is not None and (words := out_of_reach(field, bound)):
                raise part.refused(key, words)


def _tiers(reader: Reader) -> Tiers:
    found: list[Tier] = []
    items = reader.items("tiers", least=1, most=20)
    for place, one in enumerate(items):
        below, up_to = one.maybe_number("below", -_MOST, _MOST), one.maybe_number("up_to", -_MOST, _MOST)
        if below is not None and up_to is not None:
            raise one.refused("up_to", "A tier ends `below` a value or runs `up_to` it, not both.")
        bound, is_last = up_to if below is None else below, place == len(items) - 1
        if (bound is None) != is_last:
            hint = "The last tier takes everything else" if is_last else "Only the last tier takes everything else"
            raise one.refused("below", f"{hint}: {'leave its bound out' if is_last else 'give this one a bound'}.")
        points = None if one.has("unscored") and one.flag("unscored") else one.number("points", 0, 100)
        if points is None and one.has("points"):
            raise one.refused("points", "A tier is unscored or has points, not both.")
        tier = Tier(bound, points, up_to is not None)
        if found and bound is not None and not _rises(found[-1], tier):
            raise one.refused("below", f"Tiers rise: {bound:g} does not lie above {found[-1].below:g}.")
        found.append(tier)
        one.done()
    if all(tier.points is None for tier in found):
        raise reader.refused("tiers", "No tier has points: give at least one of them points.")
    return Tiers(tuple(found))


def _rises(before: Tier, tier: Tier) -> bool:
    """`below 5, up to 5` is a tier of its own: exactly 5."""
    one, other = before.below or 0.0, tier.below or 0.0
    return other > one or (other == one and tier.includes and not before.includes)


def _linear(reader: Reader) -> Linear:
    ends = reader.number("from", -_MOST, _MOST), reader.number("to", -_MOST, _MOST)
    if ends[0] == ends[1]:
        raise reader.refused("to", f"Both ends are {ends[0]:g}: a line runs between two different values.")
    points = reader.number("from_points", 0, 100, 0.0), reader.number("to_points", 0, 100, 100.0)
    reader.done()
    return Linear(ends[0], points[0], ends[1], points[1])


def _bounded(reader: Reader) -> Bounded:
    low, high = reader.maybe_number("low", -_MOST, _MOST), reader.maybe_number("high", -_MOST, _MOST)
    zero_low, zero_high = (
        reader.maybe_number("zero_low", -_MOST, _MOST),
        reader.maybe_number("zero_high", -_MOST, _MOST),
    )
    if low is None and high is None:
        raise reader.refused("low", "Give the lowest or the highest value that is best, or both.")
    if low is not None and high is not None and low > high:
        raise reader.refused("high", f"{high:g} lies below {low:g}: the highest best value is not below the lowest.")
    if zero_low is not None and (low is None or zero_low >= low):
        raise reader.refused("zero_low", "Points fall to 0 below `low`: give a smaller value, and `low`.")
    if zero_high is not None and (high is None or zero_high <= high):
        raise reader.refused("zero_high", "Points fall to 0 above `high`: give a larger value, and `high`.")
    best = reader.number("best_points", 0, 100, 100.0)
    reader.done()
    return Bounded(low, high, zero_low, zero_high, best)


def _choices(reader: Reader, value: Value) -> Choices:
    """YAML reads bare yes and no as truth values: for a yes/no field they are what is meant."""
    body = reader.raw("choices")
    if not isinstance(body, dict) or not 1 <= len(body) <= 100:
        raise reader.refused("choices", "Give each word its points, such as `good: 100`.")
    words = {("yes" if word else "no") if isinstance(word, bool) else str(word): one for word, one in body.items()}
    part = Reader(words, reader.at("choices"))
    found = tuple((word, part.number(word, 0, 100)) for word in words)
    if isinstance(value, Field):
        options = ("yes", "no") if value.kind is Kind.FLAG else [str(option) for option, _ in value.options()]
        if options and (odd := [word for word in words if word not in options]):
            raise part.refused(odd[0], f"{value.label} has no {odd[0]!r}. Known are {', '.join(options[:12])}.")
    return Choices(found)


def _holds(reader: Reader, known: Vocabulary) -> Holds:
    where = reader.condition("when", known)
    yes, no = reader.number("points", 0, 100, 100.0), reader.number("otherwise", 0, 100, 0.0)
    reader.done()
    return Holds(where, yes, no)


def _dumped_tier(tier: Tier) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if tier.below is not None:
        told["up_to" if tier.includes else "below"] = _plain(tier.below)
    return told | ({"unscored": True} if tier.points is None else {"points": _plain(tier.points)})


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number
