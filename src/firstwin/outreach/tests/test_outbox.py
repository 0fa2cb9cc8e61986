"""At most once: what becomes of a message, whatever the mail server or the process does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firstwin.core.errors import NotAllowed, Refused
from firstwin.outreach import checks
from firstwin.outreach.actions.messages import (
    MOST_ATTEMPTS,
    discard_message,
    pick_up_waiting,
    post_message,
    report_lost,
    send_again,
    send_message,
)
from firstwin.outreach.models import OutboxMessage, State
from firstwin.outreach.tests.postbox import Postbox, postbox
from firstwin.people.models import AuditRow, User
from firstwin.people.roles import Role
from firstwin.people.tests.factories import make_user
from firstwin.people.tests.fixtures import ClientOf

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings: Any) -> Iterator[Postbox]:
    with postbox() as (box, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
        yield box


@pytest.fixture
def admin() -> User:
    return make_user(role=Role.ADMIN)


def _post(key: str = "k", **more: Any) -> OutboxMessage:
    given: dict[str, Any] = {
        "kind": "test",
        "to": "grace@example.com",
        "subject": "Hello",
        "text": "Text",
        "now": NOW,
    }
    return post_message(key=key, **{**given, **more})


def _send(message: OutboxMessage, now: datetime = NOW) -> State | None:
    state = send_message(message_id=message.pk, now=now)
    message.refresh_from_db()
    return state


def test_a_message_is_sent_once(post: Postbox) -> None:
    message = _post()
    assert (_send(message), message.state, message.attempt) == (State.DONE, "done", 1)
    assert _send(message) is None
    (letter,) = post.letters
    assert letter.rcpt_tos == ["grace@example.com"]
    assert b"Auto-Submitted: auto-generated" in letter.content


def test_the_same_key_makes_one_message(post: Postbox) -> None:
    assert _post("k").pk == _post("k", subject="Other").pk
    assert OutboxMessage.objects.count() == 1


def test_a_line_that_drops_after_the_text_leaves_it_unknown_and_is_not_repeated(post: Postbox) -> None:
    post.drops_after_data = True
    message = _post()
    assert _send(message) == State.UNKNOWN
    post.drops_after_data = False
    assert _send(message) is None
    assert pick_up_waiting(now=NOW + timedelta(days=1)) == 0
    assert len(post.letters) == 1
    assert "line broke" in message.reason


def test_a_refused_recipient_fails_with_the_servers_words(post: Postbox) -> None:
    post.recipient_answer = "550 No such mailbox"
    message = _post()
    assert (_send(message), message.reason) == (
        State.FAILED,
        "The mail server refused it: 550 No such mailbox",
    )


def test_a_refused_text_fails(post: Postbox) -> None:
    post.data_answer = "554 Looks like spam"
    assert _send(_post()) == State.FAILED
    assert post.letters == []


@pytest.mark.parametrize("which", ["recipient_answer", "data_answer"])
def test_a_passing_refusal_is_tried_again_later_and_not_for_ever(post: Postbox, which: str) -> None:
    setattr(post, which, "451 Try later")
    message, now = _post(), NOW
    for attempt in range(1, MOST_ATTEMPTS):
        assert _send(message, now) == State.PENDING
        assert message.attempt == attempt
        assert _send(message, now) is None  # not before its time
        now = message.not_before or now
    assert _send(message, now) == State.FAILED
    assert post.letters == []


def test_a_server_that_cannot_be_reached_is_tried_again(post: Postbox, settings: Any) -> None:
    message, port = _post(), settings.EMAIL_PORT
    settings.EMAIL_PORT = 1
    assert (_send(message), message.not_before) == (State.PENDING, NOW + timedelta(minutes=2))
    settings.EMAIL_PORT = port
    assert _send(message, NOW + timedelta(minutes=2)) == State.DONE


def test_a_bad_recipient_does_not_hold_up_the_others(post: Postbox) -> None:
    post.refuses = "gone@example.com"
    bad, broken, good = _post("a", to="gone@example.com"), _post("b", to="a\n@example.com"), _post("c")
    assert [_send(message) for message in (bad, broken, good)] == [State.FAILED, State.FAILED, State.DONE]


def test_a_subject_cannot_smuggle_headers(post: Postbox) -> None:
    assert _send(_post(subject="Hi\r\nBcc: all@example.com")) == State.DONE
    assert post.letters[0].rcpt_tos == ["grace@example.com"]
    assert b"\nBcc:" not in post.letters[0].content


def test_a_link_that_lets_someone_in_is_blanked_once_it_left(post: Postbox) -> None:
    message = _post(has_secret=True, text="https://example.com/secret")
    _send(message)
    assert message.text == ""
    assert checks.problems(NOW) == []


def test_a_claim_nobody_settled_becomes_unknown_and_waits_for_a_person(post: Postbox, admin: User) -> None:
    message = _post()
    OutboxMessage.objects.update(state=State.CLAIMED, claimed_at=NOW, lease_until=NOW + timedelta(minutes=5), attempt=1)
    later = NOW + timedelta(hours=1)
    assert report_lost(now=NOW) == 0
    assert len(checks.problems(later)) == 1
    assert report_lost(now=later) == 1
    assert checks.problems(later) == []
    assert _send(message, later) is None
    assert post.letters == []
    send_again(by=admin, message=message, now=later)
    assert _send(message, later) == State.DONE
    assert AuditRow.objects.filter(did="message.sent_again", actor=admin).count() == 1


def test_a_waiting_message_without_a_task_is_picked_up(post: Postbox) -> None:
    _post()
    assert pick_up_waiting(now=NOW) == 0
    assert pick_up_waiting(now=NOW + timedelta(minutes=3)) == 1


def test_without_a_server_messages_are_kept_and_sent_when_a_person_says_so(admin: User, request: Any) -> None:
    message = _post()
    assert message.state == State.KEPT
    assert _send(message) is None
    with pytest.raises(Refused):
        send_again(by=admin, message=message, now=NOW)
    post = request.getfixturevalue("post")
    send_again(by=admin, message=message, now=NOW)
    assert _send(message) == State.DONE
    assert len(post.letters) == 1


def test_a_discarded_message_is_gone_for_good(admin: User) -> None:
    message = _post(has_secret=True)
    discard_message(by=admin, message=message, now=NOW)
    assert (message.state, message.text) == ("discarded", "")
    with pytest.raises(Refused):
        discard_message(by=admin, message=message, now=NOW)


def test_only_admins_decide(client_of: ClientOf) -> None:
    message = _post()
    operations = make_user(role=Role.OPERATIONS)
    with pytest.raises(NotAllowed):
        discard_message(by=operations, message=message, now=NOW)
    browser = client_of(operations)
    for path in ("/settings/outbox/", f"/settings/outbox/{message.pk}/"):
        assert browser.get(path).status_code == 403
    assert browser.post(f"/settings/outbox/{message.pk}/discarding/").status_code == 403


def test_the_pages_show_what_waits_and_let_an_admin_decide(client_of: ClientOf, admin: User) -> None:
    kept, done = _post("a", text="Join: https://x/invitation/t"), _post("b", to="done@example.com")
    OutboxMessage.objects.filter(pk=done.pk).update(state=State.DONE)
    browser = client_of(admin)
    everything = browser.get("/settings/outbox/").content.decode()
    assert ("grace@example.com" in everything, "done@example.com" in everything) == (True, True)
    assert "done@example.com" not in browser.get("/settings/outbox/?show=decide").content.decode()
    assert "https://x/invitation/t" in browser.get(f"/settings/outbox/{kept.pk}/").content.decode()
    assert browser.post(f"/settings/outbox/{kept.pk}/sending/").status_code == 422
    assert browser.post(f"/settings/outbox/{kept.pk}/discarding/").status_code == 302
    assert browser.get("/settings/outbox/999999/").status_code == 404
