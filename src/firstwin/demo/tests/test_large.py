"""A very large load sets indexes aside, and puts every one of them back."""

import re
from typing import Any

import pytest
from django.db import connection

from firstwin.accounts import search
from firstwin.accounts.models import AccountNow, Touch
from firstwin.core import clock
from firstwin.core.invariants import verify
from firstwin.demo import load as loading
from firstwin.demo.aside import indexes_of
from firstwin.demo.rows import TABLES
from firstwin.demo.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def indexes() -> dict[str, Any]:
    models: list[Any] = [*TABLES, AccountNow]
    return {
        model.__name__: sorted((name, _plain(statement)) for name, statement in indexes_of(model._meta.db_table))
        for model in models
    }


def _plain(statement: str) -> str:
    """PostgreSQL writes the casts of a list in a condition elsewhere when it is read back once more."""
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", statement)


def test_every_index_is_there_again_and_search_finds_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LARGE", 30)
    before = indexes()
    loading.load(seed=7, as_of=clock.today(), accounts=40, password=PASSWORD, now=clock.now())
    assert indexes() == before
    assert search.matching(AccountNow.objects.all(), "juniper text").count() == 1
    assert search.matching(Touch.objects.all(), "regular call").exists()
    connection.check_constraints()
    assert [finding for finding in verify(now=clock.now()) if finding.problems] == []


def test_a_load_that_dies_leaves_nothing_and_every_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LARGE", 30)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, "write_trail", die)
    before = indexes()
    with pytest.raises(KeyboardInterrupt):
        loading.load(seed=7, as_of=clock.today(), accounts=40, password=PASSWORD, now=clock.now())
    assert indexes() == before
    assert not AccountNow.objects.exists()
    assert search.missing_triggers() == []
