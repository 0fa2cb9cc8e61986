"""A served installation and a browser, shared by the tests of one process."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.serving import Served, Visitor, chromium, serving


@pytest.fixture(scope="session")
def served(_migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Firstwin with a small demo company and the people of `tests.world`, served for real."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(_migrated, home)
    with serving(home, accounts=60) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as started:
            yield started
    except FileNotFoundError:
        if os.environ.get("FIRSTWIN_SKIP_NOTHING"):
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed")


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Visitor]:
    visitor = Visitor(browser, served)
    yield visitor
    visitor.close()
