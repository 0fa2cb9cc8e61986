"""Which tables and columns an installation has: from the code, or from what a backup says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from firstwin.core.backup.kinds import Kind, kind_of, scale_of
from firstwin.core.errors import Refused

MARKER = "firstwin_restoring"


@dataclass(frozen=True)
class Column:
    """scale: digits after the point of a decimal.  is_file: names a file below the folder `files`."""

    name: str
    kind: Kind
    scale: int | None = None
    is_file: bool = False


@dataclass(frozen=True)
class Table:
    """key: the column rows are told in order of.  counts: the database numbers that column itself."""

    name: str
    columns: tuple[Column, ...]
    key: str
    counts: bool

    def as_plain(self) -> dict[str, Any]:
        columns = [[c.name, c.kind.value, c.scale, c.is_file] for c in self.columns]
        return {"name": self.name, "key": self.key, "counts": self.counts, "columns": columns}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Table":
        columns = tuple(
            Column(str(name), Kind(kind), scale, bool(is_file)) for name, kind, scale, is_file in plain["columns"]
        )
        return cls(str(plain["name"]), columns, str(plain["key"]), bool(plain["counts"]))

    @property
    def key_kind(self) -> Kind:
        return next(column.kind for column in self.columns if column.name == self.key)


def tables_now(connection: BaseDatabaseWrapper) -> list[Table]:
    """Every table of ours as this database has it, which may be behind the code. Raises Refused when it is ahead."""
    loader = MigrationLoader(connection)
    applied = set(loader.applied_migrations)
    unknown = sorted(applied - set(loader.disk_migrations) - replaced(loader))
    if unknown:
        raise Refused(
            f"The database is newer than this version: it has {'.'.join(unknown[0])}, which this version "
            "does not know. Back up with the version that made it."
        )
    ours = [node for node in loader.graph.nodes if router.allow_migrate(connection.alias, node[0])]
    nodes = [node for node in ours if node in applied]
    found: Any = apps if len(nodes) == len(ours) else loader.project_state(nodes).apps
    models = found.get_models(include_auto_created=True)
    return tables_of(model for model in models if router.allow_migrate(connection.alias, model._meta.app_label))


def tables_of(found: Iterable[type[models.Model]]) -> list[Table]:
    kept = {model._meta.db_table: _table(model) for model in found if model._meta.managed and not model._meta.proxy}
    return [kept[name] for name in sorted(kept)]


def replaced(loader: MigrationLoader) -> set[tuple[str, str]]:
    """Migrations that others stand for by now."""
    return {name for migration in loader.disk_migrations.values() for name in migration.replaces}


def known_apart() -> set[str]:
    """Tables that are left out on purpose: they say nothing about the company."""
    caches = {
        str(cache["LOCATION"])
        for cache in settings.CACHES.values()
        if str(cache["BACKEND"]).endswith("DatabaseCache")
    }  # fmt: skip
    return {"django_migrations", MARKER, *caches}


def _table(model: type[models.Model]) -> Table:
    meta = model._meta
    fields = [field for field in meta.concrete_fields if not getattr(field, "generated", False)]
    columns = tuple(
        Column(str(field.column), kind_of(field), scale_of(field), isinstance(field, models.FileField))
        for field in fields
    )
    key: Any = meta.pk
    return Table(meta.db_table, columns, str(key.column), isinstance(key, models.AutoField))
