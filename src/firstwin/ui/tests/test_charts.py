"""Charts over time: every number lands inside, in order, and says what it is without a picture."""

import gzip
import re
from datetime import date, timedelta

from django.template import engines
from hypothesis import given
from hypothesis import strategies as st

from firstwin.ui.charts import (
    BarRow,
    Mark,
    Part,
    Span,
    Step,
    placed_parts,
    step_chart_of,
    time_axis,
)
from firstwin.ui.tests.test_assets import STATIC

TODAY = date(2026, 3, 16)
DAYS = st.dates(date(1970, 1, 1), date(2100, 1, 1))
VALUES = st.one_of(st.none(), st.integers(-(10**15), 10**15))


def draw(source: str, **context: object) -> str:
    env = engines["jinja"].env  # type: ignore[attr-defined]
    macros = "{% from 'ui/charts.html' import step_chart, span_bars, share_bar, bar_row %}"
    return str(env.from_string(macros + source).render(context))


@given(st.dictionaries(DAYS, VALUES, max_size=40))
def test_every_step_lies_inside_the_chart_and_touches_the_next(values: dict[date, int | None]) -> None:
    steps = [Step(on, value) for on, value in sorted(values.items())]
    axis = time_axis([step.on for step in steps], today=TODAY)
    chart = step_chart_of(steps, axis)
    for drawn in chart.steps:
        assert 0 <= drawn.x <= drawn.right <= 100.001
        assert drawn.box_y >= 0 and drawn.box_y + drawn.height <= chart.height + 0.1
    for one, following in zip(chart.steps, chart.steps[1:], strict=False):
        assert abs(one.right - following.x) < 0.01
    assert [drawn.step.on for drawn in chart.steps] == sorted(drawn.step.on for drawn in chart.steps)
    assert {step.on for step in steps} <= {drawn.step.on for drawn in chart.steps}


@given(st.lists(DAYS, max_size=12))
def test_an_axis_holds_its_days_and_today_with_at_most_a_few_words(days: list[date]) -> None:
    axis = time_axis(list(days), today=TODAY)
    assert all(axis.holds(day) for day in [*days, TODAY])
    assert len(axis.ticks) <= 14
    assert all(0 <= tick.at < 100 for tick in axis.ticks)


def test_the_calendar_has_ends() -> None:
    axis = time_axis([date.min, date.max], today=TODAY)
    assert axis.days > 3_000_000 and axis.x(TODAY) < 100


def test_a_gap_is_a_gap_and_what_is_to_come_looks_different() -> None:
    steps = [Step(TODAY - timedelta(days=90), 5, "5"), Step(TODAY - timedelta(days=60), None), Step(TODAY, 7, "7")]
    chart = step_chart_of(steps, time_axis([step.on for step in steps], today=TODAY))
    html = draw("{{ step_chart(chart, 'Open over time') }}", chart=chart)
    assert 'aria-label="Open over time"' in html and "not known" in html and "data-ahead" in html
    assert [drawn.is_ahead for drawn in chart.steps] == [False, False, False, True]
    # The table beside it says the same, newest first.
    assert re.findall(r'<td data-kind="num">([^<]+)</td>', html) == ["7", "7", "not known", "5"]


def test_bars_stand_in_a_table_and_each_says_itself_in_words() -> None:
    def on(days: int) -> date:
        return TODAY + timedelta(days=days)

    row = BarRow(
        "Desk", (Span(on(-200), None, "40 seats"), Span(on(-300), on(-200), "Trial", "hatched")),
        (Mark(on(20), "Renews"),), cells=("40",), href="/x/", says="a trial, then 40 seats",
    )  # fmt: skip
    axis = time_axis([on(-300), on(60)], today=TODAY)
    html = draw("{{ span_bars(rows, axis, 'Lines', id='b', columns=('Seats',)) }}", rows=[row], axis=axis)
    assert '<caption class="unseen">Lines</caption>' in html and 'aria-label="a trial, then 40 seats"' in html
    assert 'fill="url(#b-hatch)"' in html and 'href="/x/"' in html and "style=" not in html


@given(st.lists(st.integers(0, 10**9), max_size=8))
def test_parts_fill_the_whole(values: list[int]) -> None:
    placed = placed_parts([Part(str(place), value) for place, value in enumerate(values)])
    assert len(placed) == sum(value > 0 for value in values)
    if placed:
        assert abs(sum(width for _, _, width in placed) - 100) < 0.1


def test_the_sheet_is_small_and_uses_tokens_alone() -> None:
    text = (STATIC / "charts.css").read_text()
    assert len(gzip.compress(text.encode())) < 1_600
    assert "@layer components" in text and not re.search(r"#[0-9a-f]{6}\b|oklch\(", text)
