"""What makes no sense in a definition is refused where it stands, with what to do: by `config plan` and on screen."""

import copy
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.core.conditions import All, Test
from firstwin.core.errors import Refused
from firstwin.core.fields import Field, Kind, Vocabulary
from firstwin.people.config.documents import read_documents, written
from firstwin.people.config.plan import planned
from firstwin.people.config.possible import require_possible
from firstwin.people.config.store import text_of
from firstwin.people.models import ConfigVersion, User

pytestmark = pytest.mark.django_db

MEASURE = {"key": "m", "label": "M", "weight": 1, "field": "seats", "tiers": [{"below": 5, "points": 0}, {"points": 9}]}
CARD = {"label": "C", "groups": [{"key": "g", "label": "G", "weight": 1, "measures": [MEASURE]}]}
PIPELINE = {
    "label": "P", "starts": [{"field": "arr", "op": "set"}], "ends": [{"field": "arr", "op": "not_set"}],
    "stages": [{"key": "a", "label": "A", "done": [{"field": "activated", "op": "set"}]}, {"key": "b", "label": "B"}],
}  # fmt: skip
RED = {"label": "Red ones", "where": [{"field": "health_band", "op": "eq", "value": "red"}]}


def measured(**changes: Any) -> dict[str, Any]:
    """The scorecard with its measure changed; None takes a key out."""
    body: dict[str, Any] = copy.deepcopy(CARD)
    measure = body["groups"][0]["measures"][0] | changes
    body["groups"][0]["measures"][0] = {key: value for key, value in measure.items() if value is not None}
    return body


def segment(*tests: tuple[Any, ...]) -> dict[str, Any]:
    return {"label": "S", "where": [dict(zip(("field", "op", "value"), one, strict=False)) for one in tests]}


def experience(**changes: Any) -> dict[str, Any]:
    return {"label": "E", "priority": 77, "segment": "renewing", "scorecards": ["pooled"]} | changes


def staged(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = copy.deepcopy(PIPELINE)
    body["stages"][0] |= changes
    return body


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("scorecard", measured(field="seets"), "groups[0].measures[0].field", "Did you mean seats"),
    ("scorecard", measured(weight=0), "groups[0].measures", "give one of them weight"),
    ("scorecard", measured(weight=-1), "groups[0].measures[0].weight", "from 0 to 1,000,000, such as 10"),
    ("scorecard", measured(tiers=[]), "groups[0].measures[0].tiers", "give it at least one"),
    ("scorecard", measured(field="licence_share", tiers=[{"below": 40, "points": 0}, {"points": 9}]),
     "groups[0].measures[0].tiers[0].below", "40 is 4,000%: write 40% or 0.4"),
    ("scorecard", measured(tiers=[{"below": 9, "points": 0}, {"below": 5, "points": 1}, {"points": 9}]),
     "groups[0].measures[0].tiers[1].below", "Tiers rise"),
    ("scorecard", measured(field="health"), "groups[0].measures[0].field", "no score can depend on it"),
    ("scorecard", CARD | {"amber_from": 80}, "amber_from", "green begins higher"),
    ("segment", segment(("seets", "ge", 1)), "where", "all[0]: There is no field 'seets'"),
    ("segment", segment(("seats", "between", [9, 1])), "where", "write the lower one first"),
    ("segment", segment(("seats", "ge", 9), ("seats", "lt", 9)), "where",
     "all[1]: Seats cannot be at least 9 and less than 9 at once"),
    ("segment", segment(("roles_covered", "ge", 5)), "where", "Roles covered goes from 0 to 4: 5 is never reached"),
    ("segment", segment(("health", "lt", 150)), "where", "all[0]: Health goes from 0 to 100: 150 is never reached"),
    ("segment", segment(("licence_share", "lt", -0.5)), "where", "Licence use is never less than 0: -0.5 is never"),
    ("scorecard", measured(field="roles_covered", tiers=[{"below": 300, "points": 0}, {"points": 9}]),
     "groups[0].measures[0].tiers[0].below", "Roles covered goes from 0 to 4: 300 is never reached"),
    ("scorecard", measured(field="habit_weeks", tiers=None, linear={"from": 12, "to": 40}),
     "groups[0].measures[0].linear.from", "never more than 12: no value lies on this line"),
    ("scorecard", measured(field="habit_weeks", tiers=None, bounded={"low": 20, "zero_low": 3}),
     "groups[0].measures[0].bounded.low", "Weeks of use in 12 goes from 0 to 12: 20 is never reached"),
    ("segment", segment(("segments", "has", "x")), "where", "circle: S → S. Let one of them speak of something else"),
    ("pipeline", staged(limits=[{"expected_days": 3}, {"segment": "renewing", "expected_days": 5}]),
     "stages[0].limits[0]", "put them last"),
    ("pipeline", staged(limits=[{"expected_days": 9, "max_days": 3}]), "stages[0].limits[0].max_days", "less than"),
    ("pipeline", staged(done=[{"field": "health", "op": "gt", "value": 5}]), "stages[0].done", "after the stage"),
    ("experience", experience(priority=10), "priority", "E and High touch have the same priority 10: give one"),
    ("experience", experience(segment=""), "segment", "give all but one of them a segment"),
    ("experience", experience(segment="nope"), "segment", "There is no segment 'nope'"),
    ("experience", experience(scorecards=["nope"]), "scorecards[0]", "There is no scorecard 'nope'"),
    ("experience", experience(layout=["summary", "helth"]), "layout[1]", "Did you mean health"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "path", "message"), WRONG)
