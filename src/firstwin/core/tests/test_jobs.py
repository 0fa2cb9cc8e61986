from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from firstwin.core import jobs
from firstwin.core.models import Lease
from firstwin.core.tests.jobs_for_tests import broken, note, ran
from firstwin.core.worker import HouseWorker

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 3, 30, 12, 0, tzinfo=UTC)


def held_by(worker: str, *, since: timedelta, times: int = 1) -> DBTaskResult[Any, Any]:
    note.enqueue("held")
    job = DBTaskResult.objects.latest("enqueued_at")
    DBTaskResult.objects.filter(pk=job.pk).update(
        status="RUNNING", started_at=NOW - since, worker_ids=["earlier"] * (times - 1) + [worker]
    )
    return job


def status(job: DBTaskResult[Any, Any]) -> str:
    job.refresh_from_db()
    return str(job.status)


def test_a_job_asked_for_in_a_transaction_that_fails_is_never_asked_for() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note.enqueue()
        raise ZeroDivisionError
    assert not DBTaskResult.objects.exists()


def test_the_same_job_waits_once() -> None:
    assert jobs.enqueue_once(note, "a")
    assert not jobs.enqueue_once(note, "a")
    assert jobs.enqueue_once(note, "b")
    DBTaskResult.objects.update(status="RUNNING")
    assert jobs.enqueue_once(note, "a")


@pytest.mark.django_db(transaction=True)  # the worker closes its connection between two jobs
def test_a_worker_runs_what_waits_and_a_broken_job_stops_nothing() -> None:
    ran.clear()
    note.enqueue("one")
    broken.enqueue()
    note.enqueue("two")
    worker = HouseWorker()
    while worker.run_next():
        pass
    assert ran == ["one", "two"]
    assert [*DBTaskResult.objects.order_by("enqueued_at").values_list("status", flat=True)] == [
        "SUCCESSFUL", "FAILED", "SUCCESSFUL",
    ]  # fmt: skip


def test_what_a_dead_worker_held_is_taken_up_again() -> None:
    job = held_by("dead", since=timedelta(minutes=5))
    jobs.beat("dead", now=NOW - timedelta(minutes=4))
    assert jobs._stuck(NOW) == [f"firstwin.core.tests.jobs_for_tests.note ({job.pk}) is held by a worker that is gone"]
    assert jobs.take_back(now=NOW) == 1
    assert status(job) == "READY"
    assert not Lease.objects.exists()
    assert jobs._stuck(NOW) == []


def test_what_a_living_worker_holds_is_left_alone() -> None:
    job = held_by("alive", since=timedelta(hours=5))
    jobs.beat("alive", now=NOW - timedelta(seconds=30))
    assert jobs.take_back(now=NOW) == 0
    assert status(job) == "RUNNING"


def test_a_job_that_kills_its_workers_fails_in_the_end() -> None:
    job = held_by("dead", since=timedelta(minutes=5), times=jobs.MAX_ATTEMPTS)
    assert jobs.take_back(now=NOW) == 1
    assert status(job) == "FAILED"
    assert job.exception_class_path == "firstwin.core.jobs.WorkerLost"


def test_old_results_are_forgotten() -> None:
    for state, age in [("SUCCESSFUL", 8), ("SUCCESSFUL", 6), ("FAILED", 8), ("FAILED", 61), ("READY", 99)]:
        note.enqueue(f"{state} {age}")
        job = DBTaskResult.objects.latest("enqueued_at")
        DBTaskResult.objects.filter(pk=job.pk).update(status=state, finished_at=NOW - timedelta(days=age))
    assert jobs.prune(now=NOW) == 2
    kept = {job.args_kwargs["args"][0] for job in DBTaskResult.objects.all()}
    assert kept == {"SUCCESSFUL 6", "FAILED 8", "READY 99"}
