"""The people at an account: the role board, adding, editing, leaving; and the human across accounts."""

from datetime import timedelta
from typing import Any

import pytest

from firstwin.accounts import queries
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.people import add_person, leave
from firstwin.accounts.actions.touches import log_touch
from firstwin.accounts.models import Account, ContactRole, Direction, Person, TouchKind
from firstwin.accounts.tests.fixtures import NOW
from firstwin.accounts.tests.page_reader import HTMX, at, toast_of, undo_in, words
from firstwin.core import clock
from firstwin.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines(owner: User, acme: Account) -> Person:
    return add_person(
        by=owner,
        account=acme,
        name="Ines Sol",
        email="ines@acme.example",
        title="COO",
        roles_played=["sponsor"],
        now=NOW,
    )


def spoke(owner: User, acme: Account, *people: Person, days: int = 1) -> None:
    now = clock.now()
    log_touch(
        by=owner, account=acme, kind=TouchKind.CALL, direction=Direction.BOTH, summary="Spoke",
        occurred_at=now - timedelta(days=days), attendees=people, now=now,
    )  # fmt: skip


def test_the_board_shows_who_plays_what_and_what_is_a_gap(
    client_of: Any, owner: User, acme: Account, ines: Person
) -> None:
    board = {one.role: one for one in queries.people_at(acme, clock.now()).board}
    assert [person.name for person in board[ContactRole.SPONSOR].players] == ["Ines Sol"]
    assert [role.value for role, one in board.items() if one.is_gap] == ["champion", "doer", "accountable"]
    page = client_of(owner).get("/accounts/acme/people/")
    assert words(page).count("Gap") == 3 and "Say who" in words(page)


def test_say_who_plays_a_role_and_take_it_back(client_of: Any, owner: User, acme: Account, ines: Person) -> None:
    client = client_of(owner)
    form = words(client.get("/accounts/acme/roles/champion/", headers=HTMX))
    assert "Who is the champion?" in form and "wants it to work" in form
    done = client.post("/accounts/acme/roles/champion/", {"person": ines.pk}, headers=at("people"))
    assert toast_of(done) == "Ines Sol is champion" and "2 of 4 roles" in words(done), "the head follows"
    assert "1 of 4 roles" in words(_after_undo(client, done))


def _after_undo(client: Any, done: Any) -> Any:
    client.post(undo_in(done))
    return client.get("/accounts/acme/people/")


def test_a_role_ends(client_of: Any, owner: User, acme: Account, ines: Person) -> None:
    done = client_of(owner).post(f"/accounts/acme/member/{ines.key}/roles/sponsor/end/", headers=at("people"))
    assert "0 of 4 roles" in words(done)


def test_somebody_from_elsewhere_cannot_play_a_role_here(client_of: Any, owner: User, acme: Account) -> None:
    other = open_account(by=owner, name="Other", now=NOW)
    person = add_person(by=owner, account=other, name="Elsewhere", now=NOW)
    answer = client_of(owner).post("/accounts/acme/roles/champion/", {"person": person.pk}, headers=at("people"))
    assert answer.status_code == 422


def test_adding_by_a_known_address_joins_and_does_not_duplicate(
    client_of: Any, owner: User, acme: Account, ines: Person
) -> None:
    open_account(by=owner, name="Other", now=NOW)
    body = {"name": "I. Sol", "email": "INES@acme.example", "roles": ["doer"]}
    done = client_of(owner).post("/accounts/other/member/", body, headers=at("people", "other"))
    assert toast_of(done) == "Ines Sol joined" and Person.objects.count() == 1


def test_a_wrong_address_is_refused_and_what_was_typed_is_kept(client_of: Any, owner: User, acme: Account) -> None:
    body = {"name": "Bo Li", "email": "nowhere", "title": "Buyer", "roles": ["doer"]}
    answer = client_of(owner).post("/accounts/acme/member/", body, headers=at("people"))
    assert answer.status_code == 422 and "is not a mail address" in words(answer)
    assert 'value="Buyer"' in answer.content.decode() and 'value="doer" checked' in answer.content.decode()


def test_editing_saves_who_they_are_and_their_title_here(
    client_of: Any, owner: User, acme: Account, ines: Person
) -> None:
    body = {"name": "Ines Solé", "email": ines.email, "phone": "+34", "title": "CEO", "edition": 1}
    done = client_of(owner).post(f"/accounts/acme/member/{ines.key}/", body, headers=at("people"))
    assert "Ines Solé" in words(done) and "CEO" in words(done)


