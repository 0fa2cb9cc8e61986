"""How the lake stands, in figures."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Min, Sum

from firstwin.usage.lake import days, fold, pieces, rebuild
from firstwin.usage.store.models import Inbox, Piece


@dataclass(frozen=True)
class Stock:
    """What one table of the lake holds."""

    table: str
    files: int
    rows: int
    size: int
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Status:
    """waiting_*: events stored but not folded yet. inbox_*: batches that wait to be taken up, and those held."""

    stocks: tuple[Stock, ...]
    waiting_segments: int
    waiting_rows: int
    is_fold_due: bool
    is_rebuild_due: bool
    retired: int
    inbox_batches: int
    inbox_events: int
    inbox_held: int


def status(now: datetime) -> Status:
    waiting = pieces.unrolled()
    inbox = Inbox.objects.filter(held_at=None).aggregate(batches=Count("pk"), events=Sum("events"))
    return Status(
        stocks=tuple(_stocks()),
        waiting_segments=len(waiting),
        waiting_rows=sum(piece.rows for piece in waiting),
        is_fold_due=fold.is_due(now),
        is_rebuild_due=rebuild.is_due(),
        retired=Piece.objects.exclude(retired_at=None).count(),
        inbox_batches=inbox["batches"],
        inbox_events=inbox["events"] or 0,
        inbox_held=Inbox.objects.exclude(held_at=None).count(),
    )


def _stocks() -> list[Stock]:
    told = Piece.objects.filter(retired_at=None).values("table").order_by("table")
    found = told.annotate(
        n=Count("pk"), all_rows=Sum("rows"), bytes=Sum("size"), first=Min("day_from"), last=Max("day_to")
    )
    return [
        Stock(
            row["table"],
            row["n"],
            row["all_rows"],
            row["bytes"],
            None if row["table"] == "keys" else days.day_of(row["first"]),
            None if row["table"] == "keys" else days.day_of(row["last"]),
        )
        for row in found
    ]
