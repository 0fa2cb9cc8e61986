from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from firstwin.core import schedules
from firstwin.core.errors import Refused
from firstwin.core.models import Schedule
from firstwin.core.tests.jobs_for_tests import note

NOW = datetime(2024, 3, 30, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _berlin(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    monkeypatch.setattr(schedules, "_registered", {})


@pytest.fixture
def hourly(db: None) -> Schedule:
    schedules.register_schedule("test.note", note, "Note", every=60)
    schedules.sync_schedules(now=NOW)
    return Schedule.objects.get()


def due_at(hour: int, minute: int, after: datetime) -> datetime:
    return schedules.next_due(Schedule(daily_at=time(hour, minute)), after)


def test_what_is_registered_becomes_a_row(hourly: Schedule) -> None:
    assert (hourly.label, hourly.rhythm, hourly.next_due_at) == ("Note", "Every 60 minutes", NOW + 60 * MINUTE)
    assert schedules.last_result(hourly) == ""


def test_what_people_changed_is_kept_and_what_is_gone_goes(hourly: Schedule, monkeypatch: pytest.MonkeyPatch) -> None:
    schedules.change_schedule(schedule=hourly, now=NOW, is_on=False, daily_at=time(4, 30))
    monkeypatch.setattr(schedules, "_registered", {})
    schedules.register_schedule("test.note", note, "Note it", every=60)
    schedules.sync_schedules(now=NOW)
    row = Schedule.objects.get()
    assert (row.label, row.rhythm, row.is_on) == ("Note it", "Daily at 04:30", False)
    monkeypatch.setattr(schedules, "_registered", {})
    schedules.sync_schedules(now=NOW)
    assert not Schedule.objects.exists()


def test_a_due_job_starts_once(hourly: Schedule) -> None:
    assert schedules.tick(now=NOW) == []
    later = NOW + 61 * MINUTE
    assert schedules.tick(now=later) == ["test.note"]
    assert schedules.tick(now=later) == []
    assert DBTaskResult.objects.count() == 1
    hourly.refresh_from_db()
    assert (hourly.next_due_at, hourly.last_started_at) == (NOW + 120 * MINUTE, later)
    assert schedules.last_result(hourly) == "waiting"


def test_of_two_schedulers_one_starts_it(hourly: Schedule) -> None:
    later = NOW + 61 * MINUTE
    seen_by_both = Schedule.objects.get()
    assert schedules._start(hourly, later)
    assert not schedules._start(seen_by_both, later)
    assert DBTaskResult.objects.count() == 1


def test_missed_runs_become_one(hourly: Schedule) -> None:
    later = NOW + timedelta(days=3, minutes=7)
    assert schedules.tick(now=later) == ["test.note"]
    hourly.refresh_from_db()
    assert hourly.next_due_at == NOW + timedelta(days=3, minutes=60)


def test_a_turn_is_left_out_while_the_last_one_runs(hourly: Schedule) -> None:
    schedules.tick(now=NOW + 61 * MINUTE)
    assert schedules.tick(now=NOW + 121 * MINUTE) == []
    DBTaskResult.objects.update(status="SUCCESSFUL")
    assert schedules.tick(now=NOW + 181 * MINUTE) == ["test.note"]


def test_what_is_off_stays_off(hourly: Schedule) -> None:
    schedules.change_schedule(schedule=hourly, now=NOW, is_on=False, every_minutes=1)
    assert schedules.tick(now=NOW + timedelta(days=1)) == []


def test_a_failing_enqueue_leaves_the_turn_due(hourly: Schedule, monkeypatch: pytest.MonkeyPatch) -> None:
    Schedule.objects.update(task_path="firstwin.core.tests.jobs_for_tests.gone")
    with pytest.raises(ImportError):
        schedules.tick(now=NOW + 61 * MINUTE)
    hourly.refresh_from_db()
    assert hourly.next_due_at == NOW + 60 * MINUTE


def test_a_daily_time_follows_the_local_clock() -> None:
    # Berlin is one hour ahead until 31 March 2024, two after.
    assert due_at(14, 0, NOW) == datetime(2024, 3, 30, 13, 0, tzinfo=UTC)
    assert due_at(12, 0, NOW) == datetime(2024, 3, 31, 10, 0, tzinfo=UTC)


def test_a_time_the_clocks_skip_runs_once_that_day() -> None:
    skipped = due_at(2, 30, NOW)
    assert skipped == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)  # 03:30 in Berlin
    assert due_at(2, 30, skipped) == datetime(2024, 4, 1, 0, 30, tzinfo=UTC)


def test_a_time_the_clocks_repeat_runs_once_that_day() -> None:
    first = due_at(2, 30, datetime(2024, 10, 26, 12, tzinfo=UTC))
    assert first == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)
    assert due_at(2, 30, first) == datetime(2024, 10, 28, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("rhythm", [{}, {"every_minutes": 5, "daily_at": time(3)}, {"every_minutes": 0}])
def test_one_sensible_rhythm_is_asked_for(hourly: Schedule, rhythm: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        schedules.change_schedule(schedule=hourly, now=NOW, is_on=True, **rhythm)


def test_a_key_means_one_schedule() -> None:
    schedules.register_schedule("a", note, "A", daily_at="03:10")
    schedules.register_schedule("a", note, "A", daily_at="03:10")
    with pytest.raises(ValueError, match="twice"):
        schedules.register_schedule("a", note, "A", every=5)
    with pytest.raises(ValueError, match="either"):
        schedules.register_schedule("b", note, "B")
