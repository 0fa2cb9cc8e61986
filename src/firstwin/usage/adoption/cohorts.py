"""Cohorts of accounts by their start: how long the first win takes, and how many get there in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from firstwin.core.clock import day_of
from firstwin.ui.filters import plural, share
from firstwin.usage.adoption.asked import CLOCKS, Asked
from firstwin.usage.adoption.curves import FEW, CurvePicture, Followed, curve_picture

if TYPE_CHECKING:
    from firstwin.usage.metrics.cohorts import ActivationMonth, Cohort

QUARTERS, MONTHS = 8, 12
WITHIN = 90
CONTRACT = CLOCKS[0][0]


@dataclass(frozen=True)
class MonthBar:
    label: str
    share: float
    words: str
    href: str
    tone: str = "accent"


@dataclass(frozen=True)
class Activation:
    """A month of fewer than `FEW` accounts has no share and a grey bar. left_out: the months too young."""

    rule: str
    bars: Sequence[MonthBar]
    left_out: str


def cohorts_shown(asked: Asked) -> tuple[CurvePicture, Activation]:
    """The latest quarters as curves, the latest first, and the latest months as bars."""
    # The engines of the lake load only where they are asked.
    from firstwin.usage.metrics.cohorts import activation_by_month, value_curves, waits_of

    on = day_of(asked.now)
    waits = waits_of(asked.ever(), clock=asked.clock, on=on)
    found = value_curves(waits, on=on)
    picture = curve_picture([_followed(cohort, asked) for cohort in reversed(found[-QUARTERS:])])
    return picture, _activation(activation_by_month(waits, days=WITHIN, on=on), asked)


def _activation(months: "Sequence[ActivationMonth]", asked: Asked) -> Activation:
    ripe = [(month, month.rate) for month in months if month.rate is not None]
    young = [month for month in months if month.rate is None]
    return Activation(
        f"first win within {WITHIN} days of the clock's start",
        [_bar(month, rate, asked) for month, rate in reversed(ripe[-MONTHS:])],
        _left_out(young),
    )


def _followed(cohort: "Cohort", asked: Asked) -> Followed:
    return Followed(
        label=cohort.label, n=cohort.n, wins=cohort.wins, lost=cohort.lost, median=cohort.median,
        points=cohort.points, censored=cohort.censored, followed=cohort.followed,
        href=_started(asked, cohort.from_on, cohort.to_on),
    )  # fmt: skip


def _bar(month: "ActivationMonth", rate: float, asked: Asked) -> MonthBar:
    last = (month.month_on.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    is_few = month.started < FEW
    words = f"{month.reached} of {month.started}" + ("" if is_few else f" · {share(rate)}")
    tone = "none" if is_few else "accent"
    return MonthBar(f"{month.month_on:%b %Y}", rate, words, _started(asked, month.month_on, last), tone)


def _started(asked: Asked, first: date, last: date) -> str:
    """The accounts whose first paid line started then. The list knows no kick-off: '' with that clock."""
    if asked.clock != CONTRACT:
        return ""
    tests: list[tuple[str, str, Any]] = [
        ("customer_since_on", "ge", first.isoformat()), ("customer_since_on", "le", last.isoformat()),
    ]  # fmt: skip
    return asked.list_url(tests, show=("customer_since_on", "activated_on", "first_win_on", "churned_on"), ever=True)


def _left_out(young: "Sequence[ActivationMonth]") -> str:
    started = sum(month.started for month in young)
    if not started:
        return ""
    first, last = f"{young[0].month_on:%b %Y}", f"{young[-1].month_on:%b %Y}"
    span = first if first == last else f"{first} to {last}"
    return (
        f"Left out: {span}, with {plural(started, 'account')}, because their {WITHIN} days have not passed for all of "
        "them."
    )
