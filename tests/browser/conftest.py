"""A served installation and a browser, shared by the tests of one process."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.serving import Served, Visitor, serving


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Firstwin with a small demo company and the people of `tests.world`, served for real."""
    with serving(tmp_path_factory.mktemp("served") / "home", accounts=60) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Visitor]:
    visitor = Visitor(browser, served)
    yield visitor
    visitor.close()
