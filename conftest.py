"""Fixtures for every test. Set before Django reads its settings: tests keep their data out of the working folder."""

import os
import tempfile

os.environ.setdefault("FIRSTWIN_HOME", tempfile.mkdtemp(prefix="firstwin-test-"))
os.environ.setdefault("FIRSTWIN_SECRET_KEY", "only-for-tests")
# The browser tests run Django's live server in a thread beside Playwright's own loop.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytest_plugins = ["firstwin.people.tests.fixtures", "firstwin.accounts.tests.fixtures", "tests.fixtures"]
