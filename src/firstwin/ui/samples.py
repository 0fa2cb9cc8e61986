"""Made-up values for the gallery: enough to show every part in every state."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms

from firstwin.core.money import Money
from firstwin.ui.charts import BarRow, Mark, Part, Span, Step, StepChart, TimeAxis, step_chart_of, time_axis
from firstwin.ui.filters import money
from firstwin.ui.grid import Column

LONG = "Anderssohn, Bartholomew & Fitzgerald-Whittington International Logistics Holdings (Northern Region) GmbH"


@dataclass(frozen=True)
class Row:
    key: str
    name: str
    tone: str
    state: str
    score: int | None
    change: int | None
    line: tuple[float | None, ...]
    value: Money | None
    on: datetime
    owner: str
    is_stale: bool = False


class SampleForm(forms.Form):
    """Every kind of control. Bound with mistakes it shows the errors."""

    name = forms.CharField(max_length=60, help_text="As it stands on the door.")
    kind = forms.ChoiceField(
        choices=[("call", "Call"), ("email", "Email"), ("meeting", "Meeting"), ("visit", "Visit")], initial="email"
    )
    due = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    words = forms.CharField(label="What was said", widget=forms.Textarea, required=False)
    is_planned = forms.BooleanField(label="It was planned", required=False, initial=True)
    is_loud = forms.BooleanField(label="Tell me by mail", required=False, initial=True)
    person = forms.CharField(label="Who", required=False)
    topics = forms.MultipleChoiceField(choices=[("a", "Price"), ("b", "Onboarding"), ("c", "Support")], required=False)


@dataclass(frozen=True)
class Charts:
    """Values that hold until they change, things that last, and parts of a whole."""

    steps: StepChart
    dips: StepChart
    axis: TimeAxis
    rows: tuple[BarRow, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Samples:
    now: datetime
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    names: tuple[str, ...]
    form: SampleForm
    wrong_form: SampleForm
    charts: Charts
    long: str = LONG

    def before(self, **span: float) -> datetime:
        return self.now - timedelta(**span)


def make(now: datetime) -> Samples:
    wrong = SampleForm({"name": "", "kind": "fax", "due": "2031-02-28", "words": "Typed before, and still here."})
    wrong.add_error("due", "That day lies ahead.")
    return Samples(
        now=now,
        rows=_rows(now),
        columns=(
            Column("Name", "lead", sort_url="?sort=name", sorted="asc"),
            Column("State"),
            Column("Twelve weeks"),
            Column("Value", "num", sort_url="?sort=-value", help="What they pay in a year"),
            Column("Last seen", "date", sort_url="?sort=seen"),
            Column("Owner"),
        ),
        names=("Ada Okafor", "Mina Ruiz", "Tom Sato", "Ravi Menon", "Li Wei", "Zoë Abara", "Jonas Fält", "Priya Nair"),
        form=SampleForm(),
        wrong_form=wrong,
        charts=_charts(now.date()),
    )


def _rows(now: datetime) -> tuple[Row, ...]:
    def line(*values: float) -> tuple[float | None, ...]:
        return values

    usd = "USD"
    return (
        Row(
            "1",
            "Northwind Freight",
            "good",
            "Healthy",
            81,
            -2,
            line(5, 6, 7, 6, 8, 8, 7, 8, 9, 8),
            Money(1_440_000, usd),
            now - timedelta(hours=3),
            "Ada Okafor",
        ),
        Row(
            "2",
            "Halcyon Robotics",
            "good",
            "Healthy",
            77,
            6,
            line(3, 3, 4, 5, 5, 6, 6, 7, 8, 9),
            Money(8_400_000, usd),
            now - timedelta(days=1),
            "Mina Ruiz",
        ),
        Row(
            "3",
            "Juniper & Vale",
            "risk",
            "At risk",
            31,
            -18,
            line(9, 8, 8, 7, 5, 5, 4, 3, 2, 2),
            Money(9_640_000, usd),
            now - timedelta(days=23),
            "Tom Sato",
        ),
        Row(
            "4",
            LONG,
            "watch",
            "Watch",
            48,
            -3,
            (4, None, 5, 4, None, None, 5, 4, 5, 4),
            Money(12_345_678_900, usd),
            now - timedelta(days=65),
            "Bartholomew Fitzgerald-Whittington",
        ),
        Row("5", "Meridian Labs", "none", "No score", None, None, (), None, now - timedelta(days=400), "", True),
    )


def _charts(today: date) -> Charts:
    def on(days: int) -> date:
        return today + timedelta(days=days)

    values = ((-1000, 2_400), (-800, 4_800), (-420, 4_200), (-200, 9_640), (160, 12_000), (300, 0))
    axis = time_axis([on(-1000), on(320)], today=today)
    short = time_axis([on(-120)], today=today)
    return Charts(
        steps=step_chart_of(
            [Step(on(days), value * 100, Money(value * 100, "USD").format()) for days, value in values],
            axis,
            write=lambda level: money(Money(round(level), "USD"), short=True),
        ),
        dips=step_chart_of(
            [Step(on(-110), 4, "4"), Step(on(-80), -2, "−2"), Step(on(-60), None), Step(on(-30), 3, "3")],
            short,
            height=96,
        ),
        axis=axis,
        rows=_bar_rows(on),
        parts=(Part("Urgent", 6, "risk"), Part("High", 10, "watch"), Part("Normal", 15, "none")),
    )


def _bar_rows(on: Callable[[int], date]) -> tuple[BarRow, ...]:
    return (
        BarRow(
            "Freight desk",
            (Span(on(-800), on(-420), "40 seats", level=0.5), Span(on(-420), on(300), "80 seats")),
            (Mark(on(210), "Notice by", "flag", "watch"), Mark(on(300), "Renews")),
            cells=("80", "$96,400"),
            href="#charts",
            says="40 seats, then 80 seats",
        ),
        BarRow("Reports", (Span(on(-30), on(30), "Trial", "hatched"),), cells=("5", "trial"), says="A trial"),
        BarRow(LONG, (Span(on(-200), None, "No end"),), hint="no end", cells=("12", "$1,200"), says="No end"),
        BarRow("Archive", (Span(on(-1000), on(-800), "Ended", "faint"),), cells=("2", "–"), is_faint=True),
    )
