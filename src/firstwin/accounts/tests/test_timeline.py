"""How dated lines take statements: in any order, late, twice."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from firstwin.accounts.timeline import ABSENT, Piece, splice

DAY0 = datetime(2026, 1, 1, tzinfo=UTC)


def day(n: int) -> datetime:
    return DAY0 + timedelta(days=n)


def put(line: list[Piece], value: object, at: int, known: int) -> list[Piece]:
    """Apply a statement the way the database would."""
    decided = splice(line, value=value, at=day(at), known_at=day(known))
    kept = [p for p in line if p.id not in decided.supersede]
    kept = [
        Piece(p.value, p.valid_from, p.valid_to, p.known_at, day(known), p.id) if p.id in decided.confirm else p
        for p in kept
    ]
    ids = iter(range(1000 + 10 * len(line) + known * 10_000 + at, 10**9))
    added = [Piece(p.value, p.valid_from, p.valid_to, p.known_at, p.stated_at, next(ids)) for p in decided.add]
    return sorted(kept + added, key=lambda p: p.valid_from)


def at(line: list[Piece], n: int) -> object:
    """What the line says of day n, None for nothing."""
    held = [p for p in line if p.valid_from <= day(n) and (p.valid_to is None or p.valid_to > day(n))]
    assert len(held) <= 1
    return held[0].value if held else None


def test_a_change_closes_what_was_and_opens_what_is() -> None:
    line = put([], "ada", 1, 1)
    line = put(line, "mina", 5, 5)
    assert [(p.value, p.valid_from, p.valid_to) for p in line] == [("ada", day(1), day(5)), ("mina", day(5), None)]


def test_the_same_statement_again_changes_nothing() -> None:
    line = put([], "ada", 1, 1)
    assert splice(line, value="ada", at=day(1), known_at=day(1)).is_empty
    assert splice(line, value="ada", at=day(3), known_at=day(3)).is_empty


def test_an_end_leaves_a_gap_and_a_return_fills_it() -> None:
    line = put(put(put([], "ada", 1, 1), ABSENT, 4, 4), "ada", 6, 6)
    assert [at(line, n) for n in (1, 3, 4, 5, 6, 9)] == ["ada", "ada", None, None, "ada", "ada"]


def test_what_arrives_late_does_not_overrule_what_was_stated_since() -> None:
    line = put([], "mina", 5, 5)
    line = put(line, "ada", 1, 1)
    assert [at(line, n) for n in (0, 1, 4, 5, 9)] == [None, "ada", "ada", "mina", "mina"]


def test_a_correction_known_later_overrules_from_its_day_on() -> None:
    line = put(put([], "ada", 1, 1), "mina", 5, 5)
    line = put(line, "tom", 3, 8)
    assert [at(line, n) for n in (1, 2, 3, 5, 9)] == ["ada", "ada", "tom", "tom", "tom"]


def test_a_late_value_inside_a_closed_period_ends_where_the_period_was_closed() -> None:
    line = put(put([], "ada", 1, 1), ABSENT, 6, 7)
    line = put(line, "mina", 3, 3)
    assert [at(line, n) for n in (1, 3, 5, 6, 8)] == ["ada", "mina", "mina", None, None]


@given(
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from("abc")), min_size=1, max_size=5, unique_by=lambda s: s[0])
)
def test_snapshots_end_in_the_same_value_in_any_order(snapshots: list[tuple[int, str]]) -> None:
    last = max(snapshots)[1]
    for order in permutations(snapshots):
        line: list[Piece] = []
        for moment, value in order:
            line = put(line, value, moment, moment)
        assert at(line, 30) == last


@given(st.lists(st.tuples(st.sampled_from(["a", "b", ABSENT]), st.integers(0, 12), st.integers(0, 12)), max_size=8))
def test_a_line_never_overlaps_itself(statements: list[tuple[object, int, int]]) -> None:
    line: list[Piece] = []
    for value, moment, known in statements:
        line = put(line, value, moment, known)
        for earlier, later in pairwise(line):
            assert earlier.valid_to is not None
            assert earlier.valid_to <= later.valid_from
        for n in range(14):
            at(line, n)
