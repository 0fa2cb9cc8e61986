"""Contacts as a source tells them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from firstwin.accounts.actions.receive.said import Received, TouchSaid
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.actions.touches import new_touch_key, search_text
from firstwin.accounts.bulk import insert_many
from firstwin.accounts.models import Touch, TouchAttendee
from firstwin.core.failpoints import failpoint

_FACTS = (
    "account_id", "author_id", "kind", "direction", "occurred_at", "minutes", "is_planned", "sentiment", "summary",
    "next_step", "next_step_on",
)  # fmt: skip
_COLUMNS = (*_FACTS, "key", "known_at", "recorded_at", "source", "is_reconstructed", "external_id", "search_text")


def receive_touches(*, said: Sequence[TouchSaid], source: str, now: datetime) -> Received:
    """Log touches, correct those that the source tells differently now. Everything else stays.

    said: checked (`actions.touches.check_touch`), every external id once.
    """
    received = Received()
    with transaction.atomic():
        standing = Touch.objects.standing().filter(source=source, external_id__in={one.external_id for one in said})
        before = {touch.external_id: touch for touch in standing.prefetch_related("attendance")}
        accounts: set[int] = set()
        superseded: dict[datetime, list[int]] = {}
        fresh: list[tuple[TouchSaid, Touch | None]] = []
        for one in said:
            received.ids[one.row] = one.account_id
            old = before.get(one.external_id)
            if old is not None and (_is_same(old, one) or old.known_at > one.known_at):
                continue
            if old is not None:
                superseded.setdefault(one.known_at, []).append(old.pk)
                accounts.add(old.account_id)
            (received.new if old is None else received.changed).add(one.row)
            accounts.add(one.account_id)
            fresh.append((one, old))
        for moment, ids in superseded.items():
            Touch.objects.filter(pk__in=ids).supersede(moment)
        insert_many(Touch, _COLUMNS, [_row(one, old, source, now) for one, old in fresh])
        failpoint("receive.touches.logged")
        _attend([one for one, _ in fresh], source)
        bump_revision(accounts)
        received.touched = accounts
    return received


def _is_same(old: Touch, one: TouchSaid) -> bool:
    attended = {row.person_id for row in old.attendance.all()}
    return attended == set(one.attendee_ids) and all(getattr(old, name) == getattr(one, name) for name in _FACTS)


def _row(one: TouchSaid, old: Touch | None, source: str, now: datetime) -> tuple[Any, ...]:
    """The values of `_COLUMNS`."""
    return (
        *(getattr(one, name) for name in _FACTS),
        old.key if old is not None else new_touch_key(),
        one.known_at,
        now,
        source,
        # Told without its own time, long after it happened: hindsight is possible.
        not one.has_own_time,
        one.external_id,
        search_text(one.summary, one.next_step),
    )


def _attend(said: Sequence[TouchSaid], source: str) -> None:
    attended = [one for one in said if one.attendee_ids]
    rows = Touch.objects.standing().filter(source=source, external_id__in={one.external_id for one in attended})
    ids = dict(rows.values_list("external_id", "pk")) if attended else {}
    insert_many(
        TouchAttendee,
        ("touch_id", "person_id"),
        [(ids[one.external_id], person) for one in attended for person in dict.fromkeys(one.attendee_ids)],
    )
