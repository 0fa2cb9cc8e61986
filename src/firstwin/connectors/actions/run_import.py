"""Run a mapping over its files: the one way records come in from files, from the command line and from the worker."""

import contextlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import DatabaseError, transaction

from firstwin.accounts.actions.define_attribute import define_attribute
from firstwin.accounts.actions.receive import refresh_received, stale_accounts
from firstwin.accounts.models import Attribute
from firstwin.accounts.references import Directory
from firstwin.connectors import journal, stage
from firstwin.connectors.actions.stage_import import stage_import
from firstwin.connectors.course import Course, Pass, Tell
from firstwin.connectors.hold import Hold, Lost, take
from firstwin.connectors.intake import Feed, link, take_in
from firstwin.connectors.kinds.accounts import AccountRows, ParentRows
from firstwin.connectors.kinds.binding import Binding
from firstwin.connectors.kinds.intake import Intake, Kind, Pretended
from firstwin.connectors.kinds.people import MembershipRows, PersonRows
from firstwin.connectors.kinds.records import RECORDS
from firstwin.connectors.kinds.touches import TouchRows
from firstwin.connectors.ledger import Ledger
from firstwin.connectors.models import ImportRun, State
from firstwin.connectors.models.run import RESUMABLE
from firstwin.connectors.plan import Plan, named_files, plan_import, plan_text
from firstwin.connectors.records_intake import take_records
from firstwin.connectors.rejects import RejectFile
from firstwin.connectors.report import FileReport, Report
from firstwin.core import clock
from firstwin.core.collecting import seldom_collected
from firstwin.core.errors import FirstwinError, Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.pace import Pace
from firstwin.people.audit import record
from firstwin.people.models import User

__all__ = ["KINDS", "Plan", "continue_import", "plan_import", "report_of", "run_import", "run_staged"]

KINDS: Mapping[str, Kind] = {
    "accounts": AccountRows(),
    "people": PersonRows(),
    "memberships": MembershipRows(),
    "touches": TouchRows(),
}
PARENTS = ParentRows()
logger = logging.getLogger(__name__)


def _quiet(what: str, rows: int) -> None:
    """Tell nobody."""


def run_import(
    *, plan: Plan, by: User | None, now: datetime, rejects: Path, is_dry: bool = False, tell: Tell = _quiet
) -> Report:
    """Take in every file of the plan, in order; then the parents. Good rows land, bad rows come back as files.

    rejects: the folder for them; `{run}` in it is the number of the run. Killed at any point, `run_staged` completes
    it, and so does the same call again.
    """
    run = stage_import(
        by=by,
        mapping_text=plan.text,
        mapping_name=plan.mapping_name,
        files=named_files(plan.files, plan.read),
        is_dry=is_dry,
        now=now,
        source=plan.source,
        ends=plan.ends,
        rejects=rejects,
        is_enqueued=False,
    )
    return run_staged(run.pk, now=now, tell=tell)


def run_staged(run_id: int, *, now: datetime, tell: Tell = _quiet, is_forced: bool = True) -> Report:
    """Take in what is left of a staged run. Whoever calls last goes on; another process at it stops at its next slice.

    Raises Refused when it cannot be run (and says so in the run), hold.Lost when it was taken over or stopped.
    """
    hold = take(run_id, states=RESUMABLE, to=State.CHECKING, now=now, is_forced=is_forced)
    if hold is None:
        raise Refused(f"Import {run_id} cannot go on: {_why_not(run_id)}.")
    run = ImportRun.objects.get(pk=run_id)
    if run.undo:
        _leave(hold, State.FAILED, "It is partly undone: undo it to the end.")
        raise Refused(f"Import {run_id} is partly undone: undo it to the end.")
    try:
        with journal.watching(), seldom_collected():
            return _work(run, hold, now, tell)
    except KeyboardInterrupt:
        _leave(hold, State.STOPPED, "")
        raise
    except FirstwinError as problem:
        _leave(hold, State.FAILED, problem.message)
        raise
    except Lost:
        raise
    except Exception:
        _leave(hold, State.FAILED, "It was cut off by an error of the software. Resume it, or undo it.")
        raise


def continue_import(run_id: int, *, now: datetime) -> bool:
    """For the worker: run what is left, unless somebody is at it. Whether it came to its end."""
    try:
        run_staged(run_id, now=now, is_forced=False)
    except (Refused, Lost) as problem:
        logger.info("Import %s does not go on here: %s", run_id, problem)
        return False
    return True


def report_of(run: ImportRun) -> Report:
    """What a run has done so far."""
    report = Report(run.source, run.mapping_name, run.is_dry_run, run.pk, seconds=run.worked)
    report.files = [FileReport.of(file) for file in run.files]
    report.longest = float(run.cursor.get("longest", 0.0))
    return report


@dataclass(frozen=True)
class _Work:
    """One sitting over a run."""

    run: ImportRun
    plan: Plan
    course: Course
    feeds: Sequence[Feed]


def _work(run: ImportRun, hold: Hold, now: datetime, tell: Tell) -> Report:
    paths = {str(file["name"]): stage.path_in(run.stage, str(file["name"])) for file in run.files}
    plan = plan_text(
        text=run.mapping_text, name=run.mapping_name, paths=paths, source=run.source, ends=run.cursor.get("ends")
    )
    course = _course(run, plan, hold, tell)
    if not run.is_dry_run:
        refresh_received(stale_accounts(), now=now)  # what a run that was killed left behind
    attributes = plan.attributes | _define(run, plan, now)
    work = _Work(run, plan, course, _feeds(run, plan, course, attributes, now))
    try:
        while course.step < len(course.passes):
            _take(work, course.passes[course.step])
            course.next_pass()
        for feed in work.feeds:
            if not feed.intake.report.counts["read"]:
                feed.intake.report.warnings["The file has a header and no rows."] += 1
            feed.rejects.finish()
            feed.intake.report.rejects = str(feed.rejects.path) if feed.rejects.length else None
    finally:
        for feed in work.feeds:
            feed.rejects.close()
    course.report.seconds = course.seconds
    course.report.settling = sum(feed.settling for feed in work.feeds)
    course.report.longest = max(feed.pace.longest for feed in work.feeds)
    _finish(work, hold)
    return course.report


