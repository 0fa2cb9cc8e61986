"""The account page as owner, teammate, viewer and stranger meet it; its head; and what it costs."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from firstwin.accounts.actions.assign import add_owner
from firstwin.accounts.actions.notes import add_note
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.people import add_person
from firstwin.accounts.actions.remove import remove_account
from firstwin.accounts.actions.touches import log_touch
from firstwin.accounts.models import Account, Direction, OwnershipKind, TouchKind
from firstwin.accounts.tests.fixtures import NOW
from firstwin.accounts.tests.page_reader import HTMX, at, toast_of, undo_in, words
from firstwin.core import clock
from firstwin.people.models import Undo, User

SECTIONS = ("", "people/", "timeline/", "children/", "files/", "audit/")
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("section", SECTIONS)
def test_owner_and_teammate_open_every_section_and_a_stranger_none(
    client_of: Any, owner: User, teammate: User, stranger: User, acme: Account, section: str
) -> None:
    assert client_of(owner).get(f"/accounts/acme/{section}").status_code == 200
    assert client_of(teammate).get(f"/accounts/acme/{section}").status_code == 200
    assert client_of(stranger).get(f"/accounts/acme/{section}").status_code == 404


def test_an_unknown_section_is_not_there(client_of: Any, owner: User, acme: Account) -> None:
    assert client_of(owner).get("/accounts/acme/secrets/").status_code == 404


def test_a_viewer_reads_and_is_told_why_nothing_can_be_changed(client_of: Any, viewer: User, acme: Account) -> None:
    page = client_of(viewer).get("/accounts/acme/").content.decode()
    assert "Your role can read accounts but not change them." in page
    assert "fw-edit" not in page and 'id="log-touch"' not in page
    assert client_of(viewer).post("/accounts/acme/name/", {"name": "New", "edition": 1}).status_code == 403


def test_the_head_says_how_things_stand(client_of: Any, owner: User, teammate: User, acme: Account) -> None:
    now = clock.now()
    add_person(by=owner, account=acme, name="Ines Sol", roles_played=["sponsor", "doer"], now=NOW)
    add_owner(by=owner, accounts=[acme], kind=OwnershipKind.COVER, user=teammate, ends_at=now + timedelta(9), now=now)
    log_touch(
        by=owner,
        account=acme,
        kind=TouchKind.CALL,
        direction=Direction.BOTH,
        occurred_at=now - timedelta(days=3),
        summary="Spoke",
        next_step="Send the plan",
        next_step_on=clock.day_of(now) + timedelta(days=2),
        now=now,
    )
    said = words(client_of(owner).get("/accounts/acme/"))
    assert "2 of 4 roles no champion, accountable" in said
    assert "Ada Okafor Cover: Mina Ruiz until" in said
    assert "Last touch 3 days ago Last two-way 3 days ago Next step Send the plan" in said
    assert "as of" in said


def test_parents_stand_above_and_link_only_where_they_may_be_seen(
    client_of: Any, owner: User, stranger: User, acme: Account
) -> None:
    top = open_account(by=stranger, name="Top", now=NOW)
    middle = open_account(by=None, name="Middle", owner=owner, parent=top, now=NOW)
    open_account(by=owner, name="Low", parent=middle, now=NOW)
    page = client_of(owner).get("/accounts/low/").content.decode()
    assert page.index("Top") < page.index("Middle") < page.index('aria-current="page">Low')
    assert '/accounts/middle/"' in page and '/accounts/top/"' not in page


def test_findings_name_what_is_missing_and_lead_to_the_form_that_mends_it(
    client_of: Any, owner: User, acme: Account
) -> None:
    page = client_of(owner).get("/accounts/acme/findings/", headers=HTMX)
    assert "No people known Add a person" in words(page)
    assert "Industry is not known Fill in industry" in words(page)
    assert "/accounts/acme/member/" in page.content.decode()
    assert "/accounts/acme/values/industry/sources/" in page.content.decode()


def test_renaming_shows_the_new_name_and_can_be_undone(client_of: Any, owner: User, acme: Account) -> None:
    client = client_of(owner)
    done = client.post("/accounts/acme/name/", {"name": "Acme Ltd", "edition": acme.edition}, headers=at())
    assert toast_of(done) == "Renamed to Acme Ltd" and done["HX-Retarget"] == "#account"
    assert 'id="account-crumbs" hx-swap-oob="true"' in done.content.decode()
    client.post(undo_in(done))
    acme.refresh_from_db()
    assert acme.name == "Acme"


def test_two_who_rename_at_once_see_both_names_and_choose(client_of: Any, owner: User, acme: Account) -> None:
    client = client_of(owner)
    client.post("/accounts/acme/name/", {"name": "First", "edition": acme.edition}, headers=at())
    late = client.post("/accounts/acme/name/", {"name": "Second", "edition": acme.edition}, headers=at())
    assert late.status_code == 409 and late["HX-Retarget"] == "#dialog"
    assert "Name Second First" in words(late) and "Save mine" in words(late) and "Keep theirs" in words(late)
    edition = Account.objects.get(pk=acme.pk).edition
    assert f'name="edition" value="{edition}"' in late.content.decode()
    assert client.post("/accounts/acme/name/", {"name": "Second", "edition": edition}, headers=at()).status_code == 200


def test_an_empty_name_is_refused_where_it_was_typed(client_of: Any, owner: User, acme: Account) -> None:
    answer = client_of(owner).post("/accounts/acme/name/", {"name": " ", "edition": 1}, headers=at())
    assert answer.status_code == 422 and "aria-invalid" in answer.content.decode()


def test_without_scripts_a_form_posts_and_leads_back(client_of: Any, owner: User, acme: Account) -> None:
    assert "<html" in client_of(owner).get("/accounts/acme/name/").content.decode()
    done = client_of(owner).post("/accounts/acme/name/", {"name": "Acme Ltd", "edition": acme.edition})
    assert done.status_code == 302 and done["Location"] == "/accounts/acme/"


def test_tags_are_put_on_and_taken_off_in_place(client_of: Any, owner: User, acme: Account) -> None:
    client = client_of(owner)
    added = client.post("/accounts/acme/tags/", {"tag": "Pilot, Beta"}, headers=at())
    assert "Beta" in words(added) and "Pilot" in words(added)
    gone = client.post("/accounts/acme/tags/removal/?name=Beta", headers=at())
    assert toast_of(gone) == "Beta taken off" and "Pilot" in words(gone)
    client.post(undo_in(gone))
    assert "Beta" in words(client.get("/accounts/acme/"))


def test_handing_over_needs_a_choice_and_can_be_undone_by_who_gave_it_away(
    client_of: Any, owner: User, stranger: User, acme: Account
) -> None:
    client = client_of(owner)
    assert client.post("/accounts/acme/owner/", {}, headers=at()).status_code == 422
    given = client.post("/accounts/acme/owner/", {"owner": stranger.pk}, headers=at())
    assert given["HX-Redirect"] == "/", "they do not see it any more"
    assert client.get("/accounts/acme/").status_code == 404
    assert client_of(stranger).get("/accounts/acme/").status_code == 200
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert client.get("/accounts/acme/").status_code == 200


def test_a_removed_account_shows_a_banner_and_comes_back(client_of: Any, owner: User, acme: Account) -> None:
    remove_account(by=owner, account=acme, reason="Merged", now=NOW)
    client = client_of(owner)
    page = client.get("/accounts/acme/")
    assert "Merged. It is in no list and no total." in words(page)
    assert client.post("/accounts/acme/restoration/", headers=at()).status_code == 204
    assert "in no list" not in words(client.get("/accounts/acme/"))


def test_removing_asks_why_and_says_that_nothing_is_deleted(client_of: Any, owner: User, acme: Account) -> None:
    client = client_of(owner)
    assert "Nothing is deleted" in words(client.get("/accounts/acme/removal/", headers=HTMX))
    client.post("/accounts/acme/removal/", {"reason": "Merged"}, headers=at())
    acme.refresh_from_db()
    assert acme.removed_at is not None


def test_the_print_page_has_nothing_to_press(client_of: Any, owner: User, acme: Account) -> None:
    page = client_of(owner).get("/accounts/acme/print/").content.decode()
    assert "fw-edit" not in page and 'hx-post="/accounts' not in page and "Timeline" in page


@pytest.mark.parametrize("section", SECTIONS)
def test_reads_do_not_grow_with_what_there_is(client_of: Any, owner: User, acme: Account, section: str) -> None:
    client = client_of(owner)
    _fill(owner, acme, 1)
    client.get(f"/accounts/acme/{section}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/accounts/acme/{section}")
    _fill(owner, acme, 3)
    with CaptureQueriesContext(connection) as many:
        client.get(f"/accounts/acme/{section}")
    assert len(many) == len(few)
    assert len(many) <= 30


def _fill(owner: User, acme: Account, count: int) -> None:
    now = clock.now()
    for n in range(count):
        stamp = f"{count}-{n}"
        person = add_person(by=owner, account=acme, name=f"Person {stamp}", roles_played=["doer"], now=now)
        log_touch(
            by=owner,
            account=acme,
            kind=TouchKind.CALL,
            direction=Direction.BOTH,
            occurred_at=now,
            summary=f"Touch {stamp}",
            next_step="More",
            next_step_on=clock.day_of(now),
            attendees=[person],
            now=now,
        )
        add_note(by=owner, account=acme, body=f"Note {stamp}", is_pinned=True, now=now)
        open_account(by=owner, name=f"Child {stamp}", parent=acme, now=now)
