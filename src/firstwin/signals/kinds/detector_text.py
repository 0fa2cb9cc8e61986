"""A detector as text.

label: Payment overdue
what: risk
severity: medium
family: commercial
where: [{field: overdue_days, op: ge, value: 7}]
grades: [{severity: high, where: [{field: overdue_days, op: ge, value: 30}]}]
stake: overdue
fields: [overdue, overdue_days]
collection: invoices
rows_where: [{field: state, op: eq, value: open}, {field: since_due, op: gt, value: 0}]
words: "{rows} overdue since {overdue_days:since}[, {overdue}]"
advice: Ask who pays the bills there before writing to the sponsor.

Or, alone or together with `where`: alarm: {budget: 1, direction: down}
"""

from collections.abc import Iterator, Mapping
from typing import Any

from firstwin.core.conditions import Condition
from firstwin.core.errors import Refused
from firstwin.core.fields import Collection, Kind, Vocabulary, vocabulary
from firstwin.core.text import did_you_mean
from firstwin.people.config.kinds import DefinitionKind, Reference
from firstwin.people.config.reading import Reader
from firstwin.signals.kinds.detector import Alarm, Detector, Graded
from firstwin.signals.kinds.pipeline_text import fields_read, is_computed, segments_named
from firstwin.signals.kinds.shipped import shipped
from firstwin.signals.models.kinds import Severity, What
from firstwin.signals.risks.template import WAYS, named

FAMILIES = ("relationship", "usage", "commercial", "support", "progress", "growth")
DIRECTIONS = ("down", "up")
SEVERITIES = {severity.name.lower(): severity for severity in Severity}
MOST_DAYS = 730
_LATER = frozenset({"risks_open", "risk_severity", "opportunities_open", "at_risk"})
"""Fields that are counted from findings, so that no finding can depend on them."""
ALARM_NAMES = ("weeks", "usual", "now", "z")
"""What the sentence of an alarm may name."""


def parse(key: str, body: Mapping[str, Any]) -> Detector:
    """Raises Refused with the path of the first fault."""
    reader, words = Reader(body), vocabulary()
    alarm = _alarm(reader.maybe_part("alarm"))
    where = None if alarm and not reader.has("where") else _told(reader, "where", words)
    rows = _collection(reader, words)
    detector = Detector(
        key=key,
        label=reader.text("label", most=80),
        what=What(reader.choice("what", [str(what) for what in What], "risk")),
        severity=SEVERITIES[reader.choice("severity", list(SEVERITIES))],
        family=reader.choice("family", FAMILIES),
        where=where,
        alarm=alarm,
        clears=_told(reader, "clears", words) if reader.has("clears") else None,
        grades=tuple(_grade(one, words) for one in reader.items("grades", most=10)),
        after_days=reader.whole("after_days", 0, 60, 0),
        quiet_days=reader.whole("quiet_days", 0, MOST_DAYS, 0),
        stake=_stake(reader, words),
        fields=_fields(reader, words),
        collection=rows.key if rows else "",
        rows_where=_rows_where(reader, rows),
        per_row=reader.flag("per_row", False),
        row_key=_row_key(reader, rows),
        words=_words(reader, words, rows, alarm),
        advice=reader.text("advice", ""),
        help=reader.text("help", ""),
    )
    _fit(reader, detector, words)
    reader.done()
    return detector


def references(detector: Detector) -> Iterator[Reference]:
    """The segments and experiences that its conditions speak of."""
    yield from segments_named(detector.where, "where")
    yield from segments_named(detector.clears, "clears")
    for place, grade in enumerate(detector.grades):
        yield from segments_named(grade.where, f"grades[{place}].where")


def _alarm(reader: Reader | None) -> Alarm | None:
    if reader is None:
        return None
    alarm = Alarm(
        budget=reader.number("budget", 0.01, 100, 1.0),
        slack=reader.number("slack", 0, 3, 0.5),
        direction=reader.choice("direction", DIRECTIONS, "down"),
    )
    reader.done()
    return alarm


