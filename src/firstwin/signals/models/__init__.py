"""The ledger of signals, what people judge beside it, and what is folded over days."""

from firstwin.signals.models.episodes import Episode, EpisodeSaid, SegmentStay, StageMove
from firstwin.signals.models.judged import Dismissal, Override, Pulse, StagePause
from firstwin.signals.models.kinds import Band, Level, Mood, Pace, PassKind, Severity, What
from firstwin.signals.models.reading import LookedBack, Pass, Population, Reading, Refreshed

__all__ = [
    "Band",
    "Dismissal",
    "Episode",
    "EpisodeSaid",
    "Level",
    "LookedBack",
    "Mood",
    "Override",
    "Pace",
    "Pass",
    "PassKind",
    "Population",
    "Pulse",
    "Reading",
    "Refreshed",
    "SegmentStay",
    "Severity",
    "StageMove",
    "StagePause",
    "What",
]
