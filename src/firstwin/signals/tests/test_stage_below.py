"""The stage below an overlay, since when, and which of both takes too long: told alike by whoever tells it."""

import importlib
from datetime import timedelta

import numpy as np
import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account, AccountNow
from firstwin.core import clock
from firstwin.core.fields import Vocabulary
from firstwin.people.models import User
from firstwin.signals.evidence import day_of
from firstwin.signals.frame.frame import Frame
from firstwin.signals.ledger.columns import Paced, Said, columns_of, come_to
from firstwin.signals.ledger.standing import Moved
from firstwin.signals.models import Refreshed, StageMove
from firstwin.signals.refresh import columns
from firstwin.signals.refresh.definitions import Definitions
from firstwin.signals.stages.pace import paces
from firstwin.signals.stages.pauses import Pauses
from firstwin.signals.stages.standing import standings_of
from firstwin.signals.tests.tabled import at, day, defined
from firstwin.signals.tests.test_stages_pace import PIPELINE

NOTHING = Definitions(0, {}, {}, {}, {}, {})
_STANDS = st.tuples(st.sampled_from(["", "setup"]), st.sampled_from(["", "renewal"]))


@given(st.lists(st.tuples(_STANDS, st.integers(0, 12)), max_size=8), st.integers(0, 30))
def test_the_ledger_tells_of_moves_what_a_computation_does(steps: list[tuple[tuple[str, str], int]], more: int) -> None:
    on, moves = 0, []
    for number, ((stage, overlay), days) in enumerate(steps):
        on += days
        moves.append(Moved(number, 1, "default", 1, stage, overlay if stage else "", "", day(on)))
    ids, today = np.array([1], np.int64), at(day(on + more))
    standings = standings_of(ids, moves)
    frame = Frame(ids, today, Vocabulary({}, {}), None)  # type: ignore[arg-type]  # limits read no column
    how = paces(frame, {"default": defined("pipeline", PIPELINE)}, standings, Pauses())
    said = Said()
    for move in moves:
        come_to(said, move)
    told = columns_of(said, NOTHING, Paced(how.pace[0], how.late[0]) if how.pace[0] else None)
    for key, column in columns.stages(standings, how).items():
        value = column.values[0] if column.known[0] else None
        if key.endswith("_days"):
            key = key.replace("_days", "_on")
        assert told[key] == (day_of(int(value)) if key.endswith("_on") and value is not None else value), key


def _moved(account: Account, stage: str, previous: str, days: int, overlay: str = "") -> None:
    StageMove.objects.create(
        account=account, pipeline="default", version=1, stage=stage, previous=previous, overlay=overlay,
        on=clock.today() - timedelta(days=days), at=clock.now(),
    )  # fmt: skip


@pytest.mark.django_db
def test_an_upgrade_tells_it_of_the_moves_there_are(acme: Account, owner: User) -> None:
    """Of rows that were written before there was such a column."""
    globex = open_account(by=owner, name="Globex", now=clock.now())
    today = clock.today()
    for account, overlay in ((acme, "renewal"), (globex, "")):
        _moved(account, "setup", "", 500)
        _moved(account, "outcomes", "setup", 420)
        _moved(account, "outcomes", "outcomes", 42, "renewal")
        if not overlay:
            _moved(account, "outcomes", "outcomes", 2)
        shown = {"stage": overlay or "outcomes", "stage_on": today - timedelta(days=2), "stage_pace": "stuck"}
        AccountNow.objects.filter(account=account).update(**shown)
        Refreshed.objects.create(account=account, revision=1, edition=7, on=today, at=clock.now())
    migration = importlib.import_module("firstwin.signals.migrations.0008_stage_below")
    migration.tell_from_moves(apps, connection.schema_editor())
    names = ("stage_below", "stage_below_on", "stage_late", "stage_late_on")
    rows = dict(zip(("acme", "globex"), AccountNow.objects.order_by("key").values_list(*names), strict=True))
    since = today - timedelta(days=420)
    assert rows["globex"] == ("outcomes", since, "outcomes", since)
    assert rows["acme"] == ("outcomes", since, None, None)  # only its limits tell which of both is late
    assert dict(Refreshed.objects.values_list("account__key", "edition")) == {"acme": 6, "globex": 7}  # so it is next
