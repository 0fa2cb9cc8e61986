"""The frame as of now says what the list rows say, field by field; of a past day it says what the rooms would."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import transaction

from firstwin.accounts.models import AccountNow
from firstwin.core import clock
from firstwin.core.conditions import parse_text
from firstwin.core.conditions.mask import mask
from firstwin.core.fields import Field, Kind, vocabulary
from firstwin.core.frames import At, Column
from firstwin.core.text import fold
from firstwin.demo.load import Loaded, load
from firstwin.signals.frame.sitting import Sitting, sitting
from firstwin.signals.frame.told import LONGEST
from firstwin.usage.store.router import EVENTS

pytestmark = pytest.mark.django_db
_EPOCH = date(1970, 1, 1)


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[Loaded]:
    """Sixty customers whose history ends today."""
    with django_db_blocker.unblock(), transaction.atomic(using=EVENTS), transaction.atomic():
        yield load(seed=7, as_of=clock.today(), accounts=60, password="walnut-river-ember-42", now=clock.now())
        transaction.set_rollback(True, using=EVENTS)
        transaction.set_rollback(True)


def plain(field: Field, stored: Any) -> Any:
    """What a list row holds, as a frame says it; None where nothing counts as there."""
    if field.kind is Kind.TAGS:
        return frozenset(stored.strip("|").split("|")) - {""} if isinstance(stored, str) else frozenset(stored or ())
    if stored is None or stored == "":
        return None
    if field.kind in (Kind.DATE, Kind.DAYS):
        return ((clock.day_of(stored) if isinstance(stored, datetime) else stored) - _EPOCH).days
    if field.kind is Kind.FLAG:
        return bool(stored)
    if field.kind is Kind.TEXT:
        return str(stored)[:LONGEST]
    return stored


def value(column: Column, place: int) -> Any:
    return column.values[place] if column.known[place] else None


def of_rows(field: Field, rows: dict[int, AccountNow]) -> dict[int, Any]:
    if field.rows is not None:
        found: dict[int, set[str]] = {pk: set() for pk in rows}
        for pk, word in field.rows().filter(account__in=rows).values_list(field.rows_account, field.stored):
            found[pk].add(word)
        return {pk: frozenset(words) for pk, words in found.items()}
    return {pk: plain(field, getattr(row, str(field.stored))) for pk, row in rows.items()}


def told(here: Sitting, at: At, field: Field) -> dict[int, Any]:
    column = here.frame(at).column(field.key)
    assert column.values.shape == column.known.shape == here.accounts.shape
    return {pk: value(column, place) for place, pk in enumerate(here.accounts.tolist())}


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
        for field in vocabulary().fields.values():
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
        days = (now.date() - _EPOCH).days
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
