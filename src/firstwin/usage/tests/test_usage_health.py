"""Health of sources and of the lake: how each is judged, held batches, retention."""

from datetime import datetime, timedelta

import pytest

from firstwin.core import clock
from firstwin.core.errors import Conflict, NotAllowed, NotFound, Refused
from firstwin.people.models import AuditRow, Undo, User
from firstwin.usage.actions.begin_source import begin_source
from firstwin.usage.actions.sources import archive_source
from firstwin.usage.actions.upkeep import drop_batch, keep_events, lake_setting, retry_batch
from firstwin.usage.models import LakeSetting, Source
from firstwin.usage.screens.health import SourceHealth, health_of, hours_of, longest_pause
from firstwin.usage.screens.lake import lake_now
from firstwin.usage.store.models import EventName, Inbox, Piece, SourceHour

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat("2026-05-04T09:20:00+00:00")


@pytest.fixture
def source() -> Source:
    return begin_source(by=None, name="Web app", kind="web", now=NOW)


def came(source: Source, hours_ago: int, events: int = 10, **more: int) -> SourceHour:
    at = NOW.replace(minute=0) - timedelta(hours=hours_ago)
    return SourceHour.objects.create(
        source=source.pk, hour_at=at, events=events, last_at=at + timedelta(minutes=10), **more
    )


def held(source: Source, **more: object) -> Inbox:
    told = {"held_at": NOW, "held_why": "The disk was full.", "tries": 3, "events": 4, "size": 1, **more}
    return Inbox.objects.create(source=source.pk, received_at=NOW, body=b"{", **told)


def judged(source: Source) -> SourceHealth:
    return health_of([source], now=NOW)[0]


def test_one_that_never_spoke_is_new(source: Source) -> None:
    assert judged(source).state == "new"


def test_one_that_speaks_is_fresh_with_its_figures(source: Source) -> None:
    came(source, 0, events=10, lag_ms=20_000, lag_max_ms=9_000, repeated=2, late=1)
    came(source, 3, events=30, lag_ms=20_000, lag_max_ms=12_000, rejected=1)
    came(source, 40, events=500)
    one = judged(source)
    assert one.state == "fresh"
    assert (one.day.events, one.day.rejected, one.day.repeated, one.day.late) == (40, 1, 2, 1)
    assert (one.day.lag_seconds, one.day.lag_max_ms) == (1.0, 12_000)
    assert one.last_at == NOW.replace(minute=10)
    assert sum(hour.events for hour in one.hours) == 540
    assert len(one.hours) == 48


def test_one_that_is_quieter_than_ever_is_silent(source: Source) -> None:
    for hours in range(20, 60, 4):
        came(source, hours)
    one = judged(source)
    assert one.longest_pause == timedelta(hours=4)
    assert one.state == "silent"
    came(source, 5)
    assert judged(source).state == "fresh"  # within twice its longest pause


def test_nightly_pauses_are_no_silence(source: Source) -> None:
    for day in range(1, 12):
        for hour in range(9, 17):
            came(source, 24 * day - hour)
    one = judged(source)
    assert one.longest_pause == timedelta(hours=17)
    assert one.state == "fresh"


def test_a_source_without_a_rhythm_is_never_silent(source: Source) -> None:
    came(source, 300)
    assert longest_pause([NOW]) is None
    assert judged(source).state == "fresh"


def test_what_waits_what_is_held_and_what_is_turned_down_come_first(source: Source) -> None:
    came(source, 0, events=90, rejected=10)
    assert judged(source).state == "rejecting"
    Inbox.objects.create(source=source.pk, received_at=NOW - timedelta(seconds=90), body=b"{", events=1, size=1)
    assert judged(source).state == "waiting"
    batch = held(source)
    one = judged(source)
    assert one.state == "held"
    assert [(told.pk, told.why) for told in one.held] == [(batch.pk, "The disk was full.")]
    assert one.waiting == 1
    archive_source(by=None, source=source, now=NOW)
    source.refresh_from_db()
    assert judged(source).state == "archived"


def test_silent_hours_stand_in_the_chart(source: Source) -> None:
    hours = hours_of([came(source, 2, events=7)], now=NOW, count=4)
    assert [hour.events for hour in hours] == [0, 7, 0, 0]


def test_many_sources_cost_as_many_questions_as_one(django_assert_max_num_queries) -> None:
    several = [begin_source(by=None, name=f"S{n}", kind="web", now=NOW) for n in range(8)]
    for one in several:
        came(one, 1)
    with django_assert_max_num_queries(4):
        assert len(health_of(several, now=NOW)) == 8


