"""How many accounts a list holds, and what its columns of numbers come to. One query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

from firstwin.accounts.listing.columns import is_averaged, is_summed
from firstwin.accounts.models import AccountNow
from firstwin.core.fields import Field


@dataclass(frozen=True)
class Total:
    """sum: of the known values.  mean: over the accounts that have one.  known: how many have one."""

    sum: float
    mean: float | None
    known: int
    is_mean_shown: bool


@dataclass(frozen=True)
class Totals:
    count: int
    columns: dict[str, Total]


def totals_of(rows: QuerySet[AccountNow], fields: Sequence[Field]) -> Totals:
    """Of these rows, for the fields among `fields` that add up."""
    summed = [field for field in fields if is_summed(field)]
    asked: dict[str, Any] = {"n": Count("pk")}
    for place, field in enumerate(summed):
        asked[f"s{place}"], asked[f"k{place}"] = Sum(str(field.stored)), Count(str(field.stored))
    said = rows.order_by().aggregate(**asked)
    return Totals(
        said["n"],
        {field.key: _total(field, said[f"s{place}"], said[f"k{place}"]) for place, field in enumerate(summed)},
    )


def _total(field: Field, total: float | None, known: int) -> Total:
    return Total(total or 0, total / known if total is not None and known else None, known, is_averaged(field))
