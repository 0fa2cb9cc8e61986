"""Accounts come in from a file: what lands, what comes back, and that twice is once."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firstwin.accounts.actions.assign import assign_owner
from firstwin.accounts.actions.edit_account import edit_account
from firstwin.accounts.models import Account, AttributeValue, Tagging
from firstwin.connectors.models import ImportRun
from firstwin.connectors.tests.files import ACCOUNTS, NOW, Desk, counts, faults, snapshot
from firstwin.people.models import AuditRow, User

HEAD = "id,name,country,employees,tags\n"


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    desk.put(accounts=HEAD + "1,Acme,DE,12,vip;eu\n2,Zen,,,\n")
    assert counts(desk.one(ACCOUNTS, now=NOW)) == {"read": 2, "new": 2}
    before = snapshot()
    assert counts(desk.one(ACCOUNTS, now=NOW + timedelta(days=9))) == {"read": 2, "unchanged": 2}
    assert snapshot() == before


def test_only_what_is_news_is_taken_in(desk: Desk, owner: User) -> None:
    """A source that repeats itself does not undo what people settled here."""
    mapping = ACCOUNTS.replace("{name: name,", "{name: name, owner: owner,")
    head = HEAD.replace("\n", ",owner\n")
    desk.put(accounts=head + f"1,Acme,DE,12,,{owner.email.upper()}\n")
    desk.run(mapping, now=NOW)
    acme = Account.objects.get()
    edit_account(by=None, account=acme, now=NOW, edition=acme.edition, name="Acme Inc")
    assign_owner(by=None, accounts=[acme], owner=None, now=NOW + timedelta(days=1))
    desk.put(accounts=head + f"1,Acme,DE,99,,{owner.email}\n")
    assert counts(desk.one(mapping, now=NOW + timedelta(days=2))) == {"read": 1, "changed": 1}
    acme.refresh_from_db()
    assert (acme.name, acme.now.owner, acme.now.attributes["employees"]) == ("Acme Inc", None, 99)


def test_a_changed_name_and_a_dropped_tag_are_followed(desk: Desk) -> None:
    desk.put(accounts=HEAD + "1,Acme,DE,12,vip;eu\n")
    desk.run(ACCOUNTS, now=NOW)
    desk.put(accounts=HEAD + "1,Acme Group,,12,eu\n")
    desk.run(ACCOUNTS, now=NOW + timedelta(days=1))
    acme = Account.objects.get()
    assert (acme.name, acme.now.name, acme.now.tags) == ("Acme Group", "Acme Group", ["eu"])
    assert "country" not in acme.now.attributes
    # The history stays: one tag ended, one value ended.
    assert Tagging.objects.standing().filter(tag__name="vip", valid_to__isnull=False).count() == 1
    assert AttributeValue.objects.standing().filter(text="DE", valid_to__isnull=False).count() == 1


def test_bad_rows_come_back_and_the_mended_file_lands(desk: Desk) -> None:
    desk.put(accounts=HEAD + "1,Acme,DE,a dozen,\n2,,DE,1,\n3,Good,DE,3,\n,Keyless,DE,3,\n5,Short,DE\n")
    file = desk.one(ACCOUNTS)
    assert counts(file) == {"read": 5, "new": 1, "rejected": 4}
    assert sorted(faults(file)) == [
        (2, "employees", "'a dozen' is not a number such as 1234.5 or 1,234.5."),
        (3, "name", "A new account needs a name."),
        (5, "id", "The key is blank."),
        (6, "", "The row has 3 fields, the header has 5."),
    ]
    assert file.rejects is not None
    with Path(file.rejects).open(encoding="utf-8-sig", newline="") as text:
        rejected = list(csv.DictReader(text))
    assert {row["_line"] for row in rejected} == {"2", "3", "5", "6"}
    mended = "id,name,country,employees,tags,_line,_column,_reason\n1,Acme,DE,12,,2,employees,x\n2,Zen,DE,1,,3,,\n"
    desk.put(accounts=mended)
    assert counts(desk.one(ACCOUNTS)) == {"read": 2, "new": 2}


def test_duplicate_ids_are_unchanged_when_they_agree_and_rejected_when_they_do_not(desk: Desk) -> None:
    desk.put(accounts=HEAD + "1,Acme,DE,12,\n1,Acme,DE,12,\n1,Acme,FR,12,\n")
    for _ in range(2):  # and the same when it is run again
        file = desk.one(ACCOUNTS)
        assert (file.counts["rejected"], file.counts["unchanged"] + file.counts["new"]) == (1, 2)
        assert file.faults[0].line == 4
        assert "with other content" in file.faults[0].reason
    assert Account.objects.get().now.attributes["country"] == "DE"


def test_the_sources_own_time_orders_what_it_said(desk: Desk) -> None:
    mapping = ACCOUNTS.replace("key: id", "key: id\n    known_at: at")
    head = HEAD.replace("\n", ",at\n")
    desk.put(accounts=head + "1,New,FR,2,,2024-05-01T00:00:00Z\n1,Old,DE,1,,2023-05-01T00:00:00Z\n")
    desk.run(mapping)
    acme = Account.objects.get()
    assert (acme.name, acme.now.attributes["country"]) == ("New", "FR")
    values = AttributeValue.objects.standing().filter(attribute__key="country").order_by("valid_from")
    assert [(v.text, v.valid_from, v.is_reconstructed) for v in values] == [
        ("DE", datetime(2023, 5, 1, tzinfo=UTC), False),
        ("FR", datetime(2024, 5, 1, tzinfo=UTC), False),
    ]
    before = snapshot()
    desk.run(mapping)
    assert snapshot() == before


def test_a_source_cannot_know_the_future(desk: Desk) -> None:
    mapping = ACCOUNTS.replace("key: id", "key: id\n    known_at: at")
    desk.put(accounts=HEAD.replace("\n", ",at\n") + "1,A,DE,2,,2124-05-01T00:00:00Z\n")
    assert desk.one(mapping).faults[0].reason == "The source cannot have known this later than now."


def test_removed_at_the_source(desk: Desk) -> None:
    mapping = ACCOUNTS.replace("key: id", "key: id\n    remove_when: {column: gone, is: 'yes'}")
    head = HEAD.replace("\n", ",gone\n")
    desk.put(accounts=head + "1,A,DE,2,,no\n2,B,DE,2,,yes\n")
    assert counts(desk.one(mapping)) == {"read": 2, "new": 1, "skipped": 1}
    desk.put(accounts=head + "1,A,DE,2,,yes\n")
    assert counts(desk.one(mapping)) == {"read": 1, "changed": 1}
    acme = Account.objects.get()
    assert acme.removed_at is not None and acme.now.is_removed
    assert counts(desk.one(mapping)) == {"read": 1, "skipped": 1}
    desk.put(accounts=head + "1,A,DE,2,,no\n")
    desk.run(mapping)
    acme = Account.objects.get()
    assert acme.removed_at is None and not acme.now.is_removed


PARENTS = """
source: crm
files:
  - {name: accounts, kind: accounts, path: accounts.csv, key: id, fields: {name: name, parent: PARENT}}