def test_an_edit_over_an_unseen_one_shows_both(client_of: Any, owner: User, acme: Account, ines: Person) -> None:
    body = {"name": "Ines A", "email": "", "phone": "", "title": "COO", "edition": 9}
    answer = client_of(owner).post(f"/accounts/acme/member/{ines.key}/", body, headers=at("people"))
    assert answer.status_code == 409 and "Ines A" in words(answer) and "Ines Sol" in words(answer)


def test_who_left_stands_among_the_former_and_comes_back_with_the_roles(
    client_of: Any, owner: User, acme: Account, ines: Person
) -> None:
    client = client_of(owner)
    done = client.post(f"/accounts/acme/member/{ines.key}/departure/", {"left_on": ""}, headers=at("people"))
    assert "1 former person" in words(done) and "0 of 4 roles" in words(done)
    assert "1 of 4 roles" in words(_after_undo(client, done))


def test_leaving_tomorrow_is_refused(client_of: Any, owner: User, acme: Account, ines: Person) -> None:
    day = clock.today() + timedelta(days=2)
    body = {"left_on": day.isoformat()}
    answer = client_of(owner).post(f"/accounts/acme/member/{ines.key}/departure/", body, headers=at("people"))
    assert answer.status_code == 422


def test_one_voice_only_is_said(client_of: Any, owner: User, acme: Account, ines: Person) -> None:
    add_person(by=owner, account=acme, name="Bo Li", now=NOW)
    spoke(owner, acme, ines)
    assert "Single-threaded" in words(client_of(owner).get("/accounts/acme/people/"))
    spoke(owner, acme, Person.objects.get(name="Bo Li"), days=80)
    assert "Single-threaded" not in words(client_of(owner).get("/accounts/acme/people/"))


def test_contacts_are_those_of_accounts_in_scope(
    client_of: Any, owner: User, stranger: User, acme: Account, ines: Person
) -> None:
    assert "Ines Sol" in words(client_of(owner).get("/contacts/"))
    assert "Ines Sol" in words(client_of(owner).get("/contacts/", {"q": "ines@acme"}))
    assert "Ines Sol" not in words(client_of(stranger).get("/contacts/"))
    assert client_of(stranger).get(f"/contacts/{ines.key}/").status_code == 404


def test_a_human_is_seen_over_time_but_only_where_the_reader_may_look(
    client_of: Any, owner: User, stranger: User, acme: Account, ines: Person
) -> None:
    leave(by=owner, person=ines, account=acme, now=NOW + timedelta(days=10))
    theirs = open_account(by=stranger, name="Globex", now=NOW)
    add_person(by=stranger, account=theirs, name="Ines Sol", email="ines@acme.example", now=NOW + timedelta(days=11))
    mine = words(client_of(owner).get(f"/contacts/{ines.key}/"))
    assert "Acme COO 16 Mar 2026 to 26 Mar 2026" in mine and "Globex" not in mine
    assert "outside your scope" in mine
    assert "Globex" in words(client_of(stranger).get(f"/contacts/{ines.key}/"))


def test_contact_edit_conflict_offers_both_choices(client_of: Any, owner: User, ines: Person) -> None:
    client = client_of(owner)
    body = {"name": "Ines A", "email": ines.email, "phone": "", "edition": 1}
    assert client.post(f"/contacts/{ines.key}/", body).status_code == 302
    late = client.post(f"/contacts/{ines.key}/", {**body, "name": "Ines B"})
    assert late.status_code == 409 and "Name Ines B Ines A" in words(late) and "Keep theirs" in words(late)


def test_contacts_page_by_page_without_gaps(owner: User, acme: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    from firstwin.accounts.scope import AccountSet

    monkeypatch.setattr(queries, "PAGE", 2)
    for n in range(5):
        add_person(by=owner, account=acme, name=f"Person {n}", now=NOW)
    seen, after = [], None
    for _ in range(3):
        page, after = queries.contacts(AccountSet.of(owner), text="", after=after, now=clock.now())
        seen += [one.person.name for one in page]
    assert seen == [f"Person {n}" for n in (4, 3, 2, 1, 0)] and after is None


def test_who_just_joined_can_be_ticked_on_the_waiting_form(client_of: Any, owner: User, acme: Account) -> None:
    done = client_of(owner).post("/accounts/acme/member/", {"name": "Bo Li"}, headers=at("people"))
    page = done.content.decode()
    form = page[page.index('id="log-who" hx-swap-oob="true"') :]
    assert "Bo Li" in form
