"""Which tables the journal keeps: every fact of the rooms, whatever room brings it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import models

from firstwin.core.facts import RecordFact

ROOMS = ("accounts", "revenue", "support")
BESIDE = ("core.rate", "connectors.lastsaid")
"""Facts that stand in rooms whose other tables are bookkeeping."""

NOT_FACTS = {
    "accounts.accountnow",  # derived
    "accounts.bulkedit", "accounts.bulkslice",  # work in hand
    "accounts.savedview", "accounts.note", "accounts.file",  # people's own; no import writes them
}  # fmt: skip

DERIVED = {
    "accounts.accountnow", "signals.reading", "signals.refreshed", "signals.lookedback", "signals.segmentstay",
    "signals.stagemove", "signals.episode",
}  # fmt: skip
"""Worked out of facts: no reason to keep a row that nothing else refers to."""

NEVER_RESTORED = {"revision"}
"""A dirty mark only ever goes up."""

BOOKKEEPING = {"seen_at", "stated_at", "said", "run_id", "line", "edition", "search_text"}
"""Columns whose later change is no person's edit: nobody needs to be told that it was kept."""

SLOTS: Mapping[str, tuple[str, ...]] = {
    "accounts.ownership": ("account_id", "kind"),
    "accounts.parentlink": ("account_id",),
    "accounts.removal": ("account_id",),
    "accounts.tagging": ("account_id", "tag_id"),
    "accounts.attributevalue": ("account_id", "attribute_id", "source"),
    "accounts.membership": ("person_id", "account_id"),
    "accounts.roleheld": ("person_id", "account_id", "role"),
}
"""What makes one line of history. Where somebody wrote on a line since, undo leaves the whole line as it is: half of
it put back would say what nobody ever said."""

MOST_COLUMNS = 60
"""SQLite's functions take 127 arguments, two for each column."""

_WHOLE = ("AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField", "PositiveBigIntegerField")


@dataclass(frozen=True)
class Reference:
    """A column of another table that points here."""

    table: str
    column: str
    label: str


@dataclass(frozen=True)
class Table:
    """account: the column that says whose it is.  reals: columns of fractions.  slot: see SLOTS.

    label: how people call one of its rows.
    """

    name: str
    label: str
    pk: str
    columns: tuple[str, ...]
    reals: frozenset[str]
    account: str | None
    slot: tuple[str, ...]
    can_stand_down: bool
    has_edition: bool
    referred_by: tuple[Reference, ...]

    @property
    def compared(self) -> tuple[str, ...]:
        return tuple(name for name in self.columns if name not in NEVER_RESTORED)


class NoJournal(Exception):
    """A table the journal cannot keep. Imports do not run before this is mended."""


@cache
def journaled() -> Mapping[str, Table]:
    """Name → table. Raises NoJournal for a table without one whole-number key."""
    found = [_table(model) for model in apps.get_models(include_auto_created=True) if _is_fact(model)]
    return {table.name: table for table in found}


def _is_fact(model: type[models.Model]) -> bool:
    label = model._meta.label_lower
    if not model._meta.managed or model._meta.proxy or label in NOT_FACTS:
        return False
    return model._meta.app_label in ROOMS or label in BESIDE


def _table(model: type[models.Model]) -> Table:
    meta = model._meta
    key = meta.pk
    if key is None or not getattr(key, "column", None) or key.get_internal_type() not in _WHOLE:
        raise NoJournal(f"{meta.label} has no single whole-number key: the journal of imports cannot name its rows.")
    columns = tuple(str(field.column) for field in meta.concrete_fields)
    if len(columns) > MOST_COLUMNS:
        raise NoJournal(f"{meta.label} has {len(columns)} columns; the journal of imports takes {MOST_COLUMNS}.")
    reals = {str(f.column) for f in meta.concrete_fields if f.get_internal_type() in {"FloatField", "DecimalField"}}
    is_record = issubclass(model, RecordFact)
    return Table(
        name=meta.db_table,
        label=str(meta.verbose_name),
        pk=str(key.column),
        columns=columns,
        reals=frozenset(reals),
        account="account_id" if "account_id" in columns else None,
        slot=("source", "external_id") if is_record else SLOTS.get(meta.label_lower, ()),
        can_stand_down="known_until" in columns,
        has_edition="edition" in columns,
        referred_by=tuple(_references(model)),
    )


def _references(model: type[models.Model]) -> list[Reference]:
    return [
        Reference(other._meta.db_table, str(field.column), str(other._meta.verbose_name))
        for other in apps.get_models(include_auto_created=True)
        for field in other._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and field.related_model is model
        and other._meta.managed
        and other._meta.label_lower not in DERIVED
    ]
