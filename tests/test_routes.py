"""Every route of the house, asked by every kind of person. Generated from the URL map: a new route is covered at once."""

import hashlib
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client

from tests.routes import Route, routes
from tests.world import World, build_world

pytestmark = pytest.mark.django_db

# Open to people who are not signed in: signing in itself, and joining.
PUBLIC = {
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "first_run",
    "invitation",
    "mfa_authenticate",
}

# Routes about a thing on one account. Who cannot see the account gets the answer for "does not exist".
OF_AN_ACCOUNT = ("account", "touch", "note", "member", "file", "role_player", "contact")

METHODS = ("get", "post", "delete")


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def is_of_an_account(route: Route) -> bool:
    about = {"key", "person"} & set(route.parameters)
    return bool(about) and not route.name.startswith(("team", "account_reset", "view"))


def ask(client: Client, method: str, address: str) -> int:
    return int(getattr(client, method)(address).status_code)


@pytest.mark.parametrize("route", routes(), ids=lambda route: route.name)
def test_nobody_gets_in_without_signing_in(route: Route, world: World) -> None:
    address = world.samples.address(route)
    for method in METHODS:
        response = getattr(Client(), method)(address)
        if route.name in PUBLIC:
            assert response.status_code < 500
        else:
            assert response.status_code in {302, 401}, f"{method} {address}"
            assert response.status_code == 401 or "/sign-in/" in response["Location"]


@pytest.mark.parametrize("route", routes(), ids=lambda route: route.name)
def test_each_role_is_answered_and_strangers_see_nothing(route: Route, world: World, client_of) -> None:
    address = world.samples.address(route)
    # GET first and for all: a POST may end what the others look at.
    for method in METHODS:
        for name, user in world.staff.items():
            status = ask(client_of(user), method, address)
            assert status < 500, f"{name} {method} {address}: {status}"
            if is_of_an_account(route) and name == "stranger":
                assert status in {404, 405}, f"stranger {method} {address}: {status}"
            if is_of_an_account(route) and name == "viewer" and method != "get":
                assert status in {403, 404, 405, 422}, f"viewer {method} {address}: {status}"


@pytest.mark.parametrize("route", routes(), ids=lambda route: route.name)
def test_looking_changes_no_table(route: Route, world: World, client_of) -> None:
    client = client_of(world.admin)
    address = world.samples.address(route)
    client.get("/ui/")  # the session itself is written when it first appears
    before = dict(tables())
    client.get(address)
    client.get(address, headers={"HX-Request": "true"})
    assert dict(tables()) == before


def tables() -> Iterator[tuple[str, str]]:
    """Each table with a digest of all it holds. The throttle's counters are not facts."""
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table == "cache" or "_fts" in table:
                continue
            cursor.execute(f'select * from "{table}"')
            rows = sorted(repr(row) for row in cursor.fetchall())
            yield table, hashlib.sha256("\n".join(rows).encode()).hexdigest()
