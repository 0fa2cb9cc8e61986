"""The board: accounts as cards, in the columns of their stages. Counted and cut in the database."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum

from firstwin.accounts.models import AccountNow
from firstwin.core.conditions import over_all
from firstwin.signals.kinds.pipeline import Pipeline
from firstwin.signals.models import Pace

CARDS = 30


@dataclass(frozen=True)
class Card:
    """since: when it came to the stage of the column, whatever lies over it since.  overlay: label of that, if anything
    does.  is_overlay_late: whether the pace is that of the overlay."""

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
    is_overlay_late: bool
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
    ids = {key: _dearest(rows, key) for key in totals}
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


def _totals(rows: QuerySet[AccountNow], pipeline: Pipeline) -> dict[str, _Figures]:
    stages = [stage.key for stage in pipeline.stages]
    names = ("accounts", "arr", "behind", "stuck", "paused", "overlaid")
    summed = rows.filter(over_all(Q(stage_below__in=stages))).order_by().values("stage_below").annotate(
        accounts=Count("pk"),
        arr=Sum("arr_minor"),
        behind=Count("pk", filter=Q(stage_pace=Pace.BEHIND)),
        stuck=Count("pk", filter=Q(stage_pace=Pace.STUCK)),
        paused=Count("pk", filter=Q(stage_pace=Pace.PAUSED)),
        overlaid=Count("pk", filter=~Q(stage=F("stage_below"))),
    )  # fmt: skip
    found = {str(stage): _Figures(*figures) for stage, *figures in summed.values_list("stage_below", *names)}
    return {key: found.get(key, _Figures()) for key in stages}


def _dearest(rows: QuerySet[AccountNow], stage: str) -> list[int]:
    here = rows.filter(stage_below=stage).order_by(F("arr_minor").desc(nulls_last=True), "account_id")
    return list(here.values_list("account_id", flat=True)[:CARDS])


def _card(row: AccountNow, pipeline: Pipeline, today: date) -> Card:
    since, over = row.stage_below_on, pipeline.overlay
    overlay = over.label if over is not None and row.stage == over.key else ""
    return Card(
        key=row.key, name=row.name, owner=row.owner_name or "", arr_minor=row.arr_minor, pace=row.stage_pace or "",
        health_band=row.health_band or "unknown", health=row.health, since=since,
        days=(today - since).days if since is not None else None, overlay=overlay,
        is_overlay_late=bool(overlay) and row.stage_late == row.stage, renews_on=row.renews_on,
    )  # fmt: skip
