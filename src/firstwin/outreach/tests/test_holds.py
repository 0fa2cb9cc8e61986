"""After a restore nothing leaves the house until somebody says so."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firstwin.core.backup.after import Restore
from firstwin.core.errors import NotAllowed, Refused
from firstwin.outreach.actions.holds import hold_after_restore, is_held, release
from firstwin.outreach.actions.messages import pick_up_waiting, post_message, send_again, send_message
from firstwin.outreach.models import Hold, OutboxMessage, State
from firstwin.outreach.tests.postbox import Postbox, postbox
from firstwin.people.models import AuditRow
from firstwin.people.roles import Role
from firstwin.people.tests.factories import make_user
from firstwin.people.tests.fixtures import ClientOf

MADE = datetime(2026, 3, 1, 3, tzinfo=UTC)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RESTORE = Restore("/backups/x", MADE, "0.1.0", "sqlite", 10)

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings: Any) -> Iterator[Postbox]:
    with postbox() as (box, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
        yield box


def _message(key: str, made_at: datetime) -> OutboxMessage:
    return post_message(kind="test", to="grace@example.com", subject="Hello", text="Text", key=key, now=made_at)


def test_nothing_is_sent_while_it_is_held(post: Postbox) -> None:
    message = _message("k", NOW)
    hold_after_restore(RESTORE, NOW)
    assert is_held()
    assert send_message(message_id=message.pk, now=NOW) is None
    assert pick_up_waiting(now=NOW + timedelta(hours=1)) == 0  # no heap of jobs that can do nothing
    assert post.letters == []
    assert AuditRow.objects.filter(did="installation.restored", actor=None).count() == 1


def test_what_a_person_sends_again_is_held_too(post: Postbox) -> None:
    message = _message("k", MADE - timedelta(days=1))
    OutboxMessage.objects.update(state=State.UNKNOWN)
    hold_after_restore(RESTORE, NOW)
    send_again(by=make_user(role=Role.ADMIN), message=message, now=NOW)
    assert send_message(message_id=message.pk, now=NOW) is None
    assert post.letters == []


def test_released_new_messages_go_and_old_ones_are_left_to_a_person(post: Postbox) -> None:
    old, new = _message("old", MADE - timedelta(minutes=1)), _message("new", NOW)
    hold_after_restore(RESTORE, NOW)
    done = release(by=None, now=NOW)
    assert (done.going, done.to_decide, is_held()) == (1, 1, False)
    assert [send_message(message_id=message.pk, now=NOW) for message in (old, new)] == [None, State.DONE]
    assert OutboxMessage.objects.get(pk=old.pk).state == State.UNKNOWN
    assert len(post.letters) == 1


def test_after_a_move_waiting_messages_can_go_as_well(post: Postbox) -> None:
    old = _message("old", MADE - timedelta(minutes=1))
    hold_after_restore(RESTORE, NOW)
    assert release(by=None, now=NOW, sends_waiting=True).going == 1
    assert send_message(message_id=old.pk, now=NOW) == State.DONE


def test_a_restore_of_a_restored_installation_stays_held_once() -> None:
    hold_after_restore(RESTORE, NOW)
    hold_after_restore(RESTORE, NOW)
    assert Hold.objects.count() == 1
    release(by=None, now=NOW)
    with pytest.raises(Refused):
        release(by=None, now=NOW)


def test_admins_see_it_and_release_it_others_do_not(client_of: ClientOf) -> None:
    admin, other = make_user(role=Role.ADMIN), make_user(role=Role.OPERATIONS)
    assert "Send mail again" not in client_of(admin).get("/settings/outbox/").content.decode()
    hold_after_restore(RESTORE, NOW)
    page = client_of(admin).get("/settings/outbox/").content.decode()
    assert "restored from a backup of 2026-03-01 03:00 UTC" in page
    assert client_of(other).post("/settings/outbox/releasing/").status_code == 403
    with pytest.raises(NotAllowed):
        release(by=other, now=NOW)
    assert is_held()
    assert client_of(admin).post("/settings/outbox/releasing/").status_code == 302
    assert not is_held()
    assert client_of(admin).post("/settings/outbox/releasing/").status_code == 422
    assert AuditRow.objects.filter(did="outbox.released", actor=admin).count() == 1
