"""Taking a text: everything of it or nothing; and going back to an earlier version.

Whatever people change goes through here, from a form, the text editor or the command line: what does not fit is
refused, and what would move many accounts is asked back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from firstwin.core.errors import NotFound, Refused
from firstwin.people import rules
from firstwin.people.config.documents import refused
from firstwin.people.config.drafts import drop_draft
from firstwin.people.config.guard import SAMPLE, require_little
from firstwin.people.config.kinds import kind_of
from firstwin.people.config.labels import require_own_label
from firstwin.people.config.plan import Plan, planned_one
from firstwin.people.config.together import Change
from firstwin.people.config.write import (
    READ_ONLY,
    add_versions,
    latest,
    require_writable,
    standing_body,
    stands_already,
)
from firstwin.people.models import ConfigVersion, User

Based = Mapping[tuple[str, str], int | None] | None
"""Definition → the version that its writer had before them; 0: none, None: whichever."""


def apply_plan(
    *, by: User | None, plan: Plan, now: datetime, note: str = "", accept: bool = False, most: int | None = SAMPLE
) -> list[ConfigVersion]:
    """One transaction. accept: also when much changes.  most: accounts judged for that.

    Raises Refused (TooMuch where accounts would move), Conflict when a definition changed since it was planned.
    """
    if by is not None:
        rules.require(rules.can_configure(by), READ_ONLY)
    if plan.problems:
        raise refused(list(plan.problems))
    if not plan.changes:
        return []
    based_on = {(one.kind, one.key): one.based_on for one in plan.changed}
    return write(by=by, changes=plan.changes, now=now, note=note, based_on=based_on, accept=accept, most=most)


def write(
    *, by: User | None, changes: Sequence[Change], now: datetime, note: str = "",
    based_on: Based = None, accept: bool = False, most: int | None = SAMPLE,
) -> list[ConfigVersion]:  # fmt: skip
    """Let definitions say something else. One version per change; the last one where it says so already.

    Raises NotAllowed, Conflict, Refused; TooMuch where accounts would move and `accept` does not say that it is meant.
    """
    _require_meant(by, changes, now, based_on, accept=accept, most=most)
    return add_versions(by=by, changes=changes, now=now, note=note, based_on=based_on)


def _require_meant(
    by: User | None, changes: Sequence[Change], now: datetime, based_on: Based, *, accept: bool, most: int | None
) -> None:
    """Before the transaction: accounts are judged for seconds, and nobody else should wait for it."""
    require_writable(by=by, changes=changes, based_on=based_on)
    fresh = [change for change in changes if not stands_already(change)]
    if fresh and not accept:
        require_little(fresh, now, most=most)


def remove(
    *, by: User, kind: str, key: str, now: datetime, note: str = "", accept: bool = False
) -> list[ConfigVersion]:
    """Take a definition away; its versions stay. Raises Refused, naming them, while others refer to it; TooMuch."""
    last = latest(kind, key)
    if last is None or last.is_removed:
        raise NotFound(f"There is no {kind_of(kind).label.lower()} {key!r}.")
    began = {(kind, key): last.number}
    return write(by=by, changes=[Change(kind, key, None)], now=now, note=note, based_on=began, accept=accept)


def rollback(
    *, by: User | None, kind: str, key: str, now: datetime, to: int | None = None, note: str = "",
    accept: bool = False, most: int | None = SAMPLE,
) -> list[ConfigVersion]:  # fmt: skip
    """Let a definition say again what it said in an earlier version (the one before the last, unless said).

    Raises NotFound, and Refused where that version says what stands already, or would not fit any more.
    """
    last = latest(kind, key)
    if last is None:
        raise NotFound(f"There is no {kind_of(kind).label.lower()} {key!r}.")
    number = last.number - 1 if to is None else to
    earlier = ConfigVersion.objects.filter(kind=kind, key=key, number=number).first()
    if earlier is None:
        raise NotFound(f"There is no version {number}: there are {last.number}.")
    body = standing_body(earlier)
    if (earlier.text, earlier.is_removed) == (last.text, last.is_removed):
        raise Refused(f"Version {number} says what stands already.")
    plan = planned_one(kind, key, body)
    return apply_plan(
        by=by, plan=plan, now=now, note=note or f"Back to version {number}", accept=accept, most=most
    )  # fmt: skip


def publish(
    *, by: User, kind: str, key: str, body: Mapping[str, Any], based_on: int, now: datetime, note: str = "",
    accept: bool = False,
) -> list[ConfigVersion]:  # fmt: skip
    """Let a draft stand, and forget it. None: it says what stands already."""
    rules.require(rules.can_configure(by), READ_ONLY)
    plan = planned_one(kind, key, body)
    if plan.problems:
        raise refused(list(plan.problems))
    require_own_label(kind, key, str(body.get("label") or key))
    began: Based = {(kind, key): based_on}
    if plan.changes:
        _require_meant(by, plan.changes, now, began, accept=accept, most=SAMPLE)
    said: list[ConfigVersion] = []
    with transaction.atomic():
        if plan.changes:
            said = add_versions(by=by, changes=plan.changes, now=now, note=note, based_on=began)
        drop_draft(by=by, kind=kind, key=key)
    return said