""".replace("PARENT", "{column: parent, by: name}")


def test_parents_may_stand_further_down_and_circles_are_refused(desk: Desk) -> None:
    desk.put(
        accounts="id,name,parent\n1,Leaf,Trunk\n2,Trunk,Root\n3,Root,\n4,Own,Own\n5,A,B\n6,B,A\n7,Lost,Nowhere\n"
        "8,Twin,\n9,Twin,\n10,Child,twin\n"
    )
    for is_again in (False, True):
        file = desk.one(PARENTS)
        assert file.counts["incomplete"] == 4
        assert file.counts["linked"] == (0 if is_again else 3)
        assert faults(file) == [
            (5, "parent", "An account cannot be its own parent."),
            (7, "parent", "The parent already stands below this account: this would be a circle."),
            (8, "parent", "No account has the name 'Nowhere'."),
            (11, "parent", "2 accounts have the name 'twin'."),
        ]
    parents = dict(Account.objects.order_by("pk").values_list("name", "parent__name"))
    assert [parents[name] for name in ("Leaf", "Trunk", "A", "B")] == ["Trunk", "Root", "B", None]
    assert Account.objects.get(name="Root").now.children_count == 1


def test_a_tree_a_thousand_levels_deep(desk: Desk) -> None:
    rows = "".join(f"{n},Level {n},{f'Level {n - 1}' if n else ''}\n" for n in reversed(range(1_001)))
    desk.put(accounts="id,name,parent\n" + rows)
    file = desk.one(PARENTS)
    assert (file.counts["linked"], file.counts["incomplete"]) == (1_000, 0)
    desk.put(accounts="id,name,parent\n0,Level 0,Level 1000\n")
    assert "circle" in desk.one(PARENTS).faults[0].reason


def test_a_dry_run_says_what_would_happen_and_stores_nothing(desk: Desk) -> None:
    desk.put(accounts=HEAD + "1,Acme,DE,12,vip\n2,Zen,,x,\n")
    before = snapshot()
    said = desk.one(ACCOUNTS, is_dry=True)
    assert snapshot() == before
    assert counts(said) == counts(desk.one(ACCOUNTS)) == {"read": 2, "new": 1, "rejected": 1}
    desk.put(accounts=HEAD + "1,Acme,FR,12,vip\n")
    assert counts(desk.one(ACCOUNTS, is_dry=True)) == {"read": 1, "changed": 1}
    assert Account.objects.get().now.attributes["country"] == "DE"


def test_a_run_is_kept_and_audited_without_the_values_of_the_file(desk: Desk) -> None:
    desk.put(accounts=HEAD + "1,Secret Corp,DE,12,\n2,,DE,1,\n")
    report = desk.run(ACCOUNTS)
    run = ImportRun.objects.get(pk=report.run)
    assert run.finished_at is not None
    assert run.files[0]["counts"]["new"] == 1 and run.files[0]["counts"]["rejected"] == 1
    assert "Secret" not in str(run.files)
    row = AuditRow.objects.get(did="import.applied")
    assert row.detail.after is not None
    assert row.detail.after["file"] == "accounts.csv"


def test_a_header_and_no_rows(desk: Desk) -> None:
    desk.put(accounts=HEAD)
    file = desk.one(ACCOUNTS)
    assert counts(file) == {} and list(file.warnings) == ["The file has a header and no rows."]


@pytest.mark.parametrize("rows", [1, 3, 400])
def test_queries_do_not_grow_with_rows(desk: Desk, rows: int, django_assert_max_num_queries: object) -> None:
    desk.put(accounts=HEAD + "".join(f"{n},Company {n},DE,{n},vip\n" for n in range(rows)))
    with django_assert_max_num_queries(120):  # type: ignore[operator]
        desk.run(ACCOUNTS)
