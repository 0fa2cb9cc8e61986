"""Facts about an account that were learned after a moment: rows that came late, and rows that stood down since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from firstwin.accounts.models import Merge
from firstwin.core.frames import SqlFamily, frame_families
from firstwin.usage.metrics.learned import late_use

MOST = 20
"""Rows told of one table."""

USE = "usage.events"


@dataclass(frozen=True)
class Late:
    """known_at: when its source knew it; recorded_at: when it came; known_until: when it stood down.

    Use of the product is told by days: the id of one is its date, as in 20260331.
    """

    table: str
    id: int
    known_at: datetime
    known_until: datetime | None
    recorded_at: datetime


def late_facts(account_id: int, *, since: datetime, until: datetime) -> Iterator[Late]:
    """What was recorded after `since` and counts as known by `until`, and what stood down in between. A merge brings
    facts along that were known to another account."""
    merges = Merge.objects.filter(Q(survivor=account_id) | Q(absorbed=account_id), recorded_at__gt=since)
    for row in merges.order_by("pk").values_list("pk", "known_at", "known_until", "recorded_at"):
        yield Late(Merge._meta.label_lower, *row)
    for model, path in _tables():
        came = Q(recorded_at__gt=since, known_at__lte=until)
        went = Q(known_until__gt=since, known_until__lte=until) | Q(known_until__lte=since, recorded_at__gt=since)
        rows = model._base_manager.filter(came | went, **{path: account_id}).order_by("pk")
        names = ("pk", "known_at", "known_until", "recorded_at")
        for row in rows.values_list(*names)[:MOST]:
            yield Late(model._meta.label_lower, *row)
    for day, arrived in list(late_use(account_id, since=since, until=until).items())[:MOST]:
        yield Late(USE, int(f"{day:%Y%m%d}"), arrived, None, arrived)


def _tables() -> Iterator[tuple[Any, str]]:
    """Tables of facts that the frame reads, with the column that names the account."""
    seen = set()
    for family in frame_families().values():
        for table in family.tables if isinstance(family, SqlFamily) else ():
            if table.account is None:
                continue
            model = table.rows().model
            names = {field.attname for field in model._meta.concrete_fields}
            if {"known_at", "known_until", "recorded_at", table.account} <= names and model not in seen:
                seen.add(model)
                yield model, table.account
