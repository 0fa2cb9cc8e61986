"""Run a mapping over its files: the one way records come in from files."""

import hashlib
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction

from firstwin.accounts.actions.define_attribute import define_attribute
from firstwin.accounts.actions.receive import refresh_received, stale_accounts
from firstwin.accounts.models import Attribute
from firstwin.accounts.references import Directory
from firstwin.connectors.files.csv_file import CsvFile, open_csv
from firstwin.connectors.intake import Feed, link, take_in
from firstwin.connectors.kinds.accounts import AccountRows, ParentRows
from firstwin.connectors.kinds.binding import Binding, bind
from firstwin.connectors.kinds.intake import Intake, Kind, Pretended
from firstwin.connectors.kinds.people import MembershipRows, PersonRows
from firstwin.connectors.kinds.touches import TouchRows
from firstwin.connectors.ledger import Ledger
from firstwin.connectors.mapping.read import ReadMapping, read_mapping, zone_called
from firstwin.connectors.mapping.schema import AttributeMapping
from firstwin.connectors.models import ImportRun
from firstwin.connectors.pace import Pace
from firstwin.connectors.rejects import RejectFile
from firstwin.connectors.report import FileReport, Report
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.people.audit import record
from firstwin.people.models import User

KINDS: Mapping[str, Kind] = {
    "accounts": AccountRows(),
    "people": PersonRows(),
    "memberships": MembershipRows(),
    "touches": TouchRows(),
}
PARENTS = ParentRows()

Tell = Callable[[str, int], None]
"""Told (what is being done, how many rows of it were just done)."""


@dataclass
class Plan:
    """An import that was checked and can run: nothing about its mapping or its files stands in the way."""

    read: ReadMapping
    source: str
    mapping_name: str
    mapping_sha256: str
    files: list[CsvFile]
    bindings: list[Binding]
    attributes: dict[str, Attribute]
    to_define: list[AttributeMapping] = field(default_factory=list)


def plan_import(*, mapping: Path, paths: Mapping[str, Path], source: str | None = None) -> Plan:
    """Read a mapping and look at its files. paths: name of a file in the mapping → where it is.

    Raises Refused for whatever makes the mapping or a file unusable, before anything is stored.
    """
    text = _mapping_text(mapping)
    read = read_mapping(text, source=source)
    said = read.mapping
    attributes, to_define = _attributes(read)
    zone = zone_called(said.zone) if said.zone else clock.zone()
    files = [_open(read, index, mapping.parent, paths) for index in range(len(said.files))]
    if unknown := sorted(set(paths) - {file.name for file in said.files}):
        raise Refused(f"The mapping has no file called {unknown[0]!r}.")
    bindings = [bind(read, index, csv_file, attributes, zone, said.source) for index, csv_file in enumerate(files)]
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Plan(read, said.source, mapping.name, digest, files, bindings, attributes, to_define)


def run_import(
    *,
    plan: Plan,
    by: User | None,
    now: datetime,
    rejects: Path,
    is_dry: bool = False,
    tell: Tell = lambda what, rows: None,
) -> Report:
    """Take in every file of the plan, in order; then the parents. Good rows land, bad rows come back as files.

    rejects: the folder for them; `{run}` in it is the number of the run. Killed at any point, the same call again
    completes it.
    """
    run = ImportRun.objects.create(
        source=plan.source,
        mapping_name=plan.mapping_name[:200],
        mapping_sha256=plan.mapping_sha256,
        started_at=now,
        is_dry_run=is_dry,
        by=by,
    )
    failpoint("import.opened")
    if not is_dry:
        refresh_received(stale_accounts(), now=now)  # what a run that was killed left behind
    began = time.perf_counter()
    attributes = dict(plan.attributes)
    if not is_dry:
        attributes |= {one.key: _define(one, by, now) for one in plan.to_define}
        failpoint("import.defined")
    report = Report(plan.source, plan.mapping_name, is_dry, run.pk)
    folder = Path(str(rejects).replace("{run}", str(run.pk)))
    with ExitStack() as stack:
        feeds = _feeds(plan, attributes, report, folder, now, is_dry, stack)
        for feed in feeds:
            file = feed.intake.binding.file
            ledger = Ledger(run, file.kind, file.name, _current_only(feed.intake.binding))
            take_in(feed, KINDS[file.kind], ledger, _tick(tell, feed))
            if not feed.intake.report.counts["read"]:
                feed.intake.report.warnings["The file has a header and no rows."] += 1
        for feed in feeds:
            if "parent" in feed.intake.binding.file.fields:
                link(feed, PARENTS, Ledger(run, "parents", feed.intake.binding.file.name, ()), _tick(tell, feed))
    for feed in feeds:
        feed.intake.report.rejects = str(feed.rejects.path) if feed.rejects.path.exists() else None
    report.seconds = time.perf_counter() - began
    report.longest = max(feed.pace.longest for feed in feeds)
    _finish(run, report, by)
    return report


