"""Health over time, with the stages and contracts beside it on one axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from firstwin.accounts.models import Account
from firstwin.revenue.models import Contract
from firstwin.revenue.section.asof import AsOf
from firstwin.signals.ledger.readings import Point, history
from firstwin.signals.models.kinds import Band
from firstwin.signals.section.gather import at_of
from firstwin.signals.section.stage import Step as Stay
from firstwin.signals.section.stage import step_words
from firstwin.ui.charts import BarRow, Mark, Span, Step, StepChart, TimeAxis, step_chart_of, time_axis
from firstwin.ui.filters import day, number, score

BACK = timedelta(days=365)
AHEAD = timedelta(days=120)
LEAST = timedelta(days=90)
"""How far back the axis goes at least: stages and contracts are older than the first reading."""
MOST_CONTRACTS = 20


@dataclass(frozen=True)
class Past:
    """lanes: stages and contracts, drawn on the axis of the chart. words: what a screen reader hears."""

    chart: StepChart
    axis: TimeAxis
    lanes: Sequence[BarRow]
    words: str
    is_reconstructed: bool


def past_of(account: Account, asof: AsOf, stays: Sequence[Stay]) -> Past | None:
    """The year before the day asked about; None where nothing was published. Two questions."""
    points = history(account.pk, asof.on - BACK, asof.on)
    if not points:
        return None
    at = at_of(asof)
    rows = Contract.objects.known_by(at.known_by).filter(account=account, starts_on__lte=asof.on + AHEAD)
    contracts = list(rows.order_by("-starts_on", "-pk")[:MOST_CONTRACTS])
    first = points[0].on
    days = [min(first, asof.on - LEAST), asof.on, *(_coming(contracts, asof.on))]
    axis = time_axis(days, today=asof.on)
    chart = step_chart_of(
        [*_steps(points), Step(asof.on + timedelta(days=1), None, "to come")],
        axis,
        height=150,
        write=lambda level: number(level),
    )
    lanes = [_stages(stays, axis), _contracts(contracts, axis)]
    since, until = day(first, "always"), day(asof.on, "always")
    told = f"Health in {len(chart.steps) - 1} steps since {since}, {_said(points[-1])} on {until}"
    return Past(
        chart, axis, [one for one in lanes if one is not None], told, any(one.is_reconstructed for one in points)
    )


def _steps(points: Sequence[Point]) -> list[Step]:
    found: list[Step] = []
    for point in points:
        value = None if point.score is None else point.score / 100
        note = _note(point)
        if found and found[-1].value == value and not note:
            continue
        found.append(Step(point.on, value, _said(point), note))
    return found


def _said(point: Point) -> str:
    if point.score is None:
        return "unknown"
    return f"{score(point.score / 100)} {Band(point.band).label.lower()}"


def _note(point: Point) -> str:
    return f"{point.scorecard} version {point.version}" if point.is_new_version else ""


def _coming(contracts: Sequence[Contract], on: date) -> list[date]:
    """Renewals soon enough to be shown."""
    return [one.renews_on for one in contracts if one.renews_on and on < one.renews_on <= on + AHEAD]


def _stages(stays: Sequence[Stay], axis: TimeAxis) -> BarRow | None:
    shown = [one for one in stays if one.until is None or one.until > axis.start]
    if not shown:
        return None
    levels = (0.55, 0.9)
    spans = tuple(
        Span(max(one.start, axis.start), one.until or axis.today, step_words(one), "solid", level=levels[place % 2])
        for place, one in enumerate(reversed(shown))
    )
    return BarRow("Stages", spans, says="; ".join(step_words(one) for one in reversed(shown)))


def _contracts(contracts: Sequence[Contract], axis: TimeAxis) -> BarRow | None:
    spans, marks, says = [], [], []
    for one in reversed(contracts):
        if one.ends_on is not None and one.ends_on <= axis.start:
            continue
        until = day(one.ends_on, "always") if one.ends_on else "no end"
        words = f"Contract {one}, {day(one.starts_on, 'always')} to {until}"
        says.append(words)
        if one.starts_on >= axis.start:
            marks.append(Mark(one.starts_on, f"Contract {one} starts {day(one.starts_on, 'always')}", "flag"))
        if one.renews_on and axis.holds(one.renews_on):
            marks.append(Mark(one.renews_on, f"Contract {one} renews {day(one.renews_on, 'always')}"))
        if one.cancelled_on and axis.holds(one.cancelled_on):
            marks.append(
                Mark(one.cancelled_on, f"Contract {one} was cancelled {day(one.cancelled_on, 'always')}", "dot", "risk")
            )
        begin, end = max(one.starts_on, axis.start), min(one.ends_on or axis.end, axis.end)
        if begin < end:
            spans.append(Span(begin, end, words, "faint", level=0.5))
    if not says:
        return None
    return BarRow("Contracts", tuple(spans), tuple(marks), says="; ".join(says))
