"""Whose figures are shown next: one that was quiet does not wait behind a whole company that is shown again."""

from datetime import UTC, datetime, timedelta

import pytest

from firstwin.accounts.actions.open_account import open_account
from firstwin.core.turns import Turns
from firstwin.usage.compact import refresh
from firstwin.usage.compact.refresh import refresh_touched
from firstwin.usage.store.models import Touched

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr(refresh, "_LOOKED_AT", 3)
    return [open_account(by=None, name=f"Busy {n}", now=NOW).pk for n in range(10)]


def touch(accounts: list[int], now: datetime) -> None:
    for pk in accounts:
        Touched.objects.update_or_create(account=pk, defaults={"at": now})


def test_who_was_quiet_is_shown_in_the_next_round(company: list[int]) -> None:
    quiet, turns, now = open_account(by=None, name="Quiet", now=NOW).pk, Turns(largest=2, seconds=1.0), NOW
    touch(company, now)
    while refresh_touched(now, turns=turns):
        pass
    for _ in range(3):  # all of them send, and none is done
        now += timedelta(seconds=2)
        touch(company, now)
        refresh_touched(now, turns=turns)
    touch([quiet], now + timedelta(seconds=1))
    assert refresh_touched(now + timedelta(seconds=2), turns=turns)
    assert not Touched.objects.filter(account=quiet).exists()


def test_everybody_is_shown_in_the_end(company: list[int]) -> None:
    touch(company, NOW)
    turns, rounds = Turns(largest=2, seconds=1.0), 0
    while refresh_touched(NOW, turns=turns):
        rounds += 1
    assert rounds == 5 and not Touched.objects.exists()
