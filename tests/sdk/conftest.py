"""One installation for all the official clients."""

from collections.abc import Iterator

import pytest

from tests.sdk.installation import Installation, installed


@pytest.fixture(scope="session")
def _installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("sdk") / "home") as running:
        yield running


@pytest.fixture
def installation(_installation: Installation) -> Iterator[Installation]:
    yield _installation
    _installation.forget()
