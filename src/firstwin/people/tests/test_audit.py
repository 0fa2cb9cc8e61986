"""The trail cannot be changed, and where it was, that is found."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from firstwin.core.errors import Refused
from firstwin.people import sealing
from firstwin.people.append_only import guards
from firstwin.people.audit import Deed, erase_detail, record, record_many, trail
from firstwin.people.models import AuditDetail, AuditRow, AuditSeal, User
from firstwin.people.sealing import seal, verify_audit
from firstwin.people.tests.factories import make_team, make_user

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return make_user("Ada")


def _deeds(admin: User, count: int = 3) -> list[AuditRow]:
    team = make_team("North")
    return [
        record(by=admin, did="team.renamed", on=team, now=NOW, before={"n": n}, after={"n": n + 1})
        for n in range(count)
    ]


def _sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def _unguarded(statement: str) -> None:
    make, drop = guards(connection.vendor)
    for each in [*drop, statement, *make]:
        _sql(each)


def test_a_row_says_who_did_what_to_which_thing(admin: User) -> None:
    team = make_team("North")
    record(by=admin, did="team.renamed", on=team, now=NOW, before={"name": "North"}, after={"name": "South"})
    (row,) = trail(team)
    assert (row.actor, row.did, row.on_kind, row.on_id, row.at) == (
        admin,
        "team.renamed",
        "people.team",
        str(team.pk),
        NOW,
    )
    assert (row.detail.before, row.detail.after) == ({"name": "North"}, {"name": "South"})


def test_many_deeds_are_recorded_in_order(admin: User) -> None:
    deeds = [
        Deed("touch.logged", "accounts.touch", str(n), account_id=7, after={"n": n} if n % 2 else None)
        for n in range(5)
    ]
    rows = record_many(deeds, by=admin, now=NOW)
    assert [row.on_id for row in rows] == ["0", "1", "2", "3", "4"]
    assert AuditDetail.objects.count() == 2
    assert seal(now=NOW) == 5
    assert verify_audit(LATER) == []


@pytest.mark.parametrize(
    "value",
    [
        "a\x00b",
        "half \ud800",
        "é ✓ 😀",
        1.5,
        10**30,
        NOW,
        NOW.date(),
        None,
        True,
        [1, {"b": 2, "a": 1}],
        {"z": 1, "a": [2.0]},
    ],
)
def test_any_value_verifies_after_the_database_had_it(admin: User, value: Any) -> None:
    record(by=admin, did="x.done", on=admin, now=NOW, after={"value": value})
    seal(now=NOW)
    assert verify_audit(LATER) == []


@pytest.mark.parametrize("table", ["people_auditrow", "people_auditseal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 100", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete(admin: User, table: str, statement: str) -> None:
    _deeds(admin)
    seal(now=NOW)
    with pytest.raises(DatabaseError, match="append-only"):
        _sql(statement.format(table))
    assert (AuditRow.objects.count(), AuditSeal.objects.count()) == (3, 3)


def test_sealing_chains_rows_in_order_of_id_and_only_once(admin: User) -> None:
    rows = _deeds(admin)
    assert seal(now=NOW) == 3
    assert seal(now=NOW) == 0
    assert list(AuditSeal.objects.values_list("sequence", "row_id")) == [(n + 1, row.pk) for n, row in enumerate(rows)]


def test_sealing_in_small_batches_gives_the_same_chain(admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_BATCH", 2)
    _deeds(admin, 5)
    assert seal(now=NOW) == 5
    assert verify_audit(LATER) == []


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE people_auditrow SET did = 'team.archived' WHERE id = {second}",
        "UPDATE people_auditrow SET account_id = 9 WHERE id = {second}",
        "UPDATE people_auditseal SET digest = 'x' WHERE row_id = {second}",
        "DELETE FROM people_auditseal WHERE row_id = {second}",
        "UPDATE people_auditdetail SET after = '{{\"n\": 9}}' WHERE row_id = {second}",
        "UPDATE people_auditdetail SET erased_at = '2026-03-01 12:00:00+00' WHERE row_id = {second}",
        "DELETE FROM people_auditdetail WHERE row_id = {second}",
    ],
)
def test_tampering_behind_the_guards_is_found(admin: User, tampering: str) -> None:
    rows = _deeds(admin)
    seal(now=NOW)
    assert verify_audit(LATER) == []
    _unguarded(tampering.format(second=rows[1].pk))
    assert verify_audit(LATER) != []


def test_a_row_that_nobody_sealed_is_found_after_a_while(admin: User) -> None:
    _deeds(admin, 1)
    assert verify_audit(NOW) == []
    assert len(verify_audit(LATER)) == 1


def test_an_erased_detail_is_explained_and_the_chain_holds(admin: User) -> None:
    row = _deeds(admin, 1)[0]
    seal(now=NOW)
    erase_detail(by=admin, row=row, now=NOW)
    seal(now=NOW)
    detail = AuditDetail.objects.get(row=row)
    assert (detail.before, detail.after, detail.salt, detail.erased_at) == (None, None, "", NOW)
    assert verify_audit(LATER) == []
    with pytest.raises(Refused):
        erase_detail(by=admin, row=row, now=NOW)


def test_a_deed_that_fails_leaves_no_row(admin: User) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        _deeds(admin)
        raise RuntimeError
    assert AuditRow.objects.count() == 0
