"""Scores from frames: what each measure makes of its value, what missing means, and the same bytes again."""

import json
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstwin.people.audit import canonical
from firstwin.signals.scores.again import recomputed
from firstwin.signals.scores.compute import Scores, scored
from firstwin.signals.scores.judged import InForce, Judged
from firstwin.signals.scores.outcome import read
from firstwin.signals.scores.remembered import Remembered
from firstwin.signals.tests.score_frames import DAY, ago, card, frame

BODY: dict[str, Any] = {
    "label": "Health",
    "groups": [
        {"key": "use", "label": "Use", "weight": 3, "measures": [
            {"key": "weekly", "label": "Weekly active use", "field": "weekly_share", "weight": 2, "carry_days": 7,
             "tiers": [{"below": 0.5, "points": 0}, {"below": 0.8, "points": 50}, {"points": 100}],
             "variants": [{"when": {"field": "commercial_status", "op": "eq", "value": "trial"}, "unscored": True},
                          {"when": {"field": "overdue", "op": "gt", "value": 1000}, "linear": {"from": 0, "to": 1}}]},
            {"key": "fall", "label": "Falling use", "field": "events_28", "change_days": 28, "weight": 1,
             "linear": {"from": -0.5, "to": 0}},
            {"key": "trend", "label": "Trend", "field": "usage_trend", "weight": 1, "missing": "neutral",
             "tiers": [{"up_to": -3, "points": 0}, {"below": 0, "unscored": True}, {"points": 100}]},
        ]},
        {"key": "care", "label": "Care", "weight": 2, "measures": [
            {"key": "silent", "label": "Contact", "field": "last_two_way", "weight": 1, "missing": "worst",
             "bounded": {"high": 10, "zero_high": 60}},
            {"key": "pulse", "label": "Pulse", "field": "pulse", "weight": 1, "choices": {"good": 100, "risk": 0}},
            {"key": "auto", "label": "Renews", "field": "auto_renews", "weight": 1, "choices": {"yes": 100, "no": 20}},
            {"key": "tickets", "label": "Tickets", "weight": 1,
             "count": {"rows": "tickets", "within_days": 30, "where": {"field": "late", "op": "eq", "value": True}},
             "tiers": [{"up_to": 1, "points": 100}, {"points": 0}]},
            {"key": "money", "label": "Overdue", "weight": 1,
             "holds": {"when": {"field": "overdue", "op": "gt", "value": 50}, "points": 0, "otherwise": 100}},
        ]},
    ],
}  # fmt: skip
CARD = card(BODY)


def told(scores: Scores, place: int = 0) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(scores.row(place).result)
    names = ("state", "code", "value", "points", "weight", "gives", "last")
    plain["by"] = {one[0]: dict(zip(names, one[1:], strict=True)) for one in plain["measures"]}
    return plain


def test_each_shape_says_what_it_makes_of_its_value() -> None:
    found = frame(
        {"weekly_share": [0.5], "events_28": [90], "usage_trend": [-3.0], "last_two_way": [ago(35)],
         "pulse": ["good"], "auto_renews": [False], "overdue": [5001]},
        earlier={"events_28": [120]}, tickets=[(0, ago(3), True), (0, ago(29), True), (0, ago(30), True)],
    )  # fmt: skip
    measures = told(scored(found, CARD))["by"]
    assert {key: (one["value"], one["points"]) for key, one in measures.items()} == {
        "weekly": (0.5, 5_000), "fall": (-0.25, 5_000), "trend": (-3, 0), "silent": (35, 5_000),
        "pulse": ("good", 10_000), "auto": ("no", 2_000), "tickets": (2, 0), "money": (True, 0),
    }  # fmt: skip


def test_a_variant_replaces_the_shape_or_leaves_it_unscored() -> None:
    found = frame({"weekly_share": [0.3, 0.3, 0.3], "commercial_status": ["trial", "customer", "customer"],
                   "overdue": [200_000, 200_000, 0]})  # fmt: skip
    scores = scored(found, CARD)
    states = [told(scores, place)["by"]["weekly"] for place in range(3)]
    assert [(one["state"], one["points"]) for one in states] == [
        ("unscored", None), ("scored", 3_000), ("scored", 0),
    ]  # fmt: skip


def test_what_never_was_spreads_counts_as_worst_or_as_neutral_by_its_rule() -> None:
    measures = told(scored(frame({"weekly_share": [0.9]}), CARD))["by"]
    assert (measures["fall"]["points"], measures["fall"]["weight"]) == (None, 0)
    assert (measures["silent"]["points"], measures["trend"]["points"]) == (0, 5_000)
    assert {measures[key]["state"] for key in ("fall", "silent", "trend")} == {"never"}


def test_an_account_without_facts_is_unknown_and_never_green() -> None:
    row = scored(frame({"weekly_share": [None]}), CARD).row(0)
    assert (row.score, row.band) == (None, "unknown")
    assert row.coverage < 5_000


def test_a_word_without_points_counts_as_missing() -> None:
    assert told(scored(frame({"pulse": ["watch"]}), CARD))["by"]["pulse"]["state"] == "never"


