"""Pipelines and detectors as text: what ships can be read, and every fault is refused with its place."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from firstwin.core import fields as registry
from firstwin.core.conditions import Test, walk
from firstwin.core.errors import Refused
from firstwin.core.fields import Collection, Field, Kind
from firstwin.people.config.kinds import Reference
from firstwin.signals.kinds import detector_text, pipeline_text
from firstwin.signals.kinds.shipped import shipped
from firstwin.signals.models.kinds import Severity, What
from firstwin.signals.risks.template import filled, named

pytestmark = pytest.mark.django_db

STAGES: dict[str, Any] = {
    "label": "Short",
    "starts": [{"field": "seats", "op": "gt", "value": 0}],
    "ends": [{"field": "churned_on", "op": "set"}],
    "stages": [
        {"key": "setup", "label": "Setup", "done": [{"field": "activated", "op": "set"}],
         "limits": [{"segment": "new", "expected_days": 5, "max_days": 9}]},
        {"key": "use", "label": "Use"},
    ],
    "overlay": {"key": "renewal", "label": "Renewal", "where": [{"field": "renews", "op": "in_next", "value": 90}],
                "renewed_to": "setup"},
}  # fmt: skip
OVERDUE: dict[str, Any] = {
    "label": "Payment overdue",
    "severity": "medium",
    "family": "commercial",
    "where": [{"field": "overdue_days", "op": "ge", "value": 7}],
}


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """What a test registers is forgotten after it."""
    known, rows = set(registry._fields), set(registry._collections)
    yield
    for key in set(registry._fields) - known:
        del registry._fields[key]
    for key in set(registry._collections) - rows:
        del registry._collections[key]


def _put(body: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The body with another value at `a.0.b`."""
    copy: Any = yaml.safe_load(yaml.safe_dump(dict(body)))
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    here = copy
    for step in steps:
        here = here[step]
    here[last] = value
    return dict(copy)


@pytest.mark.parametrize("key", shipped("pipeline"))
def test_every_pipeline_that_ships_can_be_read(key: str) -> None:
    pipeline = pipeline_text.parse(key, shipped("pipeline")[key])
    assert [stage.key for stage in pipeline.stages] == ["setup", "activation", "adoption", "outcomes", "expansion"]
    assert pipeline.overlay is not None and pipeline.renewed_to == "outcomes"


@pytest.mark.parametrize("key", shipped("detector"))
def test_every_detector_that_ships_can_be_read(key: str) -> None:
    detector = detector_text.parse(key, shipped("detector")[key])
    assert detector.words and detector.advice and detector.label
    assert list(detector_text.references(detector)) == list(detector_text.references(detector))


def test_what_ships_speaks_of_risks_and_of_opportunities() -> None:
    parsed = [detector_text.parse(key, body) for key, body in shipped("detector").items()]
    assert {one.what for one in parsed} == set(What)
    assert {one.family for one in parsed} == set(detector_text.FAMILIES)
    assert len([one for one in parsed if one.alarm]) == 1


def test_a_stage_can_wait_for_facts_that_come_later_without_a_line_of_code() -> None:
    body = _put(
        shipped("pipeline")["default"], "stages.3.done", [{"field": "outcomes_confirmed", "op": "ge", "value": 1}]
    )
    with pytest.raises(Refused, match="outcomes_confirmed"):
        pipeline_text.parse("default", body)
    registry.register(Field("outcomes_confirmed", Kind.NUMBER, "Confirmed outcomes", "later"))
    pipeline = pipeline_text.parse("default", body)
    assert pipeline.stages[3].done is not None
    assert [node.field for _, node in walk(pipeline.stages[3].done) if isinstance(node, Test)] == ["outcomes_confirmed"]


def test_a_detector_can_speak_of_facts_that_come_later_without_a_line_of_code() -> None:
    broken = {
        **OVERDUE,
        "where": [{"any": "commitments", "where": {"field": "state", "op": "eq", "value": "broken"}}],
        "collection": "commitments",
        "rows_where": [{"field": "state", "op": "eq", "value": "broken"}],
        "per_row": True,
        "row_key": "what",
        "fields": ["nps"],
        "words": "We broke a promise: {row.what}[, NPS {nps}]",
    }
    with pytest.raises(Refused):
        detector_text.parse("broken", broken)
    registry.register(Field("nps", Kind.NUMBER, "NPS", "later"))
    registry.register_collection(
        Collection("commitments", "Commitments", "later", model=None,
                   fields=(Field("state", Kind.CHOICE, "State", "later", choices=(("broken", "Broken"),)),
                           Field("what", Kind.TEXT, "What", "later")))
    )  # fmt: skip
    detector = detector_text.parse("broken", broken)
    assert (detector.collection, detector.row_key, detector.severity) == ("commitments", "what", Severity.MEDIUM)


