"""The frame as of now says what the list rows say, field by field; of a past day it says what the rooms would."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import transaction

from firstwin.accounts.models import AccountNow
from firstwin.core import clock
from firstwin.core.conditions import parse_text
from firstwin.core.conditions.mask import mask
from firstwin.core.fields import Kind, vocabulary
from firstwin.core.frames import At
from firstwin.core.text import fold
from firstwin.demo.load import Loaded, load
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.tests.frame_rows import EPOCH, of_rows, plain, told, value
from firstwin.usage.store.router import EVENTS

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[Loaded]:
    """Sixty customers whose history ends today."""
    with django_db_blocker.unblock(), transaction.atomic(using=EVENTS), transaction.atomic():
        yield load(seed=7, as_of=clock.today(), accounts=60, password="walnut-river-ember-42", now=clock.now())
        transaction.set_rollback(True, using=EVENTS)
        transaction.set_rollback(True)


def test_now_it_says_what_the_list_rows_say(company: Loaded) -> None:
    now = clock.now()
    rows = {row.pk: row for row in AccountNow.objects.filter(is_removed=False)}
    with sitting(None) as here:
        assert here.accounts.tolist() == sorted(rows)
        for field in vocabulary().fields.values():
            if field.stored is not None and field.room != "signals":
                assert told(here, At.of(now), field) == of_rows(field, rows), field.key


def test_every_column_has_the_type_of_its_kind(company: Loaded) -> None:
    with sitting(company.ids[:3]) as here:
        frame = here.frame(At.of(clock.now()))
        for field in (one for one in vocabulary().fields.values() if one.room != "signals"):
            column = frame.column(field.key)
            expected = {Kind.FLAG: np.bool_, Kind.SHARE: np.float64, Kind.DATE: np.int64, Kind.DAYS: np.int64}
            assert column.known.dtype == np.bool_
            if field.kind in expected:
                assert column.values.dtype == expected[field.kind], field.key


def test_a_past_day_is_told(company: Loaded) -> None:
    with sitting(None) as here:
        frame = here.frame(At.close_of(clock.today() - timedelta(days=200)))
        for field in vocabulary().fields.values():
            if field.frame is not None and field.room != "signals":
                frame.column(field.key)


def test_rows_of_collections_are_those_of_now(company: Loaded) -> None:
    with sitting(None) as here:
        frame = here.frame(At.of(clock.now()))
        for collection in vocabulary().collections.values():
            rows = frame.rows(collection.key)
            assert (np.diff(rows.owner) >= 0).all()
            if collection.model is None:
                continue
            standing = collection.model().filter(account__removed_at__isnull=True).values_list("pk", flat=True)
            assert sorted(rows.ids.tolist()) == sorted(standing), collection.key
            for field in collection.fields:
                stored = dict(collection.model().values_list("pk", str(field.stored)))
                for place, pk in enumerate(rows.ids.tolist()):
                    expected = plain(field, stored[pk])
                    if field.kind is Kind.TEXT and expected is not None:
                        expected = fold(expected)
                    assert value(rows.columns[field.key], place) == expected, (collection.key, field.key)


def test_events_say_how_often(company: Loaded) -> None:
    now = clock.now()
    with sitting(None) as here:
        frame = here.frame(At.of(now))
        rows = frame.rows("events")
        days = (now.date() - EPOCH).days
        assert rows.dated is not None and rows.times is not None and len(rows.owner)
        recent = rows.dated.values > days - 28
        counted = np.bincount(rows.owner[recent], rows.times[recent], len(here.accounts)).astype(np.int64)
        events = frame.column("events_28")
        assert (counted[events.known] == events.values[events.known]).all()
        name = rows.columns["name"].values[int(np.argmax(rows.times))]
        asked = parse_text(f"count(events in last 28 days where name = `{name}`) >= 40".replace("`", "'"))
        expected = np.zeros(len(here.accounts), np.int64)
        mine = recent & (rows.columns["name"].values == name)
        np.add.at(expected, rows.owner[mine], rows.times[mine])
        assert (mask(asked, frame) == (expected >= 40)).all() and (expected >= 40).any()
