"""How large the lake is, what of it waits, and how long it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Sum

from firstwin.usage.ingest.overload import inbox_size
from firstwin.usage.models import LakeSetting
from firstwin.usage.store.models import EventName, Piece
from firstwin.usage.store.models.piece import Table

_FIRST = date(1970, 1, 1)
ROLLED_UP = (Table.ACTOR_BLOCKS, Table.FEATURE_BLOCKS, Table.PLACE_DAYS, Table.FEATURE_DAYS)


@dataclass(frozen=True)
class Part:
    """The files of one table."""

    label: str
    files: int
    rows: int
    size: int


@dataclass(frozen=True)
class Lake:
    """What stands. events: rows of single events; unrolled: of those, not in roll-ups yet (readers see them anyway)."""

    parts: Sequence[Part]
    events: int
    unrolled: int
    first_on: date | None
    last_on: date | None
    made_at: datetime | None

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)

    @property
    def files(self) -> int:
        return sum(part.files for part in self.parts)


NEAR = 0.8
"""From this share on a limit is near."""


@dataclass(frozen=True)
class Limits:
    """How far the limits are away. inbox, most_inbox: bytes."""

    names: int
    most_names: int
    inbox: int
    most_inbox: int

    @property
    def is_short_of_names(self) -> bool:
        return self.names >= NEAR * self.most_names

    @property
    def is_short_of_room(self) -> bool:
        return self.inbox >= NEAR * self.most_inbox


def limits_now(setting: LakeSetting) -> Limits:
    return Limits(EventName.objects.count(), setting.most_names, inbox_size(), setting.largest_inbox_mb * 1024 * 1024)


def lake_now() -> Lake:
    """Two queries of the catalogue; no file is opened."""
    standing = Piece.objects.filter(retired_at=None)
    told = {
        row["table"]: row
        for row in standing.values("table").annotate(
            files=Count("pk"), rows=Sum("rows"), size=Sum("size"), made=Max("made_at"), low=Min("day_from"),
            high=Max("day_to"),
        )
    }  # fmt: skip
    unrolled = standing.filter(table=Table.EVENTS, rolled_at=None).aggregate(rows=Sum("rows"))["rows"] or 0
    events = told.get(Table.EVENTS)
    return Lake(
        parts=[_part(table, told) for table in Table if table in told],
        events=events["rows"] if events else 0,
        unrolled=unrolled,
        first_on=_FIRST + timedelta(days=events["low"]) if events else None,
        last_on=_FIRST + timedelta(days=events["high"]) if events else None,
        made_at=max((row["made"] for row in told.values()), default=None),
    )


def _part(table: Table, told: Mapping[str, Any]) -> Part:
    row = told[table]
    return Part(str(table.label), row["files"], row["rows"], row["size"])
