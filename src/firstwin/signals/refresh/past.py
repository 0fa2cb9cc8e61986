"""A past nobody watched, told once: readings, stays and episodes of earlier weeks, marked as reconstructed.

Each week knows only what was known by then. What was published is never touched: accounts whose present is shown get
readings of the weeks before their first one, and no stays or episodes, which their present began.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Min

from firstwin.accounts.bulk import among, insert_many
from firstwin.accounts.timeline import batched
from firstwin.core import clock
from firstwin.core.failpoints import failpoint
from firstwin.core.frames import At
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.ledger import standing
from firstwin.signals.models import Episode, Reading, SegmentStay
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.due import Due
from firstwin.signals.refresh.first import fold_past
from firstwin.signals.refresh.store import write_readings
from firstwin.signals.refresh.walk import Step, Walk
from firstwin.signals.risks.found import Found
from firstwin.signals.stages.standing import Standings, standings_of

WEEKS, EVERY = 26, 7
_SLICE = 2_000


@dataclass
class _Rows:
    """What a walk leaves, whole: with the day on which each thing ended."""

    readings: list[tuple[At, dict[int, Due], dict[int, int]]] = field(default_factory=list)
    stays: dict[tuple[int, str, date], list[object]] = field(default_factory=dict)
    episodes: dict[tuple[tuple[int, str, str], date], tuple[Found, date, date | None]] = field(default_factory=dict)

    def take(self, step: Step, revisions: dict[int, int]) -> None:
        on = step.made.at.on
        self.readings.append((step.made.at, {pk: one for pk, one in step.due.items() if one.readings}, revisions))
        for pk, one in step.due.items():
            for stay in one.left:
                self.stays[pk, stay.segment, stay.entered_on][1] = on
            for key in one.entered:
                self.stays[pk, key, on] = [step.made.definitions.segments[key].number, None]
        for opened in step.made.changes.opened:
            self.episodes[opened.key, on] = (opened, on, None)
        for kept in step.made.changes.kept:
            self.episodes[kept.episode.key, kept.episode.first_on] = (kept.found, on, None)
        for known in step.made.changes.cleared:
            said, last, _ = self.episodes[known.key, known.first_on]
            self.episodes[known.key, known.first_on] = (said, last, on)


def tell_past(account_ids: Collection[int], *, now: datetime, weeks: int = WEEKS) -> int:
    """Write what can be told of those of whom nothing was. Returns how many readings were written."""
    written = 0
    for some in batched(sorted(_unread(account_ids)), _SLICE):
        fold_past(some, now=now)
        rows = _walked(some, now, weeks)
        failpoint("signals.told.before")
        with transaction.atomic():
            if _unread(some) == set(some):  # nobody published meanwhile
                written += _write(rows)
        failpoint("signals.told.after")
    return written


def tell_readings(account_ids: Collection[int], *, now: datetime, weeks: int) -> int:
    """Readings of the weeks before the first one, of accounts that have none that was reconstructed. Their stages must
    have been folded. Returns how many were written."""
    written = 0
    for some in batched(sorted(_untold(account_ids)), _SLICE):
        rows = _walked(some, now, weeks)
        failpoint("signals.told.before")
        with transaction.atomic():
            first = _first_days(_untold(some))
            begun: set[int] = set()
            for at, due, revisions in rows.readings:
                wanted = {pk: one for pk, one in due.items() if pk in first and at.on < first[pk]}
                # Before anything can be said nothing is.
                begun |= {
                    pk for pk, one in wanted.items() if any(score.row.score is not None for score in one.readings)
                }
                told = {pk: one for pk, one in wanted.items() if pk in begun}
                write_readings(told, at, revisions, is_reconstructed=True)
                written += sum(len(one.readings) for one in told.values())
        failpoint("signals.told.after")
    return written


def _walked(ids: Collection[int], now: datetime, weeks: int) -> _Rows:
    today, rows, definitions = clock.day_of(now), _Rows(), definitions_at()
    ats = [At.close_of(today - timedelta(days=EVERY * back)) for back in range(weeks, 0, -1)]
    with sitting(ids, now=now) as facts:
        revisions = dict(zip(facts.accounts.tolist(), facts.revisions.tolist(), strict=True))
        moves = standing.moves(facts.accounts.tolist(), At.of(now))

        def stood(at: At) -> Standings:
            return standings_of(facts.accounts, [move for move in moves if move.on <= at.on])

        for step in Walk(facts, lambda _: definitions, stood).through(ats):
            rows.take(step, revisions)
    return rows


def _untold(account_ids: Collection[int]) -> set[int]:
    rows = among(Reading.objects.filter(is_reconstructed=True), "account_id", account_ids)
    return set(account_ids) - set(rows.values_list("account_id", flat=True))


def _first_days(account_ids: Collection[int]) -> dict[int, date]:
    rows = among(Reading.objects.order_by(), "account_id", account_ids).values_list("account_id")
    return dict(rows.annotate(first=Min("on")))


def _unread(account_ids: Collection[int]) -> set[int]:
    seen: set[int] = set()
    for model in (Reading, SegmentStay, Episode):
        seen |= set(among(model.objects.all(), "account_id", account_ids).values_list("account_id", flat=True))
    return set(account_ids) - seen


def _write(rows: _Rows) -> int:
    for at, due, revisions in rows.readings:
        write_readings(due, at, revisions, is_reconstructed=True)
    insert_many(
        SegmentStay,
        ("account_id", "segment", "version", "entered_on", "left_on", "at", "left_at"),
        [
            (pk, key, version, on, left, _close(on), _close(left) if isinstance(left, date) else None)
            for (pk, key, on), (version, left) in rows.stays.items()
        ],
    )
    names = (
        "account_id", "detector", "version", "cause", "what", "severity", "words", "stake_minor", "evidence",
        "first_on", "at", "last_on", "cleared_on", "cleared_at",
    )  # fmt: skip
    insert_many(
        Episode,
        names,
        [
            (one.account, one.detector, one.version, one.cause, one.what, one.severity, one.words, one.stake_minor,
             dict(one.evidence), first, _close(first), last, cleared, _close(cleared) if cleared else None)
            for (_, first), (one, last, cleared) in rows.episodes.items()
        ],
    )  # fmt: skip
    return sum(len(one.readings) for _, due, _ in rows.readings for one in due.values())


def _close(day: date) -> datetime:
    return At.close_of(day).moment
