"""Fixtures of the whole house: fast hashing, quick static files, the folder of real files."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


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


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of real company files, named by FIRSTWIN_TEST_DATA."""
    named = os.environ.get("FIRSTWIN_TEST_DATA")
    if not named or not Path(named).is_dir():
        if os.environ.get("FIRSTWIN_SKIP_NOTHING"):
            pytest.fail("FIRSTWIN_TEST_DATA names no folder")
        pytest.skip("FIRSTWIN_TEST_DATA does not name the folder of real files")
    return Path(named)


@pytest.fixture(autouse=True)
def _own_counters() -> Iterator[None]:
    """The in-process cache starts empty for each test."""
    from django.core.cache import caches

    caches["local"].clear()
    yield
