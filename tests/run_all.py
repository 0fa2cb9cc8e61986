"""Everything `make test` runs after the checks: the tests on SQLite, on PostgreSQL, then in a browser.

What a machine lacks (PostgreSQL's server programs, Chromium) is said and left out, unless FIRSTWIN_SKIP_NOTHING is
set: then it is a failure.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time

from tests.postgres import binaries, cluster

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SPREAD = ["-n", "2", "--dist", "worksteal", "-m"]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="firstwin-templates-") as templates:
        os.environ["TEMPLATES_OF_TESTS"] = templates  # what is made once, is made once for all parts
        parts = {"SQLite": sqlite(), "PostgreSQL": postgresql(), "browser": browser()}
    failures = [name for name, passed in parts.items() if not passed]
    print(f"\nFailed: {', '.join(failures)}" if failures else "\nAll of it passed.")
    return 1 if failures else 0


def sqlite() -> bool:
    return _pytest("on SQLite", [*SPREAD, "not browser and not slow"], {})


def postgresql() -> bool:
    if binaries() is None:
        return _missing("PostgreSQL's server programs", "the tests on PostgreSQL")
    with cluster() as url:
        return _pytest(
            "on PostgreSQL", [*SPREAD, "not browser and not slow and not once"], {"FIRSTWIN_DATABASE_URL": url}
        )


def browser() -> bool:
    if not any(shutil.which(name) for name in CHROMIUM):
        return _missing("Chromium", "the tests in a browser")
    return _pytest("in a browser", ["-n", "2", "--dist", "loadfile", "-m", "browser and not slow"], {})


def _pytest(where: str, words: list[str], environ: dict[str, str]) -> bool:
    print(f"\n== Tests {where}", flush=True)
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "pytest", *words], env={**os.environ, **environ}, check=False)
    print(f"== {where}: {time.monotonic() - started:.0f} s", flush=True)
    return done.returncode == 0


def _missing(what: str, left_out: str) -> bool:
    print(f"\n== {what} not found: {left_out} are left out.", flush=True)
    return not os.environ.get("FIRSTWIN_SKIP_NOTHING")


if __name__ == "__main__":
    sys.exit(main())
