"""A pipeline as text.

label: Customer journey
starts: [{field: commercial_status, op: eq, value: customer}]
ends: [{field: commercial_status, op: eq, value: churned}]
stages:
  - key: setup
    label: Setup
    done: [{field: activated, op: set}]
    limits:
      - {segment: enterprise, expected_days: 30, max_days: 60}
      - {expected_days: 14, max_days: 30}
overlay: {key: renewal, label: Renewal, where: [{field: renews, op: in_next, value: 90}], renewed_to: outcomes}
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from firstwin.core.conditions import Condition, Related, Test, walk
from firstwin.core.conditions.tree import children
from firstwin.core.fields import Field, Vocabulary, vocabulary
from firstwin.people.config.kinds import DefinitionKind, Reference
from firstwin.people.config.reading import Reader
from firstwin.signals.kinds.pipeline import Limits, Pipeline, Stage
from firstwin.signals.kinds.shipped import shipped

MOST_STAGES, MOST_DAYS = 20, 3_650
_EARLIER = frozenset({"segments", "experience"})
"""Fields of this room that are known when stages are worked out."""


def parse(key: str, body: Mapping[str, Any]) -> Pipeline:
    """Raises Refused with the path of the first fault."""
    reader, words = Reader(body), vocabulary()
    stages = tuple(_stage(one, words) for one in reader.items("stages", least=1, most=MOST_STAGES))
    _check_stages(reader, stages)
    over = reader.maybe_part("overlay")
    overlay, where, renewed_to = _overlay(over, words, stages) if over else (None, None, None)
    pipeline = Pipeline(
        key=key,
        label=reader.text("label", most=60),
        stages=stages,
        starts=_told(reader, "starts", words),
        ends=_told(reader, "ends", words),
        overlay=overlay,
        overlay_where=where,
        renewed_to=renewed_to,
        help=reader.text("help", ""),
    )
    reader.done()
    return pipeline


def references(pipeline: Pipeline) -> Iterator[Reference]:
    """The segments that its limits and its conditions speak of."""
    for path, stage in _placed(pipeline):
        for place, limits in enumerate(stage.limits):
            if limits.segment:
                yield Reference("segment", limits.segment, f"{path}.limits[{place}].segment")
        for name in ("done", "back"):
            yield from segments_named(getattr(stage, name), f"{path}.{name}")
    for name in ("starts", "ends"):
        yield from segments_named(getattr(pipeline, name), name)
    yield from segments_named(pipeline.overlay_where, "overlay.where")


def segments_named(tree: Condition | None, path: str) -> Iterator[Reference]:
    """The segments and experiences that a condition speaks of by their keys."""
    for step, node in walk(tree) if tree is not None else ():
        if isinstance(node, Test) and node.field in ("segments", "experience"):
            kind = node.field.removesuffix("s")
            for word in node.value if isinstance(node.value, tuple) else (node.value,):
                if isinstance(word, str):
                    yield Reference(kind, word, f"{path}.{step}" if step else path)


def fields_read(tree: Condition | None) -> list[str]:
    """Keys of the fields of an account that a condition reads, each once, in order. Those of rows are left out."""
    return list(dict.fromkeys(node.field for node in _own(tree) if isinstance(node, Test)))


def is_computed(field: Field) -> bool:
    """Whether it is a signal that is set as one goes, not worked out of facts."""
    return field.room == "signals" and (field.frame is None or field.frame.startswith("signals."))


def collections_read(tree: Condition | None) -> list[Related]:
    """The parts of a condition that speak of rows, each once."""
    return list(dict.fromkeys(node for node in _own(tree) if isinstance(node, Related)))


def _own(tree: Condition | None) -> Iterator[Condition]:
    """Nodes that speak of the account itself: what is said within the rows of a collection is not one of them."""
    if tree is None:
        return
    yield tree
    if not isinstance(tree, Related):
        for _, part in children(tree):
            yield from _own(part)


def _stage(reader: Reader, words: Vocabulary) -> Stage:
    stage = Stage(
        key=reader.key("key"),
        label=reader.text("label", most=60),
        done=_maybe_told(reader, "done", words),
        limits=_limits(reader),
        back=_maybe_told(reader, "back", words),
        help=reader.text("help", ""),
    )
    reader.done()
    return stage


def _limits(reader: Reader) -> tuple[Limits, ...]:
    found = tuple(_limit(one) for one in reader.items("limits", most=50))
    for place, limits in enumerate(found[:-1]):
        if not limits.segment:
            key = f"limits[{place}]"
            raise reader.refused(key, "These limits are for everybody, so those after them never count: put them last.")
    return found


def _limit(reader: Reader) -> Limits:
    expected, most = reader.maybe_whole("expected_days", 1, MOST_DAYS), reader.maybe_whole("max_days", 1, MOST_DAYS)
    if expected is not None and most is not None and most < expected:
        raise reader.refused("max_days", f"`max_days` is {most}, less than the {expected} days that are expected.")
    limits = Limits(expected, most, reader.key("segment", ""))
    reader.done()
    return limits


def _check_stages(reader: Reader, stages: tuple[Stage, ...]) -> None:
    seen: set[str] = set()
    for place, stage in enumerate(stages):
        if stage.key in seen:
            raise reader.refused(f"stages[{place}].key", f"There are two stages {stage.key!r}.")
        seen.add(stage.key)
        is_last = place == len(stages) - 1
        if is_last and stage.done is not None:
            raise reader.refused(f"stages[{place}].done", "The last stage has nothing to go on to: leave `done` out.")
        if not is_last and stage.done is None:
            raise reader.refused(f"stages[{place}].done", f"`done` is missing: nothing would ever leave {stage.label}.")


def _overlay(reader: Reader, words: Vocabulary, stages: tuple[Stage, ...]) -> tuple[Stage, Condition, str | None]:
    keys = [stage.key for stage in stages]
    overlay = Stage(reader.key("key"), reader.text("label", most=60), None, _limits(reader), None,
                    reader.text("help", ""))  # fmt: skip
    if overlay.key in keys:
        raise reader.refused("key", f"There is a stage {overlay.key!r} already.")
    where = _told(reader, "where", words)
    renewed_to = reader.choice("renewed_to", keys) if reader.has("renewed_to") else None
    reader.done()
    return overlay, where, renewed_to


def _told(reader: Reader, key: str, words: Vocabulary) -> Condition:
    tree = reader.condition(key, words)
    for name in fields_read(tree):
        if is_computed(words.field(name)) and name not in _EARLIER:
            label = words.field(name).label
            raise reader.refused(key, f"{label} is worked out after the stage, so a stage cannot depend on it.")
    return tree


def _maybe_told(reader: Reader, key: str, words: Vocabulary) -> Condition | None:
    return _told(reader, key, words) if reader.has(key) else None


def _placed(pipeline: Pipeline) -> Iterable[tuple[str, Stage]]:
    for place, stage in enumerate(pipeline.stages):
        yield f"stages[{place}]", stage
    if pipeline.overlay is not None:
        yield "overlay", pipeline.overlay


KIND = DefinitionKind(
    key="pipeline",
    label="Pipeline",
    plural="Pipelines",
    parse=parse,
    order=40,
    references=references,
    shipped=lambda: shipped("pipeline"),
)
