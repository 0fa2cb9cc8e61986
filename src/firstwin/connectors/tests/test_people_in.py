"""People, memberships and touches come in from files."""

from datetime import UTC, datetime, timedelta

import pytest

from firstwin.accounts.models import Account, Membership, Person, RoleHeld, Touch
from firstwin.connectors.report import FileReport
from firstwin.connectors.tests.files import NOW, Desk, counts, faults, snapshot
from firstwin.people.models import User

PEOPLE = """
source: crm
files:
  - {name: accounts, kind: accounts, path: accounts.csv, key: id, fields: {name: name}}
  - name: people
    kind: people
    path: people.csv
    key: id
    fields: {name: name, email: email, account: account, title: title, roles: {column: roles, do: {split: ","}}}
"""
BY_ADDRESS = PEOPLE.replace("    path: people.csv\n    key: id\n", "    path: people.csv\n")
ACCOUNTS = "id,name\nA1,Acme\nA2,Zen\n"
HEAD = "id,name,email,account,title,roles\n"


def people(desk: Desk, rows: str, mapping: str = PEOPLE, now: datetime = NOW) -> dict[str, int]:
    desk.put(accounts=ACCOUNTS, people=HEAD + rows)
    return counts(desk.run(mapping, now=now).files[1])


def test_people_join_their_account_with_title_and_roles(desk: Desk) -> None:
    rows = 'P1,Ada,ada@acme.example,A1,CTO,"sponsor,technical"\nP2,Bo,,A1,,\nP3,Cy,cy@x.example,A9,,\n'
    assert people(desk, rows) == {"read": 3, "new": 2, "rejected": 1}
    ada = Membership.objects.get(person__name="Ada")
    assert (ada.account.name, ada.title) == ("Acme", "CTO")
    assert sorted(RoleHeld.objects.values_list("role", flat=True)) == ["sponsor", "technical"]
    assert Account.objects.get(name="Acme").now.people_count == 2
    assert not Person.objects.filter(name="Cy").exists()
    before = snapshot()
    assert people(desk, rows, now=NOW + timedelta(days=1)) == {"read": 3, "unchanged": 2, "rejected": 1}
    assert snapshot() == before


def test_somebody_who_moves_leaves_where_they_were(desk: Desk) -> None:
    people(desk, "P1,Ada,ada@acme.example,A1,CTO,sponsor\n")
    assert people(desk, "P1,Ada,ada@acme.example,A2,CTO,sponsor\n", now=NOW + timedelta(days=5)) == {
        "read": 1,
        "changed": 1,
    }
    assert [m.account.name for m in Membership.objects.open()] == ["Zen"]
    assert [r.account.name for r in RoleHeld.objects.open()] == ["Zen"]
    assert Membership.objects.standing().count() == 2


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ("ada@acme.example", "ADA@Acme.Example", 1),
        ("ada@acme.example", "ada+news@acme.example", 2),
        ("ada@m\u00fcller.example", "ada@xn--mller-kva.example", 1),
        ("jos\u00e9@acme.example", "jose\u0301@acme.example", 1),
        ("ada@m\u00fcller.example", "ada@mu\u0308ller.example", 1),
    ],
)
def test_one_address_is_one_person_however_it_is_written(desk: Desk, first: str, second: str, count: int) -> None:
    people(desk, f",Ada,{first},A1,,\n,Ada,{second},A2,,\n", BY_ADDRESS)
    assert Person.objects.count() == count


def test_two_ids_with_one_mailbox_are_two_people_unless_they_have_one_name(desk: Desk) -> None:
    people(desk, "P1,Ada,info@acme.example,A1,,\nP2,Bo,info@acme.example,A1,,\nP3,ada,info@acme.example,A1,,\n")
    assert sorted(name.lower() for name in Person.objects.values_list("name", flat=True)) == ["ada", "bo"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("P1,Ada,not an address,A1,,", "email"),
        ("P1,,,A1,,", "name"),
        ("P1,Ada,,A1,,chief", "roles"),
        (f"P1,Ada,,A1,{'x' * 201},", "title"),
        (f"{'x' * 256},Ada,,A1,,", "id"),
    ],
)
def test_a_person_that_cannot_be_is_rejected_whole(desk: Desk, row: str, column: str) -> None:
    desk.put(accounts=ACCOUNTS, people=HEAD + row + "\n")
    file = desk.run(PEOPLE).files[1]
    assert (file.counts["rejected"], file.faults[0].column) == (1, column)
    assert not Person.objects.exists()


MEMBERSHIPS = (
    PEOPLE
    + """
  - name: jobs
    kind: memberships
    path: jobs.csv
    fields:
      person: {column: person, by: email}
      account: {column: account, by: name}
      title: title
      joined: {column: from, do: {date: "%d.%m.%Y"}}
      left: {column: to, do: [{date: "%d.%m.%Y"}, {add_days: 1}]}
"""
)


def test_memberships_have_dates_and_history_is_marked_reconstructed(desk: Desk) -> None:
    desk.put(
        accounts=ACCOUNTS,
        people=HEAD + "P1,Ada,ada@acme.example,,,\n",
        jobs="person,account,title,from,to\nada@acme.example,acme,CTO,01.02.2020,31.12.2022\n"
        "ada@acme.example,zen,CEO,01.01.2023,\nada@acme.example,zen,CEO,01.01.2023,01.01.2020\n",
    )
    file = desk.run(MEMBERSHIPS).files[2]
    assert faults(file) == [(4, "to", "Somebody leaves after they joined.")]
    jobs = Membership.objects.standing().order_by("valid_from")
    assert [(j.account.name, j.title, j.valid_from, j.valid_to, j.is_reconstructed) for j in jobs] == [
        ("Acme", "CTO", datetime(2020, 2, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC), True),
        ("Zen", "CEO", datetime(2023, 1, 1, tzinfo=UTC), None, True),
    ]
    before = snapshot()
    desk.run(MEMBERSHIPS)
    assert snapshot() == before


