"""One file of a record kind on its way in: whole slices at once, without a ledger, for the fact itself is what the
source said last. The counterpart of `intake.take_in`.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Protocol

from firstwin.accounts.actions.receive import Received
from firstwin.connectors.duplicates import Decision, Standing, decided
from firstwin.connectors.files import Row
from firstwin.connectors.intake import Feed, Outcome, after, store
from firstwin.connectors.kinds.intake import Intake
from firstwin.connectors.kinds.slices import Bound, RecordRow
from firstwin.connectors.report import FileReport
from firstwin.core.errors import Refused

_SCANNED_AT_ONCE = 2_000
_TOLD = 30
"""Duplicates told one by one, with both lines; the rest are counted."""


class RecordKind(Protocol):
    def identify(self, rows: Sequence[RecordRow], intake: Intake) -> None:
        """Fill in the key of rows for which the mapping has none."""

    def make_ready(self, intake: Intake) -> None:
        """Whatever must stand before a slice is stored, in transactions of its own."""

    def receive(self, rows: Sequence[RecordRow], intake: Intake) -> Received:
        """Store them in the caller's transaction. No key stands twice in `rows`."""


def take_records(feed: Feed, kind: RecordKind) -> None:
    """Take in the rows of the file that were not taken in yet."""
    duplicates = find_duplicates(feed, kind)
    rows = feed.rows()
    while some := list(islice(rows, feed.pace.size)):
        bound = feed.intake.binding.read_slice(some, feed.intake.now)
        kind.identify(bound.rows, feed.intake)
        kind.make_ready(feed.intake)
        with feed.pace.slice(len(some)):
            apply = partial(_apply, bound, len(some), feed, kind, duplicates)
            outcome = store(feed, some[-1].place, apply)
        after(feed, len(some), outcome)
    feed.settle()


def find_duplicates(feed: Feed, kind: RecordKind) -> Mapping[int, Decision]:
    """Line → what becomes of it, for rows whose key stands in the file twice. Found before anything is stored, and
    found alike by whoever goes on with the run.
    """
    binding, intake = feed.intake.binding, feed.intake

    def all_rows() -> Iterator[Row]:
        return feed.table.rows()

    def records() -> Iterator[RecordRow]:
        rows = all_rows()
        while some := list(islice(rows, _SCANNED_AT_ONCE)):
            bound = binding.read_slice(some, intake.now)
            kind.identify(bound.rows, intake)
            yield from bound.rows

    key, known_at = binding.key, binding.known_at

    def plain() -> Iterator[Hashable]:
        for row in all_rows():
            if not row.trouble:
                yield _name(row.cells)

    def _name(cells: Sequence[str]) -> Hashable:
        assert key is not None
        try:
            named = key.read(cells) if binding.file.key is not None and binding.file.key.do else key.take(cells)
        except Refused:
            named = ""
        return named if known_at is None else (named, known_at.take(cells))

    def made() -> Iterator[Hashable]:
        return ((row.external_id, row.known_at) for row in records())

    def typed() -> Iterator[tuple[Hashable, Hashable, Standing]]:
        for row in records():
            moment = (row.external_id, row.known_at)
            name = moment if key is None else _name(row.cells)
            yield name, moment, Standing(row.line, hash(row.values))

    return decided(binding.file.duplicates, made if key is None else plain, typed)


def waves(rows: Sequence[RecordRow]) -> Iterable[Sequence[RecordRow]]:
    """The rows in parts in which no key stands twice: what a file says of a record later comes in a later part."""
    if len({row.external_id for row in rows}) == len(rows):
        return [rows] if rows else []
    parts: list[list[RecordRow]] = []
    nth: dict[str, int] = {}
    for row in rows:
        at = nth[row.external_id] = nth.get(row.external_id, -1) + 1
        if at == len(parts):
            parts.append([])
        parts[at].append(row)
    return parts


def _apply(bound: Bound, read: int, feed: Feed, kind: RecordKind, duplicates: Mapping[int, Decision]) -> Outcome:
    report, outcome = feed.intake.report, Outcome()
    outcome.turned_down = [(row.line, row.cells, faults) for row, faults in bound.faulty]
    rows = _without(duplicates, bound.rows, feed, outcome) if duplicates else bound.rows
    report.counts["read"] += read
    report.counts["skipped"] += len(bound.skipped)
    report.skipped.update(reason for _, reason in bound.skipped)
    for part in waves(rows):
        _receive(part, feed, kind, outcome)
    report.counts["rejected"] += len(outcome.turned_down)
    for name, count in outcome.counts.items():
        report.counts[name] += count
    return outcome


def _receive(rows: Sequence[RecordRow], feed: Feed, kind: RecordKind, outcome: Outcome) -> None:
    received = kind.receive(rows, feed.intake)
    binding, report = feed.intake.binding, feed.intake.report
    outcome.touched |= received.touched
    new, changed = len(received.new), len(received.changed - received.new)
    skipped = received.skipped - received.new - received.changed
    outcome.counts["new"] += new
    outcome.counts["changed"] += changed
    outcome.counts["unchanged"] += len(rows) - new - changed - len(received.refused) - len(skipped)
    report.counts["skipped"] += len(skipped)
    if skipped:
        report.skipped["says nothing about anything kept here"] += len(skipped)
    for sentences in received.warned.values():
        report.warnings.update(sentences)
    if received.refused:
        for row in rows:
            if (problem := received.refused.get(row.line)) is not None:
                fault = binding.fault(row, problem.field or "", problem.message)
                outcome.turned_down.append((row.line, row.cells, [fault]))


def _without(
    duplicates: Mapping[int, Decision], rows: Sequence[RecordRow], feed: Feed, outcome: Outcome
) -> list[RecordRow]:
    report, kept = feed.intake.report, []
    for row in rows:
        decision = duplicates.get(row.line)
        if decision is None:
            kept.append(row)
            continue
        if decision.does == "reject":
            fault = feed.intake.binding.fault(row, "external_id", decision.says)
            outcome.turned_down.append((row.line, row.cells, [fault]))
        elif decision.does == "repeat":
            outcome.counts["unchanged"] += 1
        elif decision.does == "skip":
            report.counts["skipped"] += 1
            report.skipped["its key stands in the file again, with other content"] += 1
            _tell(report, decision.says)
        else:
            kept.append(replace(row, external_id=f"{row.external_id}{decision.suffix}"))
            _tell(report, decision.says)
    return kept


def _tell(report: FileReport, says: str) -> None:
    told = sum(" its key stands on line " in text for text in report.warnings)
    report.warnings[says if told < _TOLD else "More keys stand twice, with other content."] += 1
