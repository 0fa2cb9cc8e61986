"""The events of one import out again, keys and all, so that the same file can be imported once more."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import F
from django.db.models.functions import Greatest

from firstwin.usage.lake import keys, lease, pieces, touch
from firstwin.usage.lake.files import Written
from firstwin.usage.lake.keys import Pair
from firstwin.usage.lake.taking_out import take_out
from firstwin.usage.store.models import EventName, Inbox, Piece, Place

WAIT_SECONDS = 60.0


def retract(run: int, now: datetime) -> int:
    """Take what the import `run` stored out of the lake, and what of it still waits out of the inbox.

    How many events went. Doing it again changes nothing. Raises Busy when others keep working on the lake.
    """
    with (
        lease.alone(lease.ADDING, now=now, wait=WAIT_SECONDS) as adding,
        lease.alone(lease.ORDERING, now=now, wait=WAIT_SECONDS) as ordering,
    ):
        gone: list[Pair] = []
        out = take_out(
            pieces.standing("events"), f"run = {int(run)}", ordering, lambda found: gone.append(_keys(found))
        )
        old, new = _keys_without(gone[0]) if gone else ([], [])
        with pieces.committing("retract", adding, ordering):
            out.commit(now)
            pieces.retire(old, now=now)
            pieces.add(new, now=now)
            Inbox.objects.filter(run=run).delete()
            _count_down(out.counts)
            touch.at_places({place for place, _ in out.counts}, now)
    return out.rows


def _keys(connection: Any) -> Pair:
    found = connection.sql("select k1, k2 from gone_events order by k1, k2").to_arrow_table()
    return found.column("k1").to_numpy(), found.column("k2").to_numpy()


def _keys_without(gone: Pair) -> tuple[list[Piece], list[Written]]:
    """(files of keys that hold some of those, files that hold the others of theirs)"""
    old, new = [], []
    for piece in pieces.standing("keys"):
        parts = list(keys.in_parts(keys.open_keys(piece)))
        keep = [~keys.is_in(gone, k1, k2) for k1, k2 in parts]
        if all(mask.all() for mask in keep):
            continue
        old.append(piece)
        if rows := sum(int(np.count_nonzero(mask)) for mask in keep):
            kept = ((k1[mask], k2[mask]) for (k1, k2), mask in zip(parts, keep, strict=True))
            new.append(keys.write_sorted(kept, rows=rows))
    return old, new


def _count_down(counts: Mapping[tuple[int, int], tuple[int, int]]) -> None:
    """What places and names tell of their volume."""
    places: Counter[int] = Counter()
    names: Counter[int] = Counter()
    for (place, feature), (_, events) in counts.items():
        places[place] += events
        names[feature] += events
    for model, told in ((Place, places), (EventName, names)):
        for pk, events in told.items():
            model.objects.filter(pk=pk).update(events=Greatest(F("events") - events, 0))
