"""The board: accounts as cards, in the columns of their stages. Counted and cut in the database."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from firstwin.accounts.bulk import plain_rows
from firstwin.accounts.models import AccountNow
from firstwin.core.conditions import over_all
from firstwin.signals.kinds.pipeline import Pipeline
from firstwin.signals.models import Pace, StageMove

CARDS = 30


@dataclass(frozen=True)
class Card:
    """since: when it came to its stage, the overlay left out.  overlay: label of what lies over the stage, if any."""

    key: str
    name: str
    owner: str
    arr_minor: int | None
    pace: str
    health_band: str
    health: float | None
    since: date | None
    days: int | None
    overlay: str
    renews_on: date | None


@dataclass(frozen=True)
class Column:
    """counts are of everybody at the stage, cards of those with the most ARR."""

    key: str
    label: str
    help: str
    accounts: int
    arr_minor: int | None
    behind: int
    stuck: int
    paused: int
    overlaid: int
    cards: Sequence[Card]

    @property
    def more(self) -> int:
        return self.accounts - len(self.cards)


def board(rows: QuerySet[AccountNow], pipeline: Pipeline, today: date) -> list[Column]:
    """One column for each stage, in order. rows: the list rows of the accounts asked for."""
    totals = _totals(rows, pipeline)
    over: dict[str, list[_Over]] = {key: [] for key in totals}
    for one in _overlaid(rows, pipeline):
        if one.below in totals:
            totals[one.below].add(one)
            over[one.below].append(one)
    ids = {key: _dearest(rows, key, some) for key, some in over.items()}
    shown = AccountNow.objects.in_bulk([pk for some in ids.values() for pk in some])
    return [
        Column(
            key=stage.key, label=stage.label, help=stage.help, **asdict(totals[stage.key]),
            cards=[_card(shown[pk], pipeline, today) for pk in ids[stage.key] if pk in shown],
        )
        for stage in pipeline.stages
    ]  # fmt: skip


@dataclass
class _Figures:
    accounts: int = 0
    arr_minor: int | None = None
    behind: int = 0
    stuck: int = 0
    paused: int = 0
    overlaid: int = 0

    def add(self, one: "_Over") -> None:
        self.accounts += 1
        self.overlaid += 1
        if one.arr_minor is not None:
            self.arr_minor = (self.arr_minor or 0) + one.arr_minor
        self.behind += one.pace == Pace.BEHIND
        self.stuck += one.pace == Pace.STUCK
        self.paused += one.pace == Pace.PAUSED


class _Over(NamedTuple):
    """An account under the overlay.  below: where it stands."""

    account_id: int
    arr_minor: int | None
    pace: str | None
    below: str


def _overlaid(rows: QuerySet[AccountNow], pipeline: Pipeline) -> list[_Over]:
    if pipeline.overlay is None:
        return []
    under = at_stage(rows, pipeline).filter(stage=pipeline.overlay.key).order_by()
    return list(map(_Over._make, plain_rows(under.values_list("account_id", "arr_minor", "stage_pace", "below"))))


def _totals(rows: QuerySet[AccountNow], pipeline: Pipeline) -> dict[str, _Figures]:
    """Of those that the overlay does not hide."""
    stages = [stage.key for stage in pipeline.stages]
    names = ("accounts", "arr", "behind", "stuck", "paused")
    summed = rows.filter(over_all(Q(stage__in=stages))).order_by().values("stage").annotate(
        accounts=Count("pk"),
        arr=Sum("arr_minor"),
        behind=Count("pk", filter=Q(stage_pace=Pace.BEHIND)),
        stuck=Count("pk", filter=Q(stage_pace=Pace.STUCK)),
        paused=Count("pk", filter=Q(stage_pace=Pace.PAUSED)),
    )  # fmt: skip
    found = {str(stage): _Figures(*figures) for stage, *figures in summed.values_list("stage", *names)}
    return {key: found.get(key, _Figures()) for key in stages}


def _dearest(rows: QuerySet[AccountNow], stage: str, over: Iterable[_Over]) -> list[int]:
    first = rows.filter(stage=stage).order_by(F("arr_minor").desc(nulls_last=True), "account_id")
    found = list(first.values_list("account_id", "arr_minor")[:CARDS])
    found += [(one.account_id, one.arr_minor) for one in over]
    found.sort(key=lambda pair: (pair[1] is None, -(pair[1] or 0), pair[0]))
    return [pk for pk, _ in found[:CARDS]]


def at_stage(rows: QuerySet[AccountNow], pipeline: Pipeline) -> QuerySet[Any]:
    """Each with `below`, the stage where it stands under the overlay, by its latest move on this pipeline.

    The row knows its stage; only where the overlay hides it is the ledger asked.
    """
    overlay = pipeline.overlay.key if pipeline.overlay is not None else ""
    stages = [stage.key for stage in pipeline.stages]
    moves = StageMove.objects.filter(account=OuterRef("account_id"), restated_at__isnull=True, pipeline=pipeline.key)
    hidden = Subquery(moves.order_by("-on", "-id").values("stage")[:1], output_field=CharField())
    plain = rows.filter(stage__in=[*stages, overlay] if overlay else stages)
    return plain.annotate(below=_when_hidden(overlay, hidden))


def _when_hidden(overlay: str, hidden: Any) -> Any:
    if not overlay:
        return F("stage")
    return Case(When(stage=overlay, then=Coalesce(hidden, F("stage"))), default=F("stage"), output_field=CharField())


def _card(row: AccountNow, pipeline: Pipeline, today: date) -> Card:
    since, over = row.stage_on, pipeline.overlay
    overlay = over.label if over is not None and row.stage == over.key else ""
    return Card(
        key=row.key, name=row.name, owner=row.owner_name or "", arr_minor=row.arr_minor, pace=row.stage_pace or "",
        health_band=row.health_band or "unknown", health=row.health, since=since,
        days=(today - since).days if since is not None else None, overlay=overlay, renews_on=row.renews_on,
    )  # fmt: skip
