"""ARR over many days in one pass over the lines: each piece opens at one day and closes at another."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import accumulate, pairwise
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum

from firstwin.accounts.models import Account
from firstwin.accounts.scope import AccountSet
from firstwin.core.clock import day_of
from firstwin.revenue.conversion import Conversion
from firstwin.revenue.figures import Sums, Totals, known_lines

Row = tuple[Any, ...]
"""(account, currency, starts_on, ends_on, lines, mrr, arr)"""


def arr_series(accounts: AccountSet, days: Sequence[date], *, known_by: datetime | None = None) -> list[Totals]:
    """`arr_on` for each of these days, which rise."""
    if not days:
        return []
    rows = known_lines(accounts, known_by).filter(starts_on__lte=days[-1]).exclude(ends_on__lte=days[0])
    pieces = rows.order_by("account_id", "currency").values_list("account_id", "currency", "starts_on", "ends_on")
    summed = pieces.annotate(n=Count("pk"), mrr=Sum("mrr_minor"), arr=Sum("arr_minor"))
    sweep = _Sweep(days)
    for some in _together(_until_removed(summed.iterator(chunk_size=20_000))):
        sweep.take(some)
    return sweep.totals()


def _until_removed(pieces: Iterable[Row]) -> Iterator[Row]:
    """Nothing counts from the day on which its account was taken out of the lists."""
    rows = Account.objects.filter(removed_at__isnull=False).values_list("pk", "removed_at")
    removed = {pk: day_of(at) for pk, at in rows if at is not None}
    for piece in pieces:
        until = removed.get(piece[0])
        if until is not None and (piece[3] is None or piece[3] > until):
            piece = (*piece[:3], until, *piece[4:])
        yield piece


def _together(pieces: Iterable[Row]) -> Iterator[list[Row]]:
    """The pieces of one account at a time."""
    some: list[Row] = []
    for piece in pieces:
        if some and some[0][0] != piece[0]:
            yield some
            some = []
        some.append(piece)
    if some:
        yield some


@dataclass
class _Sweep:
    """Each list holds what changes at a place; running sums give what there is."""

    days: Sequence[date]
    _accounts: list[int] = field(init=False)
    _billed: dict[str, list[list[int]]] = field(default_factory=dict)
    _foreign: list[list[int]] = field(init=False)  # converted mrr and arr
    _missing: list[dict[str, Sums]] = field(init=False)
    _places: dict[date | None, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._accounts = [0] * (len(self.days) + 1)
        self._foreign = [[0, 0] for _ in self.days]
        self._missing = [{} for _ in self.days]
        self._places[None] = len(self.days)
        self._conversions = [Conversion(day) for day in self.days]
        self._ours = str(settings.FIRSTWIN_CURRENCY)

    def take(self, pieces: list[Row]) -> None:
        """All pieces of one account."""
        spans: list[tuple[int, int]] = []
        foreign: dict[str, list[tuple[int, int, int, int, int]]] = {}
        for _, currency, starts_on, ends_on, n, mrr, arr in pieces:
            opens, closes = self._place(starts_on), self._place(ends_on)
            if opens >= closes:
                continue
            spans.append((opens, closes))
            changes = self._billed.get(currency)
            if changes is None:
                changes = self._billed[currency] = [[0, 0, 0] for _ in range(len(self.days) + 1)]
            at, until = changes[opens], changes[closes]
            at[0] += n
            at[1] += mrr
            at[2] += arr
            until[0] -= n
            until[1] -= mrr
            until[2] -= arr
            if currency != self._ours:
                foreign.setdefault(currency, []).append((opens, closes, n, mrr, arr))
        for opens, closes in _joined(spans):
            self._accounts[opens] += 1
            self._accounts[closes] -= 1
        for currency, some in foreign.items():
            self._convert(currency, some)

    def _place(self, day: date | None) -> int:
        """The first of the days on or after this one."""
        place = self._places.get(day)
        if place is None:
            place = self._places[day] = bisect_left(self.days, day)  # type: ignore[type-var]
        return place

    def _convert(self, currency: str, pieces: list[tuple[int, int, int, int, int]]) -> None:
        """One account's money in one foreign currency: summed first, then converted, as on a single day."""
        edges = sorted({edge for opens, closes, *_ in pieces for edge in (opens, closes)})
        for opens, closes in pairwise(edges):
            held = [piece for piece in pieces if piece[0] <= opens < piece[1]]
            if not held:
                continue
            n, mrr, arr = (sum(piece[place] for piece in held) for place in (2, 3, 4))
            for place in range(opens, closes):
                conversion = self._conversions[place]
                month, year = conversion.minor(mrr, currency), conversion.minor(arr, currency)
                if month is None or year is None:
                    missing = self._missing[place]
                    missing[currency] = missing.get(currency, Sums()) + Sums(n, mrr, arr)
                else:
                    point = self._foreign[place]
                    point[0] += month
                    point[1] += year

    def totals(self) -> list[Totals]:
        billed = {currency: _running(changes) for currency, changes in sorted(self._billed.items())}
        accounts = list(accumulate(self._accounts))
        found = []
        for place, day in enumerate(self.days):
            here = {currency: sums[place] for currency, sums in billed.items() if sums[place].lines}
            ours = here.get(self._ours, Sums())
            mrr, arr = self._foreign[place]
            found.append(
                Totals(
                    day,
                    self._ours,
                    accounts[place],
                    sum(sums.lines for sums in here.values()),
                    ours.mrr_minor + mrr,
                    ours.arr_minor + arr,
                    here,
                    dict(sorted(self._missing[place].items())),
                )
            )
        return found


def _running(changes: list[list[int]]) -> list[Sums]:
    columns = [accumulate(column) for column in zip(*changes, strict=True)]
    return [Sums(*row) for row in zip(*columns, strict=True)]


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Their union, without overlap."""
    if len(spans) < 2:
        return spans
    found: list[tuple[int, int]] = []
    for opens, closes in sorted(spans):
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], closes))
        else:
            found.append((opens, closes))
    return found
