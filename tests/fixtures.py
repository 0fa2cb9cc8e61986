"""Fixtures of the whole house: fast hashing, quick static files, the folder of real files."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

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
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an empty, migrated SQLite database; made once, copied by `fresh_home`."""
    home = tmp_path_factory.mktemp("migrated")
    done = run_firstwin(home, "migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def fresh_home(_migrated: Path, tmp_path: Path) -> Path:
    """A data folder of its own for tests that start (and kill) real processes."""
    home = tmp_path / "home"
    shutil.copytree(_migrated, home)
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


@pytest.fixture(autouse=True)
def _defaults_survive(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """A test that commits empties every table at its end; put back what the migrations had put there."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction")):
        from firstwin.accounts.default_attributes import add_defaults
        from firstwin.accounts.models import Attribute

        with django_db_blocker.unblock():
            add_defaults(Attribute)


@pytest.fixture(autouse=True)
def _own_counters() -> Iterator[None]:
    """The in-process cache starts empty for each test."""
    from django.core.cache import caches

    caches["local"].clear()
    yield
