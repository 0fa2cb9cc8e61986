"""Every route of the house, asked by every kind of person. Generated from the URL map: a new one is covered at once."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.routes import Route, routes
from tests.world import World, build_world

pytestmark = pytest.mark.django_db

# Open to people who are not signed in: signing in itself, joining, and events that come with a write key.
PUBLIC = {
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "first_run",
    "ingest",
    "invitation",
    "mfa_authenticate",
}

# The sign-in package keeps what it is about to ask (a new secret, a reset key) in the visitor's own session.
HOLD_IN_SESSION = {"mfa_activate_totp", "account_reset_password_from_key"}

LOOKING = (
    "select",
    "with",
    "savepoint",
    "release",
    "explain",
    "rollback",
    "begin",
    "declare",
    "fetch",
    "close",
    "pragma",
)

METHODS = ("get", "post", "delete")


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def is_of_an_account(route: Route) -> bool:
    about = {"key", "person"} & set(route.parameters)
    return bool(about) and not route.name.startswith(("team", "account_reset", "view", "definition"))


@contextmanager
def taken_back() -> Iterator[None]:
    """What is done inside is undone after, so that every question is asked of the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(client: Client, method: str, address: str) -> HttpResponse:
    client.raise_request_exception = False
    with taken_back():
        answer: HttpResponse = getattr(client, method)(address)
        end(answer)
    return answer


def end(answer: HttpResponse) -> None:
    """Close an answer: a download keeps its file open until it is sent. The end of a request would also end the
    connection of the test, so that part is left out, as the test client itself does."""
    request_finished.disconnect(close_old_connections)
    answer.close()
    request_finished.connect(close_old_connections)


def test_nobody_gets_in_without_signing_in(world: World) -> None:
    open_doors = []
    for route in routes():
        address = world.samples.address(route)
        for method in METHODS:
            answer = ask(Client(), method, address)
            if route.name in PUBLIC:
                assert answer.status_code < 500, f"{method} {address}"
                continue
            turned_away = answer.status_code == 401 or "/sign-in/" in answer.headers.get("Location", "")
            if not turned_away:
                open_doors.append(f"{method} {address}: {answer.status_code}")
    assert open_doors == []


@pytest.mark.parametrize("name", ["owner", "teammate", "stranger", "viewer", "operations", "admin"])
def test_each_role_is_answered_and_strangers_see_nothing(name: str, world: World, client_of) -> None:
    wrong = []
    user = world.staff[name]
    for route in routes():
        address = world.samples.address(route)
        for method in METHODS:
            status = ask(client_of(user), method, address).status_code
            expected = range(200, 500)
            if is_of_an_account(route) and name == "stranger":
                expected = (404, 405)  # type: ignore[assignment]
            elif is_of_an_account(route) and name == "viewer" and method != "get":
                expected = (403, 404, 405, 422)  # type: ignore[assignment]
            elif is_of_an_account(route) and name in {"owner", "teammate"} and method == "get":
                expected = (200, 302, 405)  # type: ignore[assignment]
            if status not in expected:
                wrong.append(f"{name} {method} {address} ({route.name}): {status}")
    assert wrong == []


def test_looking_changes_no_table(world: World, client_of) -> None:
    client = client_of(world.admin)
    client.raise_request_exception = False
    client.get("/ui/")
    before = dict(tables())
    for route in routes():
        address = world.samples.address(route)
        with CaptureQueriesContext(connection) as asked:
            end(client.get(address))
            end(client.get(address, headers={"HX-Request": "true"}))
        wrote = [q["sql"] for q in asked if not q["sql"].strip().lower().startswith(LOOKING)]
        if route.name in HOLD_IN_SESSION:
            wrote = [sql for sql in wrote if "django_session" not in sql]
        wrote = [sql for sql in wrote if '"cache"' not in sql]  # the throttle's counters
        assert wrote == [], f"GET {address} ({route.name}) wrote"
    after = dict(tables())
    assert [table for table in before if before[table] != after[table] and table != "django_session"] == []


def tables() -> Iterator[tuple[str, str]]:
    """Each table with a digest of all it holds. The throttle's counters are not facts."""
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table == "cache" or "_fts" in table:
                continue
            cursor.execute(f'select * from "{table}"')
            rows = sorted(repr(row) for row in cursor.fetchall())
            yield table, hashlib.sha256("\n".join(rows).encode()).hexdigest()
