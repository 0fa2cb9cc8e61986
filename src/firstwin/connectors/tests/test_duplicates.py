"""Which row counts when a key stands twice with different content."""

import pytest

from firstwin.connectors.duplicates import Decision, Repeats, Rule, Standing, decide, decided

ROWS = [Standing(2, "a"), Standing(5, "a"), Standing(7, "b"), Standing(9, "b"), Standing(11, "c")]


def does(rule: Rule) -> dict[int, str]:
    return {line: decision.does for line, decision in decide(rule, ROWS).items()}


@pytest.mark.parametrize("rule", ["reject", "first", "last", "both"])
def test_the_same_content_twice_is_a_repetition(rule: Rule) -> None:

    assert decide(rule, ROWS[:2]) == {5: Decision("repeat")}


def test_rules() -> None:
    assert does("reject") == {5: "repeat", 7: "reject", 9: "reject", 11: "reject"}
    assert does("first") == {5: "repeat", 7: "skip", 9: "skip", 11: "skip"}
    assert does("last") == {2: "skip", 5: "skip", 7: "skip", 9: "skip"}
    assert does("both") == {5: "repeat", 7: "beside", 9: "repeat", 11: "beside"}
    assert [one.suffix for one in decide("both", ROWS).values() if one.suffix] == ["#2", "#3"]


@pytest.mark.parametrize("rule", ["reject", "first", "last", "both"])
def test_both_lines_are_told(rule: Rule) -> None:
    for line, decision in decide(rule, [Standing(2, "a"), Standing(7, "b")]).items():
        other = {2: 7, 7: 2}[line]
        assert f"line {other}" in decision.says


def test_repeats_are_found_among_many() -> None:
    repeats = Repeats()
    repeats.add_all(str(n % 900) for n in range(1_000))
    assert repeats.found() == {hash(str(n)) for n in range(100)}


def test_a_file_without_repetitions_is_not_read_twice() -> None:
    def never() -> list[tuple[str, str, Standing]]:
        raise AssertionError("read again")

    assert decided("reject", lambda: ["a", "b"], never) == {}
