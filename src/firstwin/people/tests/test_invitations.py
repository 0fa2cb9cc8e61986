"""An invitation's life: made, shown once, used once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from firstwin.core.errors import NotAllowed, NotFound, Refused
from firstwin.people.actions.invitations import accept_invitation, invite, open_invitation, revoke_invitation
from firstwin.people.models import Invitation, Notice, User
from firstwin.people.roles import Role
from firstwin.people.tests.factories import PASSWORD, make_team, make_user
from firstwin.people.tests.fixtures import ClientOf

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return make_user("Ada", role=Role.ADMIN)


def _token(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def test_who_accepts_gets_the_invited_address_role_and_team(admin: User) -> None:
    team = make_team()
    made = invite(by=admin, email="Grace@Example.COM", role=Role.MANAGER, team=team, now=NOW)
    user = accept_invitation(token=_token(made.link), name="Grace", password=PASSWORD, now=NOW)
    assert (user.email, user.role, user.team, user.is_active) == ("grace@example.com", "manager", team, True)
    assert user.check_password(PASSWORD)
    assert [notice.text for notice in Notice.objects.filter(user=admin)] == ["Grace joined."]


def test_the_token_is_long_and_only_its_digest_is_kept(admin: User) -> None:
    token = _token(invite(by=admin, email="g@example.com", role=Role.CSM, now=NOW).link)
    assert len(token) >= 43  # 256 bits
    assert token not in str(Invitation.objects.values().get())


def test_it_works_once(admin: User) -> None:
    token = _token(invite(by=admin, email="g@example.com", role=Role.CSM, now=NOW).link)
    accept_invitation(token=token, name="G", password=PASSWORD, now=NOW)
    with pytest.raises(NotFound):
        accept_invitation(token=token, name="H", password=PASSWORD, now=NOW)


def test_it_expires_after_seven_days(admin: User) -> None:
    token = _token(invite(by=admin, email="g@example.com", role=Role.CSM, now=NOW).link)
    assert open_invitation(token=token, now=NOW + timedelta(days=7, seconds=-1))
    with pytest.raises(NotFound):
        open_invitation(token=token, now=NOW + timedelta(days=7))


def test_a_revoked_one_no_longer_works(admin: User) -> None:
    made = invite(by=admin, email="g@example.com", role=Role.CSM, now=NOW)
    revoke_invitation(by=admin, invitation=made.invitation, now=NOW)
    with pytest.raises(NotFound):
        open_invitation(token=_token(made.link), now=NOW)
    with pytest.raises(Refused):
        revoke_invitation(by=admin, invitation=made.invitation, now=NOW)


def test_a_second_invitation_replaces_the_first(admin: User) -> None:
    first = invite(by=admin, email="g@example.com", role=Role.CSM, now=NOW)
    invite(by=admin, email="G@example.com", role=Role.VIEWER, now=NOW)
    with pytest.raises(NotFound):
        open_invitation(token=_token(first.link), now=NOW)


def test_nobody_is_invited_twice_as_a_user(admin: User) -> None:
    with pytest.raises(Refused) as refusal:
        invite(by=admin, email=admin.email.upper(), role=Role.CSM, now=NOW)
    assert refusal.value.field == "email"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CSM, Role.MANAGER, Role.OPERATIONS])
def test_only_admins_invite(role: Role) -> None:
    with pytest.raises(NotAllowed):
        invite(by=make_user(role=role), email="g@example.com", role=Role.ADMIN, now=NOW)


def test_the_whole_way_through_the_pages(client_of: ClientOf, admin: User) -> None:
    answer = client_of(admin).post("/people/invitations/", {"email": "g@example.com", "role": "csm"})
    assert answer.status_code == 200
    page = answer.content.decode()
    token = page.partition("/invitation/")[2].partition("/")[0]
    guest = Client()
    assert "g@example.com" in guest.get(f"/invitation/{token}/").content.decode()
    joined = guest.post(f"/invitation/{token}/", {"name": "Grace", "password": PASSWORD})
    assert (joined.status_code, joined.headers["Location"]) == (302, "/")
    assert guest.get("/settings/").status_code == 200
    assert Client().get(f"/invitation/{token}/").status_code == 404
    assert token not in client_of(admin).get("/people/staff/").content.decode()


@pytest.mark.parametrize("password", ["short", "password1234", "g@example.com"])
def test_a_poor_password_is_refused_and_the_name_kept(admin: User, password: str) -> None:
    token = _token(invite(by=admin, email="g@example.com", role=Role.CSM, now=datetime.now(UTC)).link)
    answer = Client().post(f"/invitation/{token}/", {"name": "Grace Hopper", "password": password})
    assert answer.status_code == 422
    assert 'value="Grace Hopper"' in answer.content.decode()
    assert not User.objects.by_email("g@example.com").exists()


def test_a_link_that_was_never_made_is_a_404() -> None:
    make_user()
    assert Client().get("/invitation/nonsense/").status_code == 404


def test_opening_the_link_changes_nothing(admin: User) -> None:
    made = invite(by=admin, email="g@example.com", role=Role.CSM, now=datetime.now(UTC))
    Client().get(f"/invitation/{_token(made.link)}/")
    made.invitation.refresh_from_db()
    assert made.invitation.used_at is None
