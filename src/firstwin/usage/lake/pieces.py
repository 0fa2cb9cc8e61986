"""The catalogue: which files make up the lake. It changes only here, inside a transaction of the store."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from firstwin.core.failpoints import failpoint
from firstwin.usage.lake.files import Written
from firstwin.usage.lake.lease import Busy, Hold
from firstwin.usage.store.models import Piece
from firstwin.usage.store.router import EVENTS


def standing(*tables: str) -> list[Piece]:
    """All pieces of these tables, oldest first, as one query sees them."""
    return list(Piece.objects.filter(table__in=tables, retired_at=None).order_by("pk"))


class Standing(NamedTuple):
    """What readers need to know of a piece."""

    table: str
    name: str
    size: int
    day_from: int
    day_to: int
    rolled_at: datetime | None


def standing_between(tables: Collection[str], day_from: int, day_to: int) -> list[Standing]:
    """Pieces with any of these days, oldest first, as one query sees them."""
    rows = Piece.objects.filter(table__in=sorted(tables), retired_at=None, day_from__lte=day_to, day_to__gte=day_from)
    return [Standing(*row) for row in rows.order_by("pk").values_list(*Standing._fields)]


def unrolled() -> list[Piece]:
    """Segments whose events are in no roll-up yet."""
    return list(Piece.objects.filter(table="events", retired_at=None, rolled_at=None).order_by("pk"))


@contextmanager
def committing(name: str, *holds: Hold) -> Iterator[None]:
    """One transaction of the store, committed only while the leases are ours. `name` names its failpoints."""
    with transaction.atomic(using=EVENTS):
        for hold in holds:
            hold.confirm()
        yield
        failpoint(f"lake.{name}.before_commit")
    failpoint(f"lake.{name}.after_commit")


def add(written: Iterable[Written], *, now: datetime, edition: int = 0, rolled_at: datetime | None = None) -> None:
    Piece.objects.bulk_create(
        Piece(
            table=made.table,
            name=made.name,
            level=made.level,
            rows=made.rows,
            size=made.size,
            sha256=made.sha256,
            day_from=made.day_from,
            day_to=made.day_to,
            edition=edition,
            made_at=now,
            rolled_at=rolled_at,
        )
        for made in written
    )


def retire(pieces: Collection[Piece], *, now: datetime) -> None:
    """Others stand for them from now on. The files stay for whoever reads them at this moment."""
    ids = [piece.pk for piece in pieces]
    gone = 0
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        gone += Piece.objects.filter(pk__in=part, retired_at=None).update(retired_at=now)
    if gone != len(ids):
        raise Busy("Files of the lake were replaced meanwhile; trying again.")


def mark_rolled(pieces: Collection[Piece], *, now: datetime) -> None:
    ids = [piece.pk for piece in pieces]
    for start in range(0, len(ids), 500):
        Piece.objects.filter(pk__in=ids[start : start + 500]).update(rolled_at=now)