def test_limits_and_conditions_name_the_segments_they_speak_of() -> None:
    pipeline = pipeline_text.parse("short", STAGES)
    assert list(pipeline_text.references(pipeline)) == [Reference("segment", "new", "stages[0].limits[0].segment")]


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("label", "", "label"),
        ("stages", [], "stages"),
        ("stages.0.key", "Set up", "stages[0].key"),
        ("stages.1.key", "setup", "stages[1].key"),
        ("stages.0.done", None, "stages[0].done"),
        ("stages.1.done", [{"field": "seats", "op": "set"}], "stages[1].done"),
        ("stages.0.done", [{"field": "seatz", "op": "set"}], "stages[0].done"),
        ("stages.0.done", [{"field": "health", "op": "ge", "value": 50}], "stages[0].done"),
        ("stages.0.limits.0.max_days", 2, "stages[0].limits[0].max_days"),
        ("stages.0.limits.0.expected_days", 0, "stages[0].limits[0].expected_days"),
        ("stages.0.limitz", [], "stages[0].limitz"),
        ("overlay.key", "setup", "overlay.key"),
        ("overlay.renewed_to", "nowhere", "overlay.renewed_to"),
        ("overlay.where", None, "overlay.where"),
        ("starts", "paying", "starts"),
        ("extra", 1, "extra"),
    ],
)
def test_a_fault_in_a_pipeline_is_refused_with_its_place(path: str, value: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        pipeline_text.parse("short", _put(STAGES, path, value))
    assert refused.value.field == field
    assert refused.value.message


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"severity": "terrible"}, "severity"),
        ({"family": "money"}, "family"),
        ({"what": "chance"}, "what"),
        ({"where": None}, "where"),
        ({"where": [{"field": "risks_open", "op": "gt", "value": 1}]}, "where"),
        ({"where": None, "alarm": {"budget": 0}}, "alarm.budget"),
        ({"where": None, "alarm": {"direction": "sideways"}}, "alarm.direction"),
        ({"where": None, "alarm": {}, "after_days": 3}, "after_days"),
        ({"grades": [{"severity": "high"}]}, "grades[0].where"),
        ({"stake": "seats"}, "stake"),
        ({"stake": "arrr"}, "stake"),
        ({"fields": ["arr", "nothing"]}, "fields[1]"),
        ({"collection": "bills"}, "collection"),
        ({"rows_where": [{"field": "state", "op": "set"}]}, "rows_where"),
        ({"collection": "invoices", "rows_where": [{"field": "seats", "op": "set"}]}, "rows_where"),
        ({"collection": "invoices", "row_key": "nothing"}, "row_key"),
        ({"per_row": True}, "per_row"),
        ({"words": "{overdu} overdue"}, "words"),
        ({"words": "{overdue"}, "words"),
        ({"words": "{overdue:loudly}"}, "words"),
        ({"words": "[{overdue} [since]]"}, "words"),
        ({"words": "{rows} overdue"}, "words"),
        ({"after_days": -1}, "after_days"),
        ({"after_days": 3, "where": [{"field": "stage_pace", "op": "eq", "value": "stuck"}]}, "after_days"),
        ({"quiet_day": 3}, "quiet_day"),
    ],
)
def test_a_fault_in_a_detector_is_refused_with_its_place(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        detector_text.parse("overdue", OVERDUE | change)
    assert refused.value.field == field
    assert refused.value.message


def test_a_detector_without_a_stake_puts_nothing_at_stake() -> None:
    assert detector_text.parse("overdue", OVERDUE | {"stake": ""}).stake == ""
    assert detector_text.parse("overdue", OVERDUE).stake == "arr"


@pytest.mark.parametrize(
    ("text", "known", "said"),
    [
        ("{n|open ticket} late", {"n": "1"}, "1 open ticket late"),
        ("{n|open ticket} late", {"n": "12"}, "12 open tickets late"),
        ("one[: {n|person|people} known]", {"n": "2"}, "one: 2 people known"),
        ("one[: {n|person|people} known]", {}, "one"),
        ("{n|ticket} late", {}, "unknown late"),
        ("since {n:since}", {"n": "3 Nov"}, "since 3 Nov"),
    ],
)
def test_a_number_is_said_with_what_it_counts(text: str, known: dict[str, str], said: str) -> None:
    assert [name for name, _ in named(text)] == ["n"]
    assert filled(text, lambda name, way: known.get(name)) == said


@pytest.mark.parametrize("text", ["{n|}", "{n|a|b|c}", "{n|a{b}}", "{|ticket}"])
def test_what_a_number_counts_is_one_word_or_two(text: str) -> None:
    with pytest.raises(ValueError, match="braces"):
        named(text)
