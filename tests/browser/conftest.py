"""A served installation and a browser, shared by the tests of one process."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.serving import Served, Visitor, serving


@pytest.fixture(scope="session")
def served(_migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Firstwin with a small demo company and the people of `tests.world`, served for real."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(_migrated, home)
    with serving(home, accounts=60) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Visitor]:
    visitor = Visitor(browser, served)
    yield visitor
    visitor.close()