def test_the_plan_names_file_line_and_path(db: None, kind: str, body: dict[str, Any], path: str, message: str) -> None:
    documents, wrong = read_documents(written(kind, "x", body), "x.yaml")
    assert not wrong
    problem = next(one for one in planned(documents).problems if message in one.message)
    assert (problem.file, problem.path) == ("x.yaml", path) and problem.line >= 1
    assert f"x.yaml:{problem.line} {path}: " in str(problem)


@pytest.mark.parametrize(("kind", "body", "path", "message"), WRONG[::3])
def test_the_editor_says_the_same_and_keeps_the_text(
    client_of: Any, operations: User, kind: str, body: dict[str, Any], path: str, message: str
) -> None:
    given_ = {"text": text_of(body), "note": "Because", "based_on": "0", "act": "publish"}
    answer = client_of(operations).post(f"/settings/definitions/{kind}/x/edit/", given_)
    text = unescape(answer.text)
    assert answer.status_code == 422 and message in text and f'<span class="mono">{path}</span>' in text
    assert text_of(body).splitlines()[-1] in text and "Because" in text
    assert not ConfigVersion.objects.filter(kind=kind, key="x").exists()


def test_a_circle_over_kinds_is_told_at_what_is_written() -> None:
    red = written("segment", "red", RED)
    uses = written("experience", "e", experience(segment="red"))
    (problem,) = planned(read_documents(f"{red}---\n{uses}", "x.yaml")[0]).problems
    assert problem.path == "segment" and "Experience E depends on the segment Red ones → health band" in problem.message
    # Where only the segment is written, it is told there: an experience uses it already.
    body = {"label": "High touch", "where": RED["where"]}
    (problem,) = planned(read_documents(written("segment", "high-touch", body), "x.yaml")[0]).problems
    assert (problem.line, problem.path) == (4, "where") and "Experience High touch depends on" in problem.message


def test_the_segment_form_says_so_at_the_condition(client_of: Any, operations: User) -> None:
    asked = {"label": "S", "help": "", "condition": "seats >= 9 and seats < 1", "note": "", "based_on": "0"}
    answer = client_of(operations).post("/segments/new/", asked)
    assert answer.status_code == 422 and "Seats cannot be at least 9 and less than 1 at once" in answer.text
    shown = client_of(operations).post("/segments/preview/", {"condition": asked["condition"]})
    assert "nothing fulfils it" in shown.text


SEATS = Vocabulary({"seats": Field("seats", Kind.NUMBER, "Seats", "test", stored="seats")}, {})
_tests = st.builds(
    Test, st.just("seats"), st.sampled_from(["gt", "ge", "lt", "le", "eq"]), st.integers(-3, 3)
) | st.builds(lambda a, b: Test("seats", "between", (a, b)), st.integers(-3, 3), st.integers(-3, 3))


@given(st.lists(_tests, min_size=1, max_size=4))
def test_only_what_nothing_fulfils_is_refused(tests: list[Test]) -> None:
    tree = All(tuple(tests))
    is_possible = any(_lets(tree, n / 2) for n in range(-10, 11))
    try:
        require_possible(tree, SEATS)
    except Refused:
        assert not is_possible
    else:
        assert is_possible


def _lets(tree: All, value: float) -> bool:
    words = {"gt": float.__gt__, "ge": float.__ge__, "lt": float.__lt__, "le": float.__le__, "eq": float.__eq__}
    for one in tree.parts:
        assert isinstance(one, Test)
        if one.op == "between":
            assert isinstance(one.value, tuple)
            low, high = one.value
            if not float(str(low)) <= value <= float(str(high)):
                return False
        elif not words[one.op](value, float(str(one.value))):
            return False
    return True
