"""What the kinds of definitions of this room bring to the screens of definitions. Heavy parts load when asked."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.urls import reverse

from firstwin.core.conditions import Condition
from firstwin.core.fields import vocabulary
from firstwin.people.config.guard import Impact
from firstwin.people.config.kinds import DefinitionKind
from firstwin.people.config.labels import labels
from firstwin.people.config.together import Change
from firstwin.people.models import User
from firstwin.signals.kinds.detector import Detector
from firstwin.signals.kinds.experience import Experience
from firstwin.signals.kinds.pipeline import Pipeline
from firstwin.signals.kinds.scorecard import Measure, Scorecard
from firstwin.signals.kinds.segment import Segment
from firstwin.signals.segments.wording import said


def with_hooks(kind: DefinitionKind) -> DefinitionKind:
    """The kind with how its changes are judged, how it is said in words, and where its own pages are."""
    words, screens = _BY_KIND[kind.key]
    return replace(kind, impact=judge, words=words, screens=screens, form=_FORMS.get(kind.key))


def judge(changes: Sequence[Change], by: User | None, now: datetime, most: int | None) -> Sequence[Impact]:
    from firstwin.signals.studio.impact import judge as judged  # numpy and the readers of facts

    return judged(changes, by, now, most)


def segment_words(segment: Segment) -> list[str]:
    return [f"Accounts for which {_lower(said(segment.where, vocabulary()))}."]


def experience_words(one: Experience) -> list[str]:
    known, cards = dict(labels("segment")), dict(labels("scorecard"))
    whom = f"the segment {known.get(one.segment, one.segment)}" if one.segment else "everybody else"
    told = [f"Serves {whom}, {one.touch_model} touch, priority {one.priority}."]
    told.append(f"Health is scored by {', '.join(cards.get(card, card) for card in one.scorecards)}.")
    if one.cadence_days:
        told.append(f"A contact is planned every {one.cadence_days} days.")
    return [*told, f"Silent after {one.silent_days} days without two-way contact."]


def scorecard_words(card: Scorecard) -> list[str]:
    whole = sum(group.weight for group in card.groups) or 1.0
    told = [
        f"Red below {card.amber_from:g}, amber below {card.green_from:g}, green from there; unknown where less than "
        f"{card.least_coverage:.0%} of its weight has data."
    ]
    for group in card.groups:
        parts = sum(measure.weight for measure in group.measures) or 1.0
        inside = ", ".join(f"{one.label} {one.weight / parts:.0%}" for one in group.measures)
        told.append(f"{group.label} counts {group.weight / whole:.0%}: {inside}.")
    return told


def pipeline_words(pipeline: Pipeline) -> list[str]:
    known = vocabulary()
    told = [f"Starts once {_lower(said(pipeline.starts, known))}."]
    for stage in pipeline.stages:
        until = f" until {_lower(said(stage.done, known))}" if stage.done else ""
        told.append(f"{stage.label}{until}.")
    return [*told, f"Ends once {_lower(said(pipeline.ends, known))}."]


def detector_words(detector: Detector) -> list[str]:
    told = [f"{detector.what.title()}, severity {int(detector.severity)} of 3."]
    if detector.where is not None:
        told.append(f"Found where {_lower(said(detector.where, vocabulary()))}.")
    return [*told, *([f"Ends once {_lower(said(detector.clears, vocabulary()))}."] if detector.clears else [])]


def source_words(measure: Measure) -> str:
    """What a measure looks at."""
    known = vocabulary()
    if measure.field:
        field = known.fields.get(measure.field)
        return field.label if field is not None else measure.field
    where: Condition | None = getattr(measure.shape, "where", None)
    if where is not None:
        return said(where, known)
    return f"Number of {measure.count.collection}" if measure.count else ""


def _lower(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _segment_screens(key: str) -> list[tuple[str, str]]:
    return [("Who is in it", reverse("segment", kwargs={"segment": key})),
            ("Edit with a live preview", reverse("segment_edit", kwargs={"segment": key}))]  # fmt: skip


_Words = Callable[[Any], Sequence[str]]
_Screens = Callable[[str], Sequence[tuple[str, str]]]
_BY_KIND: dict[str, tuple[_Words, _Screens]] = {
    "segment": (segment_words, _segment_screens),
    "experience": (experience_words, lambda key: [("Its page", reverse("experience", kwargs={"experience": key}))]),
    "scorecard": (scorecard_words, lambda key: [("Score studio", reverse("studio", kwargs={"scorecard": key}))]),
    "pipeline": (pipeline_words, lambda key: []),
    "detector": (detector_words, lambda key: []),
}
_FORMS: dict[str, Callable[[], str]] = {
    "segment": lambda: reverse("segment_new"),
    "experience": lambda: reverse("experience_new"),
}
