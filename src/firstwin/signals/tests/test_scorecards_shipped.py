"""The scorecards that ship say what DOMAIN says; the published one of another company is expressed as it is worded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from firstwin.accounts.actions.define_attribute import define_attribute
from firstwin.accounts.models import AttributeKind
from firstwin.core.fields import Vocabulary, vocabulary
from firstwin.core.frames import At, Column
from firstwin.people.config.store import Definition
from firstwin.signals.frame.frame import Frame, Ints, Rows
from firstwin.signals.kinds import detector_text
from firstwin.signals.kinds.scorecard import Scorecard, Tiers
from firstwin.signals.kinds.scorecard_text import dumped, parsed
from firstwin.signals.kinds.shipped import shipped
from firstwin.signals.scores.compute import Scores, scored
from firstwin.signals.tests.score_frames import DAY, ago, at, column, days

pytestmark = pytest.mark.django_db
EXAMPLE = Path(__file__).parents[4] / "examples" / "posthog-customer-success.yaml"


@dataclass
class Account:
    """One account in plain values. then: 30 days before.  rows: collection → rows, `_on` their day."""

    now: Mapping[str, Any]
    then: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass
class OneSource:
    account: Account
    known: Vocabulary

    def column(self, key: str, moment: At) -> Column:
        told = self.account.now if moment.on == DAY else self.account.then
        return column(self.known.field(key), [told.get(key)])

    def rows(self, collection: str, moment: At, places: Ints | None = None) -> Rows:
        rows = self.account.rows.get(collection, [])
        of = self.known.collection(collection)
        columns = {one.key: column(one, [row.get(one.key) for row in rows]) for one in of.fields}
        dated = Column(np.array([days(row["_on"]) for row in rows], np.int64), np.ones(len(rows), bool))
        return Rows(np.zeros(len(rows), np.int64), np.arange(len(rows)), columns, dated)


def scores_of(key: str, card: Scorecard, account: Account) -> Scores:
    known = vocabulary()
    frame = Frame(np.array([1]), at(), known, OneSource(account, known))
    return scored(frame, Definition("scorecard", key, 1, at().moment, card))


def points_of(scores: Scores) -> dict[str, Any]:
    return {
        one[0]: "unscored" if one[1] == "unscored" else one[4] for one in json.loads(scores.row(0).result)["measures"]
    }


@pytest.mark.parametrize("key", ["high-touch", "pooled", "digital"])
def test_what_ships_reads_and_is_written_back(key: str) -> None:
    card = parsed(key, shipped("scorecard")[key])
    assert parsed(key, dumped(card)) == card
    assert sum(group.weight for group in card.groups) == 100
    assert (card.amber_from, card.green_from) == (50, 75)


RED, AMBER, GREEN = range(3)


@pytest.mark.parametrize(
    ("months", "share", "expected"),
    [
        (1, 0.09, RED), (1, 0.1, "unscored"), (1, 0.49, "unscored"), (1, 0.5, GREEN), (1, 0.75, GREEN),
        (3, 0.09, RED), (3, 0.1, AMBER), (3, 0.49, AMBER), (3, 0.5, GREEN),
        (7, 0.3, RED), (7, 0.5, AMBER), (7, 0.74, AMBER), (7, 0.75, GREEN),
        (12, 0.3, RED), (12, 0.74, RED), (12, 0.75, GREEN),
    ],
)  # fmt: skip
def test_licence_use_is_judged_by_the_age_of_the_customer(months: int, share: float, expected: Any) -> None:
    card = parsed("high-touch", shipped("scorecard")["high-touch"])
    account = Account({"licence_share": share, "customer_age": ago(round(months * 30.44))})
    found = points_of(scores_of("high-touch", card, account))["licence"]
    band = found if found == "unscored" else RED if found < 5_000 else AMBER if found < 7_500 else GREEN
    assert band == expected


USE = ("licence", "weekly", "frequency", "habit", "depth", "trend")
IN_USE = {
    "licence_share": 0.9, "weekly_share": 0.9, "usage_days_14": 12, "habit_weeks": 12, "depth_share": 0.8,
    "usage_trend": 1.0, "last_two_way": ago(2), "customer_age": ago(400),
}  # fmt: skip


@pytest.mark.parametrize("key", ["high-touch", "pooled", "digital"])
@pytest.mark.parametrize(("days", "is_fresh"), [(1, True), (5, True), (6, False), (None, True)])
def test_use_whose_source_fell_silent_is_missing_and_not_green(key: str, days: int | None, is_fresh: bool) -> None:
    """A long weekend is no silence; where no source ever speaks of an account, nothing can go silent."""
    card = parsed(key, shipped("scorecard")[key])
    heard = ago(days) if days is not None else None
    scores = scores_of(key, card, Account(IN_USE | {"usage_heard": heard}))
    lines = {one[0]: one[1] for one in json.loads(scores.row(0).result)["measures"]}
    assert {lines[one] == "scored" for one in USE} == {is_fresh}
    assert (scores.row(0).band == "green") == is_fresh


def test_silence_counts_sooner_while_they_begin() -> None:
    card = parsed("high-touch", shipped("scorecard")["high-touch"])
    for stage, day, full in (
        ("setup", 10, True),
        ("setup", 11, False),
        ("adoption", 30, True),
        ("adoption", 31, False),
    ):
        account = Account({"last_two_way": ago(day), "stage": stage})
        assert (points_of(scores_of("high-touch", card, account))["contact"] == 10_000) == full


def test_invoices_are_looked_at_where_there_are_any() -> None:
    card = parsed("pooled", shipped("scorecard")["pooled"])
    late = {"state": "open", "kind": "invoice", "since_due": ago(8), "_on": ago(20)}
    paid = late | {"state": "paid"}
    for rows, points in (([], "unscored"), ([paid], 10_000), ([late], 3_000), ([late, late], 0)):
        account = Account({}, rows={"invoices": rows})
        assert points_of(scores_of("pooled", card, account))["overdue"] == points


ATTRIBUTES = {
    AttributeKind.NUMBER: (
        "docs_visits", "query_failures", "products", "events", "replays", "flag_requests", "rows_synced",
        "events_week", "insight_users", "replay_users", "flag_users", "experiment_users", "survey_users",
        "forecast_change", "billing_visits",
    ),
    AttributeKind.DATE: ("insight_analyzed",),
    AttributeKind.MONEY: ("forecast",),
    AttributeKind.FLAG: ("startup_plan",),
}  # fmt: skip


@pytest.fixture
def example() -> dict[str, Any]:
    for kind, keys in ATTRIBUTES.items():
        for key in keys:
            define_attribute(
                by=None, label=f"PostHog {key}", key=f"posthog_{key}", kind=kind, now=at().moment,
                unit="USD" if kind == AttributeKind.MONEY else "",
            )  # fmt: skip
    found: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    return found


@pytest.fixture
def posthog(example: dict[str, Any]) -> Scorecard:
    return parsed("posthog", example["scorecard"]["posthog"])


def meeting(day: int) -> dict[str, Any]:
    return {"kind": "meeting", "_on": ago(day)}


def ticket(day: int, priority: str = "normal", status: str = "solved") -> dict[str, Any]:
    return {"priority": priority, "status": status, "_on": ago(day)}


HEALTHY = Account(
    {
        "last_seen": ago(1), "weekly_share": 0.4, "people_active_28": 10, "last_ticket": ago(30),
        "posthog_docs_visits": 20.0, "posthog_query_failures": 5.0, "posthog_products": 7.0,
        "posthog_events": 95.0, "posthog_insight_users": 40.0, "posthog_replays": 950.0, "posthog_replay_users": 40.0,
        "posthog_flag_requests": 100.0, "posthog_flag_users": 20.0, "posthog_experiment_users": 20.0,
        "posthog_survey_users": 20.0, "posthog_rows_synced": 19.0,
    },
    {"weekly_share": 0.42, "posthog_events": 100.0, "posthog_replays": 1000.0, "posthog_flag_requests": 80.0,
     "posthog_rows_synced": 20.0},
    {"touches": [meeting(30)], "tickets": [ticket(2)] * 5},
)  # fmt: skip
CONCERNING = Account(
    {
        "last_seen": ago(5), "weekly_share": 0.2, "people_active_28": 3, "last_ticket": ago(90),
        "posthog_docs_visits": 100.0, "posthog_query_failures": 13.0, "posthog_products": 6.0,
        "posthog_events": 80.0, "posthog_insight_users": 20.0, "posthog_replays": 949.0, "posthog_replay_users": 39.0,
        "posthog_flag_requests": 80.0, "posthog_flag_users": 5.0, "posthog_experiment_users": 19.0,
        "posthog_survey_users": 5.0, "posthog_rows_synced": 16.0,
    },
    {"weekly_share": 0.25, "posthog_events": 100.0, "posthog_replays": 1000.0, "posthog_flag_requests": 100.0,
     "posthog_rows_synced": 20.0},
    {"touches": [meeting(90)], "tickets": [ticket(2)] * 8 + [ticket(40, "urgent", "open")] * 2},
)  # fmt: skip
POOR = Account(
    {
        "last_seen": ago(6), "weekly_share": 0.19, "people_active_28": 2, "last_ticket": ago(91),
        "posthog_docs_visits": 101.0, "posthog_query_failures": 13.1, "posthog_products": 2.0,
        "posthog_events": 79.0, "posthog_insight_users": 19.0, "posthog_replays": 799.0, "posthog_replay_users": 19.0,
        "posthog_flag_requests": 79.0, "posthog_flag_users": 4.0, "posthog_experiment_users": 4.0,
        "posthog_survey_users": 4.0, "posthog_rows_synced": 15.0,
    },
    {"weekly_share": 0.25, "posthog_events": 100.0, "posthog_replays": 1000.0, "posthog_flag_requests": 100.0,
     "posthog_rows_synced": 20.0},
    {"touches": [meeting(91)], "tickets": [ticket(2)] * 11 + [ticket(40, "urgent", "open")] * 3},
)  # fmt: skip


@pytest.mark.parametrize(
    ("account", "points", "band"), [(HEALTHY, 10_000, "green"), (CONCERNING, 5_000, "amber"), (POOR, 0, "red")]
)
def test_known_accounts_score_as_the_handbook_says(
    posthog: Scorecard, account: Account, points: int, band: str
) -> None:
    scores = scores_of("posthog", posthog, account)
    assert set(points_of(scores).values()) == {points}
    row = scores.row(0)
    assert (row.score, row.band, row.coverage) == (points, band, 10_000)


def test_a_quarter_is_customer_and_three_quarters_are_product(posthog: Scorecard) -> None:
    parts: dict[str, float] = {}
    for group in posthog.groups:
        side = group.label.partition(":")[0]
        parts[side] = parts.get(side, 0) + group.weight
    assert parts == {"Customer": 25, "Product": 75}
    worse = Account({**HEALTHY.now, "last_seen": ago(6), "weekly_share": 0.1}, HEALTHY.then, HEALTHY.rows)
    # Of the 15 of user engagement a quarter each for last seen, active share and its decrease.
    assert scores_of("posthog", posthog, worse).row(0).score == 10_000 - 3 * 375
    assert all(isinstance(measure.shape, Tiers) for measure in posthog.groups[3].measures)


def test_its_indicators_read_as_detectors(example: dict[str, Any]) -> None:
    assert len(example["detector"]) == 10
    for key, body in example["detector"].items():
        assert detector_text.parse(key, body).key == key


def test_it_stays_unknown_for_an_account_without_product_data(posthog: Scorecard) -> None:
    row = scores_of("posthog", posthog, Account({"last_seen": ago(1)}, rows={"tickets": [ticket(2)]})).row(0)
    assert (row.score, row.band) == (None, "unknown")
