"""The order of Today: decided from changes alone, without a database."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from firstwin.signals.today.ranking import THREATS, Account, Action, Change, Kind, ranked, with_words
from firstwin.signals.today.window import last_working_day, window

DAY = date(2026, 3, 16)


def change(account: int, kind: Kind, **said: object) -> Change:
    return replace(Change(account, kind, f"{kind.value} of {account}", DAY), **said)  # type: ignore[arg-type]


def names(n: int, arr: int | None = 100) -> dict[int, Account]:
    return {pk: Account(f"Firm {pk}", arr) for pk in range(1, n + 1)}


def order(changes: list[Change], accounts: dict[int, Account]) -> list[int]:
    return [item.account for item in ranked(changes, accounts)]


def test_an_account_is_one_item_however_much_changed() -> None:
    some = [change(1, kind) for kind in Kind] + [change(2, Kind.RISE)]
    assert order(some, names(2)) == [1, 2]
    assert len(ranked(some, names(2))[0].changes) == len(Kind)


def test_more_at_stake_comes_first() -> None:
    some = [change(1, Kind.RISK, stake_minor=10), change(2, Kind.BEHIND), change(3, Kind.RISK, stake_minor=500)]
    assert order(some, names(3)) == [3, 2, 1]


def test_what_threatens_comes_before_what_promises_before_good_news() -> None:
    some = [change(1, Kind.RISE), change(2, Kind.OPPORTUNITY, stake_minor=10_000), change(3, Kind.FALL)]
    accounts = {1: Account("A", 10**9), 2: Account("B", 10**6), 3: Account("C", 1)}
    assert order(some, accounts) == [3, 2, 1]


def test_stakes_of_one_account_are_not_added_up() -> None:
    (item,) = ranked([change(1, Kind.RISK, stake_minor=60), change(1, Kind.FALL)], names(1))
    assert item.stake_minor == 100


def test_good_news_puts_nothing_at_stake() -> None:
    (item,) = ranked([change(1, Kind.CLEARED), change(1, Kind.ONWARD)], names(1))
    assert item.stake_minor is None and not item.is_threat


def test_an_unknown_arr_comes_last_and_is_not_zero() -> None:
    accounts = {1: Account("A", None), 2: Account("B", 0), 3: Account("C", 5)}
    items = ranked([change(pk, Kind.FALL) for pk in accounts], accounts)
    assert [item.stake_minor for item in items] == [5, None, 0]


def test_the_gravest_change_is_told_first() -> None:
    some = [change(1, Kind.RISE), change(1, Kind.RISK, severity=1), change(1, Kind.RISK, severity=3)]
    (item,) = ranked(some, names(1))
    assert [(one.kind, one.severity) for one in item.changes] == [(Kind.RISK, 3), (Kind.RISK, 1), (Kind.RISE, 0)]


def test_one_thing_told_twice_is_told_once() -> None:
    some = [change(1, Kind.STUCK, about="pace"), change(1, Kind.RISK, about="pace"), change(1, Kind.FALL)]
    (item,) = ranked(some, names(1))
    assert [one.kind for one in item.changes] == [Kind.RISK, Kind.FALL]


def test_the_reason_counts_what_changed() -> None:
    some = [change(1, Kind.RISK), change(1, Kind.RISK), change(1, Kind.FALL), change(1, Kind.CLEARED)]
    assert ranked(some, names(1))[0].reason == "2 new risks, health fell, 1 risk cleared"


def test_the_nearest_action_fits_the_gravest_change() -> None:
    def action(kind: Kind, family: str = "") -> Action:
        return ranked([change(1, kind, family=family)], names(1))[0].action

    assert action(Kind.FALL) is action(Kind.RENEWAL) is action(Kind.RISK, "relationship") is Action.TOUCH
    assert action(Kind.RISK, "commercial") is action(Kind.STUCK) is action(Kind.RISE) is Action.OPEN


def test_accounts_out_of_sight_are_left_out() -> None:
    assert ranked([change(7, Kind.RISK)], names(1)) == []


def test_other_words_change_only_those_asked() -> None:
    (item,) = ranked([change(1, Kind.FALL), change(1, Kind.RISK)], names(1))
    told = with_words(item, "Fell 18", frozenset({Kind.FALL}))
    assert [one.words for one in told.changes] == ["risk of 1", "Fell 18"]


changes = st.builds(
    change,
    st.integers(1, 6),
    st.sampled_from(Kind),
    stake_minor=st.none() | st.integers(0, 10**12),
    severity=st.integers(0, 3),
    about=st.sampled_from(["", "pace", "renewal"]),
)


@given(st.lists(changes, max_size=30), st.randoms())
def test_the_order_does_not_depend_on_the_order_of_changes(some: list[Change], random: object) -> None:
    shuffled = sorted(some, key=lambda _: random.random())  # type: ignore[attr-defined]
    items = ranked(some, names(6))
    assert [item.account for item in items] == order(shuffled, names(6))
    assert {item.account for item in items} == {one.account for one in some}
    threats = [any(one.kind in THREATS for one in item.changes) for item in items]
    assert threats == sorted(threats, reverse=True)


def test_monday_tells_what_came_since_friday() -> None:
    assert last_working_day(date(2026, 3, 16)) == date(2026, 3, 13)
    assert last_working_day(date(2026, 3, 15)) == date(2026, 3, 13)
    assert last_working_day(date(2026, 3, 17)) == date(2026, 3, 16)
    assert window("nonsense", DAY).words == "since Friday, 13 March"
    assert window("week", DAY).days == 7 and window("day", DAY).eve == date(2026, 3, 12)


def test_of_one_thing_told_twice_alike_the_one_with_more_at_stake_is_told() -> None:
    known, unknown = (change(1, Kind.RISK, severity=1, about="pace", stake_minor=stake) for stake in (101, None))
    assert ranked([known, unknown], names(1)) == ranked([unknown, known], names(1))
    assert ranked([unknown, known], names(1))[0].changes == (known,)
