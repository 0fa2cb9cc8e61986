"""Alarms of weekly use: which accounts fell below their usual so far that somebody should look.

What depends on all accounts together, the seasons and the heights, is a dated snapshot written once a day: one account
reads the same one as all of them, and alarms alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.accounts.models import Ownership, OwnershipKind
from firstwin.core.frames import At
from firstwin.people.config.store import Definition
from firstwin.science import alarms as science
from firstwin.science.alarms import BASELINE, RECENT, USUAL_HEIGHT, Falls
from firstwin.science.trend import log1p
from firstwin.signals.kinds.detector import Alarm, Detector
from firstwin.signals.models import Population
from firstwin.signals.stages.standing import Ints, Mask
from firstwin.usage.metrics.weekly import last_sunday, weekly_counts

SPAN = BASELINE + RECENT
YEAR = 52
KEY = "usage_alarms"


@dataclass(frozen=True)
class Fall:
    """One detector's alarms over the accounts of a frame."""

    falls: Falls
    height: float
    last_week: Ints
    upward: bool


@dataclass(frozen=True)
class Alarms:
    """What `detected` asks of alarms, by detector and place in the frame."""

    of: Mapping[str, Fall]
    n: int

    def fires(self, detector: str) -> Mask:
        fall = self.of.get(detector)
        if fall is None:
            return np.zeros(self.n, np.bool_)
        return np.asarray(fall.falls.level[:, -1] >= fall.height, np.bool_)

    def says(self, detector: str, place: int) -> Mapping[str, Any]:
        """Evidence, as plain data."""
        fall = self.of[detector]
        return {
            "level": float(fall.falls.level[place, -1]),
            "height": fall.height,
            "usual": round(float(fall.falls.usual[place])),
            "last_week": int(fall.last_week[place]),
            "z": fall.falls.z[place, -4:].tolist(),
        }

    def words(self, detector: str, place: int) -> Mapping[str, str]:
        """What the sentence of a detector may name."""
        fall = self.of[detector]
        level = fall.falls.level[place]
        calm = np.flatnonzero(level <= 0)
        rising = len(level) - 1 - int(calm[-1]) if len(calm) else len(level)
        return {
            "usual": f"{round(float(fall.falls.usual[place])):,}",
            "now": f"{int(fall.last_week[place]):,}",
            "weeks": f"{rising:,}",
            "z": f"{fall.falls.z[place, -1]:.1f}".replace("-", "−"),
        }


def alarms_of(accounts: Ints, at: At, detectors: Mapping[str, Definition]) -> Alarms | None:
    """The alarms of these accounts (ids, rising) as of a moment; None where no detector asks or no snapshot says what
    is usual for all."""
    asked = _with_alarm(detectors)
    snapshot = _snapshot(at)
    if not asked or snapshot is None or not len(accounts):
        return None
    last = last_sunday(at.on)
    counts = weekly_counts(accounts.tolist(), last, SPAN, known_by=at.known_by)
    seasons = _seasons(snapshot, last, SPAN)
    found = {}
    for key, alarm in asked.items():
        falls = science.falls(counts, _first(counts), seasons, k=alarm.slack, upward=alarm.direction == "up")
        height = snapshot.get("heights", {}).get(_height_key(alarm), USUAL_HEIGHT)
        found[key] = Fall(falls, float(height), counts[:, -1], alarm.direction == "up")
    return Alarms(found, len(accounts))


def snapshot_population(accounts: Ints, at: At, detectors: Mapping[str, Definition]) -> Population:
    """Write what all accounts together say on a day: seasons of the last two years, and for each alarm the height that
    keeps its budget over the last half year. It counts from the next day on. Written again on the same day it says the
    same of the same facts.

    accounts: every account there is.
    """
    last = last_sunday(at.on)
    counts = weekly_counts(accounts.tolist(), last, SPAN + YEAR, known_by=at.known_by)
    seasons = science.season(counts, _first(counts))
    managers = _managers(at)
    heights = {}
    for alarm in _with_alarm(detectors).values():
        levels = _past_levels(counts, seasons, alarm)
        solved = science.solve_height(levels, alarm.budget * managers) if len(levels) else None
        heights[_height_key(alarm)] = USUAL_HEIGHT if solved is None else solved
    first = last - timedelta(days=7 * (len(seasons) - 1) + 6)
    body = {"first_week": first.isoformat(), "seasons": seasons.tolist(), "heights": heights, "managers": managers}
    row, _ = Population.objects.update_or_create(key=KEY, on=at.on, defaults={"at": at.moment, "body": body})
    return row


def is_solved(alarm: Alarm, at: At) -> bool:
    """Whether its height was solved from history; else a usual one stands in until the next snapshot."""
    return _height_key(alarm) in (_snapshot(at) or {}).get("heights", {})


def _past_levels(counts: Ints, seasons: npt.NDArray[np.float64], alarm: Alarm) -> npt.NDArray[np.float64]:
    """Where each account's sum stood after each of the last 27 weeks, as it was told on those days."""
    upward = alarm.direction == "up"
    ends = range(counts.shape[1] - YEAR // 2, counts.shape[1] + 1)
    logs, parts = log1p(counts), []
    for end in ends:
        weeks = slice(end - SPAN, end)
        window = counts[:, weeks]
        found = science.falls(window, _first(window), seasons[weeks], k=alarm.slack, upward=upward, logs=logs[:, weeks])
        parts.append(found.level[:, -1])
    return np.stack(parts, axis=1)


def _with_alarm(detectors: Mapping[str, Definition]) -> dict[str, Alarm]:
    found = {}
    for key in sorted(detectors):
        detector: Detector = detectors[key].parsed
        if detector.alarm is not None:
            found[key] = detector.alarm
    return found


def _height_key(alarm: Alarm) -> str:
    """Alarms that are alike share a height."""
    return f"{alarm.direction}|{alarm.budget:g}|{alarm.slack:g}"


def _first(counts: Ints) -> Ints:
    """The first week with use; the number of weeks where there is none."""
    used = counts > 0
    return np.asarray(np.where(used.any(axis=1), np.argmax(used, axis=1), counts.shape[1]), np.int64)


def _snapshot(at: At) -> Mapping[str, Any] | None:
    """The latest of a day before that was written by then: all of a day is told by the same one."""
    rows = Population.objects.filter(key=KEY, on__lt=at.on, at__lte=at.known_by).order_by("-on")
    found: Mapping[str, Any] | None = rows.values_list("body", flat=True).first()
    return found


def _seasons(snapshot: Mapping[str, Any], last: date, weeks: int) -> npt.NDArray[np.float64]:
    """By week up to `last`; a week the snapshot does not know yet, or no more, has no season."""
    begin = last - timedelta(days=7 * (weeks - 1) + 6)
    skip = (date.fromisoformat(snapshot["first_week"]) - begin).days // 7
    told = snapshot["seasons"]
    return np.array([told[week - skip] if 0 <= week - skip < len(told) else 0.0 for week in range(weeks)], np.float64)


def _managers(at: At) -> int:
    """Success managers who own an account then; at least one."""
    rows = Ownership.objects.known_by(at.known_by).true_at(at.moment).filter(kind=OwnershipKind.NAMED)
    return max(1, rows.values("user_id").distinct().count())
