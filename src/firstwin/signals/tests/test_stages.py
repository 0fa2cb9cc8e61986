"""Stages as a fold over days: how accounts go on, fall back, leave, come again and are renewed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstwin.core.conditions import parse
from firstwin.core.errors import Refused
from firstwin.core.fields import Field, Kind
from firstwin.signals.kinds.pipeline import Pipeline, Stage
from firstwin.signals.models import StageMove
from firstwin.signals.stages.fold import moved
from firstwin.signals.stages.history import folded_history
from firstwin.signals.stages.restate import restate
from firstwin.signals.stages.standing import Move, Standings, standings_of
from firstwin.signals.tests.tabled import START, Table, at, day, defined

FIELDS = (
    Field("paid", Kind.FLAG, "Pays", "made"),
    Field("step", Kind.NUMBER, "Step", "made"),
    Field("renewing", Kind.FLAG, "Renewing", "made"),
)
KEYS = ("setup", "activation", "adoption", "outcomes")


def _is(key: str, value: Any = True, op: str = "eq") -> Any:
    return parse({"field": key, "op": op, "value": value})


PIPELINE = Pipeline(
    key="default",
    label="Default",
    stages=tuple(
        Stage(
            key,
            key.title(),
            _is("step", n, "gt") if n < len(KEYS) - 1 else None,
            (),
            back=_is("step", 1, "le") if key == "activation" else None,
        )
        for n, key in enumerate(KEYS)
    ),
    starts=_is("paid"),
    ends=_is("paid", False),
    overlay=Stage("renewal", "Renewal", None, ()),
    overlay_where=_is("renewing"),
    renewed_to="adoption",
)
PIPELINES = {"default": defined("pipeline", PIPELINE, 3)}


def _table(days: Mapping[int, tuple[bool | None, int | None, bool]], ids: tuple[int, ...] = (7,)) -> Table:
    """The same for all accounts: from each day on (paid, step, renewing)."""

    def said(place: int) -> Any:
        def tell(pk: int, on: date) -> Any:
            known = [values for n, values in sorted(days.items()) if day(n) <= on]
            return known[-1][place] if known else None

        return tell

    return Table(ids, FIELDS, {one.key: said(place) for place, one in enumerate(FIELDS)})


def _which(n: int, key: str = "default") -> Any:
    return np.full(n, key, object)


def _fold(table: Table, first: int, last: int, state: Standings | None = None) -> tuple[Standings, list[Move]]:
    """Day by day, both ends included."""
    state, moves = state or Standings.none(len(table.ids)), []
    for n in range(first, last + 1):
        state, some = moved(table.on(day(n)), PIPELINES, _which(len(table.ids)), state)
        moves += some
    return state, moves


def _path(moves: list[Move]) -> list[tuple[str, str, int]]:
    return [(move.stage, move.overlay, (move.on - START).days) for move in moves]


def test_an_account_goes_from_stage_to_stage_on_the_day_its_facts_say() -> None:
    state, moves = _fold(_table({2: (True, 0, False), 5: (True, 1, False), 9: (True, 2, False)}), 0, 20)
    assert _path(moves) == [("setup", "", 2), ("activation", "", 5), ("adoption", "", 9)]
    assert [move.previous for move in moves] == ["", "setup", "activation"]
    assert (state.stage[0], state.pipeline[0]) == ("adoption", "default")
    assert moves[1].evidence == {"step": 1}
    assert {move.version for move in moves} == {3}


def test_several_stages_are_passed_in_one_step_where_all_of_them_are_done() -> None:
    _, moves = _fold(_table({0: (True, 3, False)}), 0, 3)
    assert [stage for stage, _, on in _path(moves) if on == 0] == list(KEYS)


def test_an_account_falls_back_and_does_not_swing() -> None:
    """`back` of activation holds at step 1, where setup is done: it stands at activation, day after day."""
    table = _table({0: (True, 3, False), 4: (True, 1, False), 8: (True, 2, False)})
    _, moves = _fold(table, 0, 12)
    assert _path(moves)[4:] == [("activation", "", 4), ("adoption", "", 8)]


def test_churned_leaves_and_reactivated_begins_anew() -> None:
    table = _table({0: (True, 1, False), 5: (False, 1, False), 30: (True, 0, False)})
    state, moves = _fold(table, 0, 31)
    assert _path(moves) == [("setup", "", 0), ("activation", "", 0), ("", "", 5), ("setup", "", 30)]
    assert moves[2].previous == "activation"
    assert state.entered_on[0] == (day(30) - date(1970, 1, 1)).days


def test_renewal_stands_over_the_stage_and_ends_in_the_stage_of_renewed_accounts() -> None:
    table = _table({0: (True, 3, False), 10: (True, 3, True), 20: (True, 2, False)})
    state, moves = _fold(table, 0, 25)
    assert _path(moves)[-2:] == [("outcomes", "renewal", 10), ("adoption", "", 20)]
    assert moves[-1].previous == "outcomes"
    assert state.overlay[0] == ""


def test_who_had_not_come_so_far_is_not_moved_ahead_by_a_renewal() -> None:
    _, moves = _fold(_table({0: (True, 1, True), 10: (True, 1, False)}), 0, 12)
    assert _path(moves)[-1] == ("activation", "", 10)


def test_a_stage_whose_facts_are_missing_is_not_passed() -> None:
    _, moves = _fold(_table({0: (True, None, False)}), 0, 9)
    assert _path(moves) == [("setup", "", 0)]


def test_a_pipeline_that_cannot_be_asked_moves_nobody() -> None:
    table = _table({0: (True, 1, False), 8: (True, 3, False)})
    state, _ = _fold(table, 0, 5)
    broken = replace(table, said={key: said for key, said in table.said.items() if key != "step"})
    problems: dict[str, str] = {}
    after, moves = moved(broken.on(day(9)), PIPELINES, _which(1), state, problems=problems)
    assert (moves, list(problems)) == ([], ["default"])
    assert after.same_as(state)
    with pytest.raises(Refused):
        moved(broken.on(day(9)), PIPELINES, _which(1), state)


def test_another_pipeline_begins_at_the_stage_of_the_same_name_and_keeps_its_clock() -> None:
    table = _table({0: (True, 1, False)})
    state, _ = _fold(table, 0, 5)
    other = {"other": defined("pipeline", replace(PIPELINE, key="other"))}
    after, moves = moved(table.on(day(9)), other, _which(1, "other"), state)
    assert [(move.stage, move.previous, move.pipeline) for move in moves] == [("activation", "activation", "other")]
    assert after.entered_on[0] == state.entered_on[0]


def test_served_without_a_pipeline_it_leaves() -> None:
    table = _table({0: (True, 1, False)})
    state, _ = _fold(table, 0, 5)
    after, moves = moved(table.on(day(6)), PIPELINES, _which(1, ""), state)
    assert [(move.stage, move.previous) for move in moves] == [("", "activation")]
    assert after.same_as(Standings.none(1))


def test_a_stage_that_is_gone_begins_again_as_far_as_facts_carry() -> None:
    table = _table({0: (True, 1, False)})
    state, _ = _fold(table, 0, 5)
    state.stage[0] = "removed"
    after, moves = moved(table.on(day(6)), PIPELINES, _which(1), state)
    assert [move.stage for move in moves] == ["setup", "activation"]
    assert moves[0].previous == "removed"
    assert after.stage[0] == "activation"


_STORED = ("pipeline", "stage", "overlay", "previous", "on")
HISTORY = st.dictionaries(
    st.integers(0, 40),
    st.tuples(st.sampled_from([True, False, None]), st.integers(0, 4) | st.none(), st.booleans()),
    max_size=8,
)


@settings(deadline=None, max_examples=25)
@given(HISTORY, st.integers(0, 45))
def test_folding_in_two_parts_is_folding_at_once(days: dict[int, Any], cut: int) -> None:
    table = _table(days)
    first, before = _fold(table, 0, cut - 1)
    second, after = _fold(table, cut, 50, first)
    whole, moves = _fold(table, 0, 50)
    assert second.same_as(whole)
    assert before + after == moves


@settings(deadline=None, max_examples=25)
@given(HISTORY)
def test_moves_alone_say_where_an_account_stands(days: dict[int, Any]) -> None:
    table = _table(days)
    state, moves = _fold(table, 0, 50)

    rows = [StageMove(account_id=one.account, **{name: getattr(one, name) for name in _STORED}) for one in moves]
    assert standings_of(table.accounts, rows).same_as(state)


@settings(deadline=None, max_examples=25)
@given(st.lists(HISTORY, min_size=2, max_size=4), st.permutations([0, 1, 2, 3]))
def test_neighbours_and_their_order_change_nothing(histories: list[dict[int, Any]], order: list[int]) -> None:
    tables = [_table(days) for days in histories]
    alone = [_fold(table, 0, 45)[1] for table in tables]
    chosen = [n for n in order if n < len(tables)]
    ids = tuple(range(1, len(chosen) + 1))

    def said(key: str) -> Any:
        return lambda pk, on: tables[chosen[pk - 1]].said[key](7, on)

    together = Table(ids, FIELDS, {one.key: said(one.key) for one in FIELDS})
    _, moves = _fold(together, 0, 45)
    for place, n in enumerate(chosen, 1):
        assert _path([move for move in moves if move.account == place]) == _path(alone[n])


@settings(deadline=None, max_examples=25)
@given(HISTORY, st.integers(0, 40), st.tuples(st.sampled_from([True, False]), st.integers(0, 4), st.booleans()))
def test_a_late_fact_changes_nothing_before_its_day(days: dict[int, Any], late: int, values: Any) -> None:
    _, before = _fold(_table(days), 0, 50)
    _, after = _fold(_table(days | {late: values}), 0, 50)
    assert [move for move in before if move.on < day(late)] == [move for move in after if move.on < day(late)]


@settings(deadline=None, max_examples=25)
@given(HISTORY)
def test_history_in_weekly_steps_names_the_days(days: dict[int, Any]) -> None:
    """Where nothing comes and goes again within a week, weekly steps say what daily ones do."""
    spaced = {n * 7 + n % 7: values for n, values in days.items() if n < 9}
    table = _table(spaced)
    found = folded_history(table, PIPELINES, lambda frame: _which(len(frame)), day(0), day(75), close=at)
    state, moves = _fold(table, 0, 75)
    assert found.moves == moves
    assert found.standings.same_as(state)


@settings(deadline=None, max_examples=15)
@given(HISTORY, st.integers(0, 20))
def test_history_alone_is_as_among_others_that_began_earlier(days: dict[int, Any], begins: int) -> None:
    later = {0: (None, None, False)} | {n + begins: values for n, values in days.items()}
    alone = folded_history(_table(later), PIPELINES, lambda frame: _which(len(frame)), day(begins), day(70), close=at)
    early = folded_history(_table(later), PIPELINES, lambda frame: _which(len(frame)), day(0), day(70), close=at)
    assert alone.moves == early.moves


def test_history_of_many_asks_for_few_days() -> None:
    table = _table({3: (True, 0, False), 40: (True, 1, False)}, ids=tuple(range(1, 50)))
    found = folded_history(table, PIPELINES, lambda frame: _which(len(frame)), day(0), day(364), close=at)
    assert len(found.moves) == 98
    assert len(set(table.asked)) < 75


def test_a_restatement_lets_rows_stand_down_and_adds_others() -> None:
    _, before = _fold(_table({0: (True, 0, False), 9: (True, 1, False)}), 0, 20)
    _, after = _fold(_table({0: (True, 0, False), 4: (True, 1, False)}), 0, 20)
    change = restate(before, after)
    assert [move.on for move in change.stand_down] == [day(9)]
    assert [move.on for move in change.added] == [day(4)]
    assert restate(after, after).is_nothing


@pytest.mark.parametrize("n", [0, 1])
def test_a_frame_without_accounts_moves_nobody(n: int) -> None:
    table = _table({}, ids=tuple(range(n)))
    assert _fold(table, 0, 2)[1] == []
