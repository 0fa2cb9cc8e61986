"""Events and counts of a day from files: whose they are, who did it, once each, and out again."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import few, thorough

from firstwin.accounts.models import Account, Person
from firstwin.connectors.actions.run_import import run_staged
from firstwin.connectors.actions.undo_import import run_undo, undo_import
from firstwin.connectors.intake import store as store_slice
from firstwin.connectors.kinds.usage import OUTSIDE
from firstwin.connectors.mapping.suggest import suggest
from firstwin.connectors.models import ImportRun
from firstwin.connectors.report import Report
from firstwin.connectors.tests.files import Desk, counts, faults
from firstwin.core import clock
from firstwin.usage.actions.receive import bring_in
from firstwin.usage.lake.days import number_of
from firstwin.usage.lake.reading import reading
from firstwin.usage.lake.schema import What
from firstwin.usage.models import Source
from firstwin.usage.store.models import Actor, ActorTrait, EventName, Inbox, Place, Touched
from firstwin.usage.store.router import EVENTS as EVENTS_DATABASE

pytestmark = pytest.mark.django_db

BASE = """
source: shop
files:
  - name: accounts
    kind: accounts
    path: accounts.csv
    key: id
    fields: {name: name}
  - name: people
    kind: people
    path: people.csv
    key: id
    fields: {name: name, email: email, account: account, joined: joined}
  - name: lines
    kind: lines
    path: lines.csv
    key: id
    fields: {account: account, starts_on: start, ends_on: end, mrr: mrr, currency: {constant: USD}}
"""
EVENTS = """
source: shop
files:
  - name: events
    kind: events
    path: events.csv
    key: id
    fields: {account: account, person: who, at: at, event: what, value: value, team: team}
"""
DAILY = """
source: shop
files:
  - name: daily
    kind: daily_usage
    path: daily.csv
    key: id
    fields: {line: line, on: day, event: what, count: n, people: people}
"""
ACCOUNTS = "id,name\nA,Acme\nB,Borg\n"
PEOPLE = "id,name,email,account,joined\nP1,Ada Marsh,ada@acme.example,A,2023-01-01\n"
LINES = "id,account,start,end,mrr\nS1,A,2024-01-01,2024-07-01,100\nS2,B,2024-01-01,,50\n"
HEAD_EVENTS, HEAD_DAILY = "id,account,who,at,what,value,team\n", "id,line,day,what,n,people\n"


@pytest.fixture
def shop(desk: Desk) -> Desk:
    desk.put(accounts=ACCOUNTS, people=PEOPLE, lines=LINES)
    desk.run(BASE)
    return desk


def brought(desk: Desk, mapping: str, **files: str) -> Report:
    """Imported, and taken up into the lake."""
    desk.put(**files)
    report = desk.run(mapping)
    assert bring_in(run=report.run, now=clock.now())
    return report


def lake(*columns: str) -> list[tuple[Any, ...]]:
    """Rows of the lake, in the order of their files' lines."""
    with reading(day_from=0, day_to=100_000, tables=("events",)) as connection:
        asked = f"select {', '.join(columns)} from events order by run, line"
        return list(connection.execute(asked).fetchall())


def account_of(place: int) -> str:
    return Account.objects.get(pk=Place.objects.get(pk=place).account or 0).name


