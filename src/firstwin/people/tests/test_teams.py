from datetime import UTC, datetime

import pytest

from firstwin.core.errors import NotAllowed, Refused
from firstwin.people.actions.teams import add_team, archive_team, rename_team, restore_team
from firstwin.people.models import Team, User
from firstwin.people.roles import Role
from firstwin.people.tests.factories import make_user
from firstwin.people.tests.fixtures import ClientOf
from firstwin.people.undo import use_undo

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return make_user("Ada", role=Role.ADMIN)


def test_a_team_keeps_its_key_when_it_is_renamed(admin: User) -> None:
    team = add_team(by=admin, name="Enterprise  EMEA", now=NOW)
    assert (team.key, team.name) == ("enterprise-emea", "Enterprise EMEA")
    undo = rename_team(by=admin, team=team, name="Large EMEA", now=NOW)
    assert Team.objects.get().key == "enterprise-emea"
    assert undo is not None
    use_undo(by=admin, pk=undo.pk, now=NOW)
    assert Team.objects.get().name == "Enterprise EMEA"


def test_names_are_compared_folded_and_keys_stay_apart(admin: User) -> None:
    add_team(by=admin, name="North", now=NOW)
    with pytest.raises(Refused):
        add_team(by=admin, name="NORTH", now=NOW)
    assert add_team(by=admin, name="North!", now=NOW).key == "north-2"
    with pytest.raises(Refused):
        add_team(by=admin, name="  ", now=NOW)


def test_a_team_with_people_is_not_archived(admin: User) -> None:
    team = add_team(by=admin, name="North", now=NOW)
    member = make_user(team=team)
    with pytest.raises(Refused):
        archive_team(by=admin, team=team, now=NOW)
    User.objects.filter(pk=member.pk).update(team=None)
    undo = archive_team(by=admin, team=team, now=NOW)
    use_undo(by=admin, pk=undo.pk, now=NOW)
    team.refresh_from_db()
    assert not team.is_archived
    archive_team(by=admin, team=team, now=NOW)
    restore_team(by=admin, team=team, now=NOW)


def test_only_admins_change_teams(client_of: ClientOf) -> None:
    with pytest.raises(NotAllowed):
        add_team(by=make_user(role=Role.OPERATIONS), name="North", now=NOW)
    browser = client_of(make_user(role=Role.MANAGER))
    assert browser.post("/people/teams/", {"name": "North"}).status_code == 403
    assert browser.get("/people/teams/").status_code == 200


def test_the_page_adds_renames_and_archives(client_of: ClientOf, admin: User) -> None:
    browser = client_of(admin)
    assert browser.post("/people/teams/", {"name": "North"}).status_code == 302
    taken = browser.post("/people/teams/", {"name": "north"})
    assert (taken.status_code, 'value="north"' in taken.content.decode()) == (422, True)
    assert browser.post("/people/teams/north/name/", {"name": "South"}).status_code == 302
    assert browser.post("/people/teams/north/archive/").status_code == 302
    assert browser.post("/people/teams/north/restoration/").status_code == 302
    assert browser.post("/people/teams/nowhere/archive/").status_code == 404
    assert "South" in browser.get("/people/teams/").content.decode()
