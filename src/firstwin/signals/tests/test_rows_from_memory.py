"""A pass over everybody tells the list rows of what it holds in memory: exactly what the ledger would tell."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.models import AccountNow
from firstwin.accounts.published import show
from firstwin.core.frames import At
from firstwin.signals.ledger.told import told
from firstwin.signals.models import Dismissal, Refreshed
from firstwin.signals.published import COLUMNS
from firstwin.signals.refresh import store
from firstwin.signals.refresh.compute import Made
from firstwin.signals.refresh.due import Due
from firstwin.signals.refresh.once import refresh_accounts
from firstwin.signals.refresh.shown import shown_of
from firstwin.signals.tests.lived import Life, own_lake

pytestmark = pytest.mark.django_db

DAYS, A_DAY = 8, 7


@pytest.fixture(autouse=True)
def lake(tmp_path: Path) -> Iterator[None]:
    with own_lake(tmp_path):
        yield


def _through(days: int, seed: int) -> Iterator[Life]:
    """Mornings on which nobody was passed over yet, some of them after days on which nobody looked."""
    dice, life = Random(seed), Life.begun()
    for day in range(days):
        for _ in range(A_DAY):
            life.world.now += timedelta(minutes=dice.randint(1, 90))
            life.do(dice)
        for deed in (6, 7):  # pause, dismiss
            life.own(deed, dice.randrange(12), dice.randrange(2), dice.randrange(12))
        life.follow()
        if day % 3 == 0:
            life.look_back()
        life.sleep()
        life.world.now += timedelta(days=4 * (day == 5))
        yield life


def test_memory_tells_what_the_ledger_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[dict[str, Any]] = []

    def compared(family: str, found: Mapping[int, Mapping[str, Any]], *, now: datetime) -> None:
        assert found == told(sorted(found), At.of(now))
        rows.extend(dict(one) for one in found.values())
        show(family, found, now=now)

    monkeypatch.setattr(store, "show", compared)
    for life in _through(DAYS, 11):
        life.night()
    assert len(rows) > 3 * DAYS
    varied = {column for column in COLUMNS if len({one[column] for one in rows}) > 1}
    assert varied >= {
        "health",
        "health_change",
        "health_words",
        "stage",
        "stage_on",
        "stage_below_on",
        "segments",
        "risks_open",
    }
    assert Dismissal.objects.exists()


def test_what_changed_meanwhile_is_told_by_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Computed, but not yet written: then a fact comes to one account, and another is computed again."""
    (life,) = _through(1, 3)
    life.night()
    ids = list(Refreshed.objects.order_by("account_id").values_list("account_id", flat=True))
    first, second, third, *_ = ids
    later = life.world.now + timedelta(days=2, hours=1)

    def disturbed(made: Made, due: Mapping[int, Due], accounts: Collection[int]) -> dict[int, dict[str, Any]]:
        monkeypatch.setattr(store, "shown_of", shown_of)
        bump_revision([first])
        refresh_accounts([second], now=later)
        return {pk: {"health": -1.0} for pk in accounts}

    monkeypatch.setattr(store, "shown_of", disturbed)
    life.sleep()
    life.night()
    shown = dict(AccountNow.objects.values_list("account_id", "health"))
    assert shown[first] != -1.0 and shown[second] != -1.0  # of these the pass's own word was not taken
    assert shown[third] == -1.0
    assert AccountNow.objects.get(account=second).refreshed_at == later
