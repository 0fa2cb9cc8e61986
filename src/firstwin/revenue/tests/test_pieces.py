"""How the pieces of a record take what its source says."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from firstwin.revenue.pieces import Piece, Statement, take

START, END = date(2024, 1, 1), date(2025, 1, 1)


def day(n: int) -> date:
    return START + timedelta(days=n)


def at(n: int, hour: int = 12) -> datetime:
    return datetime.combine(day(n), time(hour), UTC)


def said(value: int, known: int, *, start: date = START, end: date | None = END, since: date | None = None,
         corrects: bool = False, holder: int = 1, hour: int = 12) -> Statement:  # fmt: skip
    moment = at(known, hour)
    return Statement(holder, start, end, (value,), moment, moment.date(), since, corrects)


def told(statements: Iterable[Statement], standing: Sequence[Piece] = ()) -> list[Piece]:
    """The pieces that stand after these statements arrived one by one."""
    stored = {piece.id: piece for piece in standing}
    for statement in statements:
        change = take(list(stored.values()), statement)
        for piece in change.supersede:
            del stored[piece.id]
        for piece in change.confirm:
            stored[piece.id] = piece
        for piece in change.add:
            number = max((pk or 0 for pk in stored), default=0) + 1
            stored[number] = replace(piece, id=number)
    return sorted(stored.values(), key=lambda piece: piece.start)


def shape(pieces: Iterable[Piece]) -> list[tuple[date, date | None, int]]:
    return [(piece.start, piece.end, piece.value[0]) for piece in pieces]


def test_a_first_statement_covers_the_whole_record() -> None:
    assert shape(told([said(10, 100)])) == [(START, END, 10)]


def test_a_changed_value_holds_from_the_day_it_was_known() -> None:
    assert shape(told([said(10, 5), said(20, 60)])) == [(START, day(60), 10), (day(60), END, 20)]


def test_a_source_that_says_since_when_is_followed() -> None:
    pieces = told([said(10, 5), said(20, 60, since=day(40))])
    assert shape(pieces) == [(START, day(40), 10), (day(40), END, 20)]


def test_a_correction_replaces_from_the_start() -> None:
    assert shape(told([said(10, 5), said(20, 60), said(30, 90, corrects=True)])) == [(START, END, 30)]


def test_a_change_told_before_the_start_holds_from_the_start() -> None:
    assert shape(told([said(10, -50), said(20, -20)])) == [(START, END, 20)]


def test_what_is_told_after_the_end_puts_the_last_value_right_and_leaves_the_earlier_ones() -> None:
    pieces = told([said(10, 5), said(20, 60), said(21, 400)])
    assert shape(pieces) == [(START, day(60), 10), (day(60), END, 21)]


def test_an_end_told_late_changes_no_value() -> None:
    pieces = told([said(10, 5, end=None), said(20, 60, end=None), said(20, 400, end=day(300))])
    assert shape(pieces) == [(START, day(60), 10), (day(60), day(300), 20)]


def test_a_record_that_ended_before_its_last_change_remembers_it_without_a_day() -> None:
    statement = said(20, 90, end=day(30))
    pieces = told([said(10, 5), said(20, 60), statement])
    assert shape(pieces) == [(START, day(30), 10), (day(30), day(30), 20)]
    assert shape(told([replace(statement, known_at=at(91), told=day(91))], pieces)) == shape(pieces)
    assert shape(told([said(20, 95)], pieces)) == [(START, day(60), 10), (day(60), END, 20)]


def test_a_record_without_a_day_has_one_piece() -> None:
    assert shape(told([said(10, 5, end=START), said(20, 60, end=START)])) == [(START, START, 20)]


def test_a_record_that_moves_to_another_account_moves_whole() -> None:
    pieces = told([said(10, 5), said(20, 60), said(20, 90, holder=2)])
    assert {piece.holder for piece in pieces} == {2}
    assert shape(pieces) == [(START, day(60), 10), (day(60), END, 20)]


def test_the_same_moment_said_anew_replaces_what_was_said_of_it() -> None:
    assert shape(told([said(10, 5), said(20, 60), said(25, 60)])) == [(START, day(60), 10), (day(60), END, 25)]


def test_rows_known_later_never_stand_earlier() -> None:
    pieces = told([said(10, 5), said(30, 100), said(20, 60)])
    assert shape(pieces) == [(START, day(60), 10), (day(60), day(100), 20), (day(100), END, 30)]
    assert [piece.known_at for piece in pieces] == [at(100), at(100), at(100)]


# Every statement its own moment and value, as a source that writes down when it changed something.
_KNOWN = st.lists(st.integers(-100, 360), min_size=1, max_size=7, unique=True)


@st.composite
def _histories(draw: st.DrawFn, *, ends: bool = True) -> list[Statement]:
    history = []
    for number, known in enumerate(draw(_KNOWN)):
        # It lasts beyond the day it was told: one that was over by then speaks of what was said just before it.
        end = draw(st.sampled_from([None, day(max(known, 0) + 1), END, day(500)])) if ends else END
        holds = draw(st.none() | st.integers(-50, 340).map(day))
        history.append(said(number, known, end=end, since=holds if end is None or (holds or START) < end else None))
    return history


def _on(history: Sequence[Statement], n: int) -> int | None:
    """The plain rule: the latest statement whose value holds by then; before that, what was known first."""
    latest = max(history, key=lambda one: one.known_at)
    if day(n) < START or (latest.end is not None and day(n) >= latest.end):
        return None
    first = min(history, key=lambda one: one.known_at)

    def since(one: Statement) -> date:
        return date.min if one is first or (one.since is None and one.told <= START) else one.since or one.told

    by_then = [one for one in history if since(one) <= day(n)]
    return int(max(by_then, key=lambda one: one.known_at).value[0])


@settings(deadline=None)
@given(_histories(), st.randoms(use_true_random=False))
def test_statements_end_alike_in_any_order(history: list[Statement], random: Random) -> None:
    in_order = told(sorted(history, key=lambda one: one.known_at))
    random.shuffle(history)
    assert shape(_with_days(told(history))) == shape(_with_days(in_order))


@settings(deadline=None)
@given(_histories())
def test_pieces_never_overlap_nor_leave_a_gap(history: list[Statement]) -> None:
    pieces = told(history)
    assert pieces[0].start == START
    assert all(one.end == other.start for one, other in pairwise(pieces))
    assert len({piece.start for piece in pieces}) == len(pieces)


@settings(deadline=None)
@given(_histories())
def test_the_same_statements_again_change_nothing(history: list[Statement]) -> None:
    history.sort(key=lambda one: one.known_at)
    pieces = told(history)
    assert take(pieces, history[-1]).is_empty
    later = replace(history[-1], known_at=history[-1].known_at + timedelta(hours=1), since=None)
    assert take(pieces, later).is_empty


@settings(deadline=None)
@given(_histories(ends=False))
def test_the_value_on_any_day_is_the_plain_rule(history: list[Statement]) -> None:
    pieces = told(history)
    for n in range(0, 366, 7):
        now = [
            piece.value[0] for piece in pieces if piece.start <= day(n) and (piece.end is None or day(n) < piece.end)
        ]
        assert now == [value for value in [_on(history, n)] if value is not None]


@settings(deadline=None)
@given(_histories(ends=False), st.integers(1, 360))
def test_a_change_leaves_every_day_before_it_as_it_was(history: list[Statement], known: int) -> None:
    pieces = told(history)
    latest = max(one.known_at for one in history)
    moment = max(at(known, 18), latest + timedelta(minutes=1))
    if not START < moment.date() < END:
        return
    after = told([said(99, (moment.date() - START).days, hour=23)], pieces)
    for n in range((moment.date() - START).days):
        assert _value(after, n) == _value(pieces, n)


def _value(pieces: Iterable[Piece], n: int) -> list[int]:
    return [p.value[0] for p in pieces if p.start <= day(n) and (p.end is None or day(n) < p.end)]


def _with_days(pieces: Iterable[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.start != piece.end]
