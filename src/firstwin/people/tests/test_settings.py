"""What people set for themselves, what they are told, and who reads the trail."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from firstwin.outreach.models import OutboxMessage
from firstwin.people import notifications
from firstwin.people.audit import record
from firstwin.people.models import AuditRow, Channel, Invitation, Notice, User
from firstwin.people.notifications import choices_of, choose, notify, send_digests
from firstwin.people.roles import Role
from firstwin.people.tests.factories import PASSWORD, make_team, make_user
from firstwin.people.tests.fixtures import ClientOf

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_a_profile_is_changed_and_recorded(client_of: ClientOf) -> None:
    user = make_user("Grace")
    browser = client_of(user)
    assert browser.post("/settings/", {"name": "Grace H", "time_zone": "Europe/Madrid"}).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.time_zone) == ("Grace H", "Europe/Madrid")
    assert AuditRow.objects.get().detail.before == {"name": "Grace", "time_zone": ""}
    wrong = browser.post("/settings/", {"name": "Grace I", "time_zone": "Mars/Olympus"})
    assert (wrong.status_code, 'value="Grace I"' in wrong.content.decode()) == (422, True)


def test_moments_are_shown_in_the_readers_time_zone(client_of: ClientOf) -> None:
    admin = make_user(role=Role.ADMIN, time_zone="Asia/Tokyo")
    record(by=admin, did="x.done", on=admin, now=NOW)
    assert "1 Mar 2026, 21:00" in client_of(admin).get("/settings/audit/").content.decode()


def test_appearance_is_kept(client_of: ClientOf) -> None:
    user = make_user()
    browser = client_of(user)
    assert browser.post("/settings/appearance/", {"theme": "dark", "density": "compact"}).status_code == 302
    user.refresh_from_db()
    assert (user.theme, user.density, user.shortcuts_on) == ("dark", "compact", False)
    assert 'data-theme="dark" data-density="compact" data-shortcuts="off"' in browser.get("/settings/").content.decode()
    assert browser.post("/settings/appearance/", {"theme": "pink"}).status_code == 422


def test_the_theme_of_the_menu_is_kept(client_of: ClientOf) -> None:
    user = make_user(density="compact")
    browser = client_of(user)
    assert 'data-url="/settings/theme/"' in browser.get("/settings/").content.decode()
    assert browser.post("/settings/theme/", {"theme": "dark"}).status_code == 204
    user.refresh_from_db()
    assert (user.theme, user.density) == ("dark", "compact")
    assert browser.post("/settings/theme/", {"theme": "pink"}).status_code == 422


def test_notifications_follow_what_was_chosen(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firstwin.outreach.carrier.leaves_the_house", lambda: True)
    monkeypatch.setattr("firstwin.people.mail.delivers", lambda: True)
    user = make_user()
    browser = client_of(user)
    assert browser.get("/settings/notifications/").status_code == 200
    assert browser.post("/settings/notifications/", {"access.changed:digest": "on"}).status_code == 302
    chosen = {pair for pair, is_on in choices_of(user).items() if is_on}
    assert chosen == {("access.changed", Channel.DIGEST)}
    notify(user, "access.changed", text="You are a manager now.", url="/settings/", key="k", now=NOW)
    notify(user, "invitation.accepted", text="Joined.", key="k2", now=NOW)
    notice = Notice.objects.get()
    assert (notice.in_app, notice.in_digest) == (False, True)
    assert OutboxMessage.objects.count() == 0
    assert send_digests(now=NOW) == 1
    assert send_digests(now=NOW + timedelta(days=1)) == 0
    assert "You are a manager now." in OutboxMessage.objects.get().text


def test_defaults_hold_until_somebody_chooses() -> None:
    user = make_user()
    assert choices_of(user)[("access.changed", Channel.IN_APP)] is True
    assert choices_of(user)[("access.changed", Channel.DIGEST)] is False
    choose(user=user, choices={("access.changed", Channel.IN_APP): False}, now=NOW)
    choose(user=user, choices={("access.changed", Channel.IN_APP): True}, now=NOW)
    assert user.notification_choices.count() == 1


def test_only_registered_kinds_are_sent() -> None:
    with pytest.raises(RuntimeError):
        notify(make_user(), "made.up", text="", key="k", now=NOW)
    with pytest.raises(RuntimeError):
        notifications.register_kind("access.changed", "again", help="", default_channels=[])


def test_notices_are_shown_and_marked_read(client_of: ClientOf) -> None:
    user = make_user()
    notify(user, "access.changed", text="You are a manager now.", url="/settings/", key="k", now=NOW)
    browser = client_of(user)
    assert "You are a manager now." in browser.get("/notices/").content.decode()
    assert Notice.objects.unread().count() == 1
    browser.post("/notices/read/")
    assert Notice.objects.unread().count() == 0


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 403), ("csm", 403), ("manager", 403), ("operations", 200), ("admin", 200)]
)
def test_operations_and_admins_read_the_trail(client_of: ClientOf, role: str, status: int) -> None:
    assert client_of(make_user(role=Role(role))).get("/settings/audit/").status_code == status


def _seen(browser: Any, query: str) -> list[str]:
    page = browser.get(f"/settings/audit/?{query}").content.decode()
    return [part.partition('"')[0] for part in page.split('<span title="')[1:]]


def test_the_trail_is_filtered_and_paged(client_of: ClientOf) -> None:
    admin, other = make_user(role=Role.ADMIN), make_user()
    team = make_team()
    for day in range(60):
        record(
            by=admin,
            did="team.renamed",
            on=team,
            now=NOW - timedelta(days=60 - day),
            before={"n": day},
            after={"n": "<b>"},
        )
    record(by=other, did="user.joined", on=other, now=NOW)
    browser = client_of(admin)
    assert _seen(browser, "") == ["user.joined", *["team.renamed"] * 49]
    last = AuditRow.objects.order_by("-id")[49]
    assert len(_seen(browser, f"before={last.pk}")) == 11
    assert _seen(browser, f"person={other.pk}") == ["user.joined"]
    assert len(_seen(browser, "did=team.")) == 50
    assert _seen(browser, "since=2026-03-01") == ["user.joined"]
    assert _seen(browser, "since=2026-02-28&until=2026-02-28") == ["team.renamed"]
    assert "&lt;b&gt;" in browser.get("/settings/audit/").content.decode()
    assert browser.get("/settings/audit/?since=nonsense").status_code == 422
    assert browser.get("/settings/audit/?before=nonsense").status_code == 200
    assert browser.get(f"/settings/audit/?before={'9' * 40}").status_code == 200


PAGES = [
    "/settings/",
    "/settings/appearance/",
    "/settings/notifications/",
    "/settings/security/",
    "/settings/security/two-step/",
    "/people/staff/",
    "/people/teams/",
    "/notices/",
    "/commands/?q=audit",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", list(Role))
def test_every_role_opens_its_pages(client_of: ClientOf, path: str, role: Role) -> None:
    make_team()
    assert client_of(make_user(role=role)).get(path).status_code == 200


@pytest.mark.parametrize("path", [path for path in PAGES if not path.startswith("/commands")])
def test_pages_keep_their_promises_to_the_content_policy(client_of: ClientOf, path: str) -> None:
    page = client_of(make_user(role=Role.ADMIN)).get(path).content.decode()
    assert " style=" not in page
    assert " onclick=" not in page


# The command line


def test_the_first_admin_is_made_by_a_link() -> None:
    out = StringIO()
    call_command("user", "add", "Ada@Example.com", "--name", "Ada", "--role", "admin", stdout=out)
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.name, invitation.role, invitation.by) == (
        "ada@example.com",
        "Ada",
        "admin",
        None,
    )
    assert "/invitation/" in out.getvalue()


def test_or_with_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(PASSWORD + "\n"))
    call_command(
        "user",
        "add",
        "ada@example.com",
        "--name",
        "Ada",
        "--role",
        "admin",
        "--password-stdin",
        stdout=StringIO(),
    )
    user = User.objects.get()
    assert (user.email, user.role, user.check_password(PASSWORD)) == ("ada@example.com", "admin", True)
    out = StringIO()
    call_command("user", "list", stdout=out)
    assert out.getvalue() == "ada@example.com\tAda\tadmin\tall\tenabled\n"


@pytest.mark.parametrize("email", ["nonsense", "taken@example.com"])
def test_the_command_says_what_is_wrong(email: str) -> None:
    make_user(email="taken@example.com")
    with pytest.raises(CommandError):
        call_command("user", "add", email, stdout=StringIO())
