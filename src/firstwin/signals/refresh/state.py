"""What the ledger remembers of some accounts as of a moment: the other half, beside facts, of what signals are made of.

Read set-based, and only what was written by then, so that a computation is a function of frame, definitions and state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import msgspec
from django.db.models import Q

from firstwin.accounts.bulk import among, plain_rows
from firstwin.accounts.timeline import batched
from firstwin.core.frames import At
from firstwin.signals.frame.frame import Ints
from firstwin.signals.ledger import standing
from firstwin.signals.ledger.columns import CHANGE_DAYS
from firstwin.signals.ledger.sayings import Saying, said_until, sayings
from firstwin.signals.ledger.standing import Kept, Moved, Stay
from firstwin.signals.models import Dismissal, Episode, Pass, Refreshed
from firstwin.signals.refresh.definitions import Definitions
from firstwin.signals.risks.found import FOREVER, Known
from firstwin.signals.scores.judged import Judged, judged
from firstwin.signals.scores.outcome import Outcome, read
from firstwin.signals.scores.remembered import Remembered
from firstwin.signals.stages.pauses import Pauses, pauses
from firstwin.signals.stages.standing import Standings, standings_of

_SLICE = 20_000


@dataclass(frozen=True)
class Before:
    """A reading as it was published. inputs, result: its bytes."""

    kept: Kept
    inputs: bytes
    result: bytes

    @cached_property
    def outcome(self) -> Outcome:
        """The result, read once for all who ask."""
        return read(self.result)


@dataclass(frozen=True)
class State:
    """Over accounts in the order of a frame.

    readings: by scorecard and account.  primary: the one that counted.  week_ago: the score that counted a week before.
    refreshed: when each was last computed, and the day it was computed for.  passed_on: the last day before on which
    everybody was looked at.  moves, counted: of which `standings` and `week_ago` are told; what list rows say is told
    of them, and where history is gone through in memory they are left out.
    """

    accounts: Ints
    standings: Standings
    readings: Mapping[str, Mapping[int, Before]] = field(default_factory=dict)
    primary: Mapping[int, Kept] = field(default_factory=dict)
    week_ago: Mapping[int, int | None] = field(default_factory=dict)
    stays: Mapping[int, Mapping[str, Stay]] = field(default_factory=dict)
    episodes: tuple[Known, ...] = ()
    pauses: Pauses = field(default_factory=Pauses)
    judged: Judged = field(default_factory=Judged)
    refreshed: Mapping[int, tuple[datetime, date]] = field(default_factory=dict)
    passed_on: date | None = None
    moves: Sequence[Moved] = ()
    counted: Mapping[int, Kept] = field(default_factory=dict)

    @classmethod
    def nothing(cls, accounts: Ints) -> "State":
        """Of accounts nobody looked at yet."""
        return cls(accounts, Standings.none(len(accounts)))

    def remembered(self, scorecard: str) -> Remembered:
        """What the last readings of a scorecard knew. What held still knew it until everybody was last looked at."""
        return Remembered.of({pk: one.outcome for pk, one in self.readings.get(scorecard, {}).items()}, self.passed_on)


def state_of(accounts: Ints, at: At, definitions: Definitions) -> State:
    """What is remembered at `at`, for a computation of that moment."""
    ids = accounts.tolist()
    earlier = At.close_of(at.on - timedelta(days=CHANGE_DAYS), known_by=at.known_by)
    now, before = standing.readings(ids, [at, earlier])
    moves, counted = standing.moves(ids, at), standing.primary(before)
    return State(
        accounts=accounts,
        standings=standings_of(accounts, moves),
        readings=_readings(now),
        primary=standing.primary(now),
        week_ago={pk: one.score for pk, one in counted.items()},
        stays=_stays(ids, at),
        episodes=tuple(_episodes(ids, at, definitions)),
        pauses=pauses(ids, at),
        judged=judged(ids, at),
        refreshed=_refreshed(ids, at),
        passed_on=_passed_on(at),
        moves=moves,
        counted=counted,
    )


def _readings(kept: list[Kept]) -> dict[str, dict[int, Before]]:
    contents = standing.contents([one.id for one in kept])
    found: dict[str, dict[int, Before]] = {}
    for one in kept:
        found.setdefault(one.scorecard, {})[one.account_id] = Before(one, *contents[one.id])
    return found


def _stays(ids: list[int], at: At) -> dict[int, dict[str, Stay]]:
    found: dict[int, dict[str, Stay]] = {}
    for stay in standing.stays(ids, at):
        found.setdefault(stay.account_id, {})[stay.segment] = stay
    return found


def _episodes(ids: list[int], at: At, definitions: Definitions) -> list[Known]:
    """Those open, and those that cleared so lately that they may hold something back."""
    aside = _aside(ids, at)
    quiet = max((one.parsed.quiet_days for one in definitions.detectors.values()), default=0)
    is_open = Q(cleared_on__isnull=True) | Q(cleared_on__gt=at.on) | Q(cleared_at__gt=at.known_by)
    rows = Episode.objects.filter(
        Q(restated_at__isnull=True) | Q(restated_at__gt=at.known_by), at__lte=at.known_by, first_on__lte=at.on
    ).filter(is_open | Q(cleared_on__gt=at.on - timedelta(days=quiet)) | Q(pk__in=list(aside)))
    names = (
        "said_at", "id", "account_id", "detector", "cause", "first_on", "last_on", "cleared_on", "cleared_at",
        "what", "severity", "words", "stake_minor", "evidence",
    )  # fmt: skip
    found = []
    for some in batched(ids, _SLICE):
        told = plain_rows(among(rows, "account_id", some).order_by("account_id", "id").values_list(*names))
        until = said_until(at)
        then = sayings([pk for said_at, pk, *_ in told if said_at is not None and _aware(said_at) > until], at)
        found += [_as_said(_known(row, at, aside), then) for _, *row in told]
    return found


def _as_said(one: Known, then: Mapping[int, Saying]) -> Known:
    said = then.get(one.pk or 0)
    return replace(one, said=said[:4]) if said is not None else one


def _known(row: Sequence[Any], at: At, aside: Mapping[int, date]) -> Known:
    pk, account, detector, cause, first_on, last_on, cleared_on, cleared_at, what, *said = row
    if cleared_on is not None and (cleared_on > at.on or _aware(cleared_at) > at.known_by):
        cleared_on = None
    if isinstance(said[-1], str):
        said[-1] = msgspec.json.decode(said[-1])
    return Known(account, detector, cause, first_on, last_on, cleared_on, pk, aside.get(pk), tuple(said), what)


def _aware(moment: datetime) -> datetime:
    """SQLite gives moments bare."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _aside(ids: list[int], at: At) -> dict[int, date]:
    """Episode → the day until which a person put it aside."""
    found: dict[int, date] = {}
    for some in batched(ids, _SLICE):
        rows = among(Dismissal.objects.known_by(at.known_by), "account_id", some)
        for finding, until in rows.values_list("finding_id", "until_on"):
            found[finding] = until or FOREVER
    return found


def _refreshed(ids: list[int], at: At) -> dict[int, tuple[datetime, date]]:
    """Only what was written by then: a row says when it was last looked at, not when before."""
    found: dict[int, tuple[datetime, date]] = {}
    for some in batched(ids, _SLICE):
        rows = among(Refreshed.objects.filter(at__lte=at.known_by), "account_id", some)
        for pk, moment, on in rows.values_list("account_id", "at", "on"):
            found[pk] = (moment, on)
    return found


def _passed_on(at: At) -> date | None:
    """Of a day before: all of a day is told by the same one, and of a past day the one that stood then."""
    rows = Pass.objects.filter(on__lt=at.on, started_at__lte=at.known_by, finished_at__isnull=False)
    found: date | None = rows.order_by("-on").values_list("on", flat=True).first()
    return found