TOUCHES = (
    PEOPLE
    + """
  - name: touches
    kind: touches
    path: touches.csv
    key: id
    fields:
      account: account
      person: {column: who, unknown: leave}
      kind: {column: kind, do: {look_up: {Call: call, Task: note}}}
      direction: {constant: both}
      occurred_at: at
      minutes: minutes
      summary: summary
      author: author
      attendees: {column: with, do: {split: ";"}, by: email}
"""
)
TOUCH_HEAD = "id,account,who,kind,at,minutes,summary,author,with\n"


def touches(desk: Desk, rows: str) -> FileReport:
    desk.put(
        accounts=ACCOUNTS,
        people=HEAD + "P1,Ada,ada@acme.example,A1,,\nP2,Bo,bo@acme.example,A1,,\nP3,Cy,,,,\n",
        touches=TOUCH_HEAD + rows,
    )
    return desk.run(TOUCHES).files[-1]


def test_touches_reach_their_account_through_the_person(desk: Desk, owner: User) -> None:
    file = touches(
        desk,
        f"T1,,P1,Call,2024-01-05T10:00:00Z,30,Kick-off,{owner.email},bo@acme.example\n"
        "T2,A2,P9,Task,2024-01-06T10:00:00Z,,Sent a file,,\n",
    )
    assert counts(file) == {"read": 2, "new": 2}
    call, task = Touch.objects.order_by("occurred_at")
    assert (call.account.name, call.minutes, call.author, call.is_reconstructed) == ("Acme", 30, owner, True)
    assert sorted(p.name for p in call.attendees.all()) == ["Ada", "Bo"]
    assert (task.account.name, task.kind, task.attendees.count()) == ("Zen", "note", 0)
    assert Account.objects.get(name="Acme").now.last_touch_on is not None
    before = snapshot()
    touches(
        desk,
        f"T1,,P1,Call,2024-01-05T10:00:00Z,30,Kick-off,{owner.email},bo@acme.example\n"
        "T2,A2,P9,Task,2024-01-06T10:00:00Z,,Sent a file,,\n",
    )
    assert snapshot() == before


def test_a_touch_told_otherwise_is_superseded(desk: Desk) -> None:
    touches(desk, "T1,A1,,Call,2024-01-05T10:00:00Z,30,Kick-off,,\n")
    file = touches(desk, "T1,A1,,Call,2024-01-05T10:00:00Z,45,Kick-off,,\n")
    assert counts(file) == {"read": 1, "changed": 1}
    assert Touch.objects.standing().get().minutes == 45
    assert Touch.objects.count() == 2
    assert len({touch.key for touch in Touch.objects.all()}) == 1


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("T1,A1,,Call,2999-01-05T10:00:00Z,1,x,,", "at", "outside of 1900 to 2200"),
        ("T1,A1,,Call,2100-01-05T10:00:00Z,1,x,,", "at", "A touch is something that happened"),
        ("T1,A1,,Fax,2024-01-05T10:00:00Z,1,x,,", "kind", "'Fax' is not in the look-up table"),
        ("T1,A1,,Call,2024-01-05T10:00:00Z,1441,x,,", "minutes", "from 0 to 1440 minutes"),
        ("T1,A1,,Call,2024-01-05T10:00:00Z,1,,,", "summary", "Say in a word"),
        ("T1,A1,,Call,,1,x,,", "at", "A touch needs a moment"),
        ("T1,,P3,Call,2024-01-05T10:00:00Z,1,x,,", "who", "works at no account we know of"),
        ("T1,,,Call,2024-01-05T10:00:00Z,1,x,,", "account", "needs an account, or a person"),
        ("T1,A1,,Call,2024-01-05T10:00:00Z,1,x,who@staff.example,", "author", "Nobody on the staff"),
        ("T1,A1,,Call,2024-01-05T10:00:00Z,1,x,,no@acme.example", "with", "No person has the mail address"),
    ],
)
def test_a_touch_that_cannot_be_is_rejected(desk: Desk, row: str, column: str, says: str) -> None:
    file = touches(desk, row + "\n")
    assert file.faults[0].column == column
    assert says in file.faults[0].reason
    assert not Touch.objects.exists()


def test_touches_without_ids_are_known_by_what_they_say(desk: Desk) -> None:
    mapping = TOUCHES.replace("    path: touches.csv\n    key: id\n", "    path: touches.csv\n")
    row = "T1,A1,,Call,2024-01-05T10:00:00Z,30,Kick-off,,\n"
    desk.put(accounts=ACCOUNTS, people=HEAD, touches=TOUCH_HEAD + row + row)
    desk.run(mapping)
    desk.run(mapping)
    assert Touch.objects.count() == 1


def test_a_dry_run_follows_references_to_what_it_would_make(desk: Desk) -> None:
    desk.put(
        accounts=ACCOUNTS,
        people=HEAD + "P1,Ada,ada@acme.example,A1,CTO,sponsor\n",
        touches=TOUCH_HEAD + "T1,,P1,Call,2024-01-05T10:00:00Z,30,Kick-off,,ada@acme.example\n",
    )
    before = snapshot()
    dry = desk.run(TOUCHES, is_dry=True)
    assert snapshot() == before
    wet = desk.run(TOUCHES)
    assert [counts(file) for file in dry.files] == [counts(file) for file in wet.files]
