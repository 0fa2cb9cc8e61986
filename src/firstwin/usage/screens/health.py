"""How each source is: when it last spoke, how much came and how late, what waits, and what to do about it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from firstwin.core.text import counted
from firstwin.ui.filters import share
from firstwin.usage.compact.hours import Counts
from firstwin.usage.models import Source
from firstwin.usage.store.models import Inbox, SourceHour

HOURS = 48
"""Hours in a chart."""

LOOK_BACK = timedelta(days=14)
"""How far back the usual pauses of a source are looked for."""

SLOW = timedelta(minutes=1)
"""A batch that waits longer than this waits for a worker that does not run, or cannot keep up."""

REJECTING = 0.05
_MOST_WAITING = 10_000
_MOST_HELD = 100


@dataclass(frozen=True)
class Hour:
    """One hour of one source."""

    at: datetime
    events: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class Held:
    """A batch that could not be taken up and waits for a person."""

    pk: int
    received_at: datetime
    events: int
    tries: int
    why: str


class Day(Counts):
    """What a source sent in the last 24 hours, by the clock hours that stand in them."""

    @property
    def lag_seconds(self) -> float | None:
        return self.lag_ms / self.events / 1000 if self.events else None

    @property
    def rejected_share(self) -> float:
        came = self.events + self.rejected
        return self.rejected / came if came else 0.0


@dataclass
class SourceHealth:
    """One source as of a moment. state: new, fresh, silent, rejecting, held, waiting or archived."""

    source: Source
    hours: list[Hour]
    last_at: datetime | None = None
    day: Day = field(default_factory=Day)
    waiting: int = 0
    waiting_since: datetime | None = None
    held: list[Held] = field(default_factory=list)
    longest_pause: timedelta | None = None
    state: str = "new"
    advice: str = ""


def health_of(sources: Collection[Source], *, now: datetime) -> list[SourceHealth]:
    """In the order given. Four queries, however many sources."""
    ids = [source.pk for source in sources]
    since = now - LOOK_BACK
    rows = list(SourceHour.objects.filter(source__in=ids, hour_at__gte=since).order_by("source", "hour_at"))
    by_source: dict[int, list[SourceHour]] = defaultdict(list)
    for row in rows:
        by_source[row.source].append(row)
    waiting, held = _waiting(), _held()
    spoke = _last_spoke([pk for pk in ids if pk not in by_source])
    made = []
    for source in sources:
        one = SourceHealth(source, hours_of(by_source[source.pk], now=now))
        one.last_at = max((row.last_at for row in by_source[source.pk] if row.last_at), default=spoke.get(source.pk))
        one.day = _day(row for row in by_source[source.pk] if row.hour_at > now - timedelta(hours=25))
        one.waiting, one.waiting_since = waiting.get(source.pk, (0, None))
        one.held = held.get(source.pk, [])
        one.longest_pause = longest_pause([row.hour_at for row in by_source[source.pk] if row.events])
        one.state, one.advice = _judged(one, now)
        made.append(one)
    return made


def hours_of(rows: Iterable[SourceHour], *, now: datetime, count: int = HOURS) -> list[Hour]:
    """The last `count` clock hours up to and with that of `now`, silent ones too."""
    last = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    told = {row.hour_at: row for row in rows}
    found = []
    for n in range(count - 1, -1, -1):
        at = last - timedelta(hours=n)
        row = told.get(at)
        found.append(Hour(at, row.events, row.rejected) if row else Hour(at))
    return found


def longest_pause(hours: Sequence[datetime]) -> timedelta | None:
    """The longest time between two hours in which something came; None before a source has a rhythm (ten of them)."""
    if len(hours) < 10:
        return None
    return max(after - before for before, after in pairwise(hours))


def _judged(one: SourceHealth, now: datetime) -> tuple[str, str]:
    """(state, what to do)."""
    if one.source.is_archived:
        return "archived", "Its write keys are refused."
    if one.held:
        return "held", f"{counted(len(one.held), 'batch', 'batches')} could not be taken up. Look below."
    if one.waiting_since is not None and now - one.waiting_since > SLOW:
        return "waiting", "Events are safe but not taken up. See that the worker runs: firstwin worker."
    if one.last_at is None:
        return "new", "Nothing came yet. Send the first event."
    if one.day.rejected_share > REJECTING:
        return "rejecting", f"{share(one.day.rejected_share)} of its events are turned down. The debugger says why."
    if one.longest_pause and now - one.last_at > 2 * one.longest_pause + timedelta(hours=1):
        return "silent", "Silent for longer than twice its longest pause. See that the program still sends."
    if one.day.unresolved > 0:
        return "fresh", "Some events name customers nobody matched yet."
    return "fresh", ""


def _day(rows: Iterable[SourceHour]) -> Day:
    day = Day()
    for row in rows:
        for name in ("events", "batches", "repeated", "rejected", "unresolved", "late", "lag_ms"):
            setattr(day, name, getattr(day, name) + getattr(row, name))
        day.lag_max_ms = max(day.lag_max_ms, row.lag_max_ms)
    return day


def _waiting() -> dict[int, tuple[int, datetime]]:
    """Source → batches that wait and since when the oldest does: of the first ten thousand, which go first."""
    found: dict[int, tuple[int, datetime]] = {}
    rows = Inbox.objects.filter(held_at__isnull=True).order_by("pk").values_list("source", "received_at")
    for source, at in rows[:_MOST_WAITING]:
        count, since = found.get(source, (0, at))
        found[source] = count + 1, min(since, at)
    return found


def _held() -> dict[int, list[Held]]:
    found: dict[int, list[Held]] = defaultdict(list)
    rows = Inbox.objects.filter(held_at__isnull=False).order_by("pk")
    for row in rows.values_list("source", "pk", "received_at", "events", "tries", "held_why")[:_MOST_HELD]:
        found[row[0]].append(Held(*row[1:]))
    return found


def _last_spoke(sources: Collection[int]) -> dict[int, datetime]:
    """Of those silent for longer than we look back. One row of the index each."""
    found = {}
    for source in sources:
        row = SourceHour.objects.filter(source=source).order_by("-hour_at").values_list("last_at", flat=True).first()
        if row is not None:
            found[source] = row
    return found


def held_elsewhere() -> list[Held]:
    """Held batches of no source of ours: of imports, or of sources that are gone."""
    ours = set(Source.objects.values_list("pk", flat=True))
    return [one for source, several in _held().items() if source not in ours for one in several]
