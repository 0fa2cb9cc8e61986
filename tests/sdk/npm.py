"""The official clients of npm, installed as the lock file here says, into a folder that is not committed."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"


def official_clients() -> Path:
    """The folder `node_modules`. Skips, or fails where nothing may be skipped, when they cannot be had."""
    if not shutil.which("node") or not shutil.which("npm"):
        _cannot("node and npm are not installed")
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    with (HERE / ".installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in two processes
        mark = MODULES / ".firstwin"
        if not mark.exists() or mark.read_text() != wanted:
            done = subprocess.run(["npm", "ci"], cwd=HERE, capture_output=True, text=True, check=False, timeout=300)
            if done.returncode:
                _cannot(f"npm ci failed: {done.stderr[-500:]}")
            mark.write_text(wanted)
    return MODULES


def _cannot(why: str) -> None:
    if os.environ.get("FIRSTWIN_SKIP_NOTHING"):
        pytest.fail(why)
    pytest.skip(why)