def _take(work: _Work, now: Pass) -> None:
    feed = work.feeds[now.file]
    file = feed.intake.binding.file
    if now.step == "parents":
        link(feed, PARENTS, Ledger(work.run, "parents", file.name, ()))
    elif file.kind in RECORDS:
        take_records(feed, RECORDS[file.kind])
    else:
        take_in(feed, KINDS[file.kind], Ledger(work.run, file.kind, file.name, _current_only(feed.intake.binding)))


def _course(run: ImportRun, plan: Plan, hold: Hold, tell: Tell) -> Course:
    sizes = [table.look.size for table in plan.files]
    passes = [Pass(index, "rows", size) for index, size in enumerate(sizes)]
    passes += [
        Pass(index, "parents", sizes[index])
        for index, binding in enumerate(plan.bindings)
        if binding.file.kind == "accounts" and "parent" in binding.file.fields
    ]
    is_resumed = "step" in run.cursor and not run.is_dry_run
    report = Report(plan.source, plan.mapping_name, run.is_dry_run, run.pk)
    report.files = [FileReport.of(f) for f in run.files] if is_resumed else _reports(plan)
    more = {key: run.cursor[key] for key in ("ends", "marks") if key in run.cursor} | (
        {} if "marks" in run.cursor or run.is_dry_run else {"marks": journal.marks()}
    )
    course = Course(passes, report, hold, tell, worked=run.worked if is_resumed else 0.0, more=more)
    course.lengths = [0] * len(plan.files)
    if is_resumed:
        course.resume(run.cursor)
    course.move(course.place, state=State.RUNNING)
    return course


def _reports(plan: Plan) -> list[FileReport]:
    reports = []
    for table, binding in zip(plan.files, plan.bindings, strict=True):
        report = FileReport(
            name=binding.file.name,
            file=table.path.name,
            kind=binding.file.kind,
            sha256=table.look.sha256,
            encoding=table.look.encoding,
            delimiter=table.delimiter,
        )
        report.warnings.update(table.look.warnings)
        reports.append(report)
    return reports


def _define(run: ImportRun, plan: Plan, now: datetime) -> dict[str, Attribute]:
    if run.is_dry_run or not plan.to_define:
        return {}
    with transaction.atomic(), journal.marked(run.pk):
        defined = {
            wanted.key: define_attribute(
                by=run.by,
                key=wanted.key,
                label=wanted.label,
                kind=wanted.kind,
                unit=wanted.unit,
                choices=wanted.options,
                help=wanted.help,
                roll_up=wanted.roll_up,
                is_expected=wanted.is_expected,
                now=now,
            )
            for wanted in plan.to_define
        }
    failpoint("import.defined")
    return defined


def _feeds(
    run: ImportRun, plan: Plan, course: Course, attributes: Mapping[str, Attribute], now: datetime
) -> list[Feed]:
    directory, pretended = Directory(), Pretended()
    folder = Path(run.rejects_in)
    feeds = []
    for number, (table, binding) in enumerate(zip(plan.files, plan.bindings, strict=True)):
        report = course.report.files[number]
        path = folder / f"{binding.file.name}.csv"
        rejects = RejectFile(path, table.header, table.delimiter or ",", run=run.pk)
        rejects.resume(course.lengths[number])
        intake = Intake(plan.source, now, run.is_dry_run, directory, attributes, binding, report, pretended, run=run.pk)
        pace = Pace(is_fast=binding.file.kind in RECORDS)
        kind = RECORDS.get(binding.file.kind)
        feed = Feed(table, intake, rejects, pace, course, run.pk, number, set(rejects.lines()))
        feed.family = kind.family if kind is not None else ""
        feeds.append(feed)
    return feeds


def _current_only(binding: Binding) -> set[str]:
    return {name for name, rule in binding.rules.items() if rule.is_current_only}


def _finish(work: _Work, hold: Hold) -> None:
    now, report, run = clock.now(), work.course.report, work.run
    work.course.more["longest"] = round(report.longest, 4)
    with transaction.atomic():
        hold.move(
            cursor=work.course.as_dict(), files=work.course.files(), progress=1.0, worked=report.seconds,
            rows_total=report.rows, state=State.FINISHED, finished_at=now,
        )  # fmt: skip
        if not run.is_dry_run:
            for file in report.files:
                after = {"file": file.file, "kind": file.kind, **file.as_dict(with_faults=False)["counts"]}
                record(by=run.by, did="import.applied", on=run, now=now, after=after)
        failpoint("import.finish.before_commit")
    failpoint("import.finish.after_commit")


def _leave(hold: Hold, state: State, problem: str) -> None:
    """Say in the run why it does not go on. The database itself may be what is wrong."""
    with contextlib.suppress(DatabaseError, Lost):
        hold.move(state=state, problem=problem, holder="")


def _why_not(run_id: int) -> str:
    run = ImportRun.objects.filter(pk=run_id).first()
    return "there is no such run" if run is None else f"it is {run.get_state_display().lower()}"
