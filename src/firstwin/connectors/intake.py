"""One file on its way in: rows are read, weighed against what was said before, and stored slice by slice."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, OperationalError, transaction

from firstwin.accounts.actions.receive import Received, refresh_received
from firstwin.connectors.files.csv_file import CsvFile, Row
from firstwin.connectors.kinds.binding import Fault, RowError, RowSaid, Skipped
from firstwin.connectors.kinds.intake import Intake, Kind, Taken
from firstwin.connectors.ledger import Ledger, Verdict
from firstwin.connectors.pace import Pace
from firstwin.connectors.rejects import RejectFile
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint

_SETTLED_AT_ONCE = 20_000
"""Accounts: later slices often touch them again, so their list rows wait; but not for long."""

_TRIES = 4
"""A slice that another writer got in the way of is taken in again."""


@dataclass
class Feed:
    """A file, ready to be taken in.  rejected: lines of rows that were turned down in an earlier pass."""

    csv_file: CsvFile
    intake: Intake
    rejects: RejectFile
    pace: Pace
    rejected: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)

    def settle(self, *, at_least: int = 1) -> None:
        """Refresh the list rows of the accounts touched so far, when they are many enough."""
        if len(self.touched) >= at_least:
            refresh_received(self.touched, now=self.intake.now)
            self.touched.clear()


Tick = Callable[[int, int], None]
"""Told (rows, bytes read so far) after each slice."""


def take_in(feed: Feed, kind: Kind, ledger: Ledger, tick: Tick) -> None:
    """Take in every row of the file. Each slice is one transaction; running it all again completes what was cut off."""
    place = [0]
    report = feed.intake.report
    for row_slice in _slices(_typed(feed, kind, place), feed.pace):
        with feed.pace.slice(len(row_slice)):
            outcome = _store(row_slice, feed, kind, ledger)
        failpoint("import.slice.after_commit")
        for said, faults in outcome.rejected:
            _reject(feed, said.line, said.cells, faults)
        for name in ("new", "changed", "unchanged"):
            report.counts[name] += outcome.counts[name]
        feed.settle(at_least=_SETTLED_AT_ONCE)
        tick(len(row_slice), place[0])
    feed.settle()


def link(feed: Feed, kind: Kind, ledger: Ledger, tick: Tick) -> None:
    """The second pass over accounts: only parents. A row that fails here has landed without its parent."""
    place = [0]
    report = feed.intake.report
    for row_slice in _slices(_parents(feed, place), feed.pace):
        with feed.pace.slice(len(row_slice)):
            outcome = _store(row_slice, feed, kind, ledger)
        failpoint("import.slice.after_commit")
        for said, faults in outcome.rejected:
            report.counts["incomplete"] += 1
            report.reject(faults)
            feed.rejects.add(said.cells, faults)
        report.counts["linked"] += outcome.counts["changed"]
        feed.settle(at_least=_SETTLED_AT_ONCE)
        tick(0, place[0])
    feed.settle()


@dataclass
class _Outcome:
    counts: dict[str, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "unchanged": 0})
    rejected: list[tuple[RowSaid, list[Fault]]] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)


def _typed(feed: Feed, kind: Kind, place: list[int]) -> Iterator[RowSaid]:
    """Rows that can be used; the others are reported on the way."""
    report = feed.intake.report
    for row in feed.csv_file.rows(at=lambda done: place.__setitem__(0, done)):
        report.counts["read"] += 1
        try:
            said = feed.intake.binding.read(row, feed.intake.now)
            if isinstance(said, RowSaid):
                kind.identify(said, feed.intake.now)
        except RowError as bad:
            _reject(feed, row.line, row.cells, bad.faults)
            continue
        except Refused as problem:
            assert isinstance(said, RowSaid)
            fault = feed.intake.binding.fault(said, problem.field or "", problem.message)
            _reject(feed, row.line, row.cells, [fault])
            continue
        if isinstance(said, Skipped):
            report.counts["skipped"] += 1
            report.skipped[said.reason] += 1
            continue
        yield said


def _parents(feed: Feed, place: list[int]) -> Iterator[RowSaid]:
    """The rows that landed in the first pass, with nothing but their parent."""
    for row in feed.csv_file.rows(at=lambda done: place.__setitem__(0, done)):
        if row.line in feed.rejected:
            continue
        said = _read(feed, row)
        if said is not None and not said.values.get("removed"):
            yield RowSaid(said.line, said.cells, said.external_id, said.known_at, {"parent": said.values["parent"]})


def _read(feed: Feed, row: Row) -> RowSaid | None:
    try:
        said = feed.intake.binding.read(row, feed.intake.now)
    except RowError:
        return None
    return said if isinstance(said, RowSaid) else None


def _slices(rows: Iterator[RowSaid], pace: Pace) -> Iterator[list[RowSaid]]:
    """Runs of rows in which no external id stands twice."""
    waiting: list[RowSaid] = []
    ids: set[str] = set()
    for row in rows:
        if row.external_id in ids or len(waiting) >= pace.size:
            yield waiting
            waiting, ids = [], set()
        waiting.append(row)
        ids.add(row.external_id)
    if waiting:
        yield waiting


def _store(rows: Sequence[RowSaid], feed: Feed, kind: Kind, ledger: Ledger) -> _Outcome:
    report = feed.intake.report
    for attempt in range(1, _TRIES + 1):
        before = report.warnings.copy(), report.skipped.copy(), report.counts.copy()
        try:
            with transaction.atomic():
                outcome = _apply(rows, feed, kind, ledger)
                failpoint("import.slice.before_commit")
                if feed.intake.is_dry:
                    transaction.set_rollback(True)
            if not feed.intake.is_dry:
                feed.touched |= outcome.touched
            return outcome
        except (IntegrityError, OperationalError):
            report.warnings, report.skipped, report.counts = before
            if attempt == _TRIES:
                raise
    raise AssertionError("unreachable")


def _apply(rows: Sequence[RowSaid], feed: Feed, kind: Kind, ledger: Ledger) -> _Outcome:
    outcome = _Outcome()
    weighed: list[tuple[RowSaid, Verdict]] = []
    for row, verdict in zip(rows, ledger.weigh(rows), strict=True):
        if verdict.clash is not None:
            reason = f"This key already stands on line {verdict.clash}, with other content."
            outcome.rejected.append((row, [feed.intake.binding.fault(row, "external_id", reason)]))
        else:
            weighed.append((row, verdict))
    taken = [Taken(row, verdict.news) for row, verdict in weighed if verdict.news]
    received = kind.receive(taken, feed.intake) if taken else Received()
    kept = [(row, verdict) for row, verdict in weighed if not verdict.news or row.line in received.ids]
    kept = [(row, verdict) for row, verdict in kept if row.line not in received.refused]
    outcome.touched = received.touched
    ledger.keep(kept)
    kind.mention([row for row, _ in kept], feed.intake)
    for row, _ in weighed:
        if (problem := received.refused.get(row.line)) is not None:
            fault = feed.intake.binding.fault(row, problem.field or "", problem.message)
            outcome.rejected.append((row, [fault]))
        elif row.line in received.skipped:
            feed.intake.report.counts["skipped"] += 1
        elif row.values.get("removed") and row.line not in received.changed:
            feed.intake.report.counts["skipped"] += 1
            feed.intake.report.skipped[row.values["removed"]] += 1
        else:
            is_new, is_changed = row.line in received.new, row.line in received.changed
            outcome.counts["new" if is_new else "changed" if is_changed else "unchanged"] += 1
    return outcome


def _reject(feed: Feed, line: int, cells: Sequence[str], faults: Sequence[Fault]) -> None:
    feed.rejected.add(line)
    feed.intake.report.counts["rejected"] += 1
    feed.intake.report.reject(faults)
    feed.rejects.add(cells, faults)
