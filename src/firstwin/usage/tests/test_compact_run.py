"""The loop: what waits is stored once, whatever happens on the way."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from firstwin.accounts.models import Account, AccountExternalId
from firstwin.usage.compact import apart, rows, run
from firstwin.usage.compact import reading as reading_module
from firstwin.usage.compact.apart import Body
from firstwin.usage.compact.looking import moments_given
from firstwin.usage.compact.replay import replay
from firstwin.usage.compact.run import Compactor, compact_once, release
from firstwin.usage.compact.times import moment_of
from firstwin.usage.lake import reading
from firstwin.usage.models import Source
from firstwin.usage.store.models import Actor, EventName, Inbox, Lease, Piece, Place, Rejected, SourceHour, Touched
from firstwin.usage.store.router import EVENTS
from firstwin.usage.tests.test_compact_rows import NOW, arrived, track

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


@pytest.fixture
def source() -> Source:
    return Source.objects.create(key="app", name="App", recorded_at=NOW)


def compact(at: datetime = NOW) -> None:
    while compact_once(at):
        pass


def stored() -> list[dict[str, Any]]:
    with reading.reading(day_from=0, day_to=100_000, tables=("events",)) as connection:
        found: list[dict[str, Any]] = (
            connection.sql("select * from events order by ts, k1").to_arrow_table().to_pylist()
        )
        return found


def test_what_waits_is_stored_once_and_counted(source: Source) -> None:
    account = Account.objects.create(key="acme", name="Acme", recorded_at=NOW)
    AccountExternalId.objects.create(account=account, source="app", external_id="c-1", recorded_at=NOW, seen_at=NOW)
    events = [track(messageId=str(n), groupId="c-1", timestamp=f"2026-03-05T14:0{n}:00Z") for n in range(3)]
    arrived(source, {"batch": events})
    arrived(source, {"batch": [*events, track(messageId="x", groupId="c-9"), track(userId="null")]})
    compact()
    assert len(stored()) == 4
    assert not Inbox.objects.exists()
    hour = SourceHour.objects.get()
    assert (hour.batches, hour.events, hour.repeated, hour.rejected, hour.unresolved) == (2, 4, 3, 1, 1)
    assert (hour.lag_max_ms, hour.last_at) == (3_600_000, NOW)
    place = Place.objects.get(key="c-1")
    assert (place.account, place.how, place.events) == (account.pk, "external_id", 3)
    assert (place.first_at, place.last_at) == (NOW - timedelta(hours=1), NOW - timedelta(minutes=58))
    assert EventName.objects.get().events == 4
    assert list(Touched.objects.values_list("account", flat=True)) == [account.pk]
    assert Rejected.objects.get().code == "junk_id"


def test_a_batch_sent_again_much_later_changes_nothing(source: Source) -> None:
    arrived(source, {"batch": [track()]})
    compact()
    arrived(source, {"batch": [track()]}, at=NOW + timedelta(days=30))
    compact(NOW + timedelta(days=30))
    assert len(stored()) == 1
    assert EventName.objects.get().events == 1


def test_a_batch_nobody_can_read_waits_for_a_person(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = arrived(source, {"batch": [track()]}), arrived(source, {"batch": [track(messageId="m2")]})

    def read_batch(inbox: Body, received: int) -> Any:
        if inbox.body == bytes(bad.body):
            raise ValueError("odd")
        return reading_module.read_batch(inbox, received)

    monkeypatch.setattr(apart, "read_batch", read_batch)
    compact()
    assert len(stored()) == 1 and not Inbox.objects.filter(pk=good.pk).exists()
    held = Inbox.objects.get()
    assert (held.tries, held.held_at, held.held_why) == (3, NOW, "ValueError: odd")


def test_a_held_batch_is_tried_again_when_a_person_says_so(source: Source) -> None:
    batch = arrived(source, {"batch": [track()]})
    Inbox.objects.update(held_at=NOW, tries=3, held_why="odd")
    compact()
    assert Inbox.objects.exists()
    assert release([batch.pk]) == 1
    compact()
    assert len(stored()) == 1


def test_while_another_process_is_at_it_nothing_is_done(source: Source) -> None:
    arrived(source, {"batch": [track()]})
    Lease.objects.create(name="compactor", holder="elsewhere", until_at=NOW + timedelta(minutes=1))
    assert not compact_once(NOW)
    assert compact_once(NOW + timedelta(minutes=2))


def test_what_was_turned_down_can_be_sent_again(source: Source) -> None:
    arrived(source, {"batch": [track(timestamp="2026-03-07T00:00:00Z")]})
    compact()
    found = Rejected.objects.get()
    later = NOW + timedelta(days=3)
    assert replay([found.pk], by=None, now=later) == 1
    compact(later)
    assert Rejected.objects.count() == 2  # received then as now: its clock is no better
    Rejected.objects.filter(replayed_at__isnull=True).update(body=json.dumps(track()).encode())
    replay(list(Rejected.objects.values_list("pk", flat=True)), by=None, now=later)
    compact(later)
    assert len(stored()) == 1
    assert Piece.objects.filter(table="events").count() == 1


def test_a_second_reader_reads_the_same(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    chunks = [
        (source.pk, [arrived(source, {"batch": [track(messageId=f"m{n}-{m}", userId=f"u{n}") for m in range(3)]})])
        for n in range(5)
    ]
    monkeypatch.setattr(apart, "WORTH_IT", 1)
    ahead = apart.Ahead(chunks).futures
    assert sorted(ahead) == [1, 2, 3, 4], "the first is read here"
    read = {place: future.result(timeout=60) for place, future in ahead.items()}
    for place, one in read.items():
        here = apart.read_here(*chunks[place])
        for column in ("user", "name"):
            mine, its = getattr(here, column), getattr(one, column)
            assert (mine.keys, mine.rows.tolist()) == (its.keys, its.rows.tolist())
        assert (one.keys.tolist(), one.props) == (here.keys.tolist(), here.props)
    again = apart.Ahead(chunks)
    assert [again.columns(place).user.keys for place in range(5)] == [[f"u{n}"] for n in range(5)]


@pytest.mark.parametrize("reads_apart", [True, False])
def test_what_is_kept_from_cycle_to_cycle_changes_nothing(
    source: Source, monkeypatch: pytest.MonkeyPatch, reads_apart: bool
) -> None:
    monkeypatch.setattr(run, "MOST_EVENTS", 4)
    monkeypatch.setattr(apart, "WORTH_IT", 1 if reads_apart else 1_000)
    monkeypatch.setattr(rows, "_AT_ONCE", 2)
    day = timedelta(days=1)
    for n in range(10):  # later batches tell of earlier moments
        at = (NOW - n * day).isoformat()
        some = [track(messageId=f"m{n}-{m}", userId=f"u{m}", groupId="acme", timestamp=at) for m in range(2)]
        arrived(source, {"batch": [*some, track(messageId="m0-0"), {"type": "group", "userId": "u1", "groupId": "x"}]})
    compactor = Compactor()
    cycles = 0
    while compactor.once(NOW):
        cycles += 1
        if cycles == 3:
            Inbox.objects.order_by("pk")[0].delete()  # what was foreseen does not come
    assert cycles == 9
    assert len(stored()) == 19
    assert set(Actor.objects.values_list("key", "first_at")) == {(f"u:u{m}", NOW - 9 * day) for m in range(2)}
    assert Place.objects.get(key="acme").first_at == NOW - 9 * day
    assert EventName.objects.get().events == 18


@given(st.lists(st.integers(0, 4_000_000_000_000_000) | st.integers(0, 4_000_000_000).map(lambda s: s * 1_000_000)))
def test_moments_of_many_are_given_as_each(micros: list[int]) -> None:
    adapt = connections[EVENTS].ops.adapt_datetimefield_value
    assert list(map(str, moments_given(micros))) == [str(adapt(moment_of(one))) for one in micros]