def test_a_held_batch_is_tried_again(source: Source, operations: User, client_of) -> None:
    batch = held(source)
    client_of(operations).post(f"/usage/health/held/{batch.pk}/", {"is": "again"})
    batch.refresh_from_db()
    assert (batch.held_at, batch.held_why, batch.tries) == (None, "", 0)
    assert AuditRow.objects.filter(did="batch.retried").count() == 1


def test_a_held_batch_is_dropped_for_good(source: Source, operations: User, client_of) -> None:
    batch = held(source)
    client = client_of(operations)
    assert "Drop 4 events for good" in client.get("/usage/health/").content.decode()
    client.post(f"/usage/health/held/{batch.pk}/", {"is": "dropped"})
    assert Inbox.objects.count() == 0
    assert client.post(f"/usage/health/held/{batch.pk}/", {"is": "again"}).status_code == 404


def test_what_waits_cannot_be_dropped(source: Source) -> None:
    batch = held(source, held_at=None)
    for act in (drop_batch, retry_batch):
        with pytest.raises(NotFound):
            act(by=None, batch=batch.pk, now=NOW)
    assert Inbox.objects.count() == 1


def test_others_look_and_change_nothing(source: Source, owner: User, viewer: User, client_of) -> None:
    batch = held(source)
    for user in (owner, viewer):
        page = client_of(user).get("/usage/health/")
        assert page.status_code == 200
        assert "Drop" not in page.content.decode()
        assert client_of(user).post(f"/usage/health/held/{batch.pk}/", {"is": "dropped"}).status_code == 403
        assert client_of(user).post("/usage/health/", {"retention_days": "90", "edition": "1"}).status_code == 403
        with pytest.raises(NotAllowed):
            keep_events(by=user, retention_days=90, edition=1, now=NOW)
    assert Inbox.objects.count() == 1
    assert lake_setting().retention_days is None


def test_retention_is_said_shown_and_taken_back(operations: User, client_of) -> None:
    client = client_of(operations)
    edition = lake_setting().edition
    client.post("/usage/health/", {"retention_days": "400", "edition": edition})
    assert lake_setting().retention_days == 400
    assert "for 400 days" in client.get("/usage/health/").content.decode()
    client.post(f"/undo/{Undo.objects.get(user=operations).pk}/")
    assert lake_setting().retention_days is None
    assert LakeSetting.objects.count() == 1


def test_retention_that_cannot_be_is_refused(operations: User, client_of) -> None:
    for days in (0, 29, 36_501):
        with pytest.raises(Refused):
            keep_events(by=None, retention_days=days, edition=lake_setting().edition, now=NOW)
    for said in ("-1", "x", "1e3", "99999999999999999999"):
        answer = client_of(operations).post("/usage/health/", {"retention_days": said, "edition": "1"})
        assert answer.status_code == 422, said
    with pytest.raises(Conflict):
        keep_events(by=None, retention_days=90, edition=lake_setting().edition + 1, now=NOW)


def test_the_lake_is_counted_from_its_catalogue() -> None:
    assert lake_now().files == 0
    told = {"sha256": "x", "day_from": 20_000, "day_to": 20_010, "made_at": NOW}
    Piece.objects.create(table="events", name="a", rows=100, size=10, **told)
    Piece.objects.create(table="events", name="b", rows=50, size=5, rolled_at=NOW, **told)
    Piece.objects.create(table="events", name="c", rows=9, size=9, retired_at=NOW, **told)
    Piece.objects.create(table="place_days", name="d", rows=3, size=2, **told)
    lake = lake_now()
    assert (lake.events, lake.unrolled, lake.files, lake.size) == (150, 100, 3, 17)
    assert clock.day_of(NOW) > (lake.last_on or clock.day_of(NOW))


def test_limits_are_seen_before_they_bite_and_can_be_moved(operations: User, owner: User, client_of) -> None:
    client, said = client_of(operations), {"largest_inbox_mb": "64", "most_names": "100"}
    assert "of 5,000" in client.get("/usage/health/").content.decode()
    client.post("/usage/health/", {**said, "edition": lake_setting().edition})
    assert (lake_setting().largest_inbox_mb, lake_setting().most_names) == (64, 100)
    for n in range(80):
        EventName.objects.create(kind="track", name=f"Name {n}", first_at=NOW, last_at=NOW)
    assert "then new ones count as (other)" in client.get("/usage/health/").content.decode()
    for odd in ({"most_names": "99"}, {"largest_inbox_mb": ""}, {"most_names": "1e4"}, {"edition": "1"}):
        assert client.post("/usage/health/", {**said, "edition": lake_setting().edition, **odd}).status_code in (
            409,
            422,
        )
    assert client_of(owner).post("/usage/health/", said).status_code == 403
    client.post(f"/undo/{Undo.objects.get(user=operations).pk}/")
    assert (lake_setting().largest_inbox_mb, lake_setting().most_names) == (2_048, 5_000)
