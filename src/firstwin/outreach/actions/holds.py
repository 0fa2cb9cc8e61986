"""Hold everything back after a restore, and let go again."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from firstwin.core.backup.after import Restore
from firstwin.core.errors import Refused
from firstwin.outreach.models import Hold, OutboxMessage, State
from firstwin.people import rules
from firstwin.people.audit import record
from firstwin.people.models import User


@dataclass(frozen=True)
class Released:
    """going: messages that leave now.  to_decide: messages that wait for a person."""

    hold: Hold
    going: int
    to_decide: int


def is_held() -> bool:
    """Whether nothing may leave the house. Asked inside every claim."""
    return Hold.objects.standing().exists()


def hold_after_restore(restore: Restore, now: datetime) -> list[str]:
    """Nothing is sent from what was restored until somebody says so. The trail says that it was restored."""
    reason = f"This installation was restored from a backup of {restore.made_at:%Y-%m-%d %H:%M} UTC."
    with transaction.atomic():
        hold = Hold.objects.standing().first()
        if hold is None:
            hold = Hold.objects.create(reason=reason, began_at=now, sent_before=restore.made_at)
        record(
            by=None,
            did="installation.restored",
            on=hold,
            now=now,
            after={"backup_of": restore.made_at, "version": restore.version, "from": restore.engine},
        )
    return ["Nothing is sent to anybody until `firstwin release`."]


def release(*, by: User | None, now: datetime, sends_waiting: bool = False) -> Released:
    """Let messages leave again. Those that waited when the backup was made may have been sent since by the
    installation it was made of: a person decides about each, unless `sends_waiting` says that it cannot have been.

    by: None for the command line. Raises Refused when nothing is held.
    """
    rules.require(by is None or rules.can_handle_outbox(by), "Only an admin may decide about messages.")
    with transaction.atomic():
        hold = Hold.objects.standing().select_for_update().first()
        if hold is None:
            raise Refused("Nothing is held back.")
        to_decide = 0 if sends_waiting else _leave_to_a_person(hold, now)
        Hold.objects.filter(pk=hold.pk).update(released_at=now, released_by=by)
        hold.refresh_from_db()
        going = OutboxMessage.objects.filter(state=State.PENDING).count()
        record(by=by, did="outbox.released", on=hold, now=now, after={"going": going, "to_decide": to_decide})
    return Released(hold, going, to_decide)


def _leave_to_a_person(hold: Hold, now: datetime) -> int:
    return OutboxMessage.objects.filter(state=State.PENDING, made_at__lte=hold.sent_before).update(
        state=State.UNKNOWN,
        settled_at=now,
        reason="It waited when the backup was made and may have been sent since.",
    )
