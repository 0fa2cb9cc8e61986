"""The lines of an account on a time axis, and its ARR over time: what the chart macros draw."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from firstwin.core.money import Money
from firstwin.revenue.models import Charge, SubscriptionLine
from firstwin.revenue.section.figures import until, yearly
from firstwin.revenue.section.ledger import Ledger, Line, holds
from firstwin.ui.charts import BarRow, Mark, Span, Step, StepChart, TimeAxis, step_chart_of, time_axis
from firstwin.ui.filters import NOTHING, day, money, number

AHEAD = timedelta(days=550)
"""How far into what is agreed the charts look."""
PAGE = 20
MOST_STEPS = 60
"""More steps than this are told by month, then by quarter: nobody reads them one by one."""


@dataclass(frozen=True)
class LinesShown:
    """A page of lines. ended: how many are over. page: from 1."""

    rows: tuple[BarRow, ...]
    axis: TimeAxis
    ended: int
    live: int
    with_ended: bool
    page: int
    pages: int

    @property
    def looks(self) -> list[tuple[str, str]]:
        """What the key explains: only what is on the picture."""
        spans = {span.look for row in self.rows for span in row.spans}
        marks = {mark.look for row in self.rows for mark in row.marks}
        named = (("solid", "Paid"), ("hatched", "Trial"), ("faint", "Not recurring"))
        marked = (("diamond", "Renews"), ("flag", "Notice by"))
        return [pair for pair in named if pair[0] in spans] + [pair for pair in marked if pair[0] in marks]


def lines_shown(ledger: Ledger, address: str, *, with_ended: bool, page: int) -> LinesShown:
    """address: that of a line, with `0` in the place of its id; the question after it stays."""
    on = ledger.asof.on
    over = [line for line in ledger.lines if line.has_ended(on)]
    live = [line for line in ledger.lines if not line.has_ended(on)]
    with_ended = with_ended or not live
    wanted = sorted(live, key=lambda line: _place(line, on))
    if with_ended:
        wanted += sorted(over, key=lambda line: (line.last.ends_on or date.max, line.last.pk), reverse=True)
    pages = max(1, -(-len(wanted) // PAGE))
    page = min(max(1, page), pages)
    shown = wanted[(page - 1) * PAGE : page * PAGE]
    return LinesShown(
        rows=tuple(_row(line, on, address) for line in shown),
        axis=_axis([piece for line in shown for piece in line.pieces], on),
        ended=len(over),
        live=len(live),
        with_ended=with_ended,
        page=page,
        pages=pages,
    )


def _place(line: Line, on: date) -> tuple[int, int, date, int]:
    """In force first, the dearest on top; then what is to come."""
    piece = line.told_at(on)
    return (0 if holds(piece, on) else 1, -piece.arr_minor, piece.starts_on, piece.pk)


def _axis(pieces: Sequence[SubscriptionLine], on: date) -> TimeAxis:
    limit = on + AHEAD
    ends = [min(piece.ends_on, limit) for piece in pieces if piece.ends_on]
    # An open end reads as one when the axis goes on past today.
    still = [on + timedelta(days=120)] if any(piece.ends_on is None for piece in pieces) else []
    return time_axis([piece.starts_on for piece in pieces] + ends + still, today=on)


def _row(line: Line, on: date, address: str) -> BarRow:
    piece = line.told_at(on)
    tallest = max((abs(_size(one)) for one in line.pieces), default=0)
    has_ended = line.has_ended(on)
    return BarRow(
        label=piece.product.name if piece.product else piece.external_id,
        hint=_hint(line, piece, on),
        href=address.replace("/0/", f"/{piece.pk}/", 1),
        cells=(number(piece.quantity), _price(piece)),
        spans=tuple(_span(one, tallest) for one in line.pieces if one.starts_on != one.ends_on),
        marks=_marks(piece, on) if not has_ended else (),
        says=_says(line),
        is_faint=has_ended,
    )


def _size(piece: SubscriptionLine) -> int:
    return piece.arr_minor or piece.amount_minor or piece.quantity or 0


def _span(piece: SubscriptionLine, tallest: int) -> Span:
    look = "hatched" if piece.is_trial else "solid" if piece.charge == Charge.RECURRING else "faint"
    level = abs(_size(piece)) / tallest if tallest else 0.5
    return Span(piece.starts_on, piece.ends_on, _told(piece), look, level=level)


def _told(piece: SubscriptionLine) -> str:
    words = [f"{number(piece.quantity)} {_unit(piece)}" if piece.quantity is not None else "", _price(piece)]
    ends = day(piece.ends_on, "always") if piece.ends_on else "no end"
    return f"{', '.join(filter(None, words))}, {day(piece.starts_on, 'always')} to {ends}"


def _unit(piece: SubscriptionLine) -> str:
    return piece.product.unit if piece.product else "units"


def _price(piece: SubscriptionLine) -> str:
    if piece.is_trial:
        return "trial"
    if piece.charge != Charge.RECURRING:
        amount = money(Money(piece.amount_minor, piece.currency))
        return f"{amount} {piece.get_charge_display().lower()}"
    return money(Money(piece.arr_minor, piece.currency))


def _hint(line: Line, piece: SubscriptionLine, on: date) -> str:
    if line.is_empty:
        return f"a day without length, {day(piece.starts_on, 'always')}"
    if piece.starts_on > on:
        return f"starts {day(piece.starts_on)}, {until((piece.starts_on - on).days)}"
    if line.has_ended(on):
        return f"ended {day(line.last.ends_on)}"
    if piece.is_trial and line.last.ends_on:
        return f"trial ends {until((line.last.ends_on - on).days)}"
    return piece.external_id if piece.product else ""


def _marks(piece: SubscriptionLine, on: date) -> tuple[Mark, ...]:
    marks = []
    if piece.renews_on:
        by_itself = ", by itself" if piece.auto_renews else ""
        marks.append(Mark(piece.renews_on, f"Renews {day(piece.renews_on, 'always')}{by_itself}"))
    if piece.notice_on:
        tone = "risk" if piece.notice_on < on else "none"
        marks.append(Mark(piece.notice_on, f"Notice by {day(piece.notice_on, 'always')}", "flag", tone))
    return tuple(marks)


def _says(line: Line) -> str:
    marks = line.last
    words = [_told(piece) for piece in line.pieces]
    if marks.renews_on:
        words.append(f"renews {day(marks.renews_on, 'always')}")
    if marks.notice_on:
        words.append(f"notice by {day(marks.notice_on, 'always')}")
    return "; ".join(words)


def arr_over_time(ledger: Ledger) -> StepChart | None:
    """One step for each day on which it changes (of very many the last of each month), at the rates of the day asked
    about. None where nothing is priced.

    A day on which some currency has no rate has no sum, and the line stops there.
    """
    counted = [piece for piece in ledger.pieces if piece.arr_minor and piece.starts_on != piece.ends_on]
    if not counted:
        return None
    on = ledger.asof.on
    axis = time_axis([piece.starts_on for piece in counted] + [_held(piece, on) for piece in counted], today=on)
    currency = ledger.exchange.currency
    return step_chart_of(
        _steps(ledger, counted), axis, write=lambda level: money(Money(round(level), currency), short=True)
    )


def _held(piece: SubscriptionLine, on: date) -> date:
    return min(piece.ends_on or on, on + AHEAD)


def _steps(ledger: Ledger, pieces: Sequence[SubscriptionLine]) -> list[Step]:
    """A running sum over the days on which pieces start or end."""
    moves: dict[date, list[tuple[str, int]]] = {}
    for piece in pieces:
        moves.setdefault(piece.starts_on, []).append((piece.currency, piece.arr_minor))
        if piece.ends_on is not None:
            moves.setdefault(piece.ends_on, []).append((piece.currency, -piece.arr_minor))
    told = set(_told_days(sorted(moves)))
    running: dict[str, int] = defaultdict(int)
    steps: list[Step] = []
    before: Money | None = Money(0, ledger.exchange.currency)
    for on in sorted(moves):
        for currency, minor in moves[on]:
            running[currency] += minor
        if on not in told:
            continue
        whole = ledger.exchange.total(running)
        if steps and whole is not None and whole == before:
            continue
        value = whole.minor if whole is not None else None
        steps.append(Step(on, value, _written(ledger, running, whole), _moved(before, whole)))
        before = whole
    return steps


def _told_days(days: Sequence[date]) -> Sequence[date]:
    """Of very many days the last of each month, quarter or year: what was so at its end."""
    told = days
    for months in (1, 3, 12):
        if len(told) <= MOST_STEPS:
            break
        told = list({(day.year, (day.month - 1) // months): day for day in days}.values())
    return told


def _written(ledger: Ledger, running: dict[str, int], whole: Money | None) -> str:
    if whole is not None:
        return money(whole)
    return f"no rate from {', '.join(ledger.exchange.missing(running))}"


def _moved(before: Money | None, after: Money | None) -> str:
    if before is None or after is None or before == after:
        return ""
    change = after - before
    return f"{'+' if change.minor > 0 else ''}{money(change)}"


def arr_in_words(ledger: Ledger, chart: StepChart) -> str:
    """What a screen reader hears in place of the chart."""
    whole = ledger.exchange.total(yearly(ledger))
    now = money(whole) if whole is not None else NOTHING
    return f"ARR over time in {len(chart.steps)} steps; {now} on {day(ledger.asof.on, 'always')}"
