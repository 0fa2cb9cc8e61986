"""Where an account stands on its pipeline on the day asked about: days, limits, pauses and the way there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from firstwin.accounts.models import Account
from firstwin.core.fields import Vocabulary
from firstwin.core.frames import At
from firstwin.signals.ledger import standing
from firstwin.signals.ledger.standing import Moved
from firstwin.signals.models import Pace, StagePause
from firstwin.signals.refresh.definitions import Definitions
from firstwin.ui.filters import day, plural


@dataclass(frozen=True)
class Step:
    """One stay at a stage. until: None while it lasts."""

    label: str
    key: str
    start: date
    until: date | None


@dataclass(frozen=True)
class StageShown:
    """label: empty where the account is at no stage.  limits: words.  days: in the stage, pauses left out.

    below: under an overlay, the stage there with its days and limits: the pace is the worse of both.  help: what the
    stage is for.
    """

    label: str
    help: str
    since: date | None
    days: int | None
    pace: str
    pace_label: str
    tone: str
    limits: str
    below: str
    steps: Sequence[Step]
    pause: StagePause | None


def stage_of(account: Account, at: At, definitions: Definitions, segments: Sequence[str]) -> StageShown:
    """In three questions."""
    moves = standing.moves([account.pk], at)
    labels = _labels(definitions)
    steps = _steps(moves, labels)
    rows = StagePause.objects.known_by(at.known_by).true_at(at.moment).filter(account=account)
    pause = rows.select_related("author").order_by("-pk").first()
    last = moves[-1] if moves else None
    if last is None or not last.stage:
        return StageShown("", "", None, None, "", "", "none", "", "", steps, pause)
    shown = last.overlay or last.stage
    how = _pace(account, at, definitions, moves, segments)
    days, expected, most, overlay_days, pace, late = how
    described = _stage(definitions, last.pipeline, shown)
    limits = _limits(expected, most)
    if last.overlay:
        below, limits = _below(labels.get(last.stage, last.stage), days, limits), _limits_of(described, segments)
    else:
        below = ""
    return StageShown(
        label=labels.get(shown, shown),
        help=described.help if described is not None else "",
        since=steps[0].start if last.overlay and steps else _came(moves),
        days=overlay_days if last.overlay else days,
        pace=pace,
        pace_label=_label(pace, late if late != shown else "", labels),
        tone=Pace(pace).tone if pace else "none",
        limits=limits,
        below=below,
        steps=steps,
        pause=pause,
    )


def _came(moves: Sequence[Moved]) -> date:
    """When it came to the stage where it stands: overlays come and go over it. Its days are counted from then."""
    last = moves[-1]
    since = last.on
    for move in reversed(moves):
        if (move.pipeline, move.stage) != (last.pipeline, last.stage):
            break
        since = move.on
    return since


def _pace(
    account: Account, at: At, definitions: Definitions, moves: Sequence[Moved], segments: Sequence[str]
) -> tuple[int, int, int, int, str, str]:
    """Days, the limits that count, days of the overlay, the pace, and which of both makes it behind or stuck."""
    import numpy as np  # what computes loads where it is asked for, not when the server starts

    from firstwin.signals.frame.frame import Frame
    from firstwin.signals.stages.pace import paces
    from firstwin.signals.stages.pauses import pauses
    from firstwin.signals.stages.standing import standings_of

    ids, bare = np.array([account.pk], np.int64), None
    frame = Frame(ids, at, Vocabulary({}, {}), bare)  # type: ignore[arg-type]  # limits read no column
    masks = {key: np.ones(1, np.bool_) for key in segments}
    found = paces(frame, definitions.pipelines, standings_of(ids, moves), pauses([account.pk], at), masks)
    parts = (found.days, found.expected, found.most, found.overlay_days, found.pace, found.late)
    days, expected, most, overlay, pace, late = (part.tolist()[0] for part in parts)
    return days, expected, most, overlay, pace, late


def _label(pace: str, late: str, labels: dict[str, str]) -> str:
    """`Stuck in Outcomes` where that lies below the stage that is shown."""
    label = str(Pace(pace).label) if pace else ""
    return f"{label} in {labels.get(late, late)}" if late else label


def _limits(expected: int, most: int) -> str:
    told = []
    if expected >= 0:
        told.append(f"expected to take {plural(expected, 'day')}")
    if most >= 0:
        told.append(f"stuck after {most}")
    return ", ".join(told)


def _limits_of(stage: Any, segments: Sequence[str]) -> str:
    """The first that count for an account in these segments."""
    for one in stage.limits if stage is not None else ():
        if not one.segment or one.segment in segments:
            limits = (-1 if days is None else days for days in (one.expected_days, one.max_days))
            return _limits(*limits)
    return ""


def _below(label: str, days: int, limits: str) -> str:
    """`Outcomes for 420 days (expected to take 120 days, stuck after 240)`."""
    return f"{label} for {plural(days, 'day')}{f' ({limits})' if limits else ''}"


def _steps(moves: Sequence[Moved], labels: dict[str, str]) -> list[Step]:
    """The latest first; what an overlay covers is left out while it lasts."""
    found: list[Step] = []
    for move in moves:
        shown = move.overlay or move.stage
        if found and found[-1].key == shown and found[-1].until is None:
            continue
        if found and found[-1].until is None:
            found[-1] = Step(found[-1].label, found[-1].key, found[-1].start, move.on)
        if shown:
            found.append(Step(labels.get(shown, shown), shown, move.on, None))
    return found[::-1]


def _labels(definitions: Definitions) -> dict[str, str]:
    return {
        stage.key: stage.label for one in definitions.pipelines.values() for stage in _stages(one.parsed)
    }  # fmt: skip


def _stages(pipeline: Any) -> list[Any]:
    return [*pipeline.stages, *([pipeline.overlay] if pipeline.overlay is not None else [])]


def _stage(definitions: Definitions, pipeline: str, key: str) -> Any:
    found = definitions.pipelines.get(pipeline)
    return next((one for one in _stages(found.parsed) if one.key == key), None) if found is not None else None


def step_words(step: Step) -> str:
    """`Adoption, 3 Jan to 4 Mar`."""
    return f"{step.label}, {day(step.start, 'always')} to {day(step.until, 'always') if step.until else 'now'}"
