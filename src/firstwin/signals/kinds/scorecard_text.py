"""The text of a scorecard: read into a `Scorecard`, every fault with its place, and written back."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from firstwin.core.conditions import All, Condition, Not, Related, Test, dump, walk
from firstwin.core.conditions import Any as Any_
from firstwin.core.errors import Refused
from firstwin.core.fields import Kind, Vocabulary, vocabulary
from firstwin.people.config.kinds import DefinitionKind, Reference
from firstwin.people.config.reading import Reader
from firstwin.signals.kinds import shipped
from firstwin.signals.kinds.pipeline_text import is_computed
from firstwin.signals.kinds.scorecard import Fresh, Group, Measure, Missing, RollUp, Scorecard, Variant
from firstwin.signals.kinds.shape_text import dumped_shape, read_shape, value_kind

MOST_GROUPS, MOST_MEASURES, MOST_VARIANTS = 12, 60, 12
MOST_WEIGHT = 1_000_000.0

_EARLIER = (
    "segments", "experience", "stage", "stage_on", "stage_days", "stage_below", "stage_below_on", "stage_below_days",
    "stage_pace", "stage_late", "stage_late_on",
)  # fmt: skip
"""Signals that are known before the scores are."""


def parsed(key: str, body: Mapping[str, Any], known: Vocabulary | None = None) -> Scorecard:
    """Raises Refused; its `field` is the path of what is wrong (`groups[0].measures[1].tiers`)."""
    known = known or vocabulary()
    reader = Reader(body)
    label, words = reader.text("label", most=80), reader.text("help", "")
    amber, green = reader.number("amber_from", 0, 100, 50.0), reader.number("green_from", 0, 100, 75.0)
    if amber >= green:
        raise reader.refused("amber_from", f"Amber begins at {amber:g} and green at {green:g}: green begins higher.")
    least = reader.number("least_coverage", 0, 1, 0.5)
    roll_up: Any = reader.choice("roll_up", get_args(RollUp), "arr_weighted_mean")
    readers = reader.items("groups", least=1, most=MOST_GROUPS)
    groups = tuple(_group(one, known) for one in readers)
    reader.done()
    card = Scorecard(key, label, groups, amber, green, least, roll_up, words)
    _weigh(reader, "groups", [group.weight for group in groups])
    _once(reader, [(f"groups[{g}]", group.key) for g, group in enumerate(groups)], "group")
    places = [
        (f"groups[{g}].measures[{m}]", measure.key)
        for g, group in enumerate(groups)
        for m, measure in enumerate(group.measures)
    ]
    _once(reader, places, "measure")
    if len(places) > MOST_MEASURES:
        raise reader.refused("groups", f"A scorecard has at most {MOST_MEASURES} measures; this one has {len(places)}.")
    return card


def dumped(card: Scorecard) -> dict[str, Any]:
    """The body again; `parsed` gives the same scorecard back. What stands at its default is left out."""
    told: dict[str, Any] = {"label": card.label}
    if card.help:
        told["help"] = card.help
    told |= {
        "amber_from": _plain(card.amber_from),
        "green_from": _plain(card.green_from),
        "least_coverage": _plain(card.least_coverage),
        "roll_up": card.roll_up,
        "groups": [_dumped_group(group) for group in card.groups],
    }
    return told


def references(card: Scorecard) -> Iterable[Reference]:
    """The segments and experiences that its conditions name."""
    for g, group in enumerate(card.groups):
        for m, measure in enumerate(group.measures):
            for path, tree in conditions_of(measure):
                for _, node in walk(tree):
                    if isinstance(node, Test) and node.field in ("segments", "experience"):
                        kind = "segment" if node.field == "segments" else "experience"
                        values = node.value if isinstance(node.value, tuple) else (node.value,)
                        for value in values:
                            if isinstance(value, str):
                                yield Reference(kind, value, f"groups[{g}].measures[{m}].{path}")


def conditions_of(measure: Measure) -> Iterable[tuple[str, Condition]]:
    """(path within the measure, condition) of all its conditions."""
    for place, variant in enumerate(measure.variants):
        yield f"variants[{place}].when", variant.where
    for path, shape in [("holds", measure.shape), *((f"variants[{n}].holds", v.shape)
                                                    for n, v in enumerate(measure.variants))]:  # fmt: skip
        where = getattr(shape, "where", None)
        if where is not None:
            yield f"{path}.when", where
    if measure.count is not None and measure.count.where is not None:
        yield "count.where", measure.count.where


def _group(reader: Reader, known: Vocabulary) -> Group:
    key, label = reader.key("key"), reader.text("label", most=80)
    weight, words = reader.number("weight", 0, MOST_WEIGHT), reader.text("help", "")
    measures = tuple(_measure(one, known) for one in reader.items("measures", least=1, most=MOST_MEASURES))
    reader.done()
    _weigh(reader, "measures", [measure.weight for measure in measures])
    return Group(key, label, weight, measures, words)


def _measure(reader: Reader, known: Vocabulary) -> Measure:
    key, label = reader.key("key"), reader.text("label", most=80)
    field, count, change_days = _source(reader, known)
    kind = value_kind(known, field, count, change_days)
    variants = reader.items("variants", most=MOST_VARIANTS)
    shape = read_shape(reader, kind, known)
    if shape is None:
        raise reader.refused("unscored", "Only a variant may be left unscored: take the measure out instead.")
    missing: Any = reader.choice("missing", get_args(Missing), "spread")
    measure = Measure(
        key, label, field, reader.number("weight", 0, MOST_WEIGHT), shape,
        tuple(_variant(one, kind, known) for one in variants),
        missing, reader.whole("carry_days", 0, 3_650, 0), reader.text("help", ""), count, change_days,
        _fresh(reader, known),
    )  # fmt: skip
    reader.done()
    _require_no_circle(reader, measure, known)
    return measure


def _fresh(reader: Reader, known: Vocabulary) -> Fresh | None:
    part = reader.maybe_part("fresh")
    if part is None:
        return None
    by, days = part.text("by", most=80), part.whole("days", 0, 3_650)
    part.done()
    try:
        field = known.field(by)
    except Refused as refused:
        raise part.refused("by", refused.message) from None
    if field.kind not in (Kind.DAYS, Kind.DATE):
        raise part.refused("by", f"{field.label} is no day: name a field that says when data last came.")
    return Fresh(by, days)


def _require_no_circle(reader: Reader, measure: Measure, known: Vocabulary) -> None:
    """Scores, and what is made of scores, cannot decide a score."""
    read = [("field", measure.field)] if measure.field else []
    read += [("fresh.by", measure.fresh.by)] if measure.fresh else []
    for path, tree in conditions_of(measure):
        if not path.startswith("count"):  # that speaks of rows
            read += [(path, node.field) for node in account_tests(tree)]
    for path, key in read:
        field = known.fields[key]
        if is_computed(field) and key not in _EARLIER:
            raise reader.refused(path, f"{field.label} is worked out of the scores, so no score can depend on it.")


def account_tests(tree: Condition) -> Iterable[Test]:
    """What a condition says of the account itself, not of rows."""
    match tree:
        case Test():
            yield tree
        case All(parts) | Any_(parts):
            for part in parts:
                yield from account_tests(part)
        case Not(part):
            yield from account_tests(part)


def _source(reader: Reader, known: Vocabulary) -> tuple[str, Related | None, int]:
    """What the value is: a field, how much it changed, a number of rows; nothing where a condition is the shape."""
    field = reader.text("field", "", most=80)
    change_days = reader.whole("change_days", 0, 3_650, 0)
    counted = reader.maybe_part("count")
    if field and counted is not None:
        raise reader.refused("count", "A measure looks at a field or counts rows, not both.")
    if change_days and not field:
        raise reader.refused("change_days", "Name the `field` whose change counts.")
    if field:
        try:
            kind = known.field(field).kind
        except Refused as refused:
            raise reader.refused("field", refused.message) from None
        if change_days and kind not in (Kind.NUMBER, Kind.MONEY, Kind.SHARE):
            raise reader.refused("change_days", "Only numbers, money and shares change by a part of themselves.")
    return field, None if counted is None else _counted(counted, known), change_days


def _counted(reader: Reader, known: Vocabulary) -> Related:
    name = reader.text("rows", most=60)
    within = reader.maybe_whole("within_days", 1, 36_500)
    where = None
    try:
        collection = known.collection(name)
    except Refused as refused:
        raise reader.refused("rows", refused.message) from None
    if within is not None and collection.dated is None:
        raise reader.refused("within_days", f"{collection.label} carry no date: leave it out.")
    where = reader.maybe_condition("where", collection.vocabulary)
    reader.done()
    return Related("count", name, where, within_days=within)


def _variant(reader: Reader, kind: Any, known: Vocabulary) -> Variant:
    where = reader.condition("when", known)
    shape = read_shape(reader, kind, known)
    reader.done()
    return Variant(where, shape)


def _weigh(reader: Reader, key: str, weights: list[float]) -> None:
    if not any(weight > 0 for weight in weights):
        raise reader.refused(key, "All weights here are 0, so nothing would count: give one of them weight.")


def _once(reader: Reader, places: list[tuple[str, str]], what: str) -> None:
    seen: set[str] = set()
    for path, key in places:
        if key in seen:
            raise reader.refused(f"{path}.key", f"There is another {what} {key!r}: every {what} has a key of its own.")
        seen.add(key)


def _dumped_group(group: Group) -> dict[str, Any]:
    told: dict[str, Any] = {"key": group.key, "label": group.label, "weight": _plain(group.weight)}
    if group.help:
        told["help"] = group.help
    return told | {"measures": [_dumped_measure(measure) for measure in group.measures]}


def _dumped_measure(measure: Measure) -> dict[str, Any]:
    told: dict[str, Any] = {"key": measure.key, "label": measure.label}
    if measure.help:
        told["help"] = measure.help
    if measure.field:
        told["field"] = measure.field
    if measure.change_days:
        told["change_days"] = measure.change_days
    if measure.count is not None:
        told["count"] = _dumped_count(measure.count)
    told["weight"] = _plain(measure.weight)
    told |= dumped_shape(measure.shape)
    if measure.variants:
        told["variants"] = [{"when": dump(one.where)} | dumped_shape(one.shape) for one in measure.variants]
    if measure.missing != "spread":
        told["missing"] = measure.missing
    if measure.carry_days:
        told["carry_days"] = measure.carry_days
    if measure.fresh is not None:
        told["fresh"] = {"by": measure.fresh.by, "days": measure.fresh.days}
    return told


def _dumped_count(count: Related) -> dict[str, Any]:
    told: dict[str, Any] = {"rows": count.collection}
    if count.within_days is not None:
        told["within_days"] = count.within_days
    if count.where is not None:
        told["where"] = dump(count.where)
    return told


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


KIND = DefinitionKind(
    "scorecard", "Scorecard", "Scorecards", parsed, 30, references, lambda: shipped.shipped("scorecard")
)
