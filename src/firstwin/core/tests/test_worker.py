"""The worker as a process of its own: it runs jobs, stops when told, and what it was killed with is taken up again."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ENQUEUE = "import django; django.setup(); from firstwin.core.tests.jobs_for_tests import note, slow; {}"
STATES = (
    "import django; django.setup(); from django_tasks_db.models import DBTaskResult as D;"
    "print(*D.objects.order_by('enqueued_at').values_list('status', flat=True))"
)


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An installation of its own, on SQLite."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("FIRSTWIN_")}
    env |= {"FIRSTWIN_HOME": str(tmp_path), "FIRSTWIN_SECRET_KEY": "for tests", "FIRSTWIN_DATABASE_URL": ""}
    env |= {"DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]}
    env |= {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    django(env, "migrate", "-v0")
    return env


def django(env: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "django", *arguments], env=env, check=True, cwd=env["FIRSTWIN_HOME"])


def python(env: dict[str, str], code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def worker(env: dict[str, str]) -> subprocess.Popen[bytes]:
    with Path(env["FIRSTWIN_HOME"], "worker.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "django", "worker"], env=env, stderr=log)


def wait_for(env: dict[str, str], states: str, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while (now := python(env, STATES)) != states:
        assert time.monotonic() < until, now
        time.sleep(0.1)


@pytest.mark.slow
def test_a_worker_runs_jobs_and_ends_the_running_one_before_it_stops(home: dict[str, str]) -> None:
    python(home, ENQUEUE.format("note.enqueue('a'); slow.enqueue(3)"))
    running = worker(home)
    try:
        wait_for(home, "SUCCESSFUL RUNNING")
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=20) == 0
    finally:
        running.kill()
    assert python(home, STATES) == "SUCCESSFUL SUCCESSFUL"


@pytest.mark.slow
def test_a_job_whose_worker_was_killed_is_run_by_the_next(home: dict[str, str]) -> None:
    python(home, ENQUEUE.format("slow.enqueue(600); note.enqueue('b')"))
    killed = worker(home)
    wait_for(home, "RUNNING READY")
    killed.kill()
    killed.wait()
    python(home, "import django; django.setup(); from datetime import *; from firstwin.core import jobs;"
                 "from django_tasks_db.models import DBTaskResult as D;"
                 "D.objects.filter(status='RUNNING').update(args_kwargs={'args': [0], 'kwargs': {}});"
                 "later = datetime.now(UTC) + timedelta(minutes=5);"
                 "assert jobs.take_back(now=later) == 1")  # fmt: skip
    django(home, "worker", "--once")
    assert python(home, STATES) == "SUCCESSFUL SUCCESSFUL"
