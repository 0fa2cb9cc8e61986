"""The stages of accounts that are looked at for the first time: folded from the start of their contracts.

The present is shown first; the past follows. Nobody watched it, so it is told with what is known now, in weekly steps.
Its moves are dated by the days they speak of; what the first look took for the beginning stands down.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import partial

import numpy as np
from django.db import transaction

from firstwin.accounts.bulk import among
from firstwin.accounts.timeline import batched
from firstwin.core import clock
from firstwin.core.failpoints import failpoint
from firstwin.core.frames import At
from firstwin.signals.evidence import day_of
from firstwin.signals.frame.frame import Frame
from firstwin.signals.frame.sitting import Sitting, sitting
from firstwin.signals.ledger import standing
from firstwin.signals.models import LookedBack, Refreshed, StageMove
from firstwin.signals.refresh.compute import pipelines_of
from firstwin.signals.refresh.definitions import Definitions, definitions_at
from firstwin.signals.refresh.due import Due
from firstwin.signals.refresh.store import write_moves
from firstwin.signals.segments.layers import layers
from firstwin.signals.segments.membership import masks
from firstwin.signals.segments.serving import experience_of
from firstwin.signals.stages.history import folded_history
from firstwin.signals.stages.restate import restate
from firstwin.signals.stages.standing import Move, Words

BEGAN = "paying_since"
LONGEST = timedelta(weeks=104)
"""What happened before is dated to then."""

_SLICE = 5_000
_AT_ONE_COMMIT = 500


def fold_past(account_ids: Collection[int], *, now: datetime) -> int:
    """Write the stage history of those whose past was not told yet; again, where that ended half way. Returns how
    many moves were written."""
    written = 0
    for some in batched(sorted(_new(account_ids)), _SLICE):
        by_account: dict[int, list[Move]] = defaultdict(list)
        for move in _moves(some, now):
            by_account[move.account].append(move)
        for part in batched(some, _AT_ONE_COMMIT):
            failpoint("signals.past.before")
            with transaction.atomic():
                written += _write(_new(part), by_account, now)
            failpoint("signals.past.after")
    return written


def _write(ids: Collection[int], moves: Mapping[int, list[Move]], now: datetime) -> int:
    """What was computed without a past is computed again: whoever computes these meanwhile finds them changed."""
    before = standing.moves(ids, At.of(now))
    found = restate(before, [move for pk in sorted(ids) for move in moves.get(pk, ())])
    among(StageMove.objects.all(), "id", [one.id for one in found.stand_down]).update(restated_at=now)
    added: dict[int, Due] = defaultdict(Due)
    for move in found.added:
        added[move.account].moves.append(move)
    write_moves(added)
    among(Refreshed.objects.all(), "account_id", ids).update(edition=0, at=now)
    return len(found.added)


def _new(account_ids: Collection[int]) -> set[int]:
    told = among(LookedBack.objects.all(), "account_id", account_ids).values_list("account_id", flat=True)
    return set(account_ids) - set(told)


def _moves(account_ids: Collection[int], now: datetime) -> list[Move]:
    """Up to the day before today: today's are found by the computation itself."""
    today, definitions = clock.day_of(now), definitions_at()
    with sitting(account_ids, now=now) as facts:
        since = _since(facts, At.of(now), today)
        if since is None or not definitions.pipelines:
            return []
        which = partial(_which, definitions=definitions)
        close = partial(At.close_of, known_by=now)
        until = today - timedelta(days=1)
        return folded_history(facts, definitions.pipelines, which, since, until, close=close, is_weekly=True).moves


def _since(facts: Sitting, at: At, today: date) -> date | None:
    """The day on which the first contract began; None where nothing lies in the past."""
    if BEGAN not in facts.vocabulary.fields:
        return None
    began = facts.frame(at).column(BEGAN)
    if not began.known.any():
        return None
    first = max(day_of(int(np.min(began.values[began.known]))), today - LONGEST)
    return first if first < today else None


def _which(frame: Frame, definitions: Definitions) -> Words:
    """The pipeline of each account, by the experience that served it on that day."""
    order = layers(definitions.segments, frame.vocabulary)
    held = masks(frame, {key: definitions.segments[key] for key in order.before}, problems={})
    return pipelines_of(experience_of(held, definitions.experiences, len(frame)), definitions)
