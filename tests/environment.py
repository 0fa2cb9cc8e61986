"""Loaded before Django reads its settings (see `addopts`): tests keep their data out of the working folder."""

import os
import tempfile

os.environ.setdefault("FIRSTWIN_HOME", tempfile.mkdtemp(prefix="firstwin-test-"))
os.environ.setdefault("FIRSTWIN_SECRET_KEY", "only-for-tests")
# The browser tests run Playwright's own loop in the thread that asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
