"""What can be said of an account's signals: this room's part of the vocabulary.

Today's values stand in the list row; those of a past day are what the ledger said then (`frame/ledger.py`).
"""

from collections.abc import Iterable

from django.conf import settings

from firstwin.core.fields import Field, Kind, register
from firstwin.people.config.labels import labels
from firstwin.signals.kinds.words import stages, stages_below
from firstwin.signals.models.kinds import Band, Pace

ROOM = "signals"
GROUP = "Signals"
CURRENCY = str(settings.FIRSTWIN_CURRENCY)

_OPEN = " Those put aside are left out."


def _segments() -> Iterable[tuple[str, str]]:
    return labels("segment")


def _experiences() -> Iterable[tuple[str, str]]:
    return labels("experience")


FIELDS = (
    Field("health", Kind.NUMBER, "Health", ROOM, stored="health", frame="signals.health", group=GROUP,
          decimals=1, is_level=True, least=0, most=100,
          help="0 to 100, higher is better: the score of the first scorecard of its experience. Unknown where too "
               "little is known."),
    Field("health_band", Kind.CHOICE, "Health band", ROOM, stored="health_band", frame="signals.health_band",
          group=GROUP, choices=tuple(Band.choices),
          help="By the bounds of the scorecard; unknown where less is known than it asks for."),
    Field("health_coverage", Kind.SHARE, "Health coverage", ROOM, stored="health_coverage",
          frame="signals.health_coverage", group=GROUP, most=1,
          help="Share of the scorecard's weight that has data."),
    Field("health_change", Kind.NUMBER, "Health change", ROOM, stored="health_change", frame="signals.health_change",
          group=GROUP, decimals=1, is_level=True, unit="points", least=-100, most=100,
          help="Points that health moved in the last 7 days."),
    Field("stage", Kind.CHOICE, "Stage", ROOM, stored="stage", frame="signals.stage", group=GROUP, choices=stages,
          help="Where it stands on its pipeline: the overlay, such as renewal, while that lasts."),
    Field("stage_on", Kind.DATE, "In its stage since", ROOM, stored="stage_on", frame="signals.stage_on", group=GROUP,
          help="The day on which it came to its stage."),
    Field("stage_days", Kind.DAYS, "Days in stage", ROOM, stored="stage_on", frame="signals.stage_on", group=GROUP,
          help="Since it came to its stage, pauses included."),
    Field("stage_below", Kind.CHOICE, "Stage below", ROOM, stored="stage_below", frame="signals.stage_below",
          group=GROUP, choices=stages_below,
          help="Where it stands on its pipeline, whatever lies over that, such as renewal."),
    Field("stage_below_on", Kind.DATE, "In the stage below since", ROOM, stored="stage_below_on",
          frame="signals.stage_below_on", group=GROUP,
          help="The day on which it came to the stage where it stands on its pipeline, whatever lies over that."),
    Field("stage_below_days", Kind.DAYS, "Days in the stage below", ROOM, stored="stage_below_on",
          frame="signals.stage_below_on", group=GROUP,
          help="Since it came to the stage where it stands on its pipeline, pauses included."),
    Field("stage_pace", Kind.CHOICE, "Pace", ROOM, stored="stage_pace", frame="signals.stage_pace", group=GROUP,
          choices=tuple(Pace.choices),
          help="Behind past the days a stage is expected to take, stuck past those it may take, by the worse of the "
               "stage and what lies over it. The clock stands still while paused."),
    Field("stage_late", Kind.CHOICE, "Late stage", ROOM, stored="stage_late", frame="signals.stage_late", group=GROUP,
          choices=stages,
          help="Which stage takes too long where it is behind or stuck: the one shown, or the one below it."),
    Field("stage_late_on", Kind.DATE, "In its late stage since", ROOM, stored="stage_late_on",
          frame="signals.stage_late_on", group=GROUP,
          help="The day on which it came to the stage that takes too long."),
    Field("experience", Kind.CHOICE, "Experience", ROOM, stored="experience", frame="signals.experience", group=GROUP,
          choices=_experiences, help="How it is served: by the first experience whose segment it is in."),
    Field("segments", Kind.TAGS, "Segments", ROOM, stored="segments", frame="signals.segments", group=GROUP,
          choices=_segments, help="All segments it is in."),
    Field("risks_open", Kind.NUMBER, "Open risks", ROOM, stored="risks_open", frame="signals.risks_open", group=GROUP,
          help="Risks found and not cleared." + _OPEN),
    Field("risk_severity", Kind.NUMBER, "Worst risk", ROOM, stored="risk_severity", frame="signals.risk_severity",
          group=GROUP, is_level=True, unit="of 3",
          help="Severity of its worst open risk: 1 low, 2 medium, 3 high." + _OPEN),
    Field("opportunities_open", Kind.NUMBER, "Open opportunities", ROOM, stored="opportunities_open",
          frame="signals.opportunities_open", group=GROUP, help="Opportunities found and not gone." + _OPEN),
    Field("at_risk", Kind.MONEY, "ARR at risk", ROOM, stored="at_risk_minor", frame="signals.at_risk", group=GROUP,
          unit=CURRENCY, help="At stake in its open risks, each unit of it once." + _OPEN),
    Field("silent", Kind.FLAG, "Silent", ROOM, group=GROUP,
          help="No contact in which the customer took part for longer than its experience allows, counted from the "
               "first paid day where there never was any. Unknown where neither is known."),
)  # fmt: skip


def register_all() -> None:
    """Called once, when the app is ready."""
    register(*FIELDS)
