"""The heat map: features by week, grouped by product, each beside its own usual week."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from firstwin.ui.filters import number, plural
from firstwin.usage.metrics.reading import Heat, HeatRow
from firstwin.usage.section.pictures import week_title

MOST = 60
"""More features than this are not one picture any more: the least used are counted, not drawn."""
NEWEST, NEWER = 8, 13
"""Weeks that stay where it is narrow, and where it is narrower than wide."""

SHADES = {
    -2: "half of its usual or less",
    -1: "less than usual",
    0: "as usual",
    1: "more than usual",
    2: "double its usual or more",
}
KEY = (
    ("-2", "Half or less"),
    ("-1", "Less"),
    ("0", "As usual"),
    ("1", "More"),
    ("2", "Double or more"),
    ("new", "No usual week yet"),
)


@dataclass(frozen=True)
class HeatWeek:
    """A column. age: `new` always shown, `mid` unless it is narrow, `old` only where it is wide."""

    from_on: date
    label: str
    title: str
    age: str


@dataclass(frozen=True)
class HeatCell:
    """count: events of the week. shade: `-2` … `2`, `new` where there is no usual yet, '' without use."""

    count: int
    shade: str
    words: str
    age: str


@dataclass(frozen=True)
class HeatLine:
    """A feature. depth: how far below its parents. last: events in 28 days."""

    feature: int
    label: str
    key: str
    depth: int
    is_core: bool
    cells: tuple[HeatCell, ...]
    usual: str
    last: int


@dataclass(frozen=True)
class HeatGroup:
    product: str
    lines: tuple[HeatLine, ...]


@dataclass(frozen=True)
class HeatShown:
    weeks: tuple[HeatWeek, ...]
    groups: tuple[HeatGroup, ...]
    left_out: int

    @property
    def count(self) -> int:
        return sum(len(group.lines) for group in self.groups)

    @property
    def width(self) -> int:
        """Columns of the table."""
        return len(self.weeks) + 3


def heat_shown(heat: Heat, products: Mapping[int, str]) -> HeatShown:
    """products: id → name."""
    weeks = tuple(_week(heat.weeks, place) for place in range(len(heat.weeks)))
    used = [row for row in heat.rows if any(row.counts)]
    named: dict[str, list[HeatRow]] = defaultdict(list)
    for row in used[:MOST]:
        named[products.get(row.product_id or 0, "")].append(row)
    # The product with most use first; what stands with no product last.
    order = sorted(named, key=lambda name: (not name, -sum(sum(row.counts) for row in named[name]), name))
    groups = tuple(HeatGroup(name or "No product", tuple(_lines(named[name], weeks))) for name in order)
    return HeatShown(weeks, groups, max(0, len(used) - MOST))


def _week(weeks: Sequence[date], place: int) -> HeatWeek:
    left = len(weeks) - place
    on = weeks[place]
    # The first columns are named only where the month goes on: two names would run into each other.
    is_first = weeks[place - 1].month != on.month if place else weeks[min(2, left - 1)].month == on.month
    age = "new" if left <= NEWEST else "mid" if left <= NEWER else "old"
    return HeatWeek(on, f"{on:%b}" if is_first else "", week_title(on), age)


def _lines(rows: Sequence[HeatRow], weeks: Sequence[HeatWeek]) -> Iterable[HeatLine]:
    """Parents before what stands below them; those whose parent is not shown stand at the root."""
    here = {row.feature for row in rows}
    below: dict[int, list[HeatRow]] = defaultdict(list)
    for row in rows:
        below[row.parent if row.parent in here and row.parent is not None else 0].append(row)
    waiting = [(row, 0) for row in reversed(below.pop(0, []))]
    told: set[int] = set()
    while waiting:
        row, depth = waiting.pop()
        if row.feature in told:
            continue
        told.add(row.feature)
        yield _line(row, depth, weeks)
        waiting += [(child, min(depth + 1, 3)) for child in reversed(below.get(row.feature, []))]
    # A circle of parents has no root: its features are shown all the same.
    yield from (_line(row, 0, weeks) for row in rows if row.feature not in told)


def _line(row: HeatRow, depth: int, weeks: Sequence[HeatWeek]) -> HeatLine:
    cells = tuple(
        _cell(count, shade, week, row.usual) for count, shade, week in zip(row.counts, row.shades, weeks, strict=True)
    )
    usual = number(row.usual, 0 if float(row.usual).is_integer() else 1) if row.usual is not None else ""
    return HeatLine(row.feature, row.label, row.key, depth, row.is_core, cells, usual, sum(row.counts[-4:]))


def _cell(count: int, shade: int | None, week: HeatWeek, usual: float | None) -> HeatCell:
    if not count:
        return HeatCell(0, "", f"{week.title}: none", week.age)
    said = f", {SHADES[shade]} ({number(usual)})" if shade is not None else ""
    return HeatCell(count, "new" if shade is None else str(shade), f"{week.title}: {plural(count, 'event')}{said}",
                    week.age)  # fmt: skip