def test_events_belong_to_their_account_and_person(shop: Desk) -> None:
    rows = (
        "e1,A,P1,2024-05-01T10:00:00Z,Job done,2.5,North\n"
        "e2,A,P9,2024-05-01T11:00:00Z,Job done,,\n"
        "e3,B,,2024-05-02T10:00:00Z,Report read,,\n"
    )
    report = brought(shop, EVENTS, events=HEAD_EVENTS + rows)
    assert counts(report.files[0]) == {"read": 3, "new": 3}
    found = lake("place", "actor", "feature", "what", "day", "known_on", "count", "value_micro", "line")
    assert [account_of(row[0]) for row in found] == ["Acme", "Acme", "Borg"]
    ada, unknown, nobody = (row[1] for row in found)
    assert Actor.objects.get(pk=ada).person == Person.objects.get().pk
    assert (Actor.objects.get(pk=unknown).key, Actor.objects.get(pk=unknown).person, nobody) == ("u:P9", None, 0)
    assert [EventName.objects.get(pk=row[2]).name for row in found] == ["Job done", "Job done", "Report read"]
    day = number_of(date(2024, 5, 1))
    assert [row[3:] for row in found] == [
        (What.TRACK, day, 0, 1, 2_500_000, 2),
        (What.TRACK, day, 0, 1, None, 3),
        (What.TRACK, day + 1, 0, 1, None, 4),
    ]
    assert ActorTrait.objects.filter(actor=ada).values_list("kind", "value").get() == ("team", "North")
    assert Source.objects.get().key == "shop"
    assert not Touched.objects.exists() and not Inbox.objects.exists()


def test_a_person_by_address_says_whose_it_is(shop: Desk) -> None:
    mapping = EVENTS.replace("{account: account, person: who,", "{person: {column: who, by: email},")
    brought(shop, mapping, events=HEAD_EVENTS + "e1,,ADA@acme.example,2024-05-01T10:00:00Z,Job done,,\n")
    ((place, actor),) = lake("place", "actor")
    assert account_of(place) == "Acme"
    assert Actor.objects.get(pk=actor).key == "u:ada@acme.example"


def test_counts_of_a_day_belong_to_the_account_of_their_line(shop: Desk) -> None:
    rows = (
        "d1,S1,2024-05-01,Export,9,3\nd2,S1,2024-07-01,Export,4,\n"
        "d3,S2,2025-01-01,Export,2,5\nd4,S2,2025-01-02,Export,0,\n"
    )
    report = brought(shop, DAILY, daily=HEAD_DAILY + rows)
    file = report.files[0]
    assert counts(file) == {"read": 4, "new": 3, "skipped": 1}
    assert file.warnings == {
        OUTSIDE: 1,
        "More people than uses were counted; both were taken as they are.": 1,
        "A count of 0 is no use: left out.": 1,
    }
    found = lake("place", "actor", "what", "day", "count", "people")
    assert [account_of(row[0]) for row in found] == ["Acme", "Acme", "Borg"]
    assert [row[1:] for row in found] == [
        (0, What.AGGREGATE, number_of(date(2024, 5, 1)), 9, 3),
        (0, What.AGGREGATE, number_of(date(2024, 7, 1)), 4, None),
        (0, What.AGGREGATE, number_of(date(2025, 1, 1)), 2, 5),
    ]


def test_bad_rows_come_back_with_their_reason(shop: Desk) -> None:
    ahead = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    events = (
        f"e1,A,P1,{ahead},Job,,\ne2,A,undefined,2024-05-01T10:00:00Z,Job,,\ne3,A,P1,,Job,,\n"
        "e4,A,P1,2024-05-01T10:00:00Z,,,\ne5,Z,P1,2024-05-01T10:00:00Z,Job,,\ne6,,,2024-05-01T10:00:00Z,Job,,\n"
        "e7,A,P1,1999-05-01T10:00:00Z,Job,,\ne8,A,P1,2024-05-01T10:00:00Z,Job,1e30,\n"
    )
    file = brought(shop, EVENTS, events=HEAD_EVENTS + events).files[0]
    assert [(line, column) for line, column, _ in sorted(faults(file))] == [
        (2, "at"), (3, "who"), (4, "at"), (5, "what"), (6, "account"), (7, "account"), (8, "at"), (9, "value"),
    ]  # fmt: skip
    daily = (
        "d1,S9,2024-05-01,Export,9,\nd2,S1,2999-01-01,Export,4,\n"
        "d3,S1,2024-05-01,Export,-2,\nd4,S1,2024-05-01,Export,1.5,\n"
    )
    file = brought(shop, DAILY, daily=HEAD_DAILY + daily).files[0]
    assert [(line, column) for line, column, _ in sorted(faults(file))] == [(2, "line"), (3, "day"), (4, "n"), (5, "n")]
    assert lake("line") == []


