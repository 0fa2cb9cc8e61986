"""Write stays in segments as they are known now beside those that are stored: what is not so any more stands down and
stays in the trail, what was missing is added."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import numpy as np

from firstwin.accounts.bulk import among, insert_many
from firstwin.signals.evidence import day_of, number_of
from firstwin.signals.models import SegmentStay
from firstwin.signals.refresh.holding import hold, let_be_computed
from firstwin.signals.refresh.presence import Presence
from firstwin.signals.segments.restate import Span, restated


class Stored(NamedTuple):
    id: int
    version: int
    is_reconstructed: bool


Of = tuple[int, str]
"""Account and segment."""

Rows = Mapping[Of, Mapping[Span, Stored]]


class _Added(NamedTuple):
    account_id: int
    segment: str
    version: int
    span: Span
    is_reconstructed: bool


def write_restated_stays(presence: Presence, account_ids: Collection[int], *, now: datetime) -> int:
    """In the caller's transaction. account_ids: of those that were looked at. Returns how many stays were added.

    Dated by now, so that what was said as of then stays as it was.
    """
    hold(account_ids)
    stored = _stored(account_ids)
    stand_down, added = list[int](), list[_Added]()
    for of, looked in _differing(presence, set(account_ids), stored):
        rows = stored.get(of, {})
        holds = restated(sorted(rows), looked)
        stand_down += [row.id for span, row in rows.items() if span not in holds]
        added += [_added(presence, of, span, rows) for span in holds if span not in rows]
    if not stand_down and not added:
        return 0
    gone = among(SegmentStay.objects.all(), "id", stand_down)
    changed = {one.account_id for one in added} | set(gone.values_list("account_id", flat=True))
    moment = let_be_computed(changed, now)  # it was computed from other stays
    gone.update(restated_at=moment)
    names = ("account_id", "segment", "version", "entered_on", "left_on", "at", "left_at", "is_reconstructed")
    rows_added = [
        (one.account_id, one.segment, one.version, day_of(one.span.entered),
         None if one.span.left is None else day_of(one.span.left), moment,
         None if one.span.left is None else moment, one.is_reconstructed)
        for one in added
    ]  # fmt: skip
    insert_many(SegmentStay, names, rows_added)
    return len(added)


def _stored(account_ids: Collection[int]) -> Rows:
    """Those that stand. What was entered and left within a day says nothing of any day's end, and stands."""
    names = ("account_id", "segment", "entered_on", "left_on", *Stored._fields)
    rows = among(SegmentStay.objects.filter(restated_at=None).order_by("pk"), "account_id", account_ids)
    found: dict[Of, dict[Span, Stored]] = defaultdict(dict)
    for account, segment, entered_on, left_on, *row in rows.values_list(*names):
        if entered_on != left_on:
            span = Span(number_of(entered_on), None if left_on is None else number_of(left_on))
            found[account, segment][span] = Stored(*row)
    return found


def _differing(presence: Presence, ids: set[int], stored: Rows) -> Iterator[tuple[Of, list[tuple[int, bool]]]]:
    """What is stored wrongly of any day that was looked at, with all of those days."""
    places = {pk: place for place, pk in enumerate(presence.accounts.tolist()) if pk in ids}
    mine = np.isin(presence.accounts, sorted(ids))
    for segment in sorted(presence.segments() | {key for _, key in stored}):
        days, goes, held = presence.of(segment)
        said = np.zeros_like(held)
        for (pk, key), spans in stored.items():
            for span in spans if key == segment else ():
                said[:, places[pk]] |= (days >= span.entered) & ((days < span.left) if span.left is not None else True)
        for place in np.flatnonzero(((said != held) & goes).any(axis=0) & mine).tolist():
            went = goes[:, place]
            looked = list(zip(days[went].tolist(), held[went, place].tolist(), strict=True))
            yield (int(presence.accounts[place]), segment), looked


def _added(presence: Presence, of: Of, span: Span, rows: Mapping[Span, Stored]) -> _Added:
    """Under the version under which it was entered."""
    as_stored = next((row for one, row in rows.items() if one.entered == span.entered), None)
    if as_stored is not None:
        return _Added(*of, as_stored.version, span, as_stored.is_reconstructed)
    return _Added(*of, presence.version(of[1], span.entered), span, is_reconstructed=True)