def _grade(reader: Reader, words: Vocabulary) -> Graded:
    grade = Graded(_told(reader, "where", words), SEVERITIES[reader.choice("severity", list(SEVERITIES))])
    reader.done()
    return grade


def _told(reader: Reader, key: str, words: Vocabulary) -> Condition:
    tree = reader.condition(key, words)
    for name in fields_read(tree):
        if name in _LATER:
            raise reader.refused(key, f"{words.field(name).label} is counted from findings and cannot make one.")
    return tree


def _stake(reader: Reader, words: Vocabulary) -> str:
    key = reader.text("stake", "arr") if reader.raw("stake") != "" else ""
    if key and _field(reader, "stake", key, words).kind is not Kind.MONEY:
        raise reader.refused("stake", f"{words.field(key).label} is no amount of money.")
    return key


def _fields(reader: Reader, words: Vocabulary) -> tuple[str, ...]:
    keys = reader.words("fields", ())
    for place, key in enumerate(keys):
        _field(reader, f"fields[{place}]", key, words)
    return keys


def _field(reader: Reader, at: str, key: str, words: Vocabulary) -> Any:
    try:
        return words.field(key)
    except Refused as refused:
        raise reader.refused(at, refused.message) from None


def _collection(reader: Reader, words: Vocabulary) -> Collection | None:
    if not reader.has("collection"):
        return None
    try:
        return words.collection(reader.text("collection"))
    except Refused as refused:
        raise reader.refused("collection", refused.message) from None


def _rows_where(reader: Reader, rows: Collection | None) -> Condition | None:
    if not reader.has("rows_where"):
        return None
    return reader.condition("rows_where", _of(reader, "rows_where", rows).vocabulary)


def _row_key(reader: Reader, rows: Collection | None) -> str:
    key = reader.text("row_key", "")
    if key:
        _field(reader, "row_key", key, _of(reader, "row_key", rows).vocabulary)
    return key


def _of(reader: Reader, key: str, rows: Collection | None) -> Collection:
    if rows is None:
        raise reader.refused(key, f"`{key}` speaks of rows: say of which `collection`.")
    return rows


def _words(reader: Reader, words: Vocabulary, rows: Collection | None, alarm: Alarm | None) -> str:
    """The sentence, with every name in it known."""
    text = reader.text("words", "", most=300)
    here = set(words.fields) | ({"rows", "n", *(f"row.{field.key}" for field in rows.fields)} if rows else set())
    here |= set(ALARM_NAMES) if alarm else set()
    try:
        names = named(text)
    except ValueError as fault:
        raise reader.refused("words", str(fault)) from None
    for name, way in names:
        if name not in here:
            raise reader.refused("words", f"There is no {{{name}}} to name here. {did_you_mean(name, here)}".strip())
        if way and way not in WAYS:
            raise reader.refused("words", f"{way!r} is no way to say a value: {', '.join(WAYS)} are.")
    return text


def _fit(reader: Reader, detector: Detector, words: Vocabulary) -> None:
    if detector.per_row and not detector.collection:
        raise reader.refused("per_row", "`per_row` makes one finding for each row: say of which `collection`.")
    if detector.alarm and (detector.after_days or detector.clears):
        key = "after_days" if detector.after_days else "clears"
        raise reader.refused(key, "An alarm is told when it fires and ends by itself.")
    if detector.after_days:
        told = [name for name in fields_read(detector.where) if is_computed(words.field(name))]
        if told:
            label = words.field(told[0]).label
            raise reader.refused("after_days", f"{label} is not known for the days before: leave `after_days` out.")


KIND = DefinitionKind(
    key="detector",
    label="Detector",
    plural="Detectors",
    parse=parse,
    order=50,
    references=references,
    shipped=lambda: shipped("detector"),
)
