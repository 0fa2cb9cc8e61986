"""Put a finding aside: as a false alarm, which counts against its detector, or as known; and take that back."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.models import Account
from firstwin.accounts.rules import Actor
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.text import is_clean
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable
from firstwin.signals.models import Dismissal, Episode
from firstwin.signals.rules import require_judging

LONGEST = 300


def dismiss(
    *,
    by: Actor,
    finding: Episode,
    is_false_alarm: bool,
    now: datetime,
    reason: str = "",
    until_on: date | None = None,
) -> Dismissal:
    """until_on: the first day it may come back; None: when it cleared in between. A false alarm needs a reason.

    Raises Refused (also where it was put aside meanwhile), NotAllowed, NotFound.
    """
    require_judging(by, finding.account)
    tidy = _reason(reason, is_false_alarm)
    if until_on is not None and until_on <= clock.day_of(now):
        raise Refused("It can come back tomorrow at the earliest.", field="until_on")
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=finding.account_id)
        _require_open(finding)
        row = Dismissal.objects.create(
            account_id=finding.account_id,
            finding=finding,
            is_false_alarm=is_false_alarm,
            reason=tidy,
            author=by,
            until_on=until_on,
            known_at=now,
            recorded_at=now,
        )
        failpoint("dismissal.after_row")
        did = "finding.called_false" if is_false_alarm else "finding.put_aside"
        record(by=by, did=did, on=row, now=now, after={"detector": finding.detector, "reason": tidy})
        bump_revision([finding.account_id])
        failpoint("dismissal.before_commit")
    return row


def bring_back(*, by: Actor, dismissal: Dismissal, now: datetime) -> None:
    """It counts again, and no longer against its detector. Raises Refused where it does already."""
    require_judging(by, dismissal.account)
    with transaction.atomic():
        if not Dismissal.objects.standing().filter(pk=dismissal.pk).supersede(now):
            raise Refused("It was brought back already.")
        failpoint("dismissal.after_row")
        record(by=by, did="finding.brought_back", on=dismissal, now=now)
        bump_revision([dismissal.account_id])
        failpoint("dismissal.before_commit")


@undoable("finding.put_aside")
def take_back_put_aside(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"dismissal": id}."""
    _take_back(by, payload, now)


@undoable("finding.called_false")
def take_back_called_false(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    _take_back(by, payload, now)


def _take_back(by: User, payload: dict[str, Any], now: datetime) -> None:
    row = Dismissal.objects.standing().select_related("account").filter(pk=payload["dismissal"]).first()
    if row is None:
        raise Refused("It was brought back already.")
    bring_back(by=by, dismissal=row, now=now)


def _require_open(finding: Episode) -> None:
    fresh = Episode.objects.get(pk=finding.pk)
    if fresh.cleared_on is not None or fresh.restated_at is not None:
        raise Refused("This is over already: there is nothing left to put aside.")
    if Dismissal.objects.standing().filter(finding=finding).exists():
        raise Refused("Somebody put it aside already.")


def _reason(reason: str, is_needed: bool) -> str:
    tidy = " ".join(reason.split())
    if len(tidy) > LONGEST or not is_clean(tidy):
        raise Refused(f"A reason has at most {LONGEST} characters.", field="reason")
    if is_needed and not tidy:
        raise Refused("Say why it is a false alarm: it counts against the detector.", field="reason")
    return tidy
