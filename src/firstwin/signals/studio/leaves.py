"""A scorecard's text as fields of a form: which of its values can be edited in place, by their paths in the text."""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from firstwin.signals.kinds.scorecard import Missing, RollUp

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_PLACE = re.compile(r"groups\[(\d+)\](?:\.measures\[(\d+)\])?(.*)")

MISSING = {"spread": "weight goes to the others", "worst": "counts as 0", "neutral": "counts as 50"}
ROLL_UPS = {
    "none": "none", "arr_weighted_mean": "mean by ARR", "mean": "mean", "worst": "worst", "best": "best", "sum": "sum",
}  # fmt: skip
_DEFAULTS: Mapping[str, Any] = {
    "missing": "spread", "carry_days": 0, "amber_from": 50, "green_from": 75, "least_coverage": 0.5,
    "roll_up": "arr_weighted_mean", "best_points": 100, "from_points": 0, "to_points": 100,
}  # fmt: skip


@dataclass(frozen=True)
class Leaf:
    """One value. options: words to choose from, none for a number or text.  error: why it was not taken."""

    path: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Shaped:
    """What a value earns. when: of a variant, for whom.  words: where nothing can be edited in place."""

    rows: list[list[Leaf]]
    when: str = ""
    words: str = ""


@dataclass(frozen=True)
class MeasureForm:
    label: str
    source: str
    leaves: list[Leaf]
    shapes: list[Shaped]


@dataclass(frozen=True)
class GroupForm:
    label: str
    weight: Leaf
    measures: list[MeasureForm]


@dataclass
class CardForm:
    """unplaced: errors whose place has no field here."""

    head: list[Leaf]
    groups: list[GroupForm]
    unplaced: list[str] = field(default_factory=list)


def get(body: Any, path: str) -> Any:
    """The value at a path; None where there is none."""
    for name, place in _STEP.findall(path):
        try:
            body = body[int(place)] if place else body[name]
        except (KeyError, IndexError, TypeError):
            return None
    return body


def changed(body: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, Any]:
    """The body with what was typed. A value left at its default is not written down."""
    made = copy.deepcopy(dict(body))
    for path in leaves_of(made):
        if path in typed:
            _set(made, path, typed[path].strip())
    return made


def leaves_of(body: Mapping[str, Any]) -> dict[str, str]:
    """Path → label of everything that can be edited in place."""
    found = dict(_HEAD)
    for g, group in enumerate(_list(body, "groups")):
        found[f"groups[{g}].weight"] = "Weight"
        for m, measure in enumerate(_list(group, "measures")):
            at = f"groups[{g}].measures[{m}]"
            found |= {f"{at}.{name}": label for name, label in _names_of(measure).items()}
            for path, shape in _shapes(measure, at):
                found |= {leaf: label for row in _shape_paths(shape, path) for label, leaf in row}
    return found


def place_words(body: Mapping[str, Any], path: str) -> str:
    """Where a path leads, as the form names it: `Use, Licence use, Below`. Empty where the form has no such place."""
    label = leaves_of(body).get(path, "")
    found = _PLACE.fullmatch(path)
    if found is None:
        return label
    group, measure, rest = found.groups()
    names = [get(body, f"groups[{group}].label")]
    if measure is not None:
        names.append(get(body, f"groups[{group}].measures[{measure}].label"))
        label = label or ("Points" if rest else "")
    return ", ".join(str(name) for name in (*names, label) if name)


_HEAD = {"label": "Name", "amber_from": "Amber from", "green_from": "Green from",
         "least_coverage": "Coverage needed", "roll_up": "Of a parent, over children"}  # fmt: skip
_OF_MEASURE = {"weight": "Weight", "missing": "Where it was never known", "carry_days": "Keeps its last value, days"}


_OF_FRESH = {"fresh.days": "Data no older than, days"}


def _names_of(measure: Mapping[str, Any]) -> dict[str, str]:
    """(path within a measure, label) of what every measure has, and of how fresh its data is to be where it says so."""
    return _OF_MEASURE | (_OF_FRESH if isinstance(measure.get("fresh"), Mapping) else {})


