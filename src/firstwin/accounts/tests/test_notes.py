"""Notes: written, marked for whom, pinned, edited by two at once, removed and brought back."""

from typing import Any

import pytest

from firstwin.accounts.actions.notes import add_note, edit_note, remove_note
from firstwin.accounts.models import Account, Note, Visibility
from firstwin.accounts.tests.fixtures import NOW
from firstwin.accounts.tests.page_reader import HTMX, at, toast_of, undo_in, words
from firstwin.core.errors import Conflict, Refused
from firstwin.people.audit import trail
from firstwin.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def note(owner: User, acme: Account) -> Note:
    return add_note(by=owner, account=acme, body="Prefers mornings", now=NOW)


def test_owner_writes_a_note_that_is_internal_unless_said(client_of: Any, owner: User, acme: Account) -> None:
    done = client_of(owner).post("/accounts/acme/note/", {"new-body": "**Careful**"}, headers=at("timeline"))
    assert toast_of(done) == "Note added" and "note:added" in done["HX-Trigger"]
    assert "<strong>Careful</strong>" in done.content.decode() and "Internal" in words(done)
    assert Note.objects.get().visibility == Visibility.INTERNAL


def test_a_note_for_the_customer_says_so_in_words(client_of: Any, owner: User, acme: Account) -> None:
    body = {"new-body": "Shared plan", "new-visibility": "customer"}
    assert "Customer can see it" in words(client_of(owner).post("/accounts/acme/note/", body, headers=at("timeline")))


def test_what_looks_like_markup_is_shown_not_run(client_of: Any, owner: User, acme: Account) -> None:
    add_note(by=owner, account=acme, body="<script>alert(1)</script> [x](javascript:alert(1))", now=NOW)
    page = client_of(owner).get("/accounts/acme/timeline/").content.decode()
    assert "<script>alert" not in page and 'href="javascript' not in page


def test_an_empty_note_is_refused_and_the_rest_is_kept(client_of: Any, owner: User, acme: Account) -> None:
    body = {"new-body": " ", "new-visibility": "customer"}
    answer = client_of(owner).post("/accounts/acme/note/", body, headers=at())
    assert answer.status_code == 422 and "Write something first." in words(answer)
    assert 'value="customer" checked' in answer.content.decode()
    assert not Note.objects.exists()


def test_two_who_edit_at_once_see_both_and_nothing_typed_is_lost(
    client_of: Any, owner: User, teammate: User, note: Note
) -> None:
    edit_note(by=teammate, note=note, body="Prefers noon", visibility=Visibility.INTERNAL, edition=1, now=NOW)
    late = client_of(owner).post(
        f"/accounts/acme/note/{note.pk}/", {"body": "Prefers evenings", "edition": 1}, headers=at("timeline")
    )
    assert late.status_code == 409
    assert "Note Prefers evenings Prefers noon" in words(late)
    assert 'name="edition" value="2"' in late.content.decode()
    note.refresh_from_db()
    assert note.body == "Prefers noon"


def test_an_old_edition_is_a_conflict_in_the_action_too(owner: User, note: Note) -> None:
    with pytest.raises(Conflict):
        edit_note(by=owner, note=note, body="New", visibility=Visibility.INTERNAL, edition=7, now=NOW)


def test_what_it_said_before_stands_in_its_history_and_an_edit_can_be_undone(
    client_of: Any, owner: User, note: Note
) -> None:
    client = client_of(owner)
    done = client.post(f"/accounts/acme/note/{note.pk}/", {"body": "Prefers noon", "edition": 1}, headers=at())
    history = words(client.get(f"/accounts/acme/note/{note.pk}/history/", headers=HTMX))
    assert "Body Prefers mornings Prefers noon" in history
    client.post(undo_in(done))
    note.refresh_from_db()
    assert note.body == "Prefers mornings"


def test_a_pinned_note_stands_in_the_summary(client_of: Any, owner: User, note: Note) -> None:
    client = client_of(owner)
    client.post(f"/accounts/acme/note/{note.pk}/pin/", headers=at("timeline"))
    assert "Prefers mornings" in words(client.get("/accounts/acme/"))
    client.post(f"/accounts/acme/note/{note.pk}/pin/", {"pinned": "no"}, headers=at())
    assert "Prefers mornings" not in words(client.get("/accounts/acme/"))


def test_a_removed_note_is_gone_comes_back_and_is_not_removed_twice(client_of: Any, owner: User, note: Note) -> None:
    client = client_of(owner)
    done = client.post(f"/accounts/acme/note/{note.pk}/removal/", headers=at("timeline"))
    assert "Prefers mornings" not in words(done)
    note.refresh_from_db()
    with pytest.raises(Refused):
        remove_note(by=owner, note=note, now=NOW)
    client.post(undo_in(done))
    assert "Prefers mornings" in words(client.get("/accounts/acme/timeline/"))
    assert [row.did for row in trail(note)] == ["note.restored", "note.removed", "note.added"]


def test_a_stranger_finds_no_note_and_a_viewer_may_not_touch_it(
    client_of: Any, stranger: User, viewer: User, note: Note
) -> None:
    for path in ("", "pin/", "removal/"):
        assert client_of(stranger).post(f"/accounts/acme/note/{note.pk}/{path}", {"body": "x"}).status_code == 404
        assert client_of(viewer).post(f"/accounts/acme/note/{note.pk}/{path}", {"body": "x"}).status_code == 403


def test_a_note_of_another_account_is_not_found_here(client_of: Any, owner: User, note: Note) -> None:
    from firstwin.accounts.actions.open_account import open_account

    open_account(by=owner, name="Other", now=NOW)
    assert client_of(owner).get(f"/accounts/other/note/{note.pk}/").status_code == 404
