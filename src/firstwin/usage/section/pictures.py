"""Geometry of the pictures of usage: x in percent of the width, y in pixels, as in `ui.charts`.

Lines of many steps are one path in a box a thousand wide, which the template stretches without stretching the stroke.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from firstwin.ui.charts import Step, StepChart, Tick, TimeAxis, step_chart_of
from firstwin.ui.filters import day, number, plural
from firstwin.usage.metrics.reading import Week
from firstwin.usage.section.contract import ContractEvent, SeatStep, seats_at

PEOPLE_HEIGHT, EVENTS_HEIGHT = 168, 72
AHEAD = 120
"""Days after today that the axis shows where something of the contract falls into them."""


@dataclass(frozen=True)
class Column:
    """A week drawn: boxes for its people and its events. words: both, for the pointer and the ear."""

    week: Week
    x: float
    width: float
    people_y: float
    people_height: float
    events_y: float
    events_height: float
    seats: int | None

    @property
    def words(self) -> str:
        week = self.week
        people = plural(week.people, "person", "people") if week.people is not None else "people not known"
        seats = f" of {plural(self.seats, 'seat')}" if self.seats is not None else ""
        return f"{people}{seats}, {plural(week.events, 'event')}"

    @property
    def right(self) -> float:
        return round(self.x + self.width, 3)

    @property
    def is_left(self) -> bool:
        return self.x < 60


@dataclass(frozen=True)
class SeatLine:
    """path: in a box of 1000 by the height of the people's chart; ahead: what is agreed after today."""

    path: str
    ahead: str
    last: str
    last_y: float


@dataclass(frozen=True)
class WeekPicture:
    axis: TimeAxis
    people: StepChart
    events: StepChart
    columns: tuple[Column, ...]
    seats: SeatLine | None
    marks: tuple[ContractEvent, ...]
    has_people: bool

    @property
    def gutter(self) -> int:
        return max(self.people.gutter, self.events.gutter)

    @property
    def event_levels(self) -> tuple[Tick, ...]:
        """The lowest and the highest: the chart of events is low."""
        return self.events.levels[0], self.events.levels[-1]


def week_picture(
    weeks: Sequence[Week], seats: Sequence[SeatStep], events: Sequence[ContractEvent], on: date
) -> WeekPicture:
    """weeks: one after the other, the last one ends with `on`."""
    start = weeks[0].from_on
    near = [one.on for one in events if on < one.on <= on + timedelta(days=AHEAD)]
    end = max([on, *near]) + timedelta(days=3 if not near else 10)
    axis = TimeAxis(start, end, on)
    shown = [step.seats for step in _within(seats, axis) if step.seats is not None]
    people = _scale([week.people or 0 for week in weeks] + shown, axis, PEOPLE_HEIGHT)
    volume = _scale([week.events for week in weeks], axis, EVENTS_HEIGHT)
    return WeekPicture(
        axis=axis,
        people=people,
        events=volume,
        columns=tuple(_column(week, axis, people, volume, seats) for week in weeks),
        seats=_seat_line(seats, axis, people, on) if shown else None,
        marks=tuple(one for one in events if axis.holds(one.on)),
        has_people=any(week.people is not None for week in weeks),
    )


def weeks_in_words(picture: WeekPicture) -> str:
    """The picture as one sentence."""
    weeks = [column.week for column in picture.columns]
    most = max((week.people or 0 for week in weeks), default=0)
    total = sum(week.events for week in weeks)
    last = picture.columns[-1]
    return (
        f"{plural(total, 'event')} in {len(weeks)} weeks, at most {plural(most, 'person', 'people')} in one; "
        f"in the last {last.words}"
    )


def _scale(values: Sequence[int], axis: TimeAxis, height: int) -> StepChart:
    """Levels and ground for these values: one step as high as the highest of them."""
    top = max(values, default=0)
    return step_chart_of([Step(axis.start, top)], axis, height=height, write=_level)


def _level(at: float) -> str:
    if at != int(at):
        return ""
    if at >= 10_000:
        return f"{at / 1000:,.0f}k"
    return number(at)


def _y(chart: StepChart, value: float) -> float:
    top = chart.steps[0]
    most = top.step.value or 1
    return round(chart.ground - (chart.ground - top.y) * value / most, 1)


def _column(week: Week, axis: TimeAxis, people: StepChart, volume: StepChart, seats: Sequence[SeatStep]) -> Column:
    until = week.from_on + timedelta(days=7)
    x, width = axis.x(week.from_on), axis.width(week.from_on, until)
    top, high = _y(people, week.people or 0), _y(volume, week.events)
    return Column(
        week, x, width, top, round(people.ground - top, 1), high, round(volume.ground - high, 1),
        seats_at(seats, until - timedelta(days=1)),
    )  # fmt: skip


def _within(seats: Sequence[SeatStep], axis: TimeAxis) -> list[SeatStep]:
    """What holds at the start of the axis, then what changes on it."""
    before = [step for step in seats if step.on <= axis.start]
    return [*before[-1:], *(step for step in seats if axis.start < step.on < axis.end)]


def _seat_line(seats: Sequence[SeatStep], axis: TimeAxis, chart: StepChart, on: date) -> SeatLine:
    tomorrow = on + timedelta(days=1)
    held = seats_at(seats, tomorrow)
    steps = [(axis.x(step.on) * 10, step.seats, step.on > on) for step in _within(seats, axis)]
    now = [(x, value) for x, value, ahead in steps if not ahead]
    then = [(axis.x(tomorrow) * 10, held)] + [(x, value) for x, value, ahead in steps if ahead]
    last = next((value for _, value in reversed(now) if value is not None), None)
    return SeatLine(
        path=_path(now, axis.x(tomorrow) * 10, chart),
        ahead=_path(then, 1000, chart),
        last=plural(last, "seat") if last is not None else "",
        last_y=_y(chart, last or 0),
    )


def _path(steps: Sequence[tuple[float, int | None]], end: float, chart: StepChart) -> str:
    """Horizontal pieces joined by their risers; a gap where nothing is known."""
    parts: list[str] = []
    was: int | None = None
    for place, (x, value) in enumerate(steps):
        until = steps[place + 1][0] if place + 1 < len(steps) else end
        if value is not None:
            parts.append(f"{'L' if was is not None else 'M'}{x:g} {_y(chart, value):g}H{until:g}")
        was = value
    return "".join(parts)


def week_title(from_on: date) -> str:
    """`3 Mar to 9 Mar 2026`."""
    last = from_on + timedelta(days=6)
    first = f"{from_on.day} {from_on:%b}" if from_on.year == last.year else day(from_on, "always")
    return f"{first} to {day(last, 'always')}"
