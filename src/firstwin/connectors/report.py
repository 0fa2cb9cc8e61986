"""What an import did, told by file and row."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from firstwin.connectors.kinds.binding import Fault
from firstwin.core.text import counted

SHOWN = 1_000
"""Faults kept for the report of one file. All of them are in the file of rejected rows."""

KEPT = 100
"""Faults kept with the run, for as long as its files are."""

OUTCOMES = ("new", "changed", "unchanged", "skipped", "rejected")


@dataclass
class FileReport:
    """counts: read = new + changed + unchanged + skipped + rejected, and waiting where the mapping says `match`.
    incomplete: rows that landed without their parent; they too come back to be mended.  linked: accounts that got
    another parent.
    """

    name: str
    file: str
    kind: str
    sha256: str
    encoding: str
    delimiter: str
    counts: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0
    rejects: str | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "FileReport":
        """What `as_dict` made, as far as it holds it."""
        report = cls(
            name=str(kept.get("name", "")),
            file=str(kept.get("file", "")),
            kind=str(kept.get("kind", "")),
            sha256=str(kept.get("sha256", "")),
            encoding=str(kept.get("encoding", "")),
            delimiter=str(kept.get("delimiter", "")),
        )
        report.counts.update(kept.get("counts", {}))
        report.skipped.update(kept.get("skipped", {}))
        report.warnings.update(kept.get("warnings", {}))
        report.faults = [Fault(f["line"], f["column"], f["value"], f["reason"]) for f in kept.get("faults", ())]
        report.fault_count = int(kept.get("fault_count", 0))
        report.rejects = kept.get("rejects")
        return report

    def mark(self) -> tuple[Any, ...]:
        """How it stands, for `back_to` when a slice is taken in again."""
        counted = self.counts.copy(), self.skipped.copy(), self.warnings.copy()
        return *counted, len(self.faults), self.fault_count

    def back_to(self, mark: tuple[Any, ...]) -> None:
        counts, skipped, warnings, shown, self.fault_count = mark
        self.counts, self.skipped, self.warnings = counts.copy(), skipped.copy(), warnings.copy()
        del self.faults[shown:]

    def reject(self, faults: Sequence[Fault]) -> None:
        self.fault_count += len(faults)
        self.faults += faults[: SHOWN - len(self.faults)] if len(self.faults) < SHOWN else ()

    @property
    def has_rejects(self) -> bool:
        return bool(self.counts["rejected"] or self.counts["incomplete"])

    def as_dict(self, *, with_faults: bool = True, shown: int = SHOWN) -> dict[str, Any]:
        """JSON-able. Without faults it holds no value of the file, so it may be kept for ever."""
        found: dict[str, Any] = {
            "name": self.name,
            "file": self.file,
            "kind": self.kind,
            "sha256": self.sha256,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "counts": {name: self.counts[name] for name in ("read", *OUTCOMES, "incomplete", "linked")}
            | ({"waiting": self.counts["waiting"]} if self.counts["waiting"] else {}),
            "skipped": dict(sorted(self.skipped.items())),
            "warnings": dict(sorted(self.warnings.items())),
        }
        if with_faults:
            found["rejects"] = self.rejects
            found["fault_count"] = self.fault_count
            found["faults"] = [
                {"line": f.line, "column": f.column, "value": f.value, "reason": f.reason} for f in self.faults[:shown]
            ]
        return found


@dataclass
class Report:
    """seconds: at work, earlier sittings included.  settling: of them, on bringing list rows up to date.

    longest: seconds of the longest transaction of a slice.
    """

    source: str
    mapping: str
    is_dry_run: bool
    run: int
    files: list[FileReport] = field(default_factory=list)
    seconds: float = 0.0
    longest: float = 0.0
    settling: float = 0.0

    @property
    def has_rejects(self) -> bool:
        return any(file.has_rejects for file in self.files)

    @property
    def rows(self) -> int:
        return sum(file.counts["read"] for file in self.files)

    def as_dict(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "source": self.source,
            "mapping": self.mapping,
            "dry_run": self.is_dry_run,
            "seconds": round(self.seconds, 3),
            "longest_transaction_ms": round(self.longest * 1_000),
            "list_seconds": round(self.settling, 3),
            "rows_per_second": round(self.rows / storing) if (storing := self.seconds - self.settling) > 0 else None,
            "files": [file.as_dict() for file in self.files],
        }

    def lines(self, shown: int = 20) -> list[str]:
        """The report for a terminal: what came of each file, its first faults, where the rest are."""
        lines = ["Dry run: nothing was stored."] if self.is_dry_run else []
        for file in self.files:
            lines += _of_file(file, shown)
        lines.append(f"{counted(self.rows, 'row')} in {self.seconds:.1f} s.")
        return lines


def _of_file(file: FileReport, shown: int) -> list[str]:
    said = [f"{file.counts[name]:,} {name}" for name in (*OUTCOMES, "waiting") if file.counts[name]]
    lines = [f"{file.name} ({file.file}): {counted(file.counts['read'], 'row')}: {', '.join(said) or 'nothing'}."]
    if file.counts["linked"]:
        lines.append(f"  {counted(file.counts['linked'], 'account')} placed under a parent.")
    lines += [f"  warning: {text}{_times(count)}" for text, count in sorted(file.warnings.items())]
    lines += [f"  skipped: {reason} ({count:,})" for reason, count in sorted(file.skipped.items())]
    for fault in file.faults[:shown]:
        where = f", {fault.column}" if fault.column else ""
        value = f" {fault.value!r}:" if fault.value else ""
        lines.append(f"  line {fault.line}{where}:{value} {fault.reason}")
    if file.fault_count > shown:
        lines.append(f"  and {file.fault_count - shown:,} more.")
    if file.rejects:
        lines.append(f"  Rejected rows to mend and import again: {file.rejects}")
    return lines


def _times(count: int) -> str:
    return "" if count == 1 else f" ({count:,} times)"
