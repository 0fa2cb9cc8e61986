"""Log a contact, correct it, take it back. The only place a Touch is written."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from firstwin.accounts import rules
from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.models import Account, Direction, Person, Touch, TouchAttendee, TouchKind
from firstwin.accounts.rules import Actor
from firstwin.core.errors import NotFound, Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.text import fold, is_clean
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable

LONGEST = 24 * 60
"""Minutes; a longer touch is a slip of the pen."""


def log_touch(
    *,
    by: Actor,
    account: Account,
    kind: TouchKind,
    direction: Direction,
    occurred_at: datetime,
    summary: str,
    now: datetime,
    minutes: int = 0,
    is_planned: bool = True,
    sentiment: str = "",
    next_step: str = "",
    next_step_on: date | None = None,
    attendees: Sequence[Person] = (),
) -> Touch:
    """Record a contact with `account`. Raises NotAllowed, NotFound, or Refused when the moment lies ahead of `now`."""
    rules.require_edit(by, [account])
    check_touch(occurred_at=occurred_at, summary=summary, minutes=minutes, next_step=next_step, now=now)
    with transaction.atomic():
        touch = Touch.objects.create(
            account=account,
            author=by,
            kind=kind,
            direction=direction,
            occurred_at=occurred_at,
            known_at=now,
            recorded_at=now,
            minutes=minutes,
            is_planned=is_planned,
            sentiment=sentiment,
            summary=summary.strip(),
            next_step=next_step.strip(),
            next_step_on=next_step_on,
            search_text=search_text(summary, next_step),
        )
        failpoint("touch.after_row")
        _attend(touch, attendees)
        record(by=by, did="touch.logged", on=touch, now=now)
        bump_revision([account.pk])
        failpoint("touch.before_commit")
        refresh_now([account.pk], now=now)
    return touch


def correct_touch(
    *, by: Actor, touch: Touch, now: datetime, attendees: Sequence[Person] | None = None, **changes: Any
) -> Touch:
    """Supersede `touch` with a row that says `changes` instead. The old row stays in the trail.

    Raises Refused when it was corrected or taken back meanwhile.
    """
    rules.require_edit(by, [touch.account])
    people = list(attendees) if attendees is not None else list(touch.attendees.all())
    fresh = Touch.objects.get(pk=touch.pk)
    before = {name: getattr(fresh, name) for name in changes}
    for name, value in changes.items():
        setattr(fresh, name, value)
    check_touch(
        occurred_at=fresh.occurred_at, summary=fresh.summary, minutes=fresh.minutes, next_step=fresh.next_step, now=now
    )
    fresh.search_text = search_text(fresh.summary, fresh.next_step)
    with transaction.atomic():
        _stand_down(touch, now)
        fresh.pk, fresh.known_at, fresh.known_until, fresh.recorded_at = None, now, None, now
        fresh.save(force_insert=True)
        _attend(fresh, people)
        record(by=by, did="touch.corrected", on=fresh, now=now, before=before, after=changes)
        bump_revision([touch.account_id])
        refresh_now([touch.account_id], now=now)
    return fresh


def retract_touch(*, by: Actor, touch: Touch, now: datetime) -> None:
    """Say that `touch` did not happen. It stays in the trail and can be restored."""
    rules.require_edit(by, [touch.account])
    with transaction.atomic():
        _stand_down(touch, now)
        record(by=by, did="touch.retracted", on=touch, now=now)
        bump_revision([touch.account_id])
        refresh_now([touch.account_id], now=now)


@undoable("touch.logged")
def unlog(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"touch": key}."""
    touch = Touch.objects.standing().filter(key=payload["touch"]).select_related("account").first()
    if touch is not None:
        retract_touch(by=None, touch=touch, now=now)


@undoable("touch.retracted")
def relog(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """Put a retracted touch back as a new row under the same key."""
    touch = Touch.objects.filter(key=payload["touch"]).order_by("-id").select_related("account").first()
    if touch is None or touch.known_until is None:
        raise NotFound("That touch is not there any more.")
    people = list(touch.attendees.all())
    with transaction.atomic():
        touch.pk, touch.known_at, touch.known_until, touch.recorded_at = None, now, None, now
        touch.save(force_insert=True)
        _attend(touch, people)
        record(by=by, did="touch.restored", on=touch, now=now)
        bump_revision([touch.account_id])
        refresh_now([touch.account_id], now=now)


def check_touch(*, occurred_at: datetime, summary: str, minutes: int, next_step: str, now: datetime) -> None:
    """Raises Refused at the field that does not fit. Shared with the import."""
    if occurred_at > now:
        raise Refused("A touch is something that happened. Plan a meeting instead.", field="occurred_at")
    if not summary.strip():
        raise Refused("Say in a word what it was about.", field="summary")
    if not 0 <= minutes <= LONGEST:
        raise Refused("A touch lasts from 0 to 1440 minutes.", field="minutes")
    if len(next_step) > 300:
        raise Refused("A next step has at most 300 characters.", field="next_step")
    if not is_clean(summary) or not is_clean(next_step):
        raise Refused("The text holds characters that cannot be stored.", field="summary")
    if len(summary) > 100_000:
        raise Refused("A summary has at most 100,000 characters. Attach the rest as a file.", field="summary")


def search_text(summary: str, next_step: str) -> str:
    """What search looks in. Bounded: a trigram index over a whole transcript helps nobody."""
    return fold(f"{summary} {next_step}")[:4_000]


def new_touch_key() -> uuid.UUID:
    return uuid.uuid4()


def _stand_down(touch: Touch, now: datetime) -> None:
    if not Touch.objects.standing().filter(pk=touch.pk).supersede(now):
        raise Refused("This touch was changed or taken back meanwhile. Look at it again.")


def _attend(touch: Touch, people: Sequence[Person]) -> None:
    TouchAttendee.objects.bulk_create([TouchAttendee(touch=touch, person=p) for p in dict.fromkeys(people)])
