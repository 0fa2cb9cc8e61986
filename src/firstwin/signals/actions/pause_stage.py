"""Let the clock of an account's stage stand still, with a reason, and let it go on."""

from datetime import datetime
from typing import Any

from django.db import transaction

from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.models import Account
from firstwin.accounts.rules import Actor
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.text import is_clean
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable
from firstwin.signals.models import StagePause
from firstwin.signals.rules import require_judging

LONGEST = 300


def pause(*, by: Actor, account: Account, reason: str, now: datetime) -> StagePause:
    """Raises Refused without a reason or where it is paused already; NotAllowed, NotFound."""
    require_judging(by, account)
    tidy = " ".join(reason.split())
    if not tidy or len(tidy) > LONGEST or not is_clean(tidy):
        raise Refused(f"Say why, in at most {LONGEST} characters.", field="reason")
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        if StagePause.objects.open().filter(account=account).exists():
            raise Refused("Its clock stands still already.", field="reason")
        row = _put(account.pk, tidy, by, valid_from=now, now=now)
        failpoint("stage_pause.after_row")
        record(by=by, did="stage.paused", on=row, now=now, after={"reason": tidy})
        bump_revision([account.pk])
        failpoint("stage_pause.before_commit")
    return row


def go_on(*, by: Actor, account: Account, now: datetime) -> StagePause:
    """Raises Refused where it is not paused; NotAllowed, NotFound."""
    require_judging(by, account)
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        row = StagePause.objects.open().filter(account=account).first()
        if row is None:
            raise Refused("Its clock is running already.")
        StagePause.objects.filter(pk=row.pk).supersede(now)
        ended = _put(
            account.pk, row.reason, row.author, valid_from=row.valid_from, valid_to=max(now, row.valid_from), now=now
        )
        failpoint("stage_pause.after_row")
        record(by=by, did="stage.went_on", on=ended, now=now, before={"paused_at": row.valid_from})
        bump_revision([account.pk])
        failpoint("stage_pause.before_commit")
    return ended


@undoable("stage.paused")
def take_back_pause(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"pause": id}. The pause never was."""
    row = StagePause.objects.open().select_related("account").filter(pk=payload["pause"]).first()
    if row is None:
        raise Refused("Its clock went on meanwhile.")
    require_judging(by, row.account)
    StagePause.objects.filter(pk=row.pk).supersede(now)
    bump_revision([row.account_id])


@undoable("stage.went_on")
def pause_again(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"pause": id of the row that ended}. The pause goes on as if nothing had happened."""
    row = StagePause.objects.standing().select_related("account").filter(pk=payload["pause"]).first()
    if row is None or StagePause.objects.open().filter(account=row.account_id).exists():
        raise Refused("It was paused anew meanwhile.")
    require_judging(by, row.account)
    StagePause.objects.filter(pk=row.pk).supersede(now)
    _put(row.account_id, row.reason, row.author, valid_from=row.valid_from, now=now)
    bump_revision([row.account_id])


def _put(
    account_id: int,
    reason: str,
    author: Actor,
    *,
    valid_from: datetime,
    now: datetime,
    valid_to: datetime | None = None,
) -> StagePause:
    return StagePause.objects.create(
        account_id=account_id,
        reason=reason,
        author=author,
        valid_from=valid_from,
        valid_to=valid_to,
        stated_at=now,
        known_at=now,
        recorded_at=now,
    )
