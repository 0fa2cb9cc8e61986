"""Set by hand what a measure, a group or a whole score counts as, until a day, and take that back."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.models import Account
from firstwin.accounts.rules import Actor
from firstwin.core.clock import day_of
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.text import did_you_mean, is_clean
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable
from firstwin.signals.kinds.scorecard import Scorecard
from firstwin.signals.models import Level, Override
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.rules import require_judging

LONGEST = 500
MOST_DAYS = 366
"""What is set by hand for longer than a year has become a fact, or is forgotten."""


def override(
    *,
    by: User,
    account: Account,
    scorecard: str,
    level: str,
    target: str = "",
    points: int,
    reason: str,
    expires_on: date,
    now: datetime,
) -> Override:
    """Let `target` count as `points` from today until `expires_on`, its first day without. It replaces what was set
    there before.

    target: key of a measure or group; empty for the score. Raises Refused at the field that does not fit; NotAllowed,
    NotFound.
    """
    require_judging(by, account)
    today = day_of(now)
    tidy = " ".join(reason.split())
    _check(scorecard, level, target, points, tidy, expires_on, today)
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        standing = Override.objects.standing().filter(account=account, scorecard=scorecard, level=level, target=target)
        before = standing.order_by("-pk").first()
        standing.supersede(now)
        row = Override.objects.create(
            account=account, scorecard=scorecard, level=level, target=target, points=points, reason=tidy, author=by,
            starts_on=today, expires_on=expires_on, known_at=now, recorded_at=now,
        )  # fmt: skip
        failpoint("override.after_row")
        record(
            by=by, did="score.overridden", on=row, now=now, before=None if before is None else _told(before),
            after=_told(row),
        )  # fmt: skip
        bump_revision([account.pk])
        failpoint("override.before_commit")
    return row


def take_back(*, by: Actor, row: Override, now: datetime) -> None:
    """Let what is computed count again. Raises Refused when it no longer stands; NotAllowed, NotFound."""
    require_judging(by, row.account)
    with transaction.atomic():
        if not Override.objects.standing().filter(pk=row.pk).supersede(now):
            raise Refused("It was changed or taken back meanwhile. Look at it again.")
        failpoint("override.after_row")
        record(by=by, did="score.override_taken_back", on=row, now=now, before=_told(row))
        bump_revision([row.account_id])
        failpoint("override.before_commit")


@undoable("score.overridden")
def take_override_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"override": id, "before": id of the one it replaced, or null}."""
    row = Override.objects.standing().select_related("account").filter(pk=payload["override"]).first()
    if row is None:
        raise Refused("It was changed again since. Look at it again.")
    take_back(by=by, row=row, now=now)
    if payload.get("before"):
        _again(by, payload["before"], now)


@undoable("score.override_taken_back")
def override_again(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"override": id}."""
    _again(by, payload["override"], now)


def _again(by: User, pk: int, now: datetime) -> None:
    """Under the words and the author it had, unless its days are over."""
    was = Override.objects.select_related("account").get(pk=pk)
    require_judging(by, was.account)
    today = day_of(now)
    place = {"account": was.account, "scorecard": was.scorecard, "level": was.level, "target": was.target}
    if Override.objects.standing().filter(**place).exists():
        raise Refused("It was set anew meanwhile. Look at it again.")
    if was.expires_on <= today:
        return
    row = Override.objects.create(
        **place, points=was.points, reason=was.reason, author_id=was.author_id, starts_on=was.starts_on,
        expires_on=was.expires_on, key=was.key, known_at=now, recorded_at=now,
    )  # fmt: skip
    record(by=by, did="score.overridden", on=row, now=now, after=_told(row))
    bump_revision([was.account_id])


def _check(scorecard: str, level: str, target: str, points: int, reason: str, expires_on: date, today: date) -> None:
    known = definitions_at().scorecards
    if scorecard not in known:
        raise Refused(f"There is no scorecard {scorecard!r}. {did_you_mean(scorecard, known)}", field="scorecard")
    card: Scorecard = known[scorecard].parsed
    if level not in Level.values:
        raise Refused(f"One sets {', '.join(Level.values)}.", field="level")
    targets = {
        Level.MEASURE: [measure.key for measure in card.measures],
        Level.GROUP: [group.key for group in card.groups],
        Level.OVERALL: [""],
    }[Level(level)]
    if target not in targets:
        hint = "Leave it empty for the whole score." if level == Level.OVERALL else did_you_mean(target, targets)
        raise Refused(f"{card.label} has no {level} {target!r}. {hint}", field="target")
    if isinstance(points, bool) or not isinstance(points, int) or not 0 <= points <= 100:
        raise Refused("Points are a whole number from 0 to 100.", field="points")
    if not reason or len(reason) > LONGEST or not is_clean(reason):
        raise Refused(f"Say why, in at most {LONGEST} characters.", field="reason")
    if not 0 < (expires_on - today).days <= MOST_DAYS:
        raise Refused(
            "It ends on a later day, within a year: what lasts longer belongs in the facts.", field="expires_on"
        )


def _told(row: Override) -> dict[str, Any]:
    return {
        "scorecard": row.scorecard, "level": row.level, "target": row.target, "points": row.points,
        "reason": row.reason, "expires_on": row.expires_on,
    }  # fmt: skip
