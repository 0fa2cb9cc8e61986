"""Why a score is what it is and why it moved: exact sums, the worst input, the sentence; and what children say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from firstwin.core.fields import Field, Kind
from firstwin.signals.kinds.scorecard import RollUp
from firstwin.signals.ledger.columns import Said
from firstwin.signals.ledger.standing import Kept
from firstwin.signals.ledger.told import words_of
from firstwin.signals.scores import ENGINE
from firstwin.signals.scores.compute import scored
from firstwin.signals.scores.explain import Change, Explained, change, explained
from firstwin.signals.scores.family import Child, rolled_up
from firstwin.signals.scores.frozen import goes_on
from firstwin.signals.scores.judged import InForce, Judged
from firstwin.signals.scores.outcome import read
from firstwin.signals.scores.remembered import Remembered
from firstwin.signals.scores.sentences import change_words, standing_words, value_words
from firstwin.signals.tests.score_frames import DAY, VOCABULARY, ago, card, frame
from firstwin.signals.tests.test_scores import BODY, CARD, sets, values
from firstwin.ui import filters

LATER = DAY + timedelta(days=20)
SMALL: dict[str, Any] = {
    "label": "Health",
    "groups": [
        {"key": "use", "label": "Use", "weight": 3, "measures": [
            {"key": "weekly", "label": "Weekly active use", "field": "weekly_share", "weight": 1,
             "linear": {"from": 0, "to": 1}}]},
        {"key": "care", "label": "Care", "weight": 2, "measures": [
            {"key": "silent", "label": "Last two-way contact", "field": "last_two_way", "weight": 1,
             "bounded": {"high": 10, "zero_high": 60}},
            {"key": "pulse", "label": "Pulse", "field": "pulse", "weight": 1,
             "choices": {"good": 100, "watch": 50, "risk": 0}}]},
    ],
}  # fmt: skip


def reading(known: dict[str, Any], body: dict[str, Any] = SMALL, **more: Any) -> Explained:
    on = more.pop("on", DAY)
    definition = card(body)
    return explained(scored(frame(known, on=on), definition, **more).row(0).result, definition.parsed)


def moved(before: Explained, after: Explained) -> Change:
    found = change(before, after)
    assert sum(part.amount for part in found.parts) == found.amount == after.counted - before.counted
    return found


def test_the_tree_adds_up_and_names_its_worst_input() -> None:
    found = reading({"weekly_share": [0.31], "last_two_way": [ago(23)], "pulse": ["good"]})
    assert sum(group.contribution for group in found.groups) + found.shift == found.score
    for group in found.groups:
        assert sum(line.contribution for line in group.measures) + group.shift == group.contribution
    assert found.worst is not None
    assert found.worst.key == "weekly"
    assert standing_words(found, VOCABULARY.fields) == "53, amber: weekly active use 31% costs 41 points"


def test_a_figure_in_words_is_the_figure_of_the_mark() -> None:
    almost = reading({"weekly_share": [0.5788], "last_two_way": [ago(3)], "pulse": ["good"]})
    assert almost.score is not None and almost.score % 100 >= 50
    assert standing_words(almost, VOCABULARY.fields).startswith(f"{filters.score(almost.score / 100)}, amber")
    assert filters.score(almost.score / 100) == "74"
    for share in (0.1, 0.2525, 0.3333, 0.4916, 0.5841):
        found = moved(almost, reading({"weekly_share": [share], "last_two_way": [ago(3)], "pulse": ["good"]}, on=LATER))
        was, now = (round(one.counted / 100, 1) for one in (found.before, found.after))
        in_list = round(now - was, 1)  # `health_change`
        verb = "fell" if in_list < 0 else "rose"
        places = 1 if abs(in_list) < 1 else 0
        assert change_words(found).startswith(f"{verb} {filters.number(abs(in_list), places)} since")


def test_the_sentence_names_what_made_the_score_fall_most_harmful_first() -> None:
    before = reading({"weekly_share": [0.62], "last_two_way": [ago(3)], "pulse": ["good"]})
    after = reading({"weekly_share": [0.31], "last_two_way": [ago(23, LATER)], "pulse": ["watch"]}, on=LATER)
    found = moved(before, after)
    assert found.worst is not None
    assert found.worst.key == "weekly"
    assert change_words(found, VOCABULARY.fields) == (
        "fell 34 since 2 Mar: weekly active use 62% → 31%, pulse Good → Unsure, last two-way contact 23 days"
    )
    assert change_words(change(after, before), VOCABULARY.fields).startswith("rose 34 since 22 Mar: weekly")
    assert change_words(change(before, before)) == "unchanged since 2 Mar"


@pytest.mark.django_db
def test_lists_name_the_day_that_was_asked_about_however_old_the_reading_is_that_held_on_it() -> None:
    """As the health section does: one move has one date."""
    on, known = DAY + timedelta(days=30), {"last_two_way": [ago(3)], "pulse": ["good"]}
    old, new = (reading({"weekly_share": [share], **known}, on=day) for share, day in ((0.62, DAY), (0.31, on)))
    kept = [
        Kept(n, 1, "gone", 1, ENGINE, one.on, datetime(2026, 5, 1, tzinfo=UTC), True, one.score, one.band, one.coverage)
        for n, one in enumerate((old, new))
    ]
    said = {1: Said(now=kept[1], before=kept[0])}
    words = words_of(said, {0: old.told, 1: new.told}, on - timedelta(days=7))
    since = on - timedelta(days=7)
    assert f" since {since.day} {since:%b}: weekly 62% → 31%" in words[1]


def test_what_is_unknown_says_what_is_missing() -> None:
    known = reading({"weekly_share": [0.62], "last_two_way": [ago(3)], "pulse": ["good"]})
    blind = reading({"weekly_share": [None], "pulse": ["good"]}, on=LATER)
    assert standing_words(blind) == "unknown: 20% of its weight has data, 50% are needed"
    assert change_words(moved(known, blind)) == "unknown: 20% of its weight has data, 50% are needed"
    assert change_words(moved(blind, known)) == "77; it was unknown on 22 Mar"


def test_another_version_shows_what_its_weights_made_as_a_line_of_its_own() -> None:
    known = {"weekly_share": [0.2], "last_two_way": [ago(3)], "pulse": ["good"]}
    other = {**SMALL, "groups": [{**SMALL["groups"][0], "weight": 30}, SMALL["groups"][1]]}
    found = moved(reading(known), reading(known, other))
    assert [part.what for part in found.parts] == ["weights"]
    assert "other measures count now" in change_words(found)


@given(values, values, sets, sets)
@settings(max_examples=120, deadline=None)
def test_contributions_to_a_change_add_up_whatever_happened(one: Any, other: Any, set_then: Any, set_now: Any) -> None:
    def judged(some: Any) -> Judged:
        return Judged({1: tuple(InForce("health", level, target, points, 1) for (level, target), points in some)})

    first = scored(frame({key: [v] for key, v in one.items()}), CARD, judged=judged(set_then))
    memory = Remembered.of({1: read(first.row(0).result)})
    shorter = {**BODY, "groups": [{**BODY["groups"][0], "measures": BODY["groups"][0]["measures"][1:]}]}
    for definition in (CARD, card(shorter)):
        second = scored(
            frame({key: [v] for key, v in other.items()}, on=LATER), definition, remembered=memory,
            judged=judged(set_now),
        )  # fmt: skip
        before = explained(first.row(0).result, CARD.parsed)
        found = moved(before, explained(second.row(0).result, definition.parsed))
        assert change_words(found, VOCABULARY.fields)
        assert standing_words(found.after, VOCABULARY.fields)


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [("share", 0.62, "62%"), ("change", 0.1, "+10%"), ("change", -0.25, "−25%"), ("days", 1, "1 day"),
     ("days", 23, "23 days"), ("money:EUR", 1200, "€1,200"), ("holds", True, "yes"), ("number", 12, "12"),
     ("number", -3.25, "−3.25"), ("count", 3, "3"), ("flag", "no", "no"), ("share", None, "–")],
)  # fmt: skip
def test_values_are_said_in_their_unit(code: str, value: Any, said: str) -> None:
    assert value_words(code, value) == said


def test_a_unit_goes_with_its_number() -> None:
    assert value_words("number", 3, Field("roles", Kind.NUMBER, "Roles", "accounts", unit="of 4")) == "3 of 4"


FAMILY = [Child(1, 9_000, 300), Child(2, 3_000, 100), Child(3, None, 500)]


@pytest.mark.parametrize(
    ("how", "score"),
    [("arr_weighted_mean", 7_500), ("mean", 6_000), ("worst", 3_000), ("best", 9_000), ("sum", 12_000)],
)
def test_children_make_the_figure_of_their_parent(how: RollUp, score: int) -> None:
    found = rolled_up(how, FAMILY)
    assert found is not None
    assert (found.score, found.known, found.unknown) == (score, 2, 1)
    assert found.words.endswith("of 2 children; 1 is unknown and left out")


def test_children_without_arr_or_scores_are_told() -> None:
    found = rolled_up("arr_weighted_mean", [Child(1, 9_000, None), Child(2, 3_000, 0)])
    assert found is not None
    assert (found.score, found.words) == (6_000, "mean of 2 children, as none of them has ARR")
    blind = rolled_up("mean", [Child(1, None, 5)])
    assert blind is not None
    assert (blind.score, blind.words) == (None, "unknown: none of 1 child has a score")
    assert rolled_up("none", FAMILY) is None


def test_a_churned_account_is_not_scored_further() -> None:
    found = goes_on(frame({"commercial_status": ["customer", "churned", None]}))
    assert found.tolist() == [True, False, True]
