"""What an import stored and changed, by kind of record, and the accounts it is about."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count

from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.scope import AccountSet
from firstwin.connectors.models import ImportRun, LastSaid, RowChange

SHOWN = 100
_ROWS = 2_000
"""Changed rows per kind of record whose accounts are looked up: a page names examples, not all of them."""


@dataclass(frozen=True)
class Changed:
    """Rows of one table."""

    label: str
    made: int
    changed: int
    removed: int


def changes_of(run: ImportRun) -> list[Changed]:
    found: dict[str, Counter[str]] = {}
    told = RowChange.objects.filter(run=run.pk).order_by()
    for table, op, count in told.values_list("table_name", "op").annotate(n=Count("row_id", distinct=True)):
        model = _model(table)
        if model is not LastSaid:
            label = str(model._meta.verbose_name_plural).capitalize() if model is not None else table.replace("_", " ")
            found.setdefault(label, Counter())[op] += count
    return [Changed(label, ops["i"], ops["u"], ops["d"]) for label, ops in sorted(found.items())]


def accounts_of(run: ImportRun, scope: AccountSet) -> list[AccountNow]:
    """Accounts it is about that the asker may see: the first hundred found."""
    ids: set[int] = set()
    for table in RowChange.objects.filter(run=run.pk).order_by().values_list("table_name", flat=True).distinct():
        model: Any = _model(table)
        rows = RowChange.objects.filter(run=run.pk, table_name=table).order_by("pk").values_list("row_id", flat=True)
        if model is Account:
            ids.update(rows[:SHOWN])
        elif model is not None and _is_about_accounts(model):
            some = list(rows[:_ROWS])
            ids.update(model._default_manager.filter(pk__in=some).values_list("account_id", flat=True)[:_ROWS])
    return list(scope.now().filter(account_id__in=sorted(ids)[:_ROWS]).order_by("name_folded")[:SHOWN])


def _model(table: str) -> type[models.Model] | None:
    return next((model for model in apps.get_models() if model._meta.db_table == table), None)


def _is_about_accounts(model: type[models.Model]) -> bool:
    return any(getattr(field, "attname", "") == "account_id" for field in model._meta.concrete_fields)
