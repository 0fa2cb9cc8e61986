"""Event names as people keep them: what each means, how much of it comes, what it belongs under."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import caches

from firstwin.core.clock import day_of
from firstwin.revenue.models import Product
from firstwin.usage.catalogue import PLAIN, Meaning, meanings
from firstwin.usage.models import FeatureMeaning, Means
from firstwin.usage.store.models import EventName, Piece

WEEKS = 12
PAGE = 200
_KEPT_SECONDS = 60

SHOWN = (
    ("all", "All"),
    ("plain", "Nobody spoke of"),
    ("core", "Core workflows"),
    ("means", "Activation and first win"),
    ("ignored", "Ignored"),
)


@dataclass(frozen=True)
class Named:
    """One event name. weeks: events in each of the last twelve spans of seven days, oldest first; None: none came.

    depth: how far below the top it stands in the list.
    """

    pk: int
    kind: str
    name: str
    first_at: datetime
    last_at: datetime
    events: int
    meaning: Meaning
    product: str
    parent: str
    weeks: tuple[int, ...] | None
    depth: int = 0

    @property
    def called(self) -> str:
        return self.meaning.label or self.name

    @property
    def means_words(self) -> str:
        return str(Means(self.meaning.means).label) if self.meaning.means else ""

    @property
    def last_28(self) -> int:
        return sum(self.weeks[-4:]) if self.weeks else 0


@dataclass(frozen=True)
class Change:
    """One row of the history of a meaning: from when, by whom, what was meant."""

    known_at: datetime
    known_until: datetime | None
    by: str
    words: str


class Catalogue:
    """All names with what they mean, read once for a page."""

    def __init__(self, *, now: datetime) -> None:
        self.as_of = now
        self._meanings = meanings()
        self._products = dict(Product.objects.values_list("pk", "name"))
        self.keys = dict(Product.objects.values_list("pk", "key"))
        self._rows = {row.pk: row for row in EventName.objects.order_by("-events", "name", "pk")}

    @property
    def count(self) -> int:
        return len(self._rows)

    def called(self, pk: int | None) -> str:
        row = self._rows.get(pk or 0)
        return (self._meanings.get(row.pk, PLAIN).label or row.name) if row else ""

    def listed(self, *, show: str = "all", words: str = "", weeks: Mapping[int, tuple[int, ...]]) -> list[Named]:
        """What fits, parents before what belongs under them, the busiest first. With words or a choice: flat."""
        fits = [pk for pk in self._rows if self._fits(pk, show, words.casefold())]
        if show != "all" or words:
            return [self.one(pk, weeks=weeks) for pk in fits]
        return [self.one(pk, depth=depth, weeks=weeks) for pk, depth in self._in_order(fits)]

    def one(self, pk: int, *, weeks: Mapping[int, tuple[int, ...]], depth: int = 0) -> Named:
        row, meaning = self._rows[pk], self._meanings.get(pk, PLAIN)
        return Named(
            pk=pk,
            kind=row.kind,
            name=row.name,
            first_at=row.first_at,
            last_at=row.last_at,
            events=row.events,
            meaning=meaning,
            product=self._products.get(meaning.product_id or 0, ""),
            parent=self.called(meaning.parent),
            weeks=weeks.get(pk),
            depth=depth,
        )

    def has(self, pk: int) -> bool:
        return pk in self._rows

    def children(self, pk: int) -> list[tuple[int, str]]:
        found = [one for one, meaning in self._meanings.items() if meaning.parent == pk and one in self._rows]
        return sorted(((one, self.called(one)) for one in found), key=lambda pair: pair[1].casefold())

    def parents_for(self, pk: int | None = None) -> list[tuple[int, str]]:
        """Names that it may belong under: all but itself and what stands below it."""
        below = self._below(pk) if pk is not None else set()
        found = [(one, self.called(one)) for one in self._rows if one not in below]
        return sorted(found, key=lambda pair: pair[1].casefold())

    def _fits(self, pk: int, show: str, words: str) -> bool:
        row, meaning = self._rows[pk], self._meanings.get(pk, PLAIN)
        fits = {
            "plain": meaning == PLAIN,
            "core": meaning.is_core and not meaning.is_ignored,
            "means": bool(meaning.means) and not meaning.is_ignored,
            "ignored": meaning.is_ignored,
        }.get(show, True)
        return fits and (words in row.name.casefold() or words in meaning.label.casefold())

    def _in_order(self, fits: Iterable[int]) -> Iterator[tuple[int, int]]:
        under: dict[int | None, list[int]] = defaultdict(list)
        for pk in fits:
            parent = self._meanings.get(pk, PLAIN).parent
            under[parent if parent in self._rows else None].append(pk)
        waiting = [(pk, 0) for pk in reversed(under[None])]
        while waiting:
            pk, depth = waiting.pop()
            yield pk, depth
            waiting.extend((child, depth + 1) for child in reversed(under[pk]))

    def _below(self, pk: int) -> set[int]:
        found, ahead = {pk}, [pk]
        while ahead:
            here = ahead.pop()
            for one, meaning in self._meanings.items():
                if meaning.parent == here and one not in found:
                    found.add(one)
                    ahead.append(one)
        return found


def history(feature: int) -> list[Change]:
    """What was meant by one name and when that was said, the newest first."""
    rows = FeatureMeaning.objects.filter(feature=feature).select_related("product", "by").order_by("-pk")
    return [
        Change(row.known_at, row.known_until, row.by.name if row.by else "The installation", _in_words(row))
        for row in rows[:100]
    ]


def weeks_of(*, now: datetime) -> Mapping[int, tuple[int, ...]]:
    """Feature → events in each of the last twelve spans of seven days up to yesterday. Asked at most once a minute."""
    today = day_of(now)
    piece = Piece.objects.filter(retired_at=None).order_by("-pk").values_list("pk", flat=True).first()
    if piece is None:
        return {}
    key = f"usage.names.weeks.{today}"
    kept = caches["local"].get(key)
    if kept is None:
        kept = _weeks(today)
        caches["local"].set(key, kept, _KEPT_SECONDS)
    found: Mapping[int, tuple[int, ...]] = kept
    return found


def _weeks(today: date) -> dict[int, tuple[int, ...]]:
    from firstwin.usage.lake.days import number_of
    from firstwin.usage.lake.reading import reading

    first = today - timedelta(days=7 * WEEKS)
    asked = "select feature, (day - ?) // 7, sum(count) from feature_days where day < ? group by all"
    with reading(day_from=first, day_to=today - timedelta(days=1), tables=("feature_days",)) as lake:
        rows = lake.execute(asked, [number_of(first), number_of(today)]).fetchall()
    found: dict[int, list[int]] = defaultdict(lambda: [0] * WEEKS)
    for feature, week, count in rows:
        if 0 <= week < WEEKS:
            found[feature][week] += int(count)
    return {feature: tuple(counts) for feature, counts in found.items()}


def _in_words(row: FeatureMeaning) -> str:
    said = [
        f"called {row.label}" if row.label else "",
        f"of {row.product.name}" if row.product else "",
        "core workflow" if row.is_core else "",
        f"means {Means(row.means).label.lower()}" if row.means else "",
        f"under {_name(row.parent)}" if row.parent else "",
        "ignored" if row.is_ignored else "",
    ]
    return ", ".join(part for part in said if part) or "plain use"


def _name(pk: int) -> str:
    return EventName.objects.filter(pk=pk).values_list("name", flat=True).first() or f"name {pk}"
