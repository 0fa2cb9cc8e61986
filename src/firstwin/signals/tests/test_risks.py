"""Findings and the episodes they are folded into."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstwin.core.conditions import parse
from firstwin.core.fields import Collection, Field, Kind
from firstwin.signals.kinds.detector import Alarm, Detector, Graded
from firstwin.signals.models import Episode
from firstwin.signals.models.kinds import Severity, What
from firstwin.signals.risks.detect import at_stake, detected
from firstwin.signals.risks.fold import Changes, folded
from firstwin.signals.risks.found import FOREVER, Found, Known
from firstwin.signals.tests.tabled import Said, Table, at, day, defined

FIELDS = (
    Field("arr", Kind.MONEY, "ARR", "made", unit="EUR"),
    Field("overdue", Kind.MONEY, "Overdue", "made", unit="EUR"),
    Field("overdue_days", Kind.DAYS, "Overdue for", "made"),
    Field("use", Kind.SHARE, "Use", "made"),
    Field("promises_broken", Kind.NUMBER, "Promises broken", "made"),
)
INVOICES = Collection(
    "invoices", "Invoices", "made", model=Episode.objects.all, one="invoice",
    fields=(
        Field("state", Kind.CHOICE, "State", "made", choices=(("open", "Open"), ("paid", "Paid"))),
        Field("due", Kind.DATE, "Due", "made"),
        Field("number", Kind.TEXT, "Number", "made"),
    ),
)  # fmt: skip


def _tree(key: str, op: str, value: Any) -> Any:
    return parse({"field": key, "op": op, "value": value})


OVERDUE = Detector(
    key="overdue",
    label="Payment overdue",
    what=What.RISK,
    severity=Severity.MEDIUM,
    family="commercial",
    where=_tree("overdue_days", "ge", 7),
    grades=(Graded(_tree("overdue_days", "ge", 30), Severity.HIGH),),
    stake="overdue",
    fields=("overdue", "overdue_days"),
    collection="invoices",
    rows_where=_tree("state", "eq", "open"),
    words="{rows} overdue since {overdue_days:since}[, {overdue}]",
)
LOW = Detector(
    "low", "Little use", What.RISK, Severity.LOW, "usage", where=_tree("use", "lt", 0.3), fields=("use",)
)  # fmt: skip


def _table(days: Mapping[int, Any], ids: tuple[int, ...] = (7,), **said: Any) -> Table:
    """`use` by the day from which it is so; the rest constant."""

    def use(pk: int, on: date) -> Any:
        known = [value for n, value in sorted(days.items()) if day(n) <= on]
        return known[-1] if known else None

    constant = {"arr": 120_000_00, "overdue": None, "overdue_days": None, "promises_broken": None} | said
    rows: list[tuple[int, Mapping[str, Any]]] = [
        (11, {"state": "open", "due": day(0), "number": "a"}),
        (12, {"state": "paid"}),
        (13, {"state": "open", "due": day(3), "number": "b"}),
    ]
    always = {key: _always(value) for key, value in constant.items()}
    return Table(ids, FIELDS, always | {"use": use}, (INVOICES,), {"invoices": lambda pk, on: rows})


def _always(value: Any) -> Said:
    return lambda pk, on: value


def _find(table: Table, n: int, *detectors: Detector, **more: Any) -> list[Found]:
    return detected(table.on(day(n)), {one.key: defined("detector", one, 2) for one in detectors}, **more)


def test_a_finding_carries_its_sentence_its_rows_and_what_is_at_stake() -> None:
    table = _table({}, overdue=4_200_00, overdue_days=day(0))
    (one,) = _find(table, 10, OVERDUE)
    assert one.words == "2 invoices overdue since 5 Jan, €4,200"
    assert (one.severity, one.stake_minor, one.version, one.cause) == (2, 4_200_00, 2, "")
    assert one.evidence["overdue_days"] == "2026-01-05"
    assert [row["id"] for row in one.evidence["rows"]] == [11, 13]
    assert one.evidence["rows"][0]["words"] == "state Open, due 5 Jan, number a"


def test_a_part_of_the_sentence_whose_value_is_missing_is_left_out() -> None:
    (one,) = _find(_table({}, overdue_days=day(0)), 10, OVERDUE)
    assert one.words == "2 invoices overdue since 5 Jan"
    assert one.stake_minor is None


def test_severity_grows_by_grades() -> None:
    table = _table({}, overdue_days=day(0))
    assert [one.severity for n in (8, 40) for one in _find(table, n, OVERDUE)] == [2, 3]


def test_what_is_missing_is_not_found() -> None:
    assert _find(_table({}), 10, OVERDUE, LOW) == []


def test_one_finding_for_each_row_named_by_its_key() -> None:
    each = replace(OVERDUE, per_row=True, row_key="number", words="Invoice {row.number} overdue")
    found = _find(_table({}, overdue_days=day(0)), 10, each)
    assert [(one.cause, one.words) for one in found] == [("a", "Invoice a overdue"), ("b", "Invoice b overdue")]
    by_id = _find(_table({}, overdue_days=day(0)), 10, replace(each, row_key=""))
    assert [one.cause for one in by_id] == ["11", "13"]


def test_it_has_to_hold_for_some_days_before_it_is_told() -> None:
    patient = replace(LOW, after_days=3)
    table = _table({0: 0.9, 5: 0.1, 7: 0.9, 8: 0.1})
    assert [n for n in range(14) if _find(table, n, patient)] == [11, 12, 13]


def test_a_finding_without_a_template_says_its_values() -> None:
    (one,) = _find(_table({0: 0.125}), 1, LOW)
    assert one.words == "Little use: use 12%"
    assert one.evidence == {"use": 0.125}


def test_an_alarm_without_alarms_finds_nothing() -> None:
    alarm = Detector("falling", "Use is falling", What.RISK, Severity.HIGH, "usage", alarm=Alarm())
    assert _find(_table({0: 0.1}), 1, alarm) == []


def test_facts_that_come_later_need_only_a_definition() -> None:
    """A field and a collection nobody knew of: no code speaks of them."""
    promises = Collection(
        "commitments", "Commitments", "later", model=Episode.objects.all, one="commitment",
        fields=(Field("broken", Kind.FLAG, "Broken", "later"), Field("what", Kind.TEXT, "What", "later")),
    )  # fmt: skip
    table = replace(
        _table({}, promises_broken=1),
        collections=(promises,),
        told={"commitments": lambda pk, on: [(1, {"broken": True, "what": "sso"}), (2, {"broken": False})]},
    )
    broken = Detector(
        "broken", "Broken commitment", What.RISK, Severity.HIGH, "relationship",
        where=parse({"any": "commitments", "where": {"field": "broken", "op": "eq", "value": True}}),
        collection="commitments", rows_where=_tree("broken", "eq", True), per_row=True, row_key="what",
        fields=("promises_broken",), words="We broke a promise: {row.what}",
    )  # fmt: skip
    (one,) = _find(table, 1, broken)
    assert (one.cause, one.words) == ("sso", "We broke a promise: sso")
    assert one.evidence["commitments"] == 2


def test_the_largest_stake_counts_once() -> None:
    assert at_stake([5, None, 7, 7]) == 7
    assert at_stake([None]) is None


# Episodes


class Diary:
    """What a ledger would keep of one table, day by day."""

    def __init__(self, table: Table, *detectors: Detector) -> None:
        self.table = table
        self.detectors = {one.key: defined("detector", one) for one in detectors}
        self.episodes: list[Known] = []

    def close(self, n: int) -> Changes:
        still = [known for known in self.episodes if known.cleared_on is None]
        found = detected(self.table.on(day(n)), self.detectors, open_episodes=still)
        changes = folded(found, self.episodes, at(day(n)), self.detectors)
        for kept in changes.kept:
            self._put(kept.episode, replace(kept.episode, last_on=day(n), said=_said(kept.found)))
        for known in changes.cleared:
            self._put(known, replace(known, cleared_on=day(n)))
        self.episodes += [
            Known(one.account, one.detector, one.cause, day(n), day(n), said=_said(one)) for one in changes.opened
        ]
        return changes

    def put_aside(self, until: date) -> None:
        self._put(self.episodes[-1], replace(self.episodes[-1], aside_until=until))

    def spans(self) -> list[tuple[int, int | None]]:
        first = day(0)
        return [
            ((known.first_on - first).days, (known.cleared_on - first).days if known.cleared_on else None)
            for known in self.episodes
        ]

    def _put(self, was: Known, becomes: Known) -> None:
        self.episodes[self.episodes.index(was)] = becomes


def _said(one: Found) -> Any:
    return one.severity, one.words, one.stake_minor, one.evidence


def _days(diary: Diary, first: int, last: int) -> Diary:
    for n in range(first, last + 1):
        diary.close(n)
    return diary


def test_a_risk_is_one_episode_from_the_day_it_is_found_to_the_day_it_is_not() -> None:
    diary = _days(Diary(_table({0: 0.9, 3: 0.1, 9: 0.8}), LOW), 0, 15)
    assert diary.spans() == [(3, 9)]


def test_it_is_kept_and_only_what_changed_is_said_to() -> None:
    diary = Diary(_table({0: 0.1, 2: 0.2}), LOW)
    assert diary.close(0).opened
    assert [kept.is_changed for kept in diary.close(1).kept] == [False]
    assert [kept.is_changed for kept in diary.close(2).kept] == [True]


def test_it_ends_when_its_own_condition_says_so() -> None:
    diary = _days(Diary(_table({0: 0.1, 3: 0.4, 6: 0.7}), replace(LOW, clears=_tree("use", "ge", 0.6))), 0, 9)
    assert diary.spans() == [(0, 6)]


def test_what_lasts_is_not_found_where_nothing_is_open() -> None:
    diary = _days(Diary(_table({0: 0.4}), replace(LOW, clears=_tree("use", "ge", 0.6))), 0, 3)
    assert diary.spans() == []


def test_it_is_not_told_again_too_soon() -> None:
    diary = _days(Diary(_table({0: 0.1, 3: 0.9, 4: 0.1}), replace(LOW, quiet_days=10)), 0, 20)
    assert diary.spans() == [(0, 3), (13, None)]


def test_put_aside_it_stays_one_episode_and_comes_back_when_it_cleared_in_between() -> None:
    diary = _days(Diary(_table({0: 0.1, 10: 0.9, 12: 0.1}), LOW), 0, 2)
    diary.put_aside(FOREVER)
    _days(diary, 3, 15)
    assert diary.spans() == [(0, 10), (12, None)]
    assert not diary.episodes[-1].is_aside(day(15))


def test_put_aside_until_a_day_it_does_not_come_back_before() -> None:
    diary = _days(Diary(_table({0: 0.1, 5: 0.9, 6: 0.1}), LOW), 0, 2)
    diary.put_aside(day(12))
    assert diary.episodes[-1].is_aside(day(11)) and not diary.episodes[-1].is_aside(day(12))
    _days(diary, 3, 20)
    assert diary.spans() == [(0, 5), (12, None)]


def test_a_detector_that_is_gone_clears_what_it_had_found() -> None:
    diary = _days(Diary(_table({0: 0.1}), LOW), 0, 2)
    diary.detectors = {}
    diary.close(3)
    assert diary.spans() == [(0, 3)]


USE = st.dictionaries(st.integers(0, 25), st.sampled_from([0.1, 0.4, 0.9, None]), max_size=8)


@settings(deadline=None, max_examples=30)
@given(USE, st.booleans(), st.integers(0, 4))
def test_never_two_open_at_once_and_nothing_open_that_is_not_found(days: Any, clears: bool, quiet: int) -> None:
    low = replace(LOW, quiet_days=quiet, clears=_tree("use", "ge", 0.6) if clears else None)
    table = _table(days)
    diary = Diary(table, low)
    for n in range(28):
        changes = diary.close(n)
        still = [known.key for known in diary.episodes if known.cleared_on is None]
        assert len(still) == len(set(still)) <= 1
        if not clears and not quiet:
            assert bool(still) == bool(_find(table, n, low))
        assert len({*map(id, changes.cleared)} | {*map(id, changes.opened)}) <= 1


@settings(deadline=None, max_examples=20)
@given(st.lists(st.sampled_from([0.1, 0.4, None]), min_size=1, max_size=6))
def test_one_account_alone_is_found_as_among_all(values: list[Any]) -> None:
    ids = tuple(range(1, len(values) + 1))
    table = replace(_table({}, ids), said={**_table({}).said, "use": lambda pk, on: values[pk - 1]})
    together = _find(table, 0, LOW)
    for pk in ids:
        alone = _find(replace(table, ids=(pk,)), 0, LOW)
        assert [replace(one, place=0) for one in together if one.account == pk] == alone


@pytest.mark.parametrize("n", [0, 1])
def test_no_accounts_no_findings(n: int) -> None:
    assert _find(_table({0: 0.9}, ids=tuple(range(n))), 0, OVERDUE, LOW) == []


def test_columns_of_findings_are_plain() -> None:
    (one,) = _find(_table({0: np.float64(0.1)}), 1, LOW)
    assert type(one.evidence["use"]) is float
