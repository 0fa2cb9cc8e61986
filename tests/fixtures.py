"""Fixtures of the whole house: fast hashing, quick static files, the folder of real files."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import template

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_configure(config: Any) -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Unhashed names straight from the packages: the manifest has a test of its own.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_AUTOREFRESH = True
    settings.WHITENOISE_USE_FINDERS = True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test may ask every database of an installation: beside SQLite's there are two, PostgreSQL's is one."""
    from django.conf import settings

    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker or {"db", "transactional_db"}.intersection(getattr(item, "fixturenames", ())):
            given = {"databases": list(settings.DATABASES), **(marker.kwargs if marker else {})}
            item.add_marker(pytest.mark.django_db(*(marker.args if marker else ()), **given), append=False)


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of real company files, named by FIRSTWIN_TEST_DATA."""
    named = os.environ.get("FIRSTWIN_TEST_DATA")
    if not named or not Path(named).is_dir():
        if os.environ.get("FIRSTWIN_SKIP_NOTHING"):
            pytest.fail("FIRSTWIN_TEST_DATA names no folder")
        pytest.skip("FIRSTWIN_TEST_DATA does not name the folder of real files")
    return Path(named)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """The databases of the tests begin as copies of migrated ones, which all processes of a run share."""
    from django.db import connections

    with ExitStack() as open_to_the_end:
        for connection in connections.all(initialized_only=False):
            test = connection.settings_dict["TEST"]
            test["MIGRATE"] = False
            if connection.vendor == "postgresql":
                test["TEMPLATE"] = template.migrated_database()
            else:  # in memory, for as long as somebody holds it open
                name = f"file:memorydb_{connection.alias}?mode=memory&cache=shared"
                held = open_to_the_end.enter_context(closing(sqlite3.connect(name, uri=True)))
                with closing(
                    sqlite3.connect(template.migrated() / Path(connection.settings_dict["NAME"]).name)
                ) as file:
                    file.backup(held)
        yield


@pytest.fixture
def fresh_home(tmp_path: Path) -> Path:
    """A data folder of its own, with empty, migrated databases, for tests that start (and kill) real processes."""
    home = tmp_path / "home"
    template.copy_migrated(home)
    return home


def run_firstwin(home: Path, *words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run the `firstwin` command with its data in `home`, on SQLite whatever the tests themselves run on."""
    env = {k: v for k, v in os.environ.items() if k not in {"FIRSTWIN_DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    command = [sys.executable, "-m", "firstwin.cli", *words]
    return subprocess.run(
        command, env={**env, "FIRSTWIN_HOME": str(home), **environ}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """One for all tests of a process: a second one beside it does not start."""
    from tests.serving import chromium

    try:
        with chromium() as started:
            yield started
    except FileNotFoundError:
        if os.environ.get("FIRSTWIN_SKIP_NOTHING"):
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed")


_blocker = pytest.StashKey[Any]()


@pytest.fixture(autouse=True)
def _blocker_at_hand(request: pytest.FixtureRequest, django_db_blocker: Any) -> None:
    request.node.stash[_blocker] = django_db_blocker


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test that commits empties every table at its end; when it has, put back what the migrations had put there."""
    yield
    if nextitem is None:  # the test database is gone, too
        return
    marker = item.get_closest_marker("django_db")
    if "transactional_db" in getattr(item, "fixturenames", ()) or (marker and marker.kwargs.get("transaction")):
        from firstwin.accounts.default_attributes import add_defaults
        from firstwin.accounts.models import Attribute

        with item.stash[_blocker].unblock():
            add_defaults(Attribute)


@pytest.fixture(autouse=True)
def _own_counters() -> Iterator[None]:
    """What a process remembers starts empty for each test. Definitions are remembered by number and moment of the last
    version, and after a rollback another test gives the same number at the same moment."""
    from django.core.cache import caches

    from firstwin.people.config import labels, together
    from firstwin.signals.refresh import definitions

    caches["local"].clear()
    for held in (labels._remembered, together._remembered, definitions._read):
        held.clear()
    yield
