from pathlib import Path

import pytest

from firstwin.connectors.tests.files import Desk


@pytest.fixture
def desk(db: None, tmp_path: Path) -> Desk:
    return Desk(tmp_path)
