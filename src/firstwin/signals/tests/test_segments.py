"""Segments: who is in which, in what order they are asked, by whom an account is served, who enters and leaves."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.core.conditions import parse_text
from firstwin.core.errors import Refused
from firstwin.core.fields import Field, Kind
from firstwin.signals.frame.frame import Frame
from firstwin.signals.kinds.experience import Experience
from firstwin.signals.kinds.segment import Segment
from firstwin.signals.segments.circles import circles
from firstwin.signals.segments.layers import layers
from firstwin.signals.segments.membership import masks, segments_column
from firstwin.signals.segments.serving import experience_of
from firstwin.signals.segments.stays import stays
from firstwin.signals.tests.tabled import Table, day

FIELDS = (
    Field("seats", Kind.NUMBER, "Seats", "revenue"),
    Field("health", Kind.NUMBER, "Health", "signals", decimals=1),
    Field("segments", Kind.TAGS, "Segments", "signals"),
    Field("experience", Kind.CHOICE, "Experience", "signals"),
)
SEATS = [5, 50, 500, None]


def frame() -> Frame:
    return Table([1, 2, 3, 4], FIELDS, {"seats": lambda pk, on: SEATS[pk - 1]}).on(day(0))


def segments(**told: str) -> dict[str, Segment]:
    return {key: Segment(key, key.title(), parse_text(text)) for key, text in told.items()}


VOCABULARY = frame().vocabulary


def test_an_account_is_in_each_segment_whose_condition_holds() -> None:
    asked = frame()
    found = masks(asked, segments(large="seats > 100", small="seats < 100", unknown="seats is not set"))
    assert {key: held.tolist() for key, held in found.items()} == {
        "large": [False, False, True, False],
        "small": [True, True, False, False],
        "unknown": [False, False, False, True],
    }
    assert asked.column("segments").values.tolist() == [{"small"}, {"small"}, {"large"}, {"unknown"}]


def test_a_segment_may_speak_of_others_whatever_they_are_called() -> None:
    told = segments(a="segments has b and not (segments has c)", b="seats > 10", c="segments has b and seats > 100")
    assert layers(told, VOCABULARY).before == ("b", "c", "a")
    assert masks(frame(), told)["a"].tolist() == [False, True, False, False]


def test_what_reads_signals_comes_after_them_and_so_does_what_speaks_of_it() -> None:
    told = segments(a="segments has b", b="health < 50", c="seats > 10", d="segments has c")
    found = layers(told, VOCABULARY)
    assert (found.before, found.after) == (("c", "d"), ("b", "a"))


def test_later_segments_see_those_known_before() -> None:
    asked = frame()
    first = masks(asked, segments(large="seats > 100"))
    second = masks(asked, segments(late="segments has large"), first)
    assert list(second) == ["late"] and second["late"].tolist() == [False, False, True, False]
    assert asked.column("segments").values[2] == {"large", "late"}


@pytest.mark.parametrize(
    ("told", "chain"),
    [({"a": "segments has a"}, "A → A"),
     ({"a": "segments has b", "b": "segments has c", "c": "segments has a"}, "A → B → C → A"),
     ({"a": "segments has b", "b": "not (segments has b)"}, "B → B")],
)  # fmt: skip
def test_a_circle_is_refused_with_its_chain(told: dict[str, str], chain: str) -> None:
    with pytest.raises(Refused, match=chain):
        layers(segments(**told), VOCABULARY)


def test_a_segment_cannot_ask_whether_there_is_any() -> None:
    with pytest.raises(Refused, match="name them"):
        layers(segments(a="segments is set"), VOCABULARY)


def test_what_cannot_be_asked_is_named_and_the_others_are_answered() -> None:
    told = segments(good="seats > 10", bad="industry = 'x'")
    with pytest.raises(Refused, match="industry"):
        masks(frame(), told)
    problems: dict[str, str] = {}
    assert list(masks(frame(), told, problems=problems)) == ["good"]
    assert list(problems) == ["bad"]


def test_the_lowest_priority_serves_and_everybody_else_comes_last() -> None:
    found = masks(frame(), segments(large="seats > 100", known="seats is set"))
    served = {
        "rest": Experience("rest", "Rest", 1),
        "high": Experience("high", "High", 10, "large"),
        "mid": Experience("mid", "Mid", 20, "known"),
        "gone": Experience("gone", "Gone", 5, "no-such"),
    }
    assert experience_of(found, served, 4).tolist() == ["mid", "mid", "high", "rest"]
    del served["rest"]
    assert experience_of(found, served, 4).tolist() == ["mid", "mid", "high", ""]


def test_a_segment_that_reads_health_cannot_choose_an_experience(registered: None) -> None:
    everything: Mapping[str, Mapping[str, Any]] = {
        "segment": segments(a="segments has b", b="health < 50"),
        "experience": {"x": Experience("x", "X", 1, "a", scorecards=("s",))},
    }
    (found,) = circles(everything)
    assert found.message == (
        "Experience X depends on the segment A → B → health, which is known only after the experience is chosen: "
        "use another segment there."
    )
    assert [(one.kind, one.key, one.path) for one in found.places] == [
        ("experience", "x", "segment"), ("segment", "a", "where"), ("segment", "b", "where"),
    ]  # fmt: skip


@pytest.fixture
def registered(db: None) -> None:
    """The vocabulary asks the database for attributes."""


@given(st.integers(0, 70), st.integers(0, 12), st.randoms())
def test_the_column_says_what_the_masks_say(keys: int, n: int, chance: Any) -> None:
    held = {f"s{key}": np.array([chance.random() < 0.3 for _ in range(n)], dtype=np.bool_) for key in range(keys)}
    found = segments_column(held, n).values
    assert [set(words) for words in found] == [{key for key in held if held[key][place]} for place in range(n)]


open_stays = st.sets(st.tuples(st.integers(1, 6), st.sampled_from("abcd")))
held_now = st.dictionaries(st.sampled_from("abc"), st.lists(st.booleans(), min_size=4, max_size=4))


@given(open_stays, held_now, st.sets(st.sampled_from("abcd")))
def test_after_the_turnover_the_stays_say_what_holds(
    was: set[tuple[int, str]], holding: dict[str, list[bool]], unasked: set[str]
) -> None:
    accounts = np.arange(1, 5)
    found = stays(was, accounts, {key: np.array(held) for key, held in holding.items()}, unasked=unasked)
    now = (was | set(found.entered)) - set(found.left)
    for pk, key in {(pk, key) for pk in range(1, 7) for key in "abcd"}:
        if pk > 4 or key in unasked:
            assert ((pk, key) in now) == ((pk, key) in was)
        else:
            assert ((pk, key) in now) == (key in holding and holding[key][pk - 1])
    assert not was & set(found.entered)
    assert set(found.left) <= was
