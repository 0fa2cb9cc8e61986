"""Access is given, changed, ended and taken back."""

from datetime import UTC, datetime

import pytest

from firstwin.core.errors import NotAllowed, Refused
from firstwin.people.actions.staff import change_access, disable_user, enable_user
from firstwin.people.models import AuditRow, Notice, User
from firstwin.people.roles import DEFAULT_SCOPE, Role, Scope, scope_of
from firstwin.people.tests.factories import make_team, make_user
from firstwin.people.tests.fixtures import ClientOf
from firstwin.people.undo import use_undo

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return make_user("Ada", role=Role.ADMIN)


def test_each_role_has_a_default_scope() -> None:
    assert DEFAULT_SCOPE == {
        "viewer": "all",
        "csm": "own",
        "manager": "team",
        "operations": "all",
        "admin": "all",
    }
    assert scope_of(make_user(role=Role.CSM)) is Scope.OWN
    assert scope_of(make_user(role=Role.CSM, scope=Scope.ALL)) is Scope.ALL


def test_changed_access_is_recorded_told_and_can_be_undone(admin: User) -> None:
    user, team = make_user(role=Role.CSM), make_team()
    undo = change_access(by=admin, user=user, role=Role.MANAGER, team=team, scope=None, now=NOW)
    user.refresh_from_db()
    assert (user.role, user.team, user.scope) == ("manager", team, None)
    row = AuditRow.objects.get(did="user.access_changed")
    assert row.detail.before == {"role": "csm", "team": None, "scope": None}
    assert row.detail.after == {"role": "manager", "team": team.key, "scope": None}
    assert Notice.objects.filter(user=user).count() == 1
    assert undo is not None
    use_undo(by=admin, pk=undo.pk, now=NOW)
    user.refresh_from_db()
    assert (user.role, user.team) == ("csm", None)


def test_saving_the_same_access_does_nothing(admin: User) -> None:
    user = make_user(role=Role.CSM)
    assert change_access(by=admin, user=user, role=Role.CSM, team=None, scope=None, now=NOW) is None
    assert AuditRow.objects.count() == 0


def test_an_undo_does_not_trample_a_later_change(admin: User) -> None:
    user = make_user(role=Role.CSM)
    first = change_access(by=admin, user=user, role=Role.MANAGER, team=None, scope=None, now=NOW)
    change_access(by=admin, user=user, role=Role.OPERATIONS, team=None, scope=None, now=NOW)
    assert first is not None
    with pytest.raises(Refused):
        use_undo(by=admin, pk=first.pk, now=NOW)


def test_the_last_admin_stays(admin: User) -> None:
    with pytest.raises(Refused, match="last admin"):
        change_access(by=admin, user=admin, role=Role.VIEWER, team=None, scope=None, now=NOW)
    other = make_user(role=Role.ADMIN)
    change_access(by=other, user=admin, role=Role.VIEWER, team=None, scope=None, now=NOW)
    admin.refresh_from_db()
    assert admin.role == "viewer"


def test_nobody_disables_themselves(admin: User) -> None:
    make_user(role=Role.ADMIN)
    with pytest.raises(Refused):
        disable_user(by=admin, user=admin, now=NOW)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CSM, Role.MANAGER, Role.OPERATIONS])
def test_only_admins_change_access(admin: User, role: Role) -> None:
    by = make_user(role=role)
    with pytest.raises(NotAllowed):
        change_access(by=by, user=by, role=Role.ADMIN, team=None, scope=None, now=NOW)
    with pytest.raises(NotAllowed):
        disable_user(by=by, user=admin, now=NOW)
    with pytest.raises(NotAllowed):
        enable_user(by=by, user=admin, now=NOW)


def test_disabling_ends_every_session_and_enabling_does_not_bring_them_back(client_of: ClientOf, admin: User) -> None:
    user = make_user("Grace")
    phone, laptop = client_of(user), client_of(user)
    assert phone.get("/settings/").status_code == laptop.get("/settings/").status_code == 200
    undo = disable_user(by=admin, user=user, now=NOW)
    assert phone.get("/settings/").headers["Location"].startswith("/sign-in/")
    use_undo(by=admin, pk=undo.pk, now=NOW)
    user.refresh_from_db()
    assert user.is_active
    assert laptop.get("/settings/").headers["Location"].startswith("/sign-in/")


def test_an_admin_disables_and_undoes_on_the_page(client_of: ClientOf, admin: User) -> None:
    user = make_user("Grace")
    browser = client_of(admin)
    answer = browser.post(f"/people/staff/{user.pk}/disablement/", follow=True)
    page = answer.content.decode()
    assert "Grace disabled" in page
    assert "/undo/" in page
    assert browser.post(f"/people/staff/{user.pk}/disablement/").status_code == 422
    assert browser.post(f"/people/staff/{user.pk}/enablement/").status_code == 302


def test_an_admin_changes_access_on_the_page(client_of: ClientOf, admin: User) -> None:
    user, team = make_user("Grace"), make_team()
    browser = client_of(admin)
    answer = browser.post(f"/people/staff/{user.pk}/", {"role": "manager", "scope": "all", "team": team.pk})
    assert answer.status_code == 302
    user.refresh_from_db()
    assert (user.role, user.scope, user.team) == ("manager", "all", team)
    wrong = browser.post(f"/people/staff/{user.pk}/", {"role": "owner"})
    assert wrong.status_code == 422
    refused = browser.post(f"/people/staff/{admin.pk}/", {"role": "viewer"})
    assert (refused.status_code, "last admin" in refused.content.decode()) == (422, True)


def test_everybody_sees_the_staff_and_only_admins_the_forms(client_of: ClientOf, admin: User) -> None:
    seen = client_of(make_user(role=Role.VIEWER)).get("/people/staff/").content.decode()
    assert admin.email in seen
    assert "Invite someone" not in seen
    assert "Invite someone" in client_of(admin).get("/people/staff/").content.decode()


@pytest.mark.parametrize("count", [1, 40])
def test_the_list_asks_the_same_number_of_questions(
    client_of: ClientOf, admin: User, count: int, django_assert_max_num_queries: object
) -> None:
    team = make_team()
    for _ in range(count):
        make_user(team=team)
    browser = client_of(admin)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert browser.get("/people/staff/").status_code == 200