def test_the_same_file_again_changes_nothing(shop: Desk) -> None:
    rows = HEAD_DAILY + "d1,S1,2024-05-01,Export,9,3\nd2,S2,2024-05-01,Export,4,\n"
    brought(shop, DAILY, daily=rows)
    before = lake("place", "day", "count", "run")
    report = brought(shop, DAILY, daily=rows)
    assert counts(report.files[0]) == {"read": 2, "unchanged": 2}
    assert lake("place", "day", "count", "run") == before


def test_an_id_that_stands_twice_is_told_and_both_are_kept(shop: Desk) -> None:
    rows = HEAD_DAILY + "d1,S1,2024-05-01,Export,9,\nd1,S2,2024-05-02,Share,4,\nd1,S1,2024-05-01,Export,9,\n"
    report = brought(shop, DAILY.replace("key: id", "key: id\n    duplicates: both"), daily=rows)
    assert counts(report.files[0]) == {"read": 3, "new": 2, "unchanged": 1}
    assert list(report.files[0].warnings) == [
        "Line 3 was kept as a record of its own, #2: its key stands on line 2 too."
    ]
    assert sum(count for (count,) in lake("count")) == 13


def test_without_ids_a_count_is_known_by_its_account_day_and_name(shop: Desk) -> None:
    rows = HEAD_DAILY + ",S1,2024-05-01,Export,9,\n,S1,2024-05-02,Export,9,\n,S1,2024-05-01,Export,9,\n"
    report = brought(shop, DAILY.replace("    key: id\n", ""), daily=rows)
    assert counts(report.files[0]) == {"read": 3, "new": 2, "unchanged": 1}


def test_what_a_source_knew_late_was_not_known_before(shop: Desk) -> None:
    mapping = DAILY.replace("key: id", "key: id\n    known_at: known")
    rows = "id,line,day,what,n,people,known\nd1,S1,2024-05-01,Export,9,,2024-05-02T08:00:00Z\n"
    brought(shop, mapping, daily=rows + "d2,S1,2024-05-01,Share,9,,2024-05-09T08:00:00Z\n")
    assert lake("known_on") == [(0,), (number_of(date(2024, 5, 9)),)]


def test_a_dry_run_says_the_same_and_stores_nothing(desk: Desk) -> None:
    desk.put(accounts=ACCOUNTS, people=PEOPLE, lines=LINES)
    rows = HEAD_DAILY + "d1,S1,2024-05-01,Export,9,\nd2,S1,2024-08-01,Export,4,\nd3,S9,2024-05-02,Export,1,\n"
    desk.put(daily=rows)
    whole = BASE + DAILY.partition("files:\n")[2]
    dry = desk.run(whole, is_dry=True).files[-1]
    assert counts(dry) == {"read": 3, "new": 2, "rejected": 1}
    assert not Inbox.objects.exists() and not Place.objects.exists() and not Source.objects.exists()
    real = desk.run(whole).files[-1]
    assert (counts(real), real.warnings) == (counts(dry), dry.warnings)


def test_undoing_takes_it_out_and_it_can_come_again(shop: Desk) -> None:
    rows = HEAD_DAILY + "d1,S1,2024-05-01,Export,9,\nd2,S2,2024-05-01,Export,4,\n"
    report = brought(shop, DAILY, daily=rows)
    now = clock.now()
    run = undo_import(by=None, run=ImportRun.objects.get(pk=report.run), now=now, is_enqueued=False)
    run = run_undo(run.pk, now=now)
    assert run.undo["deleted"] == {"lake_events": 2}
    assert lake("line") == []
    assert counts(brought(shop, DAILY, daily=rows).files[0]) == {"read": 2, "new": 2}
    assert len(lake("line")) == 2


