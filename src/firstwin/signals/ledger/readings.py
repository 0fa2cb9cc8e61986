"""Readings of accounts: the one that counts, on any day, and how it went."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from firstwin.core.errors import FirstwinError
from firstwin.core.frames import At
from firstwin.people.config.store import definition
from firstwin.people.models import ConfigVersion
from firstwin.signals.kinds.scorecard import Scorecard
from firstwin.signals.ledger import standing
from firstwin.signals.ledger.standing import Kept
from firstwin.signals.models import Reading
from firstwin.signals.scores.explain import Explained, explained


@dataclass(frozen=True)
class Point:
    """One day of the history chart: its last reading. score: hundredths; None when unknown.

    is_new_version: whether the scorecard, its version or the way it is computed changed since the point before.
    """

    on: date
    at: datetime
    score: int | None
    band: str
    coverage: int
    scorecard: str
    version: int
    is_new_version: bool
    is_reconstructed: bool


def latest(account_ids: Collection[int], *, now: datetime) -> dict[int, Kept]:
    """Account → the reading that counts now."""
    return as_of(account_ids, At.of(now))


def on_day(account_ids: Collection[int], on: date, *, known_by: datetime | None = None) -> dict[int, Kept]:
    """Account → the reading that counted at the end of a day."""
    return as_of(account_ids, At.close_of(on, known_by=known_by))


def as_of(account_ids: Collection[int], at: At) -> dict[int, Kept]:
    """Account → the reading that counted at a moment."""
    (found,) = standing.readings(account_ids, [at])
    return standing.primary(found)


def others(account_id: int, at: At) -> list[Kept]:
    """The last readings of all scorecards of an account, the one that counts first."""
    (found,) = standing.readings([account_id], [at])
    counts = standing.primary(found).get(account_id)
    return sorted(found, key=lambda one: (counts is None or one.id != counts.id, one.scorecard))


def history(account_id: int, since: date, until: date, *, scorecard: str = "") -> list[Point]:
    """One point for each day with a reading, rising. scorecard: that one; empty: whichever counted."""
    rows = Reading.objects.filter(account=account_id, on__gte=since, on__lte=until)
    rows = rows.filter(scorecard=scorecard) if scorecard else rows.filter(is_primary=True)
    names = ("on", "at", "score", "band", "coverage", "scorecard", "version", "is_reconstructed", "engine")
    by_day = {row[0]: row for row in rows.order_by("at", "id").values_list(*names)}
    points: list[Point] = []
    before: tuple[object, ...] | None = None
    for on in sorted(by_day):
        _, at, score, band, coverage, card, version, is_reconstructed, engine = by_day[on]
        made_by = (card, version, engine)
        is_new = before is not None and before != made_by
        points.append(Point(on, at, score, band, coverage, card, version, is_new, is_reconstructed))
        before = made_by
    return points


def tree(kept: Kept) -> Explained:
    """A reading explained, under the definition it was made by."""
    (_, result) = standing.contents([kept.id])[kept.id]
    return explained(result, card_of(kept))


def card_of(kept: Kept) -> Scorecard | None:
    """The scorecard as it stood for a reading; None where its text can no longer be read."""
    try:
        found: Scorecard = definition("scorecard", kept.scorecard, kept.version).parsed
    except (ConfigVersion.DoesNotExist, FirstwinError):
        return None
    return found
