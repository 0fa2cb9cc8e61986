"""Whether a source still speaks as often as it used to, and how much of it can be used."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.accounts import quality
from firstwin.accounts.quality import Findings, Rhythm, findings, sentence
from firstwin.connectors.health import Told, healths, in_words, rhythm

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def told(*days_ago: int, rejected: int = 0, source: str = "crm", kind: str = "accounts") -> list[Told]:
    return [Told(source, kind, number, NOW - ago * DAY, 100, rejected) for number, ago in enumerate(days_ago, 1)]


def test_a_source_is_late_when_silent_for_twice_its_usual_gap() -> None:
    on_time, late = healths(told(34, 27, 20, 13), {}, now=NOW), healths(told(36, 29, 22, 15), {}, now=NOW)
    assert [one.state for one in on_time + late] == ["fresh", "late"]
    assert late[0].advice == "Nothing for 15 days, usually weekly. Import its newest file, or ask who sends it."


def test_a_file_mended_the_same_day_is_one_delivery() -> None:
    moments = [NOW - 60 * DAY, NOW - 30 * DAY, NOW - 30 * DAY + timedelta(hours=1), NOW]
    assert in_words(rhythm(moments)) == "monthly"


def test_two_imports_are_no_rhythm() -> None:
    (one,) = healths(told(90, 60), {}, now=NOW)
    assert (one.state, one.usually, one.as_dict()["usually_days"]) == ("new", "", None)


def test_rejected_rows_are_work_when_they_are_many() -> None:
    (few,) = healths([*told(3, 2), Told("crm", "accounts", 9, NOW, 10_000, 3)], {}, now=NOW)
    assert (few.state, few.rejected) == ("fresh", 3)
    many = [*told(3, 2, rejected=1), Told("crm", "accounts", 9, NOW, 100, 30)]
    (found,) = healths(many, {}, now=NOW)
    assert found.state == "rejecting"
    assert found.advice.startswith("30 rows rejected last time, more than usual.")
    assert found.shares == (0.01, 0.01, 0.3)


def test_conflicts_stand_with_what_a_source_says_about_accounts() -> None:
    both = told(2, 1, 0) + told(2, 1, 0, kind="lines")
    found = {one.kind: one for one in healths(both, {"crm": 12}, now=NOW)}
    assert (found["accounts"].conflicts, found["lines"].conflicts) == (12, 0)
    assert found["accounts"].state == "disagreeing"


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, "daily"), (7, "weekly"), (8, "weekly"), (31, "monthly"), (90, "quarterly"), (4, "every 4 days")],
)
def test_gaps_are_said_in_words(days: int, words: str) -> None:
    assert in_words(days * DAY) == words


@given(
    st.lists(st.integers(0, 2_000), min_size=1, max_size=30), st.lists(st.integers(0, 100), min_size=30, max_size=30)
)
def test_any_history_has_a_health(days: list[int], rejected: list[int]) -> None:
    runs = [Told("s", "lines", n, NOW - d * DAY, 100, rejected[n]) for n, d in enumerate(days)]
    (one,) = healths(runs, {}, now=NOW)
    assert one.last_at == NOW - min(days) * DAY
    assert 0 <= one.share <= 1
    assert (one.state == "late") == (one.every is not None and NOW - one.last_at > 2 * one.every)


def facts(seen: datetime, known: dict[str, Rhythm]) -> Findings:
    return Findings([], 1, True, [("crm", "A-1", seen)], {}, [], known)


def test_a_finding_says_how_often_the_source_usually_comes() -> None:
    silent = Rhythm(NOW - 40 * DAY, 7 * DAY, "weekly")
    (found,) = findings(facts(NOW - 40 * DAY, {"crm": silent}), now=NOW)
    assert sentence(found) == "crm: its last import was 40 days ago (usually weekly)"


def test_a_quarterly_source_is_not_silent_after_a_month() -> None:
    quarterly = Rhythm(NOW - 40 * DAY, 91 * DAY, "quarterly")
    assert findings(facts(NOW - 40 * DAY, {"crm": quarterly}), now=NOW) == []
    assert sentence(findings(facts(NOW - 40 * DAY, {}), now=NOW)[0]) == "crm has not mentioned it for 40 days"


def test_this_room_tells_the_rhythms() -> None:
    assert quality._rhythms
