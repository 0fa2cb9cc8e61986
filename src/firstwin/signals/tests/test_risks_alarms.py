"""Usage alarms: solved from history, the same for one account as among all, and one a week at most per manager."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firstwin.accounts.actions.assign import assign_owner
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account
from firstwin.core.frames import At
from firstwin.people.config.store import Definition
from firstwin.people.models import User
from firstwin.signals.kinds.detector import Alarm, Detector
from firstwin.signals.models import Population
from firstwin.signals.models.kinds import Severity, What
from firstwin.signals.risks.alarms import SPAN, YEAR, alarms_of, snapshot_population
from firstwin.signals.tests.tabled import defined
from firstwin.usage.lake.schema import What as Happened
from firstwin.usage.metrics.weekly import last_sunday, weekly_counts
from firstwin.usage.store.models import Place
from firstwin.usage.tests.raw import Raw, put

NOW = datetime(2026, 6, 2, 9, tzinfo=UTC)  # a Tuesday
LAST = date(2026, 5, 31)
AT = At.of(NOW)
BEFORE = At.of(NOW - timedelta(days=1))
WEEKS = SPAN + YEAR
FALLING = Detector("falling", "Use is falling", What.RISK, Severity.MEDIUM, "usage", alarm=Alarm(budget=1.0))
DETECTORS: Mapping[str, Definition] = {"falling": defined("detector", FALLING)}

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(owner: User, settings: Any, tmp_path: Path) -> list[int]:
    """Ten accounts with a hundred events a week or so; the last of them stops four weeks before."""
    settings.ENV = replace(settings.ENV, home=tmp_path)
    dice = np.random.default_rng(3)
    ids, events = [], []
    for n in range(10):
        account = open_account(by=owner, name=f"Account {n}", now=NOW - timedelta(days=900))
        place = Place.objects.create(source=1, key=f"p{n}", account=account.pk, first_at=NOW, last_at=NOW)
        ids.append(account.pk)
        for week in range(WEEKS):
            moment = datetime(2026, 5, 28, 12, tzinfo=UTC) - timedelta(days=7 * week)
            count = 3 if n == 9 and week < 4 else int(dice.integers(85, 116))
            events.append(Raw(place.pk, 0, 5, moment, Happened.AGGREGATE, count))
    put(events, now=NOW)
    return sorted(ids)


def test_weeks_end_on_sundays() -> None:
    assert last_sunday(date(2026, 5, 31)) == LAST
    assert last_sunday(date(2026, 6, 1)) == LAST
    assert last_sunday(date(2026, 6, 6)) == LAST
    assert last_sunday(date(2026, 6, 7)) == date(2026, 6, 7)


def test_counts_by_week(accounts: list[int]) -> None:
    found = weekly_counts(accounts, LAST, 6)
    assert found.shape == (10, 6)
    assert found[9].tolist()[2:] == [3, 3, 3, 3]
    assert weekly_counts(accounts[:1], LAST, 6).tolist() == found[:1].tolist()
    assert weekly_counts([accounts[0], 10**9], LAST, 6)[1].tolist() == [0] * 6


def test_who_fell_is_found_and_nobody_else(accounts: list[int]) -> None:
    snapshot_population(np.array(accounts), BEFORE, DETECTORS)
    found = alarms_of(np.array(accounts), AT, DETECTORS)
    assert found is not None
    assert np.flatnonzero(found.fires("falling")).tolist() == [9]
    told = found.says("falling", 9)
    assert told["last_week"] == 3 and 90 < told["usual"] < 110 and told["level"] >= told["height"]
    words = found.words("falling", 9)
    assert words["now"] == "3" and words["weeks"] == "4"
    assert not found.fires("another").any()


def test_one_account_alone_is_told_the_same_as_among_all(accounts: list[int]) -> None:
    snapshot_population(np.array(accounts), BEFORE, DETECTORS)
    together = alarms_of(np.array(accounts), AT, DETECTORS)
    assert together is not None
    for place, pk in enumerate(accounts):
        alone = alarms_of(np.array([pk]), AT, DETECTORS)
        assert alone is not None
        assert alone.says("falling", 0) == together.says("falling", place)
        assert alone.fires("falling")[0] == together.fires("falling")[place]


def test_a_snapshot_is_dated_and_read_from_the_next_day_on(accounts: list[int]) -> None:
    ids = np.array(accounts)
    assert alarms_of(ids, AT, DETECTORS) is None
    first = snapshot_population(ids, BEFORE, DETECTORS)
    again = snapshot_population(ids, BEFORE, DETECTORS)
    assert first.pk == again.pk and first.body == again.body
    assert Population.objects.get().body["managers"] == 1
    assert alarms_of(ids, BEFORE, DETECTORS) is None  # all of a day is told by what was written before it
    later = At.of(NOW + timedelta(days=9))  # a week the snapshot does not know yet
    assert alarms_of(ids, later, DETECTORS) is not None
    assert alarms_of(ids, AT, {}) is None
    assert alarms_of(ids[:0], AT, DETECTORS) is None


def test_the_budget_is_per_manager(accounts: list[int], owner: User, teammate: User) -> None:
    some = Account.objects.get(pk=accounts[0])
    assign_owner(by=None, accounts=[some], owner=teammate, now=NOW - timedelta(days=3))
    row = snapshot_population(np.array(accounts), AT, DETECTORS)
    assert row.body["managers"] == 2
    assert set(row.body["heights"]) == {"down|1|0.5"}