def form_of(
    body: Mapping[str, Any], sources: Mapping[str, str], whens: Mapping[str, str], typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> CardForm:  # fmt: skip
    """sources, whens: what a measure looks at and for whom a variant is, by path.  typed: instead of what is held."""

    paths = set(leaves_of(body))
    errors = {_place(path, paths): words for path, words in errors.items()}

    def leaf(path: str, label: str) -> Leaf:
        held = get(body, path)
        name = path.rsplit(".", 1)[-1]
        value = typed.get(path, said(_DEFAULTS.get(name, "") if held is None else held))
        options = {"missing": MISSING, "roll_up": ROLL_UPS}.get(name, {})
        return Leaf(path, label, value, tuple(options.items()), errors.get(path, ""))

    groups = []
    for g, group in enumerate(_list(body, "groups")):
        measures = []
        for m, measure in enumerate(_list(group, "measures")):
            at = f"groups[{g}].measures[{m}]"
            shapes = [
                Shaped(
                    [[leaf(one, label) for label, one in row] for row in _shape_paths(shape, path)],
                    whens.get(path, ""),
                    "not scored" if shape.get("unscored") is True else "",
                )
                for path, shape in _shapes(measure, at)
            ]
            leaves = [leaf(f"{at}.{name}", label) for name, label in _names_of(measure).items()]
            measures.append(MeasureForm(str(measure.get("label", "")), sources.get(at, ""), leaves, shapes))
        groups.append(GroupForm(str(group.get("label", "")), leaf(f"groups[{g}].weight", "Weight"), measures))
    unplaced = [
        f"{place_words(body, path) or path}: {words}" if path else words
        for path, words in errors.items()
        if path not in paths
    ]
    return CardForm([leaf(path, label) for path, label in _HEAD.items()], groups, unplaced)


def _place(path: str, paths: set[str]) -> str:
    """What is wrong with several together is told at the first weight of them."""
    first = f"{path}[0].weight"
    return first if path not in paths and first in paths else path


def said(value: Any) -> str:
    if isinstance(value, float):
        return repr(int(value)) if value == int(value) else repr(value)
    return str(value)


def _shapes(measure: Mapping[str, Any], at: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(path, mapping that holds the shape): the measure itself and its variants."""
    yield at, measure
    for v, variant in enumerate(_list(measure, "variants")):
        yield f"{at}.variants[{v}]", variant


def _shape_paths(shape: Mapping[str, Any], at: str) -> Iterator[list[tuple[str, str]]]:
    """Rows of (label, path)."""
    for t, tier in enumerate(_list(shape, "tiers")):
        names = [("below", "Below"), ("up_to", "Up to"), ("points", "Points")]
        row = [(label, f"{at}.tiers[{t}].{name}") for name, label in names if name in tier]
        yield row if len(row) > 1 else [("Everything else, points" if label == "Points" else label, path)
                                        for label, path in row]  # fmt: skip
    for name, labels in _PARTS.items():
        part = shape.get(name)
        if isinstance(part, Mapping):
            yield [(label, f"{at}.{name}.{one}") for one, label in labels.items() if one in part]
    if isinstance(choices := shape.get("choices"), Mapping):
        for word in choices:
            if isinstance(word, str) and not re.search(r"[.\[\]]", word):
                yield [(word, f"{at}.choices.{word}")]


_PARTS = {
    "linear": {"from": "From", "from_points": "Points there", "to": "To", "to_points": "Points there"},
    "bounded": {"zero_low": "0 at", "low": "Best from", "high": "Best to", "zero_high": "0 at",
                "best_points": "Points"},
    "holds": {"points": "Where it holds", "otherwise": "Otherwise"},
}  # fmt: skip


def _list(body: Any, key: str) -> list[Mapping[str, Any]]:
    found = body.get(key) if isinstance(body, Mapping) else None
    return [one if isinstance(one, Mapping) else {} for one in found] if isinstance(found, list) else []


def _set(body: Any, path: str, typed: str) -> None:
    *steps, (name, _) = _STEP.findall(path)
    for step, place in steps:
        body = body[int(place) if place else step]
    if typed == said(body.get(name, _DEFAULTS.get(name, ""))):
        return
    value = _value(name, typed)
    if typed == "" or (value == _DEFAULTS.get(name) and name in ("missing", "carry_days")):
        body.pop(name, None)
    else:
        body[name] = value


def _value(name: Any, typed: str) -> Any:
    """A number where it looks like one (`80%` is 0.8); else as typed, to be refused at its place."""
    if name in ("label", "missing", "roll_up"):
        return typed
    plain = typed.replace(" ", "")
    if plain.endswith("%") and _NUMBER.fullmatch(plain[:-1]):
        return round(float(plain[:-1]) / 100, 9)
    if not _NUMBER.fullmatch(plain) or len(plain) > 20:
        return typed
    return float(plain) if "." in plain else int(plain)


assert set(MISSING) == set(get_args(Missing)) and set(ROLL_UPS) == set(get_args(RollUp))
