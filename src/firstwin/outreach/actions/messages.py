"""Post, send, settle. The claim commits before the effect: after a crash nobody is mailed twice."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.outreach import carrier
from firstwin.outreach.actions.holds import is_held
from firstwin.outreach.models import OutboxMessage, State
from firstwin.people import rules
from firstwin.people.audit import record
from firstwin.people.models import User

LEASE = timedelta(minutes=5)  # far longer than the mail server may take
MOST_ATTEMPTS = 6
OVERDUE = timedelta(minutes=2)  # a waiting message this old has lost its task


def post_message(
    *,
    kind: str,
    to: str,
    subject: str,
    text: str,
    key: str,
    now: datetime,
    html: str = "",
    account_id: int | None = None,
    has_secret: bool = False,
) -> OutboxMessage:
    """Put a message into the outbox, in the caller's transaction. The same `key` makes only one."""
    with transaction.atomic():
        message, is_new = OutboxMessage.objects.get_or_create(
            key=key[:200],
            defaults={
                "kind": kind,
                "to": to,
                "subject": subject[:200],
                "text": text,
                "html": html,
                "account_id": account_id,
                "has_secret": has_secret,
                "made_at": now,
                "state": State.PENDING if carrier.leaves_the_house() else State.KEPT,
            },
        )
        if is_new and message.state == State.PENDING:
            _enqueue(message)
    return message


def send_message(*, message_id: int, now: datetime) -> State | None:
    """Claim, send, settle. None when somebody else has it, it is settled, or it must wait.

    Must not run inside a transaction: the claim has to be on disk before the first word to the mail server.
    """
    message = _claim(message_id, now)
    if message is None:
        return None
    failpoint("mail.claimed")
    outcome = carrier.deliver(message)
    failpoint("mail.before_settle")
    return _settle(message, outcome, now)


def _claim(message_id: int, now: datetime) -> OutboxMessage | None:
    failpoint("mail.before_claim")
    with transaction.atomic(durable=True):
        if is_held():
            return None
        # Compare and swap: of two workers, one gets it.
        claimed = (
            OutboxMessage.objects.waiting_at(now)
            .filter(pk=message_id)
            .update(state=State.CLAIMED, claimed_at=now, lease_until=now + LEASE, attempt=F("attempt") + 1)
        )
    return OutboxMessage.objects.get(pk=message_id) if claimed else None


def _settle(message: OutboxMessage, outcome: carrier.Outcome, now: datetime) -> State:
    state, reason = outcome.state, outcome.reason
    if state == State.PENDING and message.attempt >= MOST_ATTEMPTS:
        state = State.FAILED
    not_before = now + timedelta(minutes=2**message.attempt) if state == State.PENDING else None
    blank = {"text": "", "html": ""} if state == State.DONE and message.has_secret else {}
    with transaction.atomic():
        OutboxMessage.objects.filter(pk=message.pk, state=State.CLAIMED, attempt=message.attempt).update(
            state=state, reason=reason[:300], lease_until=None, settled_at=now, not_before=not_before, **blank
        )
        if not_before:
            _enqueue(message, run_after=not_before)
    failpoint("mail.settled")
    return state


def report_lost(*, now: datetime) -> int:
    """Messages whose sender died: nobody knows whether they left, so a person decides. Returns how many."""
    return OutboxMessage.objects.lost_at(now).update(
        state=State.UNKNOWN,
        lease_until=None,
        settled_at=now,
        reason="The worker stopped while sending. It may have arrived.",
    )


def pick_up_waiting(*, now: datetime) -> int:
    """Enqueue waiting messages whose task was lost. A second task for one message does no harm."""
    if is_held():
        return 0
    overdue = OutboxMessage.objects.waiting_at(now - OVERDUE).filter(made_at__lt=now - OVERDUE).order_by("id")
    with transaction.atomic():
        found = list(overdue[:200])
        for message in found:
            _enqueue(message)
    return len(found)


def send_again(*, by: User, message: OutboxMessage, now: datetime) -> OutboxMessage:
    """A person decides that it should go (once more). For an unknown outcome this may mail someone twice."""
    _require(by)
    if not carrier.leaves_the_house():
        raise Refused("Mail is not set up: set FIRSTWIN_MAIL_URL first.")
    with transaction.atomic():
        _move(message, State.PENDING, attempt=0, not_before=None, reason="")
        record(by=by, did="message.sent_again", on=message, now=now, account_id=message.account_id)
        _enqueue(message)
    return message


def discard_message(*, by: User, message: OutboxMessage, now: datetime) -> OutboxMessage:
    """It will not be sent. Its text goes where it held a key."""
    _require(by)
    blank = {"text": "", "html": ""} if message.has_secret else {}
    with transaction.atomic():
        _move(message, State.DISCARDED, settled_at=now, **blank)
        record(by=by, did="message.discarded", on=message, now=now, account_id=message.account_id)
    return message


def _move(message: OutboxMessage, state: State, **values: object) -> None:
    still = OutboxMessage.objects.for_a_person().filter(pk=message.pk)
    if not still.update(state=state, **values):
        raise Refused("Somebody else dealt with this message already.")
    message.refresh_from_db()


def _enqueue(message: OutboxMessage, *, run_after: datetime | None = None) -> None:
    from firstwin.outreach import tasks  # the task calls back into this module

    tasks.send_message.using(run_after=run_after).enqueue(message.pk)


def _require(by: User) -> None:
    rules.require(rules.can_handle_outbox(by), "Only an admin may decide about messages.")
