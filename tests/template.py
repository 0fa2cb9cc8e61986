"""What takes long to make and is needed by many tests: made once for all processes of a run, which copy it.

The first that asks makes it while the others wait. It lies in the folder named by TEMPLATES_OF_TESTS.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILES = ("main.sqlite3", "events.sqlite3")


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name`, filled by `make` unless it is there already."""
    folder = _templates() / name
    with _one_at_a_time(name):
        if not folder.exists():
            begun = folder.with_name(f"{name}.begun")
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            make(begun)
            begun.rename(folder)
    return folder


def migrated() -> Path:
    """A folder with the two SQLite files of an empty installation."""
    return made_once("migrated", _migrate)


def copy_migrated(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(migrated() / name, home / name)


def migrated_database() -> str:
    """The name of an empty, migrated database on the PostgreSQL server of FIRSTWIN_DATABASE_URL."""
    import psycopg

    url = os.environ["FIRSTWIN_DATABASE_URL"]
    name = f"firstwin_template_{_templates().name.rpartition('-')[2]}".lower()
    with _one_at_a_time("database"), psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            begun = f"{name}_begun"
            connection.execute(f'drop database if exists "{begun}"'.encode())
            connection.execute(f'create database "{begun}"'.encode())
            with tempfile.TemporaryDirectory() as home:
                _firstwin_migrate(Path(home), f"{url.rpartition('/')[0]}/{begun}")
            connection.execute(f'alter database "{begun}" rename to "{name}"'.encode())
    return name


def _migrate(folder: Path) -> None:
    _firstwin_migrate(folder, "")
    for name in FILES:  # all of it in the one file, and nothing said about how it is to be opened
        with closing(sqlite3.connect(folder / name)) as file:
            file.execute("pragma journal_mode = delete")


def _firstwin_migrate(home: Path, database: str) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FIRSTWIN_") and k != "FAILPOINT"}
    ours = {"FIRSTWIN_HOME": str(home), "FIRSTWIN_DATABASE_URL": database, "FIRSTWIN_SECRET_KEY": "only-for-tests"}
    command = [sys.executable, "-m", "firstwin.cli", "migrate", "--verbosity", "0"]
    done = subprocess.run(command, env=kept | ours, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)


def _templates() -> Path:
    """For programs beside pytest too, which do not load `tests.environment` by themselves."""
    import tests.environment  # noqa: F401

    folder = Path(os.environ["TEMPLATES_OF_TESTS"])
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _one_at_a_time(name: str) -> Iterator[None]:
    with (_templates() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
