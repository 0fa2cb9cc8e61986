"""A past nobody watched, told once: readings, stays and episodes of earlier weeks, marked as reconstructed.

Each step knows only what was known by then. Readings that were published are never touched: accounts whose present is
shown get those of the weeks before their first one. A stay or a finding that the past shows to have held already when
it was seen first gets its true first day, so that only what is new is told as new.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Min

from firstwin.accounts.bulk import among
from firstwin.accounts.timeline import batched
from firstwin.core import clock
from firstwin.core.failpoints import failpoint
from firstwin.core.frames import At
from firstwin.core.pace import Pace
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.ledger import standing
from firstwin.signals.models import Episode, Reading, SegmentStay
from firstwin.signals.refresh import beginnings
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.due import Due
from firstwin.signals.refresh.first import fold_past
from firstwin.signals.refresh.folding import WATCHED
from firstwin.signals.refresh.holding import hold, let_be_computed
from firstwin.signals.refresh.store import write_readings
from firstwin.signals.refresh.walk import Walk
from firstwin.signals.refresh.walked import Walked
from firstwin.signals.stages.standing import Standings, standings_of

WEEKS, EVERY = 26, 7
LATELY = (4, 3, 2, 1)
"""So many days before each is looked at: what began since the last working day is told from what began before it."""

_SLICE = 2_000
_FEWEST = 20
"""Accounts of one commit."""
_FIRST: tuple[tuple[type[Reading] | type[SegmentStay] | type[Episode], str], ...] = (
    (Reading, "on"), (SegmentStay, "entered_on"), (Episode, "first_on"),
)  # fmt: skip
"""What a first look leaves, with its day."""


def tell_past(account_ids: Collection[int], *, now: datetime, weeks: int = WEEKS) -> int:
    """Write what can be told of those of whom nothing was. Returns how many readings were written."""
    written = 0
    for some in batched(sorted(_unread(account_ids)), _SLICE):
        fold_past(some, now=now)
        walked, pace = _walked(some, now, clock.day_of(now), weeks), Pace(smallest=_FEWEST)
        for part in pace.parts(some):
            theirs = walked.of(part)
            failpoint("signals.told.before")
            with pace.slice(len(part)), transaction.atomic():
                if _unread(part) == set(part):  # nobody published meanwhile
                    for at, due, revisions in theirs.readings:
                        write_readings(due, at, revisions, is_reconstructed=True)
                        written += _count(due)
                    beginnings.add_stays(theirs.stays.values())
                    beginnings.add_episodes(theirs.episodes.values())
            failpoint("signals.told.after")
    return written


def tell_behind(account_ids: Collection[int], *, now: datetime, weeks: int) -> int:
    """What was before the first look at accounts whose present is shown, where nothing of it was told yet. Their stages
    must have been folded. Returns how many readings were written."""
    written, today = 0, clock.day_of(now)
    for first, same in _by_first_day(_untold(account_ids), today).items():
        for some in batched(same, _SLICE):
            walked, pace = _walked(some, now, first, weeks), Pace(smallest=_FEWEST)
            for part in pace.parts(some):
                theirs = walked.of(part)
                failpoint("signals.told.before")
                with pace.slice(len(part)), transaction.atomic():
                    hold(part)
                    untold = _untold(part)
                    written += _tell_readings(theirs, untold)
                    beginnings.tell_stays(theirs, untold, first, today)
                    beginnings.tell_episodes(theirs, untold, first, today)
                    let_be_computed(untold, now)
                failpoint("signals.told.after")
    return written


def _tell_readings(walked: Walked, account_ids: Collection[int]) -> int:
    written, begun = 0, set[int]()
    for at, due, revisions in walked.readings:
        wanted = {pk: one for pk, one in due.items() if pk in account_ids}
        # Before anything can be said nothing is.
        begun |= {pk for pk, one in wanted.items() if any(score.row.score is not None for score in one.readings)}
        told = {pk: one for pk, one in wanted.items() if pk in begun}
        write_readings(told, at, revisions, is_reconstructed=True)
        written += _count(told)
    return written


def _count(due: Mapping[int, Due]) -> int:
    return sum(len(one.readings) for one in due.values())


def _walked(ids: Collection[int], now: datetime, first: date, weeks: int) -> Walked:
    """The weeks before a day, and each of the last days."""
    walked, definitions = Walked(), definitions_at()
    ago = [*(WATCHED + EVERY * n for n in range(weeks - 1, -1, -1)), *LATELY]
    ats = [At.close_of(first - timedelta(days=days)) for days in ago]
    with sitting(ids, now=now) as facts:
        revisions = dict(zip(facts.accounts.tolist(), facts.revisions.tolist(), strict=True))
        moves = standing.moves(facts.accounts.tolist(), At.of(now))

        def stood(at: At) -> Standings:
            return standings_of(facts.accounts, [move for move in moves if move.on <= at.on])

        for step in Walk(facts, lambda _: definitions, stood).through(ats):
            walked.take(step, revisions)
    return walked


def _by_first_day(account_ids: Collection[int], today: date) -> dict[date, list[int]]:
    """By the day of the first look."""
    first = dict.fromkeys(sorted(account_ids), today)
    for model, name in _FIRST:
        rows = among(model.objects.filter(is_reconstructed=False).order_by(), "account_id", account_ids)
        for pk, on in rows.values_list("account_id").annotate(first=Min(name)):
            first[pk] = min(first[pk], on)
    found: dict[date, list[int]] = defaultdict(list)
    for pk, on in first.items():
        found[on].append(pk)
    return found


def _untold(account_ids: Collection[int]) -> set[int]:
    return set(account_ids) - _held(account_ids, is_reconstructed=True)


def _unread(account_ids: Collection[int]) -> set[int]:
    return set(account_ids) - _held(account_ids)


def _held(account_ids: Collection[int], **of: bool) -> set[int]:
    """Of whom anything was said."""
    found: set[int] = set()
    for model, _ in _FIRST:
        rows = among(model.objects.filter(**of), "account_id", account_ids)
        found |= set(rows.values_list("account_id", flat=True))
    return found
