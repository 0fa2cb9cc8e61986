"""Undoing an import restores what was there, and leaves alone what people did since."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import few, thorough

from firstwin.accounts.actions.assign import assign_owner
from firstwin.accounts.actions.edit_account import edit_account
from firstwin.accounts.actions.notes import add_note
from firstwin.accounts.actions.people import edit_person
from firstwin.accounts.invariants import list_rows_follow_facts
from firstwin.accounts.models import Account, AccountNow, AttributeValue, Ownership, Person
from firstwin.connectors.actions.run_import import report_of
from firstwin.connectors.actions.tend_imports import clear_old_stages
from firstwin.connectors.actions.undo_import import run_undo, undo_import
from firstwin.connectors.invariants import cursors_are_legal, journals_are_whole, no_run_is_stuck
from firstwin.connectors.journal import journaled
from firstwin.connectors.models import ImportRun, RowChange, State
from firstwin.connectors.tests.files import Desk
from firstwin.connectors.tests.killing import LINES, MAPPING
from firstwin.core.errors import NotAllowed, Refused
from firstwin.people.models import AuditRow, User

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
ACCOUNTS = "id,name,plan,tag,parent,at\n"
PEOPLE = "id,name,email,account,role,at\n"
TOUCHES = "id,account,with,at\n"
AT = "2024-05-01T10:00:00Z"


def facts() -> dict[str, list[str]]:
    """Every row of every table an import may write, but for marks that only go up."""
    from django.apps import apps

    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table not in journaled():
            continue
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in {"revision", "edition"}]
        found[model._meta.label] = [repr(row) for row in model._default_manager.order_by("pk").values_list(*names)]
    return found


def lists() -> list[str]:
    names = [f.attname for f in AccountNow._meta.concrete_fields if f.attname not in {"revision", "refreshed_at"}]
    return [repr(row) for row in AccountNow.objects.order_by("pk").values_list(*names)]


def last_run() -> ImportRun:
    return ImportRun.objects.latest("pk")


def undone(run: ImportRun | None = None, *, by: User | None = None, now: datetime = LATER) -> ImportRun:
    run = undo_import(by=by, run=run or last_run(), now=now, is_enqueued=False)
    return run_undo(run.pk, now=now)


def healthy() -> None:
    problems = [
        *no_run_is_stuck(LATER), *journals_are_whole(LATER), *cursors_are_legal(LATER), *list_rows_follow_facts(LATER)
    ]  # fmt: skip
    assert problems == []


def begin(desk: Desk) -> None:
    """A company that was there before."""
    desk.put(
        accounts=f"{ACCOUNTS}A0,Old,p0,t0,,{AT}\nA1,Older,p1,,A0,{AT}\nA2,Oldest,,t1,,{AT}\n",
        people=f"{PEOPLE}P0,Ada,ada@x.example,A0,sponsor,{AT}\nP1,Bo,bo@x.example,A1,,{AT}\n",
        touches=f"{TOUCHES}T0,A0,P0,{AT}\n",
        lines="id,account,product,start,end,seats,amount\nL0,A0,Core,2024-01-01,2025-01-01,5,100\n",
    )


ids = st.integers(0, 5)
days = st.integers(1, 28)
words = st.sampled_from(["", "a", "b", "é", "=1", "p0"])
account_rows = st.lists(
    st.tuples(ids, st.sampled_from(["Old", "New", "Ö"]), words, words, ids | st.none(), days), max_size=6
)
people_rows = st.lists(st.tuples(ids, words, ids, st.sampled_from(["", "sponsor", "doer", "nobody"]), days), max_size=6)
touch_rows = st.lists(st.tuples(ids, ids, ids, days), max_size=5)
line_rows = st.lists(
    st.tuples(ids, ids, words, days, days | st.none(), st.integers(-1, 5), st.integers(-5, 9)), max_size=6
)


def moment(day: int) -> str:
    return f"2024-06-{day:02}T10:00:00Z"


@thorough
@settings(max_examples=few(8, many=60), deadline=None, suppress_health_check=list(HealthCheck))
@given(account_rows, people_rows, touch_rows, line_rows)
def test_undo_of_an_import_is_as_before(
    db: None, tmp_path_factory: pytest.TempPathFactory, accounts: Any, people: Any, touches: Any, lines: Any
) -> None:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    begin(desk)
    desk.run(LINES, now=NOW)
    before, listed = facts(), lists()
    desk.put(
        accounts=ACCOUNTS
        + "".join(
            f"A{n},{name},{p},{t},{'' if q is None else f'A{q}'},{moment(d)}\n" for n, name, p, t, q, d in accounts
        ),
        people=PEOPLE
        + "".join(f"P{n},{w or 'Cy'},{w}{n}@x.example,A{a},{r},{moment(d)}\n" for n, w, a, r, d in people),
        touches=TOUCHES + "".join(f"T{n},A{a},P{p},{moment(d)}\n" for n, a, p, d in touches),
        lines="id,account,product,start,end,seats,amount\n"
        + "".join(
            f"L{n},A{a},{p},2024-02-{s:02},{'' if e is None else f'2024-02-{e:02}'},{q},{m}\n"
            for n, a, p, s, e, q, m in lines
        ),
    )
    desk.run(LINES, now=NOW + timedelta(hours=1))
    run = undone()
    assert run.kept == []
    assert facts() == before
    assert lists() == listed
    healthy()


def test_all_that_an_import_brought_goes_and_comes_again(desk: Desk) -> None:
    begin(desk)
    before = facts()
    desk.run(LINES, now=NOW)
    brought = facts()
    assert brought != before
    run = undone()
    assert (run.state, run.progress, run.kept) == (State.UNDONE, 1.0, [])
    assert facts() == before
    assert not Account.objects.exists() and not AccountNow.objects.exists()
    gone = RowChange.objects.filter(run=run.pk, table_name="accounts_account", op="i")
    assert {(row.after or {})["name"] for row in gone} == {"Old", "Older", "Oldest"}  # kept for the trail
    report = desk.run(LINES, now=LATER)
    assert [file.counts["new"] for file in report.files] == [3, 2, 1, 1]
    assert AuditRow.objects.filter(did="import.undone").count() == 4


def test_what_somebody_edited_since_stays_and_is_told(desk: Desk, operations: User) -> None:
    begin(desk)
    desk.run(LINES, now=NOW)
    desk.put(accounts=f"{ACCOUNTS}A0,Renamed,p9,t0,,2024-06-01T10:00:00Z\n", people=f"{PEOPLE}P0,Adam,,,,{moment(2)}\n")
    desk.run(LINES, now=NOW + timedelta(hours=1))
    account, person = Account.objects.get(name="Renamed"), Person.objects.get(name="Adam")
    edit_account(by=operations, account=account, now=LATER, edition=account.edition, name="By hand")
    edit_person(by=operations, person=person, now=LATER, edition=person.edition, name="Ada by hand", email="", phone="")
    run = undone(by=operations)
    account.refresh_from_db()
    assert account.name == "By hand"
    assert Person.objects.filter(name="Ada by hand").exists()
    assert [(one["what"], one["name"], one["why"]) for one in run.kept] == [
        ("person", "Ada by hand", "name was changed since"),
        ("account", "By hand", "name was changed since"),
    ]
    plan = AttributeValue.objects.open().get(account=account, attribute__key="plan")
    assert plan.text == "p0"
    healthy()


def test_an_account_with_a_note_stays_and_is_told(desk: Desk, operations: User) -> None:
    begin(desk)
    desk.run(LINES, now=NOW)
    account = Account.objects.get(name="Older")
    add_note(by=operations, account=account, body="Call them", now=LATER)
    run = undone()
    assert list(Account.objects.values_list("name", flat=True)) == ["Older"]
    assert [(one["what"], one["name"], one["why"]) for one in run.kept] == [("account", "Older", "a note refers to it")]
    assert Account.objects.get().parent is None
    healthy()


def test_a_line_of_history_somebody_wrote_on_stays_whole(desk: Desk, operations: User, owner: User) -> None:
    mapping = MAPPING.replace("tags: tag,", "tags: tag, owner: {column: tag, unknown: leave},")
    begin(desk)
    desk.put(accounts=f"{ACCOUNTS}A0,Old,p0,,,{AT}\n", people=PEOPLE, touches=TOUCHES)
    desk.run(mapping, now=NOW)
    desk.put(accounts=f"{ACCOUNTS}A0,Old,p0,{owner.email},,{moment(1)}\n")
    desk.run(mapping, now=NOW + timedelta(hours=1))
    account = Account.objects.get()
    assert Ownership.objects.open().get().user == owner
    assign_owner(by=operations, accounts=[account], owner=operations, now=LATER)
    held = [repr(row) for row in Ownership.objects.order_by("pk").values_list()]
    run = undone()
    assert [repr(row) for row in Ownership.objects.order_by("pk").values_list()] == held
    assert {one["why"] for one in run.kept} == {"somebody wrote on the same line of history since"}
    assert account.now.owner_id == operations.pk
    healthy()


def test_who_may_and_when(desk: Desk, operations: User, owner: User) -> None:
    begin(desk)
    desk.run(LINES, now=NOW, is_dry=True)
    with pytest.raises(Refused, match="dry run"):
        undone()
    desk.run(LINES, now=NOW)
    first = last_run()
    with pytest.raises(NotAllowed):
        undone(by=owner)
    desk.run(LINES, now=NOW + timedelta(hours=1))
    with pytest.raises(Refused, match=f"undo import {last_run().pk} first"):
        undone(first)
    undone()
    with pytest.raises(Refused, match="30 days"):
        undone(first, now=datetime.now(UTC) + timedelta(days=31))
    assert undone(first).state == State.UNDONE
    with pytest.raises(Refused, match="undone already"):
        undone(first)


def test_old_files_and_journals_are_cleared(desk: Desk) -> None:
    begin(desk)
    desk.put(accounts=f"{ACCOUNTS}A0,,p0,t0,,{AT}\n")
    desk.run(LINES, now=NOW)
    run = last_run()
    assert run.stage.is_dir() and report_of(run).files[0].faults
    assert clear_old_stages(now=datetime.now(UTC)) == 0
    assert clear_old_stages(now=datetime.now(UTC) + timedelta(days=31)) == 1
    run.refresh_from_db()
    assert not run.stage.exists() and not RowChange.objects.exists() and run.undo_until is None
    assert not report_of(run).files[0].faults
    assert Path(run.rejects_in, "accounts.csv").exists()
