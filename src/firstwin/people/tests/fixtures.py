"""Fixtures every room's tests share. The root conftest loads this as a plugin."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from firstwin.people.models import User

ClientOf = Callable[[User], Client]


@pytest.fixture
def client_of(db: None) -> ClientOf:
    """A signed-in browser of this user: `client_of(owner).get("/")`."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture(autouse=True, scope="session")
def _tests_may_empty_the_trail() -> Iterator[None]:
    """Tests that commit empty all tables afterwards, which the guards of the audit trail rightly refuse."""
    if connection.vendor != "sqlite":  # PostgreSQL truncates, which triggers for each row do not see
        yield
        return
    operations = type(connection.ops)
    flush = operations.sql_flush

    def unguarded(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
        statements = flush(self, style, tables, **options)
        with self.connection.cursor() as cursor:  # those of every room that only adds to a table
            cursor.execute(
                "select name, sql from sqlite_master where type = 'trigger' and (name like '%_no_delete' "
                "or name like '%_no_update') order by name"
            )
            guards = cursor.fetchall()
        drop, make = [f"DROP TRIGGER {name}" for name, _ in guards], [sql for _, sql in guards]
        return [*drop, *statements, *make] if statements else statements

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", unguarded)
        yield


@pytest.fixture(autouse=True, scope="session")
def _passwords_are_hashed_fast() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
