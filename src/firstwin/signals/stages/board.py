"""The board: accounts as cards, in the columns of their stages. Counted and cut in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from firstwin.accounts.models import AccountNow
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
    placed = at_stage(rows, pipeline)
    totals = {row["below"]: row for row in _totals(placed, pipeline)}
    return [
        Column(
            key=stage.key, label=stage.label, help=stage.help, cards=_cards(placed, stage.key, pipeline, today),
            **_figures(totals.get(stage.key, {})),
        )
        for stage in pipeline.stages
    ]  # fmt: skip


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


def _totals(placed: QuerySet[Any], pipeline: Pipeline) -> Any:
    over = Q(stage=pipeline.overlay.key) if pipeline.overlay is not None else Q(pk__in=[])
    return placed.order_by().values("below").annotate(
        accounts=Count("pk"),
        arr=Sum("arr_minor"),
        behind=Count("pk", filter=Q(stage_pace=Pace.BEHIND)),
        stuck=Count("pk", filter=Q(stage_pace=Pace.STUCK)),
        paused=Count("pk", filter=Q(stage_pace=Pace.PAUSED)),
        overlaid=Count("pk", filter=over),
    )  # fmt: skip


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    counted = {name: row.get(name, 0) for name in ("accounts", "behind", "stuck", "paused", "overlaid")}
    return counted | {"arr_minor": row.get("arr")}


def _cards(placed: QuerySet[Any], stage: str, pipeline: Pipeline, today: date) -> list[Card]:
    first = placed.filter(below=stage).order_by(F("arr_minor").desc(nulls_last=True), "account_id")
    overlay = pipeline.overlay
    return [_card(row, overlay.label if overlay is not None and row.stage == overlay.key else "", today)
            for row in first[:CARDS]]  # fmt: skip


def _card(row: AccountNow, overlay: str, today: date) -> Card:
    since = row.stage_on
    return Card(
        key=row.key, name=row.name, owner=row.owner_name or "", arr_minor=row.arr_minor, pace=row.stage_pace or "",
        health_band=row.health_band or "unknown", health=row.health, since=since,
        days=(today - since).days if since is not None else None, overlay=overlay, renews_on=row.renews_on,
    )  # fmt: skip
