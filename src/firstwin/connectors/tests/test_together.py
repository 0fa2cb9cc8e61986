"""Two imports at once, while somebody works in the same database."""

import json
import os
import subprocess
import sys
from pathlib import Path

from firstwin.connectors.tests.together import CALLS, ROWS


def test_two_imports_and_a_person_at_once(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "firstwin.connectors.tests.together", str(tmp_path)],
        env=os.environ | {"FIRSTWIN_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    for status, one in said["imports"]:
        assert status == 0, done.stderr
        assert [counts["new"] for counts in one["counts"]] == [ROWS, 3 * ROWS]
    status, person = said["person"]
    assert status == 0 and person["written"] == CALLS, done.stderr
    # Nobody is turned away. How long each wait is depends on what else the machine does: that is for a benchmark.
    assert person["longest"] < 15.0, person
    assert said["problems"] == []
    status, undone = said["undone"]
    assert status == 0, done.stderr
    # Tags and the product are of both: whichever import made them first, the other's rows refer to them.
    assert set(undone.pop("kept")) <= {"tag", "product"}
    assert undone == {"sources": ["staff", "two"], "touches": person["written"], "found": []}