def test_a_lost_value_is_carried_for_its_days_and_never_raises_the_score_after() -> None:
    first = scored(frame({"weekly_share": [0.6], "last_two_way": [ago(5)], "pulse": ["good"]}), CARD)
    before = told(first)
    memory = Remembered.of({1: read(first.row(0).result)})
    for later, state in [(7, "carried"), (8, "lost")]:
        day = DAY + timedelta(days=later)
        after = told(scored(frame({"last_two_way": [ago(5, day)], "pulse": ["good"]}, on=day), CARD, remembered=memory))
        assert after["by"]["weekly"]["state"] == state
        assert after["by"]["weekly"]["points"] == 5_000
        assert after["computed"] == before["computed"]
        assert (after["coverage"] < before["coverage"]) == (state == "lost")
        assert after["by"]["weekly"]["last"] == [5_000, (DAY - date(1970, 1, 1)).days]
    silent = told(scored(frame({"pulse": ["good"]}), CARD, remembered=memory))["by"]["silent"]
    assert (silent["state"], silent["points"]) == ("lost", 0)


def test_memory_goes_on_from_reading_to_reading_as_it_does_in_one_go() -> None:
    first = scored(frame({"weekly_share": [0.6, None], "pulse": ["good", "risk"]}), CARD)
    by_bytes = Remembered.of({pk: read(first.row(place).result) for place, pk in enumerate((1, 2))})
    keys = [measure.key for measure in CARD.parsed.measures]
    for one, other in zip(by_bytes.aligned(first.accounts, keys), first.remembered().aligned(first.accounts, keys),
                          strict=True):  # fmt: skip
        assert np.array_equal(one, other)
    second = scored(frame({"weekly_share": [None, None]}), CARD, remembered=by_bytes)
    third = Remembered.of({1: read(second.row(0).result), 2: read(second.row(1).result)})
    assert np.array_equal(third.aligned(first.accounts, ["weekly", "pulse"])[0], [[5_000, NOTHING], [10_000, 0]])


NOTHING = -1


@pytest.mark.parametrize(
    ("level", "target", "score", "band"),
    [("measure", "weekly", None, None), ("group", "use", None, None), ("overall", "", 9_000, "green")],
)
def test_what_a_person_set_counts_and_shows(level: str, target: str, score: int | None, band: str | None) -> None:
    known = frame({"weekly_share": [0.1], "last_two_way": [ago(5)], "pulse": ["good"], "auto_renews": [True]})
    judged = Judged({1: (InForce("health", level, target, 90, 7), InForce("other", "overall", "", 1, 8))})
    before, after = told(scored(known, CARD)), told(scored(known, CARD, judged=judged))
    assert after["score"] > before["score"]
    assert after["set"] == [[level, target, 90, 7]]
    total = sum(one[3] for one in after["groups"]) + after["shift"]
    assert total == after["score"]
    if score is not None:
        assert (after["score"], after["band"], after["computed"]) == (score, band, before["score"])
    if level == "group":
        assert after["groups"][0][1] == 9_000
    if level == "measure":
        assert after["by"]["weekly"]["state"] == "overridden"
        assert after["by"]["weekly"]["last"] == [0, (DAY - date(1970, 1, 1)).days]


some = st.one_of
values = st.fixed_dictionaries(
    {
        "weekly_share": some(st.none(), st.floats(0, 2).map(lambda v: round(v, 6))),
        "events_28": some(st.none(), st.integers(0, 10**9)),
        "usage_trend": some(st.none(), st.floats(-9, 9).map(lambda v: round(v, 3))),
        "last_two_way": some(st.none(), st.integers(0, 400).map(ago)),
        "pulse": some(st.none(), st.sampled_from(["good", "watch", "risk"])),
        "auto_renews": some(st.none(), st.booleans()),
        "overdue": some(st.none(), st.integers(0, 10**7)),
        "commercial_status": some(st.none(), st.sampled_from(["trial", "customer"])),
    }
)
sets = st.lists(
    st.tuples(st.sampled_from([("measure", "weekly"), ("group", "care"), ("overall", "")]), st.integers(0, 100)),
    max_size=2, unique_by=lambda one: one[0],
)  # fmt: skip


@given(st.lists(st.tuples(values, values, st.integers(0, 3), sets), min_size=1, max_size=5))
@settings(max_examples=120, deadline=None)
def test_a_reading_recomputes_from_its_inputs_and_alone_to_the_byte(rows: list[Any]) -> None:
    def of(places: list[int], which: int) -> dict[str, list[Any]]:
        return {key: [rows[place][which][key] for place in places] for key in rows[0][0]}

    def scores(places: list[int], ids: list[int]) -> Scores:
        tickets = [(mine, ago(4), True) for mine, place in enumerate(places) for _ in range(rows[place][2])]
        found = frame(of(places, 0), earlier=of(places, 1), tickets=tickets)
        found.accounts = np.array(ids)
        past = scored(frame(of(places, 1), on=ago(20)), CARD)
        memory = Remembered.of({pk: read(past.row(place).result) for place, pk in enumerate(ids)})
        judged = {
            pk: tuple(InForce("health", level, target, points, 5) for (level, target), points in rows[place][3])
            for place, pk in zip(places, ids, strict=True)
        }
        return scored(found, CARD, remembered=memory, judged=Judged(judged))

    n = len(rows)
    together = scores(list(range(n)), list(range(1, n + 1)))
    for place in range(n):
        row = together.row(place)
        assert recomputed(CARD, row.inputs) == row.result
        for told_as in (row.inputs, row.result):
            assert canonical(json.loads(told_as)) == told_as
        alone = scores([place], [place + 1]).row(0)
        assert alone == row
        plain = told(together, place)
        if plain["computed"] is not None:
            parts = sum(one[6] for one in plain["measures"]) + sum(one[4] for one in plain["groups"]) + plain["shift"]
            assert parts == plain["computed"] + plain["shift"]
        assert together.band[place] == row.band
