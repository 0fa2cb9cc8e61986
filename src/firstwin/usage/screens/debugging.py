"""What was turned down: by reason, and one by one with its body."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from firstwin.usage.compact.refusals import WHOLE_CALL
from firstwin.usage.models import Source
from firstwin.usage.screens.arrivals import elements
from firstwin.usage.screens.reasons import Reason, reason_of
from firstwin.usage.store.models import Rejected

PAGE = 100
_LOOKED_THROUGH = 2_000

TAKEN_UP = {"too_many_names"}
"""Reasons that are warnings: the events were taken up all the same, so there is nothing to send again."""


def can_be_replayed(code: str) -> bool:
    return code not in TAKEN_UP and not code.startswith(WHOLE_CALL)


@dataclass(frozen=True)
class Filters:
    """What the reader looks for; '' and None for anything. before: the number of the row the page starts below."""

    source: Source | None = None
    code: str = ""
    event: str = ""
    person: str = ""
    before: int | None = None


@dataclass(frozen=True)
class ByReason:
    """How often one reason stands, with those beyond the ones that are kept."""

    code: str
    reason: Reason
    kept: int
    count: int
    last_at: datetime

    @property
    def can_replay(self) -> bool:
        return can_be_replayed(self.code)

    @property
    def why_not(self) -> str:
        return "Taken up all the same" if self.code in TAKEN_UP else "Told to its sender"


@dataclass(frozen=True)
class Turned:
    row: Rejected
    reason: Reason
    source_name: str
    source_key: str

    @property
    def can_replay(self) -> bool:
        return self.row.replayed_at is None and can_be_replayed(self.row.code)


@dataclass(frozen=True)
class Found:
    """A page of them. older: the number to start below for the next page; None on the last one."""

    rows: list[Turned]
    older: int | None


def by_reason(filters: Filters) -> list[ByReason]:
    """The reasons of what was not replayed, the most frequent first."""
    rows = rejected(Filters(filters.source, "", filters.event)).order_by()
    told = rows.values("code").annotate(kept=Count("pk"), count=Sum(F("repeats") + 1), last=Max("received_at"))
    found = [ByReason(one["code"], reason_of(one["code"]), one["kept"], one["count"], one["last"]) for one in told]
    return sorted(found, key=lambda one: (-one.count, one.code))


def rejected(filters: Filters) -> "QuerySet[Rejected]":
    """Rows that were not replayed, newest first; the person is looked for by `page_of`, inside the bodies."""
    rows = Rejected.objects.filter(replayed_at__isnull=True).order_by("-received_at", "-pk")
    if filters.source is not None:
        rows = rows.filter(source=filters.source.pk)
    if filters.code:
        rows = rows.filter(code=filters.code)
    if filters.event:
        rows = rows.filter(event__icontains=filters.event)
    return rows


def page_of(filters: Filters) -> Found:
    """The newest of them. Of a person the newest two thousand are looked through."""
    rows = rejected(filters)
    if filters.before is not None:
        rows = _below(rows, filters.before)
    if filters.person:
        return Found(_shown([row for row in rows[:_LOOKED_THROUGH] if _is_about(row, filters.person)][:PAGE]), None)
    found = list(rows[: PAGE + 1])
    return Found(_shown(found[:PAGE]), found[PAGE - 1].pk if len(found) > PAGE else None)


def newest_number(filters: Filters) -> int:
    """The largest number among them: what comes later has a larger one. 0 without any."""
    return rejected(filters).aggregate(last=Max("pk"))["last"] or 0


def one(pk: int) -> Turned | None:
    return next(iter(_shown(list(Rejected.objects.filter(pk=pk)))), None)


def ids_of(filters: Filters) -> list[int]:
    """All that these filters mean, the oldest first, so that they are replayed in the order they came in."""
    return list(rejected(filters).order_by("received_at", "pk").values_list("pk", flat=True))


def _shown(rows: Sequence[Rejected]) -> list[Turned]:
    names = {pk: (name, key) for pk, name, key in Source.objects.values_list("pk", "name", "key")}
    return [Turned(row, reason_of(row.code), *names.get(row.source, (f"Source {row.source}", ""))) for row in rows]


def _below(rows: "QuerySet[Rejected]", pk: int) -> "QuerySet[Rejected]":
    """Those that stand below this one in the list; all of them when it is gone."""
    at = Rejected.objects.filter(pk=pk).values_list("received_at", flat=True).first()
    return rows.filter(Q(received_at__lt=at) | Q(received_at=at, pk__lt=pk)) if at is not None else rows


def _is_about(row: Rejected, person: str) -> bool:
    wanted = person.casefold()
    said = (element.get(name) for element in elements(bytes(row.body)) for name in ("userId", "anonymousId"))
    return any(str(value).casefold() == wanted for value in said if value is not None)
