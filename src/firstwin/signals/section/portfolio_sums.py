"""What the portfolio adds up, asked once: accounts and ARR by owner, experience and band."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Sum

from firstwin.accounts.models import AccountNow
from firstwin.signals.models import Band

LOW_COVERAGE = 0.7


class Cell(NamedTuple):
    """Accounts that have all of these in common. band: None where none was ever worked out.  low: those of them with a
    score of too little coverage."""

    band: str | None
    experience: str | None
    owner_id: int | None
    owner_name: str | None
    n: int
    arr: int | None
    low: int


@dataclass
class Figures:
    """By band: accounts, and their ARR in minor units."""

    n: dict[str | None, int] = field(default_factory=lambda: defaultdict(int))
    arr: dict[str | None, int] = field(default_factory=lambda: defaultdict(int))
    low: int = 0

    def add(self, cell: Cell) -> None:
        self.n[cell.band] += cell.n
        self.arr[cell.band] += int(cell.arr or 0)
        self.low += cell.low

    @property
    def accounts(self) -> int:
        return sum(self.n.values())

    @property
    def total(self) -> int:
        return sum(self.arr.values())

    def shown(self, band: str) -> tuple[int, int]:
        """(accounts, ARR) of a band; unknown are also those that were never worked out."""
        bands = (band, None) if band == Band.UNKNOWN else (band,)
        return sum(self.n.get(one, 0) for one in bands), sum(self.arr.get(one, 0) for one in bands)


def cells(rows: QuerySet[AccountNow]) -> Sequence[Cell]:
    low = Q(health__isnull=False, health_coverage__lt=LOW_COVERAGE)
    # The owner not first: SQLite would go through the index of owners, and from each entry to the table.
    keys = ("health_band", "experience", "owner_id", "owner_name")
    summed = rows.order_by().values(*keys).annotate(n=Count("pk"), arr=Sum("arr_minor"), low=Count("pk", filter=low))
    return [Cell(*row) for row in summed.values_list(*keys, "n", "arr", "low")]


def added(some: Iterable[Cell]) -> Figures:
    found = Figures()
    for cell in some:
        found.add(cell)
    return found


def added_by(some: Iterable[Cell], key: Callable[[Cell], Any]) -> list[tuple[Any, Figures]]:
    """Those with most ARR first."""
    found: dict[Any, Figures] = {}
    for cell in some:
        found.setdefault(key(cell), Figures()).add(cell)
    return sorted(found.items(), key=lambda pair: (-pair[1].total, str(pair[0])))
