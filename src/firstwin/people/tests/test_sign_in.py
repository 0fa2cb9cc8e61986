"""Signing in: what is open, what an outsider can learn (nothing), the second step, and how sessions end."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache
from django.test import Client
from django.test.utils import override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from firstwin.outreach.models import OutboxMessage
from firstwin.people import tasks
from firstwin.people.actions.passwords import mail_reset_link
from firstwin.people.actions.staff import disable_user
from firstwin.people.middleware import OPEN
from firstwin.people.models import AuditRow, User
from firstwin.people.roles import Role
from firstwin.people.tests.factories import PASSWORD, make_user
from firstwin.people.tests.fixtures import ClientOf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counters() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def grace() -> User:
    return make_user("Grace", email="grace@example.com", password=PASSWORD)


def _sign_in(browser: Client, email: str = "grace@example.com", password: str = PASSWORD, **more: str) -> Any:
    return browser.post("/sign-in/", {"login": email, "password": password, **more})


def _without_token(page: bytes) -> str:
    return re.sub(r'(name="csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"', "", page.decode())


# What is open


def test_signing_in_leads_to_where_one_wanted_to_go(grace: User) -> None:
    browser = Client()
    asked = browser.get("/settings/security/?a=1")
    assert asked.headers["Location"] == "/sign-in/?next=%2Fsettings%2Fsecurity%2F%3Fa%3D1"
    page = browser.get(asked.headers["Location"]).content.decode()
    assert 'name="next" value="/settings/security/?a=1"' in page
    answer = _sign_in(browser, next="/settings/security/?a=1")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/settings/security/?a=1")
    assert browser.get("/settings/").status_code == 200
    assert AuditRow.objects.filter(did="user.signed_in", actor=grace).count() == 1


def test_it_does_not_lead_to_strangers(grace: User) -> None:
    assert _sign_in(Client(), next="https://evil.example/").headers["Location"] == "/"


@pytest.mark.parametrize("typed", ["GRACE@EXAMPLE.COM", " grace@example.com ", "Grace@example.com"])
def test_an_address_may_be_typed_in_any_way(grace: User, typed: str) -> None:
    assert _sign_in(Client(), typed).status_code == 302


def test_an_address_with_accents_is_one_person_however_it_is_composed() -> None:
    make_user(email="ren\u00e9@example.com", password=PASSWORD)
    assert User.objects.by_email("RENE\u0301@example.com").count() == 1


def test_a_fragment_sends_the_whole_page_to_the_sign_in(grace: User) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/teams/"}
    answer = Client().get("/people/staff/", headers=headers)
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=%2Fpeople%2Fteams%2F"


def _routes(patterns: list[Any]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name


def test_only_the_named_routes_are_open(grace: User) -> None:
    closed = set(_routes(get_resolver().url_patterns)) - OPEN
    assert closed
    for name in sorted(closed):
        address = _address(name)
        if address:
            for method in ("get", "post"):
                answer = getattr(Client(), method)(address)
                assert (name, method, answer.status_code) == (name, method, 302)
                assert answer.headers["Location"].startswith("/sign-in/"), name


def _address(name: str) -> str | None:
    for kwargs in ({}, {"pk": 1}, {"key": "a"}, {"token": "a"}):
        try:
            return reverse(name, kwargs=kwargs)
        except Exception:
            continue
    return None


def test_there_is_no_sign_up(grace: User) -> None:
    for path in ("/sign-in/new/", "/sign-up/", "/signup/"):
        assert Client().get(path).status_code == 404


def test_a_new_installation_says_how_to_make_the_first_admin() -> None:
    for path in ("/settings/", "/sign-in/"):
        assert Client().get(path).headers["Location"] == "/welcome/"
    page = Client().get("/welcome/").content.decode()
    assert "firstwin user add" in page
    assert "<form" not in page
    make_user()
    assert Client().get("/welcome/").headers["Location"] == "/sign-in/"


# What an outsider learns


def test_a_wrong_password_and_an_unknown_address_are_one_answer(grace: User) -> None:
    known, unknown = _sign_in(Client(), password="wrong password"), _sign_in(Client(), "nobody@example.com")
    assert known.status_code == unknown.status_code == 200
    assert _without_token(known.content).replace("grace@", "@") == _without_token(unknown.content).replace(
        "nobody@", "@"
    )


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"])
def test_and_they_take_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly all of it is hashing: as often, and as long, whoever is named. A clock would tell of the machine."""
    make_user(email="grace@example.com", password=PASSWORD)
    make_user(email="invited@example.com")  # has no password yet
    _sign_in(Client(), "warm@example.com")
    rounds: list[int] = []
    encode = PBKDF2PasswordHasher.encode

    def counted(self: PBKDF2PasswordHasher, password: str, salt: str, iterations: int | None = None) -> str:
        rounds.append(iterations or self.iterations)
        return encode(self, password, salt, iterations)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    spent = {}
    for email in ("grace@example.com", "nobody@example.com", "invited@example.com"):
        rounds.clear()
        _sign_in(Client(), email, "wrong password")
        spent[email] = list(rounds)
    assert set(map(tuple, spent.values())) == {(PBKDF2PasswordHasher.iterations,)}, spent


