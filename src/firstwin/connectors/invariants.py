"""What must always be true of imports: `firstwin verify` runs these."""

from datetime import datetime, timedelta

from firstwin.connectors.journal import journaled
from firstwin.connectors.models import ImportRun, RowChange, State
from firstwin.connectors.report import OUTCOMES
from firstwin.core.invariants import register_invariant

_SHOWN = 20
_LONG = timedelta(hours=1)


def no_run_is_stuck(now: datetime) -> list[str]:
    """Whatever should be at work has been heard of lately, or can go on from its stage."""
    problems = []
    for run in ImportRun.objects.interrupted().order_by("pk"):
        if run.state != State.UNDOING and not run.stage.is_dir():
            problems.append(f"import {run.pk} is {run.get_state_display().lower()} and its files are gone")
        elif (run.beat_at or run.started_at) < now - _LONG:
            problems.append(f"import {run.pk} should be at work and has not been heard of for an hour")
    return problems[:_SHOWN]


def journals_are_whole(now: datetime) -> list[str]:
    """An undone run has nothing left to undo; no journal speaks of a run or a table that is not there."""
    problems = []
    for run in ImportRun.objects.filter(state=State.UNDONE).order_by("pk"):
        if RowChange.objects.filter(run=run.pk, outcome="").exists():
            problems.append(f"import {run.pk} is undone, but some of its rows were not looked at")
    known = set(ImportRun.objects.values_list("pk", flat=True))
    runs = set(RowChange.objects.order_by("run").values_list("run", flat=True).distinct())
    problems += [f"the journal speaks of import {pk}, which is not there" for pk in sorted(runs - known)]
    names = set(RowChange.objects.order_by("table_name").values_list("table_name", flat=True).distinct())
    problems += [f"the journal speaks of {name}, which it does not keep" for name in sorted(names - set(journaled()))]
    return problems[:_SHOWN]


def cursors_are_legal(now: datetime) -> list[str]:
    """A finished run has read all its rows, and every row has come to something."""
    problems = []
    for run in ImportRun.objects.filter(state=State.FINISHED).order_by("pk"):
        for file in run.files:
            counts = file.get("counts", {})
            outcomes = sum(int(counts.get(name, 0)) for name in (*OUTCOMES, "waiting"))
            if outcomes != int(counts.get("read", 0)):
                problems.append(
                    f"import {run.pk}, {file.get('name')}: {counts.get('read')} rows read, {outcomes} accounted for"
                )
    wrong = ImportRun.objects.exclude(progress__range=(0, 1)).order_by("pk")
    problems += [f"import {run.pk} says it has come {run.progress:.0%} of its way" for run in wrong]
    return problems[:_SHOWN]


def register_all() -> None:
    register_invariant("imports.stuck", "No import is stuck", no_run_is_stuck)
    register_invariant("imports.journal", "The journal of imports is whole", journals_are_whole)
    register_invariant("imports.cursors", "Imports account for every row", cursors_are_legal)
