"""The wire: hand one message to the mail server, and say exactly what is known of the outcome."""

import hashlib
import smtplib
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from firstwin.core.failpoints import failpoint
from firstwin.outreach.models import OutboxMessage, State


@dataclass(frozen=True)
class Outcome:
    """state: DONE, FAILED (not sent, will not be), PENDING (not sent, try later) or UNKNOWN."""

    state: State
    reason: str = ""


def leaves_the_house() -> bool:
    return bool(settings.EMAIL_HOST)


def deliver(message: OutboxMessage) -> Outcome:
    """Send `message` now. Never raises for what a mail server can do to us."""
    connection = get_connection()
    letter = _letter(message, connection)
    try:
        letter.message()
    except ValueError as problem:
        return Outcome(State.FAILED, f"This cannot be written as a mail: {_words(problem)}")
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as problem:
        # Nothing was said yet, so it can be said later.
        return Outcome(State.PENDING, f"The mail server cannot be reached: {_words(problem)}")
    try:
        failpoint("mail.before_effect")
        connection.send_messages([letter])
        failpoint("mail.after_effect")
    except smtplib.SMTPRecipientsRefused as problem:
        return _refused(next(iter(problem.recipients.values()), (550, b"refused")))
    except smtplib.SMTPResponseException as problem:
        # An answer of the server, also to the text itself: it did not take the message.
        return _refused((problem.smtp_code, problem.smtp_error))
    except (smtplib.SMTPException, OSError) as problem:
        # The line broke while talking: it may have been taken. Sending again could mail somebody twice.
        return Outcome(State.UNKNOWN, f"The line broke while sending: {_words(problem)}")
    finally:
        _hang_up(connection)
    return Outcome(State.DONE)


def _refused(answer: tuple[int, bytes | str]) -> Outcome:
    code, said = answer
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    state = State.PENDING if 400 <= code < 500 else State.FAILED
    return Outcome(state, f"The mail server refused it: {code} {' '.join(text.split())}"[:300])


def _letter(message: OutboxMessage, connection: object) -> EmailMultiAlternatives:
    letter = EmailMultiAlternatives(
        subject=" ".join(message.subject.split()),
        body=message.text,
        to=[message.to],
        connection=connection,
        headers={"Message-ID": f"<{_stable_id(message)}>", "Auto-Submitted": "auto-generated"},
    )
    if message.html:
        letter.attach_alternative(message.html, "text/html")
    return letter


def _stable_id(message: OutboxMessage) -> str:
    """The same for every attempt, so that a receiver can tell a repetition."""
    digest = hashlib.sha256(f"{settings.SECRET_KEY}:{message.key}".encode()).hexdigest()[:32]
    return f"{digest}@{settings.FIRSTWIN_URL.split('//')[-1].split(':')[0].split('/')[0]}"


def _hang_up(connection: object) -> None:
    with suppress(smtplib.SMTPException, OSError):  # the outcome is known already
        connection.close()  # type: ignore[attr-defined]


def _words(problem: Exception) -> str:
    return " ".join(str(problem).split())[:200] or problem.__class__.__name__
