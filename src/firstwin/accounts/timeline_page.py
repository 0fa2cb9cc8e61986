"""The account's timeline: touches and notes in one stream, newest first, by keyset, with what changed in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from firstwin.accounts.changes import Told, changes_of
from firstwin.accounts.models import Account, Note, Touch, TouchAttendee
from firstwin.accounts.search import matching
from firstwin.core.clock import day_of, end_of, start_of

PAGE = 30


@dataclass(frozen=True)
class Filters:
    """What the reader wants to see. kind: a touch kind, "notes", or '' for all. with_changes: the small lines too."""

    kind: str = ""
    direction: str = ""
    person: int | None = None
    author: int | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None
    with_changes: bool = True

    @property
    def is_on(self) -> bool:
        return bool(self.kind or self.direction or self.person or self.author or self.text or self.since or self.until)

    @property
    def only_touches(self) -> bool:
        """Notes have no direction and nobody attends them."""
        return bool(self.direction or self.person) or self.kind not in ("", "notes")

    def query(self) -> str:
        """These filters as a query string."""
        said = {
            "kind": self.kind,
            "direction": self.direction,
            "person": self.person or "",
            "author": self.author or "",
            "q": self.text,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "changes": "" if self.with_changes else "no",
        }
        return urlencode({key: value for key, value in said.items() if value})


@dataclass(frozen=True)
class Item:
    """One thing on the timeline: exactly one of touch, note, change."""

    at: datetime
    touch: Touch | None = None
    note: Note | None = None
    change: Told | None = None


@dataclass(frozen=True)
class Stream:
    """A page of the timeline. earlier: the cursor to go on from, '' at the end."""

    items: Sequence[Item]
    earlier: str
    before: datetime | None
    today: date
    more_changes: bool = False

    @property
    def periods(self) -> list[tuple[str, list[Item]]]:
        """The items under headings; the first is '' where the page before ended under the same one."""
        found: list[tuple[str, list[Item]]] = []
        last = self._heading(self.before) if self.before else ""
        for item in self.items:
            heading = self._heading(item.at)
            if heading != last or not found:
                found.append((heading if heading != last else "", []))
                last = heading
            found[-1][1].append(item)
        return found

    def _heading(self, at: datetime) -> str:
        day = day_of(at)
        near = {0: "Today", 1: "Yesterday"}.get((self.today - day).days)
        return near or f"{day:%B %Y}"


def stream(account: Account, filters: Filters, *, before: str, now: datetime) -> Stream:
    """A page of what happened. before: a cursor an earlier page gave."""
    cursor = _Cursor.read(before)
    found: list[tuple[Any, ...]] = []
    if filters.kind != "notes":
        found += [(row.occurred_at, 1, row.pk, row) for row in _touches(account, filters, cursor)]
    if not filters.only_touches:
        found += [(row.written_at, 0, row.pk, row) for row in _notes(account, filters, cursor)]
    found.sort(key=lambda one: one[:3], reverse=True)
    page = found[:PAGE]
    earlier = _Cursor(*page[-1][:3]).write() if len(found) > PAGE else ""
    items = [Item(at, touch=row) if rank else Item(at, note=row) for at, rank, _, row in page]
    before_at = cursor.at if cursor else None
    if not filters.with_changes or filters.is_on:
        return Stream(items, earlier, before_at, day_of(now))
    changes, more = changes_of(
        account.pk,
        since=page[-1][0] if earlier else None,
        until=cursor.at if cursor else now,
        values=False,
    )
    items += [Item(one.at, change=one) for one in changes]
    items.sort(key=lambda item: (item.at, item.change is None), reverse=True)
    return Stream(items, earlier, before_at, day_of(now), more)


@dataclass(frozen=True)
class _Cursor:
    """The last thing of a page: its moment, what it was (1 touch, 0 note), its id."""

    at: datetime
    rank: int
    pk: int

    def write(self) -> str:
        return f"{self.at.isoformat()}~{self.rank}~{self.pk}"

    @classmethod
    def read(cls, text: str) -> "_Cursor | None":
        """None for no cursor, and for one that makes no sense: the first page is shown."""
        at, _, rest = text.partition("~")
        rank, _, pk = rest.partition("~")
        try:
            moment = datetime.fromisoformat(at)
            return cls(moment, int(rank), int(pk)) if moment.tzinfo else None
        except ValueError:
            return None

    def before(self, column: str, rank: int) -> Q:
        """What comes after the cursor on the way down, in the source of `rank`."""
        earlier = Q(**{f"{column}__lt": self.at})
        if rank > self.rank:
            return earlier
        same = Q(**{column: self.at})
        return earlier | (same if rank < self.rank else same & Q(pk__lt=self.pk))


def attended(rows: QuerySet[Touch]) -> QuerySet[Touch]:
    """Touches with their author and people at hand."""
    people = Prefetch("attendance", TouchAttendee.objects.select_related("person").order_by("person__name"))
    corrected = Touch.objects.filter(key=OuterRef("key"), known_until__isnull=False)
    rows = rows.annotate(is_corrected=Exists(corrected))
    return rows.select_related("author", "account").prefetch_related(people)


def _touches(account: Account, filters: Filters, cursor: _Cursor | None) -> QuerySet[Touch]:
    rows = Touch.objects.standing().filter(account=account)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.direction:
        rows = rows.filter(direction=filters.direction)
    if filters.person:
        rows = rows.filter(attendance__person=filters.person)
    rows = _common(rows, filters, "occurred_at")
    if cursor is not None:
        rows = rows.filter(cursor.before("occurred_at", 1))
    return attended(rows).order_by("-occurred_at", "-pk")[: PAGE + 1]


def _notes(account: Account, filters: Filters, cursor: _Cursor | None) -> QuerySet[Note]:
    rows = Note.objects.filter(account=account, removed_at__isnull=True)
    rows = _common(rows, filters, "written_at")
    if cursor is not None:
        rows = rows.filter(cursor.before("written_at", 0))
    page: QuerySet[Note] = rows.select_related("author").order_by("-written_at", "-pk")[: PAGE + 1]
    return page


def _common(rows: Any, filters: Filters, column: str) -> Any:
    if filters.author:
        rows = rows.filter(author=filters.author)
    if filters.since:
        rows = rows.filter(**{f"{column}__gte": start_of(filters.since)})
    if filters.until:
        rows = rows.filter(**{f"{column}__lt": end_of(filters.until)})
    if filters.text:
        rows = matching(rows, filters.text)
    return rows
