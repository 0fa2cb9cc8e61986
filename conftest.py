"""Fixtures for every test."""

pytest_plugins = ["firstwin.people.tests.fixtures", "firstwin.accounts.tests.fixtures", "tests.fixtures"]