def test_asking_for_a_new_password_says_nothing_about_the_address(grace: User, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = []
    for email in ("grace@example.com", "nobody@example.com"):
        answer = Client().post("/sign-in/password/", {"email": email})
        answers.append((answer.status_code, answer.headers["Location"]))
    assert answers == [(302, "/sign-in/password/sent/")] * 2
    assert OutboxMessage.objects.count() == 0  # looked up later, by the worker


def test_after_five_wrong_passwords_even_the_right_one_waits(grace: User) -> None:
    for _ in range(5):
        assert _sign_in(Client(), password="wrong password").status_code == 200
    blocked = _sign_in(Client())
    assert blocked.status_code == 200
    unknown = [_sign_in(Client(), "nobody@example.com") for _ in range(6)][-1]
    assert _without_token(blocked.content).replace("grace@", "@") == _without_token(unknown.content).replace(
        "nobody@", "@"
    )


def test_typing_the_address_otherwise_does_not_start_the_count_again(grace: User) -> None:
    for typed in (
        "grace@example.com",
        "GRACE@example.com",
        "Grace@Example.com",
        "gRace@example.com",
        "GRACE@EXAMPLE.COM",
    ):
        _sign_in(Client(), typed, "wrong password")
    assert _sign_in(Client()).status_code == 200


def test_too_many_questions_from_one_place_are_turned_away(grace: User) -> None:
    answers = [Client().post("/sign-in/password/", {"email": f"u{n}@example.com"}).status_code for n in range(21)]
    assert answers == [302] * 20 + [429]
    assert "Too many tries" in Client().post("/sign-in/password/", {"email": "x@example.com"}).content.decode()


# A disabled user


def test_a_disabled_user_is_refused(grace: User) -> None:
    disable_user(by=make_user(role=Role.ADMIN), user=grace, now=datetime.now(UTC))
    answer = _sign_in(Client())
    assert answer.headers["Location"] == "/sign-in/ended/"
    wrong = _sign_in(Client(), password="wrong password")
    unknown = _sign_in(Client(), "nobody@example.com")
    assert _without_token(wrong.content).replace("grace@", "@") == _without_token(unknown.content).replace(
        "nobody@", "@"
    )


def test_and_gets_no_new_password(grace: User) -> None:
    now = datetime.now(UTC)
    assert mail_reset_link(email="grace@example.com", now=now)
    link = OutboxMessage.objects.get().text.partition("http://")[2].split()[0].partition("/")[2]
    disable_user(by=make_user(role=Role.ADMIN), user=grace, now=now)
    assert not mail_reset_link(email="grace@example.com", now=now)
    assert "no longer works" in Client().get(f"/{link}").content.decode()


# A new password


def test_a_new_password_is_set_by_a_link_that_works_once(grace: User) -> None:
    other_device = Client()
    _sign_in(other_device)
    tasks.mail_reset_link.call("Grace@example.com")
    message = OutboxMessage.objects.get()
    assert (message.to, message.has_secret, message.state) == ("grace@example.com", True, "kept")
    path = "/" + message.text.partition("http://")[2].split()[0].partition("/")[2]
    browser = Client()
    form = browser.get(path, follow=True)
    address = form.request["PATH_INFO"]
    assert "set-password" in address  # the key is out of the address
    answer = browser.post(address, {"password1": "a new long password", "password2": "a new long password"})
    assert answer.headers["Location"] == "/sign-in/password/done/"
    assert browser.get("/sign-in/password/done/").status_code == 200
    assert _sign_in(Client(), password="a new long password").status_code == 302
    assert "no longer works" in Client().get(path).content.decode()
    assert other_device.get("/settings/").status_code == 302  # signed out everywhere
    assert AuditRow.objects.filter(did="user.password_reset").count() == 1


def test_changing_the_password_keeps_this_session_and_ends_others(grace: User) -> None:
    here, there = Client(), Client()
    _sign_in(here)
    _sign_in(there)
    new = {
        "oldpassword": PASSWORD,
        "password1": "another long password",
        "password2": "another long password",
    }
    assert here.post("/settings/security/password/", new).headers["Location"] == "/settings/security/"
    assert here.get("/settings/").status_code == 200
    assert there.get("/settings/").status_code == 302


def test_signing_out_everywhere_else(grace: User) -> None:
    here, there = Client(), Client()
    _sign_in(here)
    _sign_in(there)
    here.post("/settings/security/sessions/")
    assert here.get("/settings/").status_code == 200
    assert there.get("/settings/").status_code == 302


def test_signing_out_needs_a_post(grace: User) -> None:
    browser = Client()
    _sign_in(browser)
    assert browser.get("/sign-out/").status_code == 200
    assert browser.get("/settings/").status_code == 200
    browser.post("/sign-out/")
    assert browser.get("/settings/").status_code == 302


# The second step


def _code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def _turn_on(browser: Client) -> str:
    secret = _secret_on(browser.get("/settings/security/two-step/on/").content.decode())
    answer = browser.post("/settings/security/two-step/on/", {"code": _code(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def _secret_on(page: str) -> str:
    found = re.search(r'value="([A-Z2-7]{16,})"', page)
    assert found
    return found.group(1)


def _confirmed(grace: User) -> Client:
    """Signed in, and the password typed again just now."""
    browser = Client()
    _sign_in(browser)
    asked = browser.get("/settings/security/two-step/on/")
    assert asked.headers["Location"].startswith("/sign-in/again/")
    assert browser.get(asked.headers["Location"]).status_code == 200
    browser.post("/sign-in/again/", {"password": PASSWORD, "next": "/settings/security/two-step/on/"})
    return browser


def test_turning_on_two_steps_asks_for_a_code_at_the_next_sign_in(
    grace: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        secret = _turn_on(_confirmed(grace))
    assert AuditRow.objects.filter(did="user.two_step_on").count() == 1
    assert secret not in str(Authenticator.objects.values_list("data", flat=True))
    cache.clear()  # a code is good once: let the next sign-in use this one
    browser = Client()
    assert _sign_in(browser).headers["Location"] == "/sign-in/code/"
    assert browser.get("/settings/").status_code == 302
    assert browser.get("/sign-in/code/").status_code == 200
    assert browser.post("/sign-in/code/", {"code": "000000"}).status_code == 200
    assert browser.post("/sign-in/code/", {}).status_code == 302
    assert browser.get("/settings/").status_code == 302
    answer = browser.post("/sign-in/code/", {"code": _code(secret)})
    assert answer.headers["Location"] == "/"
    assert browser.get("/settings/").status_code == 200


def test_a_code_from_the_app_works_once(grace: User) -> None:
    secret = _turn_on(_confirmed(grace))
    cache.clear()
    code = _code(secret)
    first, second = Client(), Client()
    _sign_in(first)
    _sign_in(second)
    assert first.post("/sign-in/code/", {"code": code}).status_code == 302
    assert second.post("/sign-in/code/", {"code": code}).status_code == 200


def test_a_recovery_code_lets_in_once(grace: User) -> None:
    browser = _confirmed(grace)
    _turn_on(browser)
    page = browser.get("/settings/security/codes/").content.decode()
    codes = re.findall(r"<code>([0-9a-f]{8})</code>", page)
    assert len(codes) == 10
    assert browser.get("/settings/security/codes/file/").content.decode().split() == codes
    for expected in (302, 200):
        other = Client()
        _sign_in(other)
        assert other.post("/sign-in/code/", {"code": codes[0]}).status_code == expected
    assert codes[0] not in browser.get("/settings/security/codes/").content.decode()


def test_new_recovery_codes_replace_the_old(grace: User) -> None:
    browser = _confirmed(grace)
    _turn_on(browser)
    before = browser.get("/settings/security/codes/").content
    assert browser.get("/settings/security/codes/new/").status_code == 200
    assert browser.post("/settings/security/codes/new/").status_code == 302
    assert browser.get("/settings/security/codes/").content != before


def test_two_steps_can_be_turned_off(grace: User) -> None:
    browser = _confirmed(grace)
    _turn_on(browser)
    assert browser.get("/settings/security/two-step/").status_code == 200
    assert browser.get("/settings/security/two-step/off/").status_code == 200
    browser.post("/settings/security/two-step/off/")
    assert _sign_in(Client()).headers["Location"] == "/"


def test_guessing_codes_is_throttled(grace: User) -> None:
    secret = _turn_on(_confirmed(grace))
    cache.clear()
    browser = Client()
    _sign_in(browser)
    for _ in range(12):
        browser.post("/sign-in/code/", {"code": "000000"})
    assert browser.post("/sign-in/code/", {"code": _code(secret)}).status_code != 302


def test_confirming_again_may_use_a_code(grace: User) -> None:
    browser = _confirmed(grace)
    _turn_on(browser)
    assert browser.get("/sign-in/again/code/").status_code == 200
    assert "/sign-in/again/code/" in browser.get("/sign-in/again/").content.decode()


# Sessions


def test_a_session_ends_with_its_time(client_of: ClientOf, grace: User) -> None:
    browser = client_of(grace)
    session = browser.session
    session.set_expiry(datetime.now(UTC) - timedelta(seconds=1))
    session.save()
    assert browser.get("/settings/").status_code == 302
