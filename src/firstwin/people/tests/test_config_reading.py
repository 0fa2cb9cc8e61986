"""What a person is told whose definition does not read."""

from typing import Any

import pytest

from firstwin.core.errors import Refused
from firstwin.core.fields import Field, Kind, Vocabulary
from firstwin.people.config.reading import Reader

VOCABULARY = Vocabulary({"seats": Field("seats", Kind.NUMBER, "Seats", "revenue")}, {})


def test_values_are_read_by_their_kind() -> None:
    reader = Reader(
        {"label": " Use ", "weight": 2, "share": "80%", "days": 3, "is_on": True, "tags": ["a"],
         "when": {"field": "seats", "op": "ge", "value": 5}, "parts": [{"x": 1}]}
    )  # fmt: skip
    assert reader.text("label") == "Use"
    assert reader.number("weight", 0, 10) == 2.0
    assert reader.number("share", 0, 1) == 0.8
    assert reader.number("absent", 0, 1, 0.5) == 0.5
    assert reader.maybe_number("none", 0, 1) is None
    assert reader.whole("days", 0, 9) == 3
    assert reader.flag("is_on") is True
    assert reader.words("tags") == ("a",)
    assert reader.condition("when", VOCABULARY)
    [part] = reader.items("parts")
    assert (part.path, part.whole("x", 0, 2)) == ("parts[0]", 1)
    reader.done()
    part.done()


def test_what_nobody_asked_for_is_refused_with_the_nearest_word() -> None:
    [group] = Reader({"groups": [{"measures": [{"tierz": 1}]}]}).items("groups")
    [measure] = group.items("measures")
    assert not measure.has("tiers")
    with pytest.raises(Refused, match="Did you mean tiers") as refused:
        measure.done()
    assert refused.value.field == "groups[0].measures[0].tierz"


@pytest.mark.parametrize("value", [None, True, "x", float("nan"), float("inf"), 11, -1, [], {}])
def test_a_number_out_of_bounds_is_refused_at_its_place(value: Any) -> None:
    with pytest.raises(Refused) as refused:
        Reader({"weight": value}, "groups[0]").number("weight", 0, 10)
    assert refused.value.field == "groups[0].weight"


def test_a_condition_names_its_field_and_its_place() -> None:
    reader = Reader({"when": [{"field": "seatz", "value": 1}]}, "groups[1]")
    with pytest.raises(Refused, match="Did you mean seats") as refused:
        reader.condition("when", VOCABULARY)
    assert refused.value.field == "groups[1].when"


@pytest.mark.parametrize("body", [None, 1, "x", [], [1]])
def test_what_is_no_mapping_is_refused(body: Any) -> None:
    with pytest.raises(Refused):
        Reader(body, "groups[0]")


def test_a_required_text_is_there_and_says_something() -> None:
    with pytest.raises(Refused, match="missing"):
        Reader({}).text("label")
    with pytest.raises(Refused, match="empty"):
        Reader({"label": "  "}).text("label")
    with pytest.raises(Refused):
        Reader({"label": "x\x00"}).text("label")


def test_a_key_that_is_no_text_is_refused_and_named() -> None:
    with pytest.raises(Refused, match="True"):
        Reader({True: 1}).done()
