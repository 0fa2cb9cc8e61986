"""What takes long to load is loaded where it is used: every command and every page waits for what loads at start."""

import os
import subprocess
import sys

AT_START = ("numpy", "scipy", "pyarrow", "duckdb", "pydantic", "openpyxl")
WITH_PAGES = ("scipy", "pyarrow", "duckdb", "pydantic", "openpyxl")

CODE = """
import sys, django
django.setup()
print(*[name for name in {at_start} if name in sys.modules])
import firstwin.urls
print(*[name for name in {with_pages} if name in sys.modules])
"""


def test_heavy_libraries_wait_until_they_are_used() -> None:
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-c", CODE.format(at_start=AT_START, with_pages=WITH_PAGES)]
    told = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout.splitlines()
    assert told == ["", ""]
