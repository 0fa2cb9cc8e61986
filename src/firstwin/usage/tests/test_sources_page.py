"""Sources on their pages: who may set them up, the page that shows how to send, and what arrives while one watches."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from firstwin.accounts.models import Account
from firstwin.core import clock
from firstwin.people.models import Undo, User
from firstwin.usage.actions.begin_source import begin_source
from firstwin.usage.models import Source, WriteKey
from firstwin.usage.screens.snippets import snippets
from firstwin.usage.store.models import Inbox, Rejected

pytestmark = pytest.mark.django_db

SAID = {"name": "Web app", "kind": "web", "adds_people": "on"}


@pytest.fixture
def source() -> Source:
    return begin_source(by=None, name="Web app", kind="web", now=clock.now())


def arrives(source: Source, body: object, **more: object) -> Inbox:
    text = json.dumps(body).encode()
    told = {"source": source.pk, "received_at": clock.now(), "events": 1, "size": len(text), **more}
    return Inbox.objects.create(body=text, **told)


def test_adding_one_leads_to_how_to_send_with_a_key_that_works(operations: User, client_of) -> None:
    answer = client_of(operations).post("/usage/sources/", SAID)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/usage/sources/web-app/start/"
    page = client_of(operations).get("/usage/sources/web-app/start/").content.decode()
    key = WriteKey.objects.get()
    assert page.count(key.token) >= 5  # the key itself, and each program
    assert "http://localhost" in page
    assert "Waiting for the first event…" in page
    assert Undo.objects.filter(user=operations, verb="source.opened").exists()


def test_a_name_that_is_taken_comes_back_as_typed(operations: User, client_of, source: Source) -> None:
    answer = client_of(operations).post("/usage/sources/", SAID)
    assert answer.status_code == 422
    assert "already" in answer.content.decode()
    assert Source.objects.count() == 1


def test_others_look_and_change_nothing(owner: User, viewer: User, client_of, source: Source) -> None:
    key = source.keys.get()
    for user in (owner, viewer):
        client = client_of(user)
        page = client.get("/usage/sources/web-app/")
        assert page.status_code == 200
        assert "Revoke" not in page.content.decode()
        for address in (
            "/usage/sources/",
            "/usage/sources/web-app/",
            "/usage/sources/web-app/archive/",
            "/usage/sources/web-app/keys/",
            f"/usage/sources/web-app/keys/{key.pk}/revocation/",
        ):
            assert client.post(address, SAID).status_code == 403
    source.refresh_from_db()
    assert not source.is_archived
    assert source.keys.get().revoked_at is None
    assert Source.objects.count() == 1


def test_a_revoked_key_is_listed_apart_and_comes_back_by_undo(operations: User, client_of, source: Source) -> None:
    client, key = client_of(operations), source.keys.get()
    client.post(f"/usage/sources/web-app/keys/{key.pk}/revocation/")
    assert "no write key" in client.get("/usage/sources/web-app/start/").content.decode()
    undo = Undo.objects.get(user=operations, verb="write_key.revoked")
    client.post(f"/undo/{undo.pk}/")
    assert key.token in client.get("/usage/sources/web-app/start/").content.decode()


def test_what_somebody_changed_meanwhile_is_not_overwritten(operations: User, client_of, source: Source) -> None:
    client = client_of(operations)
    client.post("/usage/sources/web-app/", {**SAID, "name": "Website", "edition": source.edition})
    answer = client.post("/usage/sources/web-app/", {**SAID, "name": "Shop", "edition": source.edition})
    assert answer.status_code == 409
    assert Source.objects.get().name == "Website"


def test_every_program_marks_where_it_differs() -> None:
    for one in snippets("https://success.example.com", "k" * 32, "server"):
        marked = [line for line, is_marked in one.pieces if is_marked]
        assert marked, one.key
        assert "success.example.com" in " ".join(marked)
        assert "\n".join(line for line, _ in one.pieces) == one.text
        assert "k" * 32 in one.text


def test_the_likeliest_program_comes_first() -> None:
    assert snippets("https://a.example", "k", "web")[0].key == "browser"
    assert snippets("https://a.example", "k", "server")[0].key == "curl"


def test_an_event_shows_at_once_and_silence_swaps_nothing(operations: User, client_of, source: Source) -> None:
    client = client_of(operations)
    live = "/usage/sources/web-app/start/live/"
    arrives(source, {"userId": "u-1", "event": "Report Opened", "context": {"groupId": "acme"}}, call="track")
    answer = client.get(live)
    page = answer.content.decode()
    assert "It arrived and is safe on disk" in page
    assert "Report Opened" in page
    assert "acme" in page
    seen = page.split("?seen=")[1].split('"')[0]
    assert client.get(f"{live}?seen={seen}").status_code == 204
    arrives(source, {"userId": "u-1", "event": "Report Closed"}, call="track")
    assert "Report Closed" in client.get(f"{live}?seen={seen}").content.decode()


def test_a_rejection_says_why_and_what_to_do(operations: User, client_of, source: Source) -> None:
    Rejected.objects.create(
        source=source.pk, received_at=clock.now(), code="junk_id", says="The user id is “null”.", event="Report Opened",
        call="track", body=b"{}",
    )  # fmt: skip
    page = client_of(operations).get("/usage/sources/web-app/start/").content.decode()
    assert "It arrived and was turned down" in page
    assert "The user id is “null”." in page
    assert "anonymousId" in page


def test_a_warning_is_no_rejection(operations: User, client_of, source: Source) -> None:
    """Events with too many names are taken up all the same."""
    Rejected.objects.create(
        source=source.pk, received_at=clock.now(), code="too_many_names", says="More than the limit.", body=b""
    )
    page = client_of(operations).get(f"/usage/sources/{source.key}/start/").content.decode()
    assert "turned down" not in page.split('id="live"')[1].split('id="answers"')[0]


def test_who_may_not_see_bodies_sees_that_it_arrived(owner: User, client_of, source: Source, acme: Account) -> None:
    arrives(source, {"userId": "secret-id", "event": "Report Opened", "properties": {"card": "4111"}}, call="track")
    page = client_of(owner).get("/usage/sources/web-app/start/").content.decode()
    assert "Report Opened" in page
    assert "secret-id" not in page
    assert "4111" not in page


def test_what_waits_too_long_names_the_worker(operations: User, client_of, source: Source) -> None:
    arrives(source, {"userId": "u", "event": "A"}, received_at=clock.now() - timedelta(minutes=3))
    assert "firstwin worker" in client_of(operations).get("/usage/sources/web-app/start/").content.decode()


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'"x"', b"[" * 100_000, b'{"event": "\\ud800", "userId": {"a": 1}}', b"\xff\xfe"]
)
def test_whatever_was_sent_the_page_stands(body: bytes, operations: User, client_of, source: Source) -> None:
    Inbox.objects.create(source=source.pk, received_at=clock.now(), events=1, size=len(body), body=body, call="track")
    for address in ("/usage/sources/web-app/start/", "/usage/debugger/accepted/"):
        assert client_of(operations).get(address).status_code == 200


def test_an_unknown_source_is_not_there(operations: User, client_of, client: Client) -> None:
    assert client_of(operations).get("/usage/sources/nope/start/").status_code == 404
    assert client.get("/usage/sources/nope/start/").status_code == 302  # to sign in
