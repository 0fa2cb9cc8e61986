"""The worker as a process of its own: it runs jobs, stops when told, and what it was killed with is taken up again."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from tests.template import copy_migrated

ENQUEUE = "import django; django.setup(); from firstwin.core.tests.jobs_for_tests import note, wait_for_file; {}"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An installation of its own, on SQLite."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("FIRSTWIN_")}
    env |= {"FIRSTWIN_HOME": str(tmp_path), "FIRSTWIN_SECRET_KEY": "for tests", "FIRSTWIN_DATABASE_URL": ""}
    env |= {"DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]}
    env |= {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    copy_migrated(tmp_path)
    return env


def django(env: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "django", *arguments], env=env, check=True, cwd=env["FIRSTWIN_HOME"])


def python(env: dict[str, str], code: str) -> None:
    subprocess.run([sys.executable, "-c", code], env=env, check=True)


def worker(env: dict[str, str]) -> subprocess.Popen[bytes]:
    with Path(env["FIRSTWIN_HOME"], "worker.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "django", "worker"], env=env, stderr=log)


def beside(process: "subprocess.Popen[bytes]") -> list[int]:
    """The processes this worker has for what people wait for."""
    words = [b"--prompt", str(process.pid).encode()]
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if entry.read_bytes().split(b"\0")[-3:-1] == words:
                found.append(int(entry.parent.name))
    return found


def niceness(process: int) -> list[int]:
    """Of each of its threads."""
    found = []
    for one in Path(f"/proc/{process}/task").iterdir():
        with suppress(OSError):  # some end meanwhile
            found.append(os.getpriority(os.PRIO_PROCESS, int(one.name)))
    return found


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)


def states(env: dict[str, str]) -> list[str]:
    with closing(sqlite3.connect(Path(env["FIRSTWIN_HOME"], "main.sqlite3"), timeout=20)) as database:
        rows = database.execute("select status from django_tasks_database_dbtaskresult order by enqueued_at").fetchall()
    return [state for (state,) in rows]


def wait_for(env: dict[str, str], expected: list[str], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while (now := states(env)) != expected:
        assert time.monotonic() < until, now
        time.sleep(0.1)


@pytest.mark.slow
def test_a_worker_runs_jobs_and_ends_the_running_one_before_it_stops(home: dict[str, str], tmp_path: Path) -> None:
    python(home, ENQUEUE.format(f"note.enqueue('a'); wait_for_file.enqueue({str(tmp_path / 'go')!r})"))
    running = worker(home)
    try:
        wait_for(home, ["SUCCESSFUL", "RUNNING"])
        running.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert running.poll() is None
        (tmp_path / "go").touch()
        assert running.wait(timeout=60) == 0
    finally:
        running.kill()
        running.wait()
    assert states(home) == ["SUCCESSFUL", "SUCCESSFUL"]


@pytest.mark.slow
def test_a_job_whose_worker_was_killed_is_run_by_the_next(home: dict[str, str], tmp_path: Path) -> None:
    python(home, ENQUEUE.format(f"wait_for_file.enqueue({str(tmp_path / 'go')!r}); note.enqueue('b')"))
    killed = worker(home)
    try:
        wait_for(home, ["RUNNING", "READY"])
    finally:
        killed.kill()
        killed.wait()
    (tmp_path / "go").touch()
    python(home, "import django; django.setup(); from datetime import *; from firstwin.core import jobs;"
                 "assert jobs.take_back(now=datetime.now(UTC) + timedelta(minutes=5)) == 1")  # fmt: skip
    django(home, "worker", "--once")
    assert states(home) == ["SUCCESSFUL", "SUCCESSFUL"]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked for in /proc")
def test_what_people_wait_for_has_a_process_that_comes_back_and_ends_with_the_worker(home: dict[str, str]) -> None:
    running = worker(home)
    try:
        wait_until(lambda: len(beside(running)) == 1)
        (first,) = beside(running)
        wait_until(lambda: len(niceness(running.pid)) > 2 and min(niceness(running.pid)) > os.nice(0))
        assert max(niceness(first)) == os.nice(0)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: beside(running) not in ([], [first]))
        running.kill()
        wait_until(lambda: beside(running) == [])
    finally:
        running.kill()
        running.wait()
    stopped = worker(home)
    try:
        wait_until(lambda: len(beside(stopped)) == 1)
        stopped.send_signal(signal.SIGTERM)
        assert stopped.wait(timeout=60) == 0
        assert beside(stopped) == []
    finally:
        stopped.kill()
        stopped.wait()