def _mapping_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise Refused(f"{path.name} cannot be read: {problem.strerror}.") from None
    except UnicodeDecodeError:
        raise Refused(f"{path.name} is not UTF-8 text.") from None


def _open(read: ReadMapping, index: int, folder: Path, paths: Mapping[str, Path]) -> CsvFile:
    file = read.mapping.files[index]
    path = paths.get(file.name) or (folder / file.path if file.path else None)
    if path is None:
        raise Refused(f"Say where the file {file.name!r} is: --file {file.name}=PATH.")
    return open_csv(path, encoding=file.encoding, delimiter=file.delimiter, wanted=list(file.columns))


def _attributes(read: ReadMapping) -> tuple[dict[str, Attribute], list[AttributeMapping]]:
    """Every attribute by key, those the mapping would define included, and the ones to define."""
    known = {attribute.key: attribute for attribute in Attribute.objects.filter(is_archived=False)}
    to_define: list[AttributeMapping] = []
    for index, wanted in enumerate(read.mapping.attributes):
        place = ("attributes", index, "key")
        held = known.get(wanted.key)
        if held is None:
            to_define.append(wanted)
            known[wanted.key] = Attribute(
                pk=-1 - index, key=wanted.key, label=wanted.label, kind=wanted.kind, unit=wanted.unit,
                choices=[list(pair) for pair in wanted.options],
            )  # fmt: skip
            continue
        if held.kind != wanted.kind or held.unit != wanted.unit:
            is_a = f"{held.kind} {held.unit}".strip()
            raise read.refuse(place, f"{wanted.key!r} exists already, as {is_a}. Use another key.")
        missing = [value for value, _ in wanted.options if value not in {str(v) for v, _ in held.choices}]
        if missing:
            raise read.refuse(place, f"{wanted.key!r} exists already, without the choice {missing[0]!r}.")
    return known, to_define


def _define(wanted: AttributeMapping, by: User | None, now: datetime) -> Attribute:
    return define_attribute(
        by=by,
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


def _feeds(
    plan: Plan,
    attributes: Mapping[str, Attribute],
    report: Report,
    folder: Path,
    now: datetime,
    is_dry: bool,
    stack: ExitStack,
) -> list[Feed]:
    directory, pretended = Directory(), Pretended()
    feeds = []
    for csv_file, binding in zip(plan.files, plan.bindings, strict=True):
        file = FileReport(
            name=binding.file.name,
            file=csv_file.path.name,
            kind=binding.file.kind,
            sha256=csv_file.look.sha256,
            encoding=csv_file.look.encoding,
            delimiter=csv_file.delimiter,
        )
        file.warnings.update(csv_file.look.warnings)
        report.files.append(file)
        rejects = stack.enter_context(
            RejectFile(folder / f"{binding.file.name}.csv", csv_file.header, csv_file.delimiter)
        )
        intake = Intake(plan.source, now, is_dry, directory, attributes, binding, file, pretended)
        feeds.append(Feed(csv_file, intake, rejects, Pace()))
    return feeds


def _current_only(binding: Binding) -> set[str]:
    return {name for name, rule in binding.rules.items() if rule.is_current_only}


def _tick(tell: Tell, feed: Feed) -> Callable[[int, int], None]:
    size = max(feed.csv_file.look.size, 1)
    return lambda rows, done: tell(f"{feed.intake.report.name} {min(done * 100 // size, 100)}%", rows)


def _finish(run: ImportRun, report: Report, by: User | None) -> None:
    now = clock.now()
    with transaction.atomic():
        run.files = [file.as_dict(with_faults=False) for file in report.files]
        run.finished_at = now
        run.save(update_fields=["files", "finished_at"])
        if not run.is_dry_run:
            for file in report.files:
                after = {"file": file.file, "kind": file.kind, **file.as_dict(with_faults=False)["counts"]}
                record(by=by, did="import.applied", on=run, now=now, after=after)
        failpoint("import.finish.before_commit")
    failpoint("import.finish.after_commit")