def test_undoing_takes_out_what_still_waits(shop: Desk) -> None:
    shop.put(daily=HEAD_DAILY + "d1,S1,2024-05-01,Export,9,\n")
    report = shop.run(DAILY)
    assert Inbox.objects.count() == 1
    run = undo_import(by=None, run=ImportRun.objects.get(pk=report.run), now=clock.now(), is_enqueued=False)
    run_undo(run.pk, now=clock.now())
    assert not Inbox.objects.exists()


def test_cut_off_between_the_two_stores_nothing_is_lost_or_counted_twice(
    shop: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where each has a database of its own, the inbox has committed and the cursor has not: the slice comes again."""
    shop.put(daily=HEAD_DAILY + "d1,S1,2024-05-01,Export,9,\nd2,S2,2024-05-01,Export,4,\n")

    def cut_off(*args: Any) -> Any:
        def apply() -> Any:
            apply_slice()
            raise KeyboardInterrupt

        feed, place, apply_slice = args
        return store_slice(feed, place, apply)

    with monkeypatch.context() as broken:
        broken.setattr("firstwin.connectors.records_intake.store", cut_off)
        with pytest.raises(KeyboardInterrupt):
            shop.run(DAILY)
    waiting = Inbox.objects.count()
    assert waiting == (0 if EVENTS_DATABASE == "default" else 1)
    run = ImportRun.objects.latest("pk")
    report = run_staged(run.pk, now=clock.now())
    assert counts(report.files[0]) == {"read": 2, "new": 2}
    assert Inbox.objects.count() == waiting + 1
    assert bring_in(run=run.pk, now=clock.now())
    assert lake("line", "count") == [(2, 9), (3, 4)]


def test_a_mapping_says_what_a_row_needs(shop: Desk) -> None:
    from firstwin.core.errors import Refused

    shop.put(daily=HEAD_DAILY)
    with pytest.raises(Refused, match="daily_usage need account or line"):
        shop.run(DAILY.replace("line: line, ", ""))


def test_a_file_of_counts_is_told_by_its_header() -> None:
    header = ["usage_id", "subscription_id", "usage_date", "feature_name", "usage_count", "error_count"]
    found = suggest(None, header, [["U-1", "S-1", "27-07-2023", "feature_20", "9", "0"]])
    assert found.kind == "daily_usage"
    assert {guess.field: guess.column for guess in found.fields} == {
        "key": "usage_id", "line": "subscription_id", "on": "usage_date", "event": "feature_name",
        "count": "usage_count",
    }  # fmt: skip


ROWS = st.lists(
    st.tuples(st.sampled_from("AB"), st.integers(0, 3), st.integers(0, 40), st.sampled_from(["Job", "Read"])),
    min_size=1,
    max_size=12,
)


@thorough
@settings(max_examples=few(4, many=40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, again=st.integers(0, 12))
def test_however_often_rows_are_told_each_counts_once(shop: Desk, rows: list[Any], again: int) -> None:
    """Files that overlap, in whatever order: the lake holds each key once."""
    was = len(lake("line"))
    stamp = clock.now().timestamp()
    lines = [
        f"{stamp}-{account}{who}{minute}{name},{account},P{who},2024-05-01T10:{minute:02}:00Z,{name},,\n"
        for account, who, minute, name in rows
    ]
    for part in (lines, lines[again:], list(reversed(lines))):
        if part:
            brought(shop, EVENTS, events=HEAD_EVENTS + "".join(part))
    assert len(lake("line")) - was == len(set(lines))


@pytest.fixture(autouse=True)
def _own_lake(db: None, settings: Any, tmp_path: Path) -> None:
    from dataclasses import replace

    settings.ENV = replace(settings.ENV, home=tmp_path)
