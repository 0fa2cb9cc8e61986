"""Say how an account feels, and take that back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.models import Account
from firstwin.accounts.rules import Actor
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.text import did_you_mean, is_clean
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable
from firstwin.signals.models import Mood, Pulse
from firstwin.signals.pulses import REASONS
from firstwin.signals.rules import require_judging

LONGEST = 500


def give_pulse(
    *, by: Actor, account: Account, mood: str, reasons: Sequence[str] = (), comment: str = "", now: datetime
) -> Pulse:
    """How `by` feels about the account now. It replaces what anybody said before and holds for 90 days.

    reasons: words of `REASONS`. Raises Refused at the field that does not fit; NotAllowed, NotFound.
    """
    require_judging(by, account)
    if mood not in Mood.values:
        raise Refused(f"A pulse is one of {', '.join(Mood.values)}.", field="mood")
    for reason in reasons:
        if reason not in REASONS:
            raise Refused(f"{str(reason)[:60]!r} is no reason. {did_you_mean(str(reason), REASONS)}", field="reasons")
    tidy = comment.strip()
    if len(tidy) > LONGEST or not is_clean(tidy):
        raise Refused(f"A comment has at most {LONGEST} readable characters.", field="comment")
    given = list(dict.fromkeys(reasons))
    with transaction.atomic():
        row = Pulse.objects.create(
            account=account, author=by, mood=mood, reasons=given, comment=tidy, occurred_at=now, known_at=now,
            recorded_at=now,
        )  # fmt: skip
        failpoint("pulse.after_row")
        record(by=by, did="pulse.given", on=row, now=now, after={"mood": mood, "reasons": given})
        bump_revision([account.pk])
        failpoint("pulse.before_commit")
    return row


def retract_pulse(*, by: Actor, pulse: Pulse, now: datetime) -> None:
    """Say that it was given by mistake: what was said before it holds again. Raises Refused when it no longer
    stands."""
    require_judging(by, pulse.account)
    with transaction.atomic():
        if not Pulse.objects.standing().filter(pk=pulse.pk).supersede(now):
            raise Refused("It was taken back already.")
        failpoint("pulse.after_row")
        record(by=by, did="pulse.retracted", on=pulse, now=now, before={"mood": pulse.mood})
        bump_revision([pulse.account_id])
        failpoint("pulse.before_commit")


@undoable("pulse.given")
def ungive(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"pulse": id}."""
    row = Pulse.objects.standing().select_related("account").filter(pk=payload["pulse"]).first()
    if row is not None:
        retract_pulse(by=by, pulse=row, now=now)
