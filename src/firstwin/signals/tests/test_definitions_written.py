"""Writing definitions: what does not fit together is refused, versions are added, and what was written is undone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from firstwin.core import clock
from firstwin.core.errors import Conflict, NotAllowed, Refused
from firstwin.people.config.store import definitions
from firstwin.people.config.together import Change, dependants
from firstwin.people.config.write import WRITTEN, add_version, add_versions
from firstwin.people.models import AuditRow, ConfigVersion, User
from firstwin.people.undo import offer_undo, use_undo

pytestmark = pytest.mark.django_db
NOW = clock.now() + timedelta(hours=1)

LARGE = {"label": "Large", "where": [{"field": "seats", "op": "ge", "value": 100}]}
CARD = {
    "label": "Card",
    "groups": [
        {"key": "g", "label": "G", "weight": 1, "measures": [
            {"key": "m", "label": "M", "weight": 1, "field": "seats",
             "tiers": [{"below": 10, "points": 0}, {"points": 100}]}]}
    ],
}  # fmt: skip


def body(**changes: Any) -> dict[str, Any]:
    return {
        "label": "Served",
        "priority": 7,
        "segment": "large",
        "scorecards": ["card"],
        "pipeline": "default",
    } | changes


def write(by: User, key: str, said: Mapping[str, Any] | None, kind: str = "segment", **rest: Any) -> ConfigVersion:
    return add_version(by=by, kind=kind, key=key, body=said, now=NOW, **rest)


def test_a_segment_is_written_changed_and_removed(operations: User) -> None:
    first = write(operations, "large", LARGE, note="For the spring")
    assert (first.number, first.author, first.note) == (1, operations, "For the spring")
    assert definitions("segment")["large"].parsed.label == "Large"
    assert write(operations, "large", LARGE) == first
    assert write(operations, "large", LARGE | {"label": "Huge"}).number == 2
    assert write(operations, "large", None).is_removed
    assert "large" not in definitions("segment")
    deeds = AuditRow.objects.filter(did__startswith="definition.").order_by("pk").values_list("did", flat=True)
    assert list(deeds) == ["definition.added", "definition.changed", "definition.removed"]


@pytest.mark.parametrize("who", ["owner", "viewer"])
def test_others_look_but_do_not_write(request: pytest.FixtureRequest, who: str) -> None:
    with pytest.raises(NotAllowed):
        write(request.getfixturevalue(who), "large", LARGE)


@pytest.mark.parametrize(
    ("said", "field", "message"),
    [
        ({"label": "X", "where": [{"field": "seat", "op": "ge", "value": 1}]}, "where", "Did you mean"),
        ({"label": "X"}, "where", "missing"),
        ({"label": "X", "where": [], "colour": "red"}, "colour", "no 'colour'"),
        ({"label": "", "where": []}, "label", "empty"),
        ({"label": "X", "where": [{"field": "owner", "op": "in", "value": ["Me"]}]}, "where", "whoever looks"),
        ({"label": "X", "where": [{"field": "segments", "op": "has", "value": "x"}]}, "", "circle"),
        ({"label": "X", "where": [{"field": "segments", "op": "has", "value": "y"}]}, "where", "has no 'y'"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_place(operations: User, said: Any, field: str, message: str) -> None:
    with pytest.raises(Refused, match=message) as refused:
        write(operations, "x", said)
    assert (refused.value.field or "").startswith(field)
    assert not ConfigVersion.objects.filter(key="x").exists()


def test_a_bad_key_is_refused(operations: User) -> None:
    with pytest.raises(Refused, match="A key is a word"):
        write(operations, "Large One", LARGE)


def test_several_that_refer_to_each_other_stand_together_or_not_at_all(operations: User) -> None:
    changes = [
        Change("experience", "served", body()),
        Change("segment", "large", LARGE),
        Change("scorecard", "card", CARD),
    ]
    with pytest.raises(Refused, match="There is no segment 'large'") as refused:
        add_versions(by=operations, changes=[changes[0], changes[2]], now=NOW)
    assert refused.value.field == "segment"
    assert not ConfigVersion.objects.filter(key="served").exists()
    assert [row.key for row in add_versions(by=operations, changes=changes, now=NOW)] == ["served", "large", "card"]
    assert [one.key for one in dependants("segment", "large")] == ["served"]


def test_what_is_used_is_not_removed(operations: User) -> None:
    write(operations, "large", LARGE)
    write(operations, "larger", {"label": "Larger", "where": [{"field": "segments", "op": "has", "value": "large"}]})
    with pytest.raises(Refused, match="still used by the segment Larger"):
        write(operations, "large", None)
    write(operations, "larger", None)
    assert write(operations, "large", None).is_removed


def test_an_experience_cannot_be_chosen_by_what_comes_of_it(operations: User) -> None:
    write(operations, "card", CARD, kind="scorecard")
    write(operations, "large", LARGE)
    write(operations, "served", body(), kind="experience")
    with pytest.raises(Refused, match="Served depends on the segment Large → health"):
        write(operations, "large", LARGE | {"where": [{"field": "health", "op": "lt", "value": 50}]})


def test_two_experiences_never_have_the_same_priority(operations: User) -> None:
    write(operations, "card", CARD, kind="scorecard")
    write(operations, "large", LARGE)
    write(operations, "served", body(), kind="experience")
    with pytest.raises(Refused, match="same priority 7"):
        write(operations, "again", body(label="Again"), kind="experience")
    with pytest.raises(Refused, match="both for everybody else"):
        write(operations, "again", body(label="Again", priority=8, segment=""), kind="experience")


def test_a_writer_who_saw_an_older_version_is_told(operations: User) -> None:
    write(operations, "large", LARGE, based_on=0)
    with pytest.raises(Conflict, match="changed this segment meanwhile"):
        write(operations, "large", LARGE | {"label": "Huge"}, based_on=0)


def test_what_was_written_is_taken_back(operations: User) -> None:
    added = write(operations, "large", LARGE)
    changed = write(operations, "large", LARGE | {"label": "Huge"})
    _take_back(operations, changed)
    assert definitions("segment")["large"].parsed.label == "Large"
    with pytest.raises(Refused, match="changed again since"):
        _take_back(operations, added)
    removed = write(operations, "large", None)
    _take_back(operations, removed)
    assert definitions("segment")["large"].number == 5


def _take_back(by: User, version: ConfigVersion) -> None:
    undo = offer_undo(by=by, verb=WRITTEN, payload={"versions": [version.pk]}, says="Saved", now=NOW)
    use_undo(by=by, pk=undo.pk, now=NOW)
