"""Small imports for tests: files written from text, run as the command runs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps

from firstwin.connectors.actions.run_import import plan_import, run_import
from firstwin.connectors.report import FileReport, Report
from firstwin.core import clock

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)

ACCOUNTS = """
source: crm
files:
  - name: accounts
    kind: accounts
    path: accounts.csv
    key: id
    fields: {name: name, country: country, employees: employees, tags: {column: tags, do: {split: ";"}}}
"""

BOOKKEEPING = {"seen_at", "stated_at", "refreshed_at"}
"""Columns in which an import notes that it heard something again. Everything else is a fact."""


@dataclass(frozen=True)
class Desk:
    """A folder with a mapping and files."""

    folder: Path

    def put(self, **files: str | bytes) -> None:
        """accounts="…" writes accounts.csv."""
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (self.folder / f"{name}.csv").write_bytes(data)

    def run(
        self,
        mapping: str,
        *,
        now: datetime | None = None,
        is_dry: bool = False,
        paths: Mapping[str, Path] | None = None,
    ) -> Report:
        path = self.folder / "mapping.yaml"
        path.write_text(mapping)
        plan = plan_import(mapping=path, paths=paths or {})
        return run_import(plan=plan, by=None, now=now or clock.now(), rejects=self.folder / "rejects", is_dry=is_dry)

    def one(self, mapping: str, **options: Any) -> FileReport:
        """The report of the first file."""
        return self.run(mapping, **options).files[0]


def counts(file: FileReport) -> dict[str, int]:
    return {name: count for name, count in file.counts.items() if count}


def faults(file: FileReport) -> list[tuple[int, str, str]]:
    """(line, column, reason)."""
    return [(fault.line, fault.column, fault.reason) for fault in file.faults]


def snapshot() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of accounts, without bookkeeping."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for model in apps.get_app_config("accounts").get_models(include_auto_created=True):
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in BOOKKEEPING]
        rows = model._default_manager.order_by("pk").values_list(*names)
        found[model._meta.label] = [tuple(map(repr, row)) for row in rows]
    return found
