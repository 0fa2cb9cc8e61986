"""One file on its way in: rows are read, weighed against what was said before, and stored slice by slice.

Each slice is one transaction, in which the run's cursor moves too: what was cut off goes on right behind it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db import IntegrityError, OperationalError, transaction

from firstwin.accounts.actions.receive import Received, refresh_received
from firstwin.accounts.published import publish
from firstwin.connectors import journal
from firstwin.connectors.course import Course
from firstwin.connectors.files import Place, Row, Table
from firstwin.connectors.kinds.binding import Fault, RowError, RowSaid, Skipped
from firstwin.connectors.kinds.intake import Intake, Kind, Taken
from firstwin.connectors.ledger import Ledger, Verdict
from firstwin.connectors.rejects import RejectFile
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.pace import Pace

_FAMILY_ALONE = 2_000
_SETTLED_AT_ONCE = 20_000
"""Accounts: later slices often touch them again, so their list rows wait; but not for long."""

_TRIES = 4
"""A slice that another writer got in the way of is taken in again."""

_READ_AT_MOST = 4
"""Times the size of a slice: rows read for it, when most of them are turned down or skipped."""

TurnedDown = tuple[int, Sequence[str], list[Fault]]
"""(line, cells, why)."""


@dataclass
class Feed:
    """A file, ready to be taken in.  number: which of the run's files it is.  rejected: lines of rows turned down.

    family: the list columns that follow from its records alone.  settling: seconds spent on list rows.
    """

    table: Table
    intake: Intake
    rejects: RejectFile
    pace: Pace
    course: Course
    run: int
    number: int
    rejected: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)
    family: str = ""
    settling: float = 0.0

    def settle(self, *, at_least: int = 1) -> None:
        """Refresh the list rows of the accounts touched so far, when they are many enough.

        Of very many accounts only the columns of the family, which is what these records can change.
        """
        if len(self.touched) < at_least:
            return
        began = time.perf_counter()
        if self.family and len(self.touched) > _FAMILY_ALONE:
            publish(self.family, self.touched, now=self.intake.now)
        else:
            refresh_received(self.touched, now=self.intake.now)
        self.touched.clear()
        self.settling += time.perf_counter() - began

    def rows(self) -> Iterator[Row]:
        """From where the course is."""
        return self.table.rows(self.course.place, at=lambda done: setattr(self.course, "at", done))


@dataclass
class Slice:
    """Some rows and what is known about them before anything is stored.  place: right behind the last one."""

    rows: list[RowSaid] = field(default_factory=list)
    turned_down: list[TurnedDown] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    read: int = 0
    place: Place | None = None


@dataclass
class Outcome:
    counts: dict[str, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "unchanged": 0})
    turned_down: list[TurnedDown] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)


def take_in(feed: Feed, kind: Kind, ledger: Ledger) -> None:
    """Take in the rows of the file that were not taken in yet."""
    for some in _slices(feed, lambda row: _typed(row, feed, kind)):
        with feed.pace.slice(len(some.rows)):
            outcome = store(feed, some.place, partial(_apply_rows, some, feed, kind, ledger))
        after(feed, some.read, outcome)
    feed.settle()


def link(feed: Feed, kind: Kind, ledger: Ledger) -> None:
    """The second pass over accounts: only parents. A row that fails here has landed without its parent."""
    for some in _slices(feed, lambda row: _parent(row, feed)):
        with feed.pace.slice(len(some.rows)):
            outcome = store(feed, some.place, partial(_apply_parents, some, feed, kind, ledger))
        after(feed, 0, outcome)
    feed.settle()


def store(feed: Feed, place: Place | None, apply: Callable[[], Outcome]) -> Outcome:
    """Run `apply` in one transaction that also moves the cursor. Raises hold.Lost when the run is no longer ours."""
    report, rejects = feed.intake.report, feed.rejects
    mark, length = report.mark(), rejects.length
    for attempt in range(1, _TRIES + 1):
        try:
            with transaction.atomic():
                with journal.marked(feed.run):
                    outcome = apply()
                for line, cells, faults in sorted(outcome.turned_down, key=lambda one: one[0]):
                    rejects.add(cells, faults)
                    report.reject(faults)
                    feed.rejected.add(line)
                feed.course.lengths[feed.number] = rejects.flush()
                if not feed.intake.is_dry:
                    feed.course.move(place)
                failpoint("import.slice.before_commit")
                if feed.intake.is_dry:
                    transaction.set_rollback(True)
            break
        except (IntegrityError, OperationalError):
            report.back_to(mark)
            rejects.back_to(length)
            if attempt == _TRIES:
                raise
    if feed.intake.is_dry:
        feed.course.move_dry(place)
    else:
        feed.touched |= outcome.touched
    return outcome


def after(feed: Feed, read: int, outcome: Outcome) -> None:
    failpoint("import.slice.after_commit")
    if not feed.family:  # columns of a family are written once, at the end
        feed.settle(at_least=_SETTLED_AT_ONCE)
    feed.course.say(read)
    feed.pace.give_way()


def _slices(feed: Feed, read: Callable[[Row], "RowSaid | Skipped | TurnedDown | None"]) -> Iterator[Slice]:
    """Runs of rows in which no external id stands twice. None: a row that does not count in this pass."""
    some, ids = Slice(), set[str]()
    for row in feed.rows():
        said = read(row)
        is_full = len(some.rows) >= feed.pace.size or some.read >= feed.pace.size * _READ_AT_MOST
        if some.read and (is_full or (isinstance(said, RowSaid) and said.external_id in ids)):
            yield some
            some, ids = Slice(), set()
        some.read += 1
        some.place = row.place
        if isinstance(said, RowSaid):
            some.rows.append(said)
            ids.add(said.external_id)
        elif isinstance(said, Skipped):
            some.skipped.append(said)
        elif said is not None:
            some.turned_down.append(said)
    if some.read:
        yield some


def _typed(row: Row, feed: Feed, kind: Kind) -> RowSaid | Skipped | TurnedDown:
    """A row that can be used, or why not."""
    try:
        said = feed.intake.binding.read(row, feed.intake.now)
        if isinstance(said, RowSaid):
            kind.identify(said, feed.intake.now)
    except RowError as bad:
        return row.line, row.cells, list(bad.faults)
    except Refused as problem:
        assert isinstance(said, RowSaid)
        fault = feed.intake.binding.fault(said, problem.field or "", problem.message)
        return row.line, row.cells, [fault]
    return said


def _parent(row: Row, feed: Feed) -> RowSaid | None:
    """A row that landed in the first pass, with nothing but its parent."""
    if row.line in feed.rejected:
        return None
    try:
        said = feed.intake.binding.read(row, feed.intake.now)
    except RowError:
        return None
    if not isinstance(said, RowSaid) or said.values.get("removed"):
        return None
    return RowSaid(said.line, said.cells, said.external_id, said.known_at, {"parent": said.values["parent"]})


def _apply_rows(some: Slice, feed: Feed, kind: Kind, ledger: Ledger) -> Outcome:
    report = feed.intake.report
    outcome = _apply(some.rows, feed, kind, ledger)
    outcome.turned_down += some.turned_down
    report.counts["read"] += some.read
    report.counts["skipped"] += len(some.skipped)
    report.skipped.update(one.reason for one in some.skipped)
    report.counts["rejected"] += len(outcome.turned_down)
    for name, count in outcome.counts.items():
        report.counts[name] += count
    return outcome


def _apply_parents(some: Slice, feed: Feed, kind: Kind, ledger: Ledger) -> Outcome:
    outcome = _apply(some.rows, feed, kind, ledger)
    feed.intake.report.counts["incomplete"] += len(outcome.turned_down)
    feed.intake.report.counts["linked"] += outcome.counts["changed"]
    return outcome


def _apply(rows: Sequence[RowSaid], feed: Feed, kind: Kind, ledger: Ledger) -> Outcome:
    outcome, report = Outcome(), feed.intake.report
    weighed: list[tuple[RowSaid, Verdict]] = []

    def turn_down(row: RowSaid, name: str, reason: str) -> None:
        outcome.turned_down.append((row.line, row.cells, [feed.intake.binding.fault(row, name, reason)]))

    for row, verdict in zip(rows, ledger.weigh(rows), strict=True):
        if verdict.clash is not None:
            turn_down(row, "external_id", f"This key already stands on line {verdict.clash}, with other content.")
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
        report.warnings.update(received.warned.get(row.line, ()))
        if (problem := received.refused.get(row.line)) is not None:
            turn_down(row, problem.field or "", problem.message)
        elif row.line in received.waiting:
            report.counts["waiting"] += 1
        elif row.line in received.skipped:
            report.counts["skipped"] += 1
        elif row.values.get("removed") and row.line not in received.changed:
            report.counts["skipped"] += 1
            report.skipped[row.values["removed"]] += 1
        else:
            is_new, is_changed = row.line in received.new, row.line in received.changed
            outcome.counts["new" if is_new else "changed" if is_changed else "unchanged"] += 1
    return outcome
