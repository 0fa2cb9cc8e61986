"""An experience as text.

label: High touch
priority: 10
segment: strategic
touch_model: high
cadence_days: 14
silent_days: 21
service_levels: {first_answer: 4}
scorecards: [high-touch]
pipeline: default
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from firstwin.core.text import listing
from firstwin.people.config.kinds import DefinitionKind, Misfit, Reference
from firstwin.people.config.reading import Reader
from firstwin.signals.kinds.experience import Experience
from firstwin.signals.kinds.shipped import shipped
from firstwin.signals.section.layout import stranger_words
from firstwin.signals.segments.circles import circles

KEY = "experience"
TOUCH_MODELS = (("high", "High touch"), ("pooled", "Pooled"), ("digital", "Digital"))
MOST_PRIORITY, MOST_DAYS, MOST_HOURS = 10_000, 730, 2_000


def parse(key: str, body: Mapping[str, Any]) -> Experience:
    """Raises Refused with the path of the first fault."""
    reader = Reader(body)
    experience = Experience(
        key=key,
        label=reader.text("label", most=60),
        priority=reader.whole("priority", 1, MOST_PRIORITY),
        segment=reader.key("segment", ""),
        touch_model=reader.choice("touch_model", [model for model, _ in TOUCH_MODELS], "pooled"),
        cadence_days=reader.maybe_whole("cadence_days", 1, MOST_DAYS),
        silent_days=reader.whole("silent_days", 1, MOST_DAYS, 30),
        skills=reader.words("skills", (), most=40),
        plays=reader.words("plays", (), most=40),
        service_levels=_service_levels(reader),
        scorecards=_once(reader, "scorecards", None),
        pipeline=reader.key("pipeline", "default"),
        layout=_once(reader, "layout", ()),
        help=reader.text("help", ""),
    )
    reader.done()
    return experience


def dumped(experience: Experience) -> dict[str, Any]:
    """The body again; `parse` gives the same experience back. What is not said is left out."""
    told: dict[str, Any] = {
        "label": experience.label,
        "help": experience.help,
        "priority": experience.priority,
        "segment": experience.segment,
        "touch_model": experience.touch_model,
        "cadence_days": experience.cadence_days,
        "silent_days": experience.silent_days,
        "skills": list(experience.skills),
        "plays": list(experience.plays),
        "service_levels": {name: _plain(hours) for name, hours in experience.service_levels.items()},
        "scorecards": list(experience.scorecards),
        "pipeline": experience.pipeline,
        "layout": list(experience.layout),
    }
    return {key: value for key, value in told.items() if value not in ("", None, [], {})}


def references(experience: Experience) -> Iterable[Reference]:
    if experience.segment:
        yield Reference("segment", experience.segment, "segment")
    for place, card in enumerate(experience.scorecards):
        yield Reference("scorecard", card, f"scorecards[{place}]")
    yield Reference("pipeline", experience.pipeline, "pipeline")


def check(everything: Mapping[str, Mapping[str, Any]]) -> Iterable[Misfit]:
    """Two with one priority, two for everybody, sections that are none, and what would have to be known before it is
    worked out."""
    found: Mapping[str, Experience] = everything.get(KEY, {})
    by_priority: dict[int, list[Experience]] = defaultdict(list)
    for experience in found.values():
        by_priority[experience.priority].append(experience)
    for priority, some in sorted(by_priority.items()):
        if len(some) > 1:
            words = f"{_named(some)} have the same priority {priority}: give one of them another."
            yield Misfit(words, _at(some, "priority"))
    everybody = [experience for experience in found.values() if not experience.segment]
    if len(everybody) > 1:
        words = f"{_named(everybody)} are both for everybody else: give all but one of them a segment."
        yield Misfit(words, _at(everybody, "segment"))
    for experience in found.values():
        for place, key in enumerate(experience.layout):
            if words := stranger_words(key):
                yield Misfit(words, _at([experience], f"layout[{place}]"))
    yield from circles(everything)


def _named(some: Iterable[Experience]) -> str:
    return listing(sorted(one.label for one in some))


def _at(some: Iterable[Experience], path: str) -> tuple[Reference, ...]:
    return tuple(Reference(KEY, one.key, path) for one in some)


def _service_levels(reader: Reader) -> dict[str, float]:
    levels = reader.maybe_part("service_levels")
    if levels is None:
        return {}
    found = {str(name): levels.number(name, 0.1, MOST_HOURS) for name in levels.body}
    for name in found:
        if not name.strip() or len(name) > 60:
            raise reader.refused("service_levels", "A service level has a name of at most 60 characters.")
    return found


def _once(reader: Reader, key: str, default: tuple[str, ...] | None) -> tuple[str, ...]:
    words = reader.words(key, default, most=40)
    for place, word in enumerate(words):
        if word in words[:place]:
            raise reader.refused(f"{key}[{place}]", f"{word!r} stands here twice.")
    if not words and default is None:
        raise reader.refused(key, f"`{key}` names at least one.")
    return words


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


KIND = DefinitionKind(
    key=KEY,
    label="Experience",
    plural="Experiences",
    parse=parse,
    order=20,
    references=references,
    shipped=lambda: shipped(KEY),
    check=check,
)
