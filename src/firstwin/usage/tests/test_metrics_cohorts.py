"""Time to the first win by cohort: who left is not taken for somebody who still waits, who is too young is left out."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Touch
from firstwin.accounts.scope import AccountSet
from firstwin.core.clock import start_of
from firstwin.usage.metrics.cohorts import activation_by_month, value_curves, waits_of
from firstwin.usage.models import Means
from firstwin.usage.tests.raw import Raw, put
from firstwin.usage.tests.test_metrics_account import a_feature, a_line, a_place

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
ON = date(2026, 5, 31)
STARTED = date(2026, 1, 10)
EVERYONE = AccountSet.everyone("tests")


@pytest.fixture
def accounts(owner: Any) -> list[Any]:
    """Four that started together: one won after 10 days, one after 100, one left after 50 days, one waits. And one
    that started last month."""
    win = a_feature("shipped", means=Means.FIRST_WIN)
    found = []
    for n, (won, ended, started) in enumerate(
        [(10, None, STARTED), (100, None, STARTED), (None, 50, STARTED), (None, None, STARTED),
         (1, None, date(2026, 5, 20))]
    ):  # fmt: skip
        account = open_account(by=owner, name=f"Account {n}", now=NOW)
        a_line(account, None, 5, starts_on=started, ends_on=started + timedelta(days=ended) if ended else None)
        place = a_place(account, f"g{n}")
        if won:
            put([Raw(place, n + 1, win, start_of(started + timedelta(days=won)))], now=NOW)
        found.append(account)
    return found


def test_a_cohort_as_it_was_followed(accounts: list[Any]):
    [cohort] = value_curves(waits_of(EVERYONE, on=ON), on=ON)
    assert (cohort.label, cohort.n, cohort.wins, cohort.lost) == ("2026 Q1", 4, 2, 1)
    assert cohort.points == ((10, 0.25), (50, 0.25), (100, 0.5))
    assert cohort.lost_points == ((10, 0.0), (50, 0.25), (100, 0.25))
    assert (cohort.median, cohort.censored) == (100, ((ON - STARTED).days,))


def test_seen_from_an_earlier_day_the_median_is_not_reached(accounts: list[Any]):
    [cohort] = value_curves(waits_of(EVERYONE, on=date(2026, 4, 10)), by="month", on=date(2026, 4, 10))
    assert (cohort.label, cohort.wins, cohort.median) == ("Jan 2026", 1, None)


def test_a_rate_only_once_the_days_of_all_have_passed(accounts: list[Any]):
    first, second = activation_by_month(waits_of(EVERYONE, on=ON), days=90, on=ON)
    assert (first.month_on, first.started, first.reached, first.rate) == (date(2026, 1, 1), 4, 1, 0.25)
    assert (second.started, second.reached, second.rate) == (1, 1, None)


def test_from_the_kick_off_where_we_spoke(accounts: list[Any], owner: Any):
    for account, day, kind in ((accounts[0], 4, "meeting"), (accounts[1], 2, "email")):
        Touch.objects.create(
            account=account, kind=kind, direction="both", occurred_at=start_of(STARTED + timedelta(days=day)),
            known_at=NOW, recorded_at=NOW, summary="We began.",
        )  # fmt: skip
    [cohort] = value_curves(waits_of(EVERYONE, clock="kickoff", on=ON), on=ON)
    assert (cohort.n, cohort.points) == (1, ((6, 1.0),))


def test_nobody_asked_for_is_no_cohort(db: None):
    assert value_curves(waits_of(EVERYONE, on=ON), on=ON) == []
    assert activation_by_month(waits_of(EVERYONE.only([]), on=ON), on=ON) == []
