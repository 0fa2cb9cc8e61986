"""A measure over data that stopped coming: told as such, by the missing-data rules, and the same bytes again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.accounts.models import Account
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.core.fields import Field, Kind, Vocabulary
from firstwin.core.frames import At
from firstwin.people.config.store import Definition
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.kinds.scorecard_text import dumped, parsed
from firstwin.signals.scores.again import recomputed
from firstwin.signals.scores.compute import Scores, scored
from firstwin.signals.scores.explain import change, explained
from firstwin.signals.scores.remembered import Remembered
from firstwin.signals.scores.sentences import change_words
from firstwin.signals.section.lines import _means, measure_of
from firstwin.signals.tests import score_frames
from firstwin.signals.tests.score_frames import DAY, VOCABULARY, ago, frame
from firstwin.usage.store.models import Place, SourceHour

HEARD = Field("usage_heard", Kind.DAYS, "Usage data came", "usage", group="Usage")
WORDS = Vocabulary({**VOCABULARY.fields, HEARD.key: HEARD}, VOCABULARY.collections)
FRESH = {"by": "usage_heard", "days": 3}


def body(fresh: Any = FRESH, **changes: Any) -> dict[str, Any]:
    weekly = {"key": "weekly", "label": "Weekly active use", "field": "weekly_share", "weight": 1,
              "linear": {"from": 0, "to": 1}, **changes}  # fmt: skip
    if fresh:
        weekly["fresh"] = fresh
    pulse = {"key": "pulse", "label": "Pulse", "field": "pulse", "weight": 1, "choices": {"good": 100, "risk": 0}}
    groups = [{"key": "g", "label": "G", "weight": 1, "measures": [weekly, pulse]}]
    return {"label": "Health", "least_coverage": 0.1, "groups": groups}


def card(told: dict[str, Any]) -> Definition:
    return score_frames.card(told, vocabulary=WORDS)


def reading(
    definition: Definition, share: float | None, heard: date | None, *, on: date = DAY, memory: Remembered | None = None
) -> Scores:
    known: dict[str, list[Any]] = {"weekly_share": [share], "usage_heard": [heard], "pulse": ["good"]}
    return scored(frame(known, on=on, vocabulary=WORDS), definition, remembered=memory)


def line(found: Scores) -> Any:
    return next(iter(explained(found.row(0).result, found.card).measures))


@pytest.mark.parametrize(("days", "state"), [(1, "scored"), (3, "scored"), (4, "never"), (400, "never")])
def test_a_value_counts_while_its_data_is_fresh(days: int, state: str) -> None:
    assert line(reading(card(body()), 0.62, ago(days))).state == state


def test_without_the_rule_and_without_a_source_nothing_changes() -> None:
    assert line(reading(card(body(None)), 0.62, ago(400))).state == "scored"
    assert line(reading(card(body()), 0.62, None)).state == "scored"
    plain, ruled = (reading(card(body(fresh)), 0.62, ago(1)).row(0) for fresh in (None, FRESH))
    assert plain == ruled


@pytest.mark.parametrize(("rule", "points"), [("spread", None), ("worst", 0), ("neutral", 5_000)])
def test_what_was_never_fresh_follows_the_rule_for_missing_data(rule: str, points: int | None) -> None:
    assert line(reading(card(body(missing=rule)), 0.62, ago(9))).points == points


def test_what_went_stale_is_carried_then_lost_and_never_raises_the_score() -> None:
    definition, last = card(body(carry_days=7)), DAY - timedelta(days=3)
    good = reading(definition, 0.62, last)
    soon = reading(definition, 0.05, last, on=DAY + timedelta(days=1), memory=good.remembered())
    late = reading(definition, 0.95, last, on=DAY + timedelta(days=9), memory=good.remembered())
    assert (line(soon).state, line(soon).points) == ("carried", 6_200)
    assert (line(late).state, line(late).points) == ("lost", 6_200)
    assert late.coverage[0] < soon.coverage[0] == good.coverage[0]
    assert late.score[0] <= good.score[0]


def test_it_is_told_what_stopped_and_since_when() -> None:
    definition, last = card(body(missing="worst")), DAY - timedelta(days=3)
    good = reading(definition, 0.62, last)
    late = reading(definition, 0.05, last, on=DAY + timedelta(days=9), memory=good.remembered())
    fields = WORDS.fields
    before, after = (explained(one.row(0).result, definition.parsed) for one in (good, late))
    means = _means(line(late), measure_of(definition.parsed, "weekly"), fields)
    assert means.startswith("No fresh usage data since 2 Mar") and "coverage drops" in means
    assert "weekly active use has no fresh usage data since 2 Mar" in change_words(change(before, after), fields)


@given(
    st.none() | st.floats(0, 2), st.none() | st.integers(0, 30), st.integers(0, 10), st.booleans(),
    st.sampled_from(["spread", "worst", "neutral"]), st.sampled_from([None, 0, 5]),
)  # fmt: skip
def test_the_same_bytes_from_the_inputs_alone(
    share: float | None, heard: int | None, days: int, has_memory: bool, missing: str, carry: int | None
) -> None:
    definition = card(body({"by": "usage_heard", "days": days}, missing=missing, carry_days=carry or 0))
    memory = reading(definition, 0.4, ago(12), on=ago(11)).remembered() if has_memory else None
    row = reading(definition, share, None if heard is None else ago(heard), memory=memory).row(0)
    assert recomputed(definition, row.inputs) == row.result


@pytest.mark.parametrize(
    "measure",
    [
        {"field": "events_28", "change_days": 28, "linear": {"from": -0.5, "to": 0}},
        {"field": None, "linear": None, "holds": {"when": {"field": "weekly_share", "op": "gt", "value": 0.1}}},
        {"field": None, "count": {"rows": "tickets", "within_days": 30}, "linear": {"from": 5, "to": 0}},
        {"field": "auto_renews", "linear": None, "choices": {"yes": 100, "no": 0}},
    ],
)
@pytest.mark.parametrize("days", [1, 9])
def test_every_shape_goes_stale_alike(measure: dict[str, Any], days: int) -> None:
    told = body(**measure)
    first = told["groups"][0]["measures"][0]
    told["groups"][0]["measures"][0] = {key: value for key, value in first.items() if value is not None}
    definition = card(told)
    known: dict[str, list[Any]] = {
        "weekly_share": [0.5],
        "events_28": [90],
        "auto_renews": [True],
        "usage_heard": [ago(days)],
        "pulse": [None],
    }
    found = scored(frame(known, vocabulary=WORDS, earlier={"events_28": [120]}), definition)
    row = found.row(0)
    assert line(found).state == ("scored" if days == 1 else "never")
    assert recomputed(definition, row.inputs) == row.result


@pytest.mark.parametrize(
    ("fresh", "path", "says"),
    [
        ({"by": "usage_herd", "days": 3}, "fresh.by", "Did you mean usage_heard"),
        ({"by": "events_28", "days": 3}, "fresh.by", "no day: name a field that says when data last came"),
        ({"by": "usage_heard", "days": -1}, "fresh.days", "whole number from 0 to 3,650"),
        ({"by": "usage_heard"}, "fresh.days", "missing"),
        ({"by": "usage_heard", "days": 3, "hours": 1}, "fresh.hours", "There is no 'hours' here"),
        (3, "fresh", "Expected keys"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_at_its_place(fresh: Any, path: str, says: str) -> None:
    with pytest.raises(Refused) as refused:
        parsed("health", body(fresh), WORDS)
    assert refused.value.field == f"groups[0].measures[0].{path}" and says in refused.value.message


def test_it_is_written_back() -> None:
    text = dumped(parsed("health", body(), WORDS))
    assert text["groups"][0]["measures"][0]["fresh"] == FRESH and parsed("health", text, WORDS) == card(body()).parsed


@pytest.fixture
def speaking(acme: Account) -> Account:
    """Two sources name the account; a third one, which does not, sends every day."""
    zero = {"first_at": moment(1), "last_at": moment(1)}
    for source, key in ((1, "a"), (2, "b")):
        Place.objects.create(source=source, key=key, account=acme.pk, **zero)
    for source, days in ((1, [1, 2, 4]), (2, [3]), (3, range(1, 20))):
        for day in days:
            SourceHour.objects.create(source=source, hour_at=moment(day), events=5, last_at=moment(day))
    SourceHour.objects.create(source=1, hour_at=moment(9), events=0, rejected=7)
    return acme


def moment(day: int) -> datetime:
    return datetime(2026, 3, day, 10, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(("on", "heard"), [(1, None), (2, 1), (4, 3), (5, 4), (9, 4), (12, 4)])
def test_when_the_sources_of_an_account_last_sent_anything(speaking: Account, on: int, heard: int | None) -> None:
    """As of the morning and of the evening alike; what came later is not known yet."""
    day = date(2026, 3, on)
    for at in (At.of(clock.start_of(day) + timedelta(minutes=1)), At.close_of(day)):
        with sitting([speaking.pk], now=moment(20)) as facts:
            column = facts.column("usage_heard", at)
        told = (date(1970, 1, 1) + timedelta(days=int(column.values[0]))).day if column.known[0] else None
        assert told == heard
    assert column.values.dtype == np.int64
