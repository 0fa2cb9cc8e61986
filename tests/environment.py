"""Loaded before Django reads its settings (see `addopts`): tests keep their data out of the working folder."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path


def _folder(variable: str, prefix: str) -> None:
    """The folder that `variable` names; where none is named a new one, that goes with this process."""
    if variable not in os.environ:
        made = os.environ[variable] = tempfile.mkdtemp(prefix=prefix)
        atexit.register(_remove, Path(made), os.getpid())


def _remove(folder: Path, maker: int) -> None:
    if os.getpid() == maker:  # not a fork of it
        shutil.rmtree(folder, ignore_errors=True)


_folder("FIRSTWIN_HOME", "firstwin-test-")
_folder("TEMPLATES_OF_TESTS", "firstwin-templates-")
os.environ.setdefault("FIRSTWIN_SECRET_KEY", "only-for-tests")
# The browser tests run Playwright's own loop in the thread that asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# Many tests start processes of their own: compiled once, each starts in two seconds instead of five.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(sys.prefix) / "pycache"))
sys.dont_write_bytecode, sys.pycache_prefix = False, os.environ["PYTHONPYCACHEPREFIX"]
