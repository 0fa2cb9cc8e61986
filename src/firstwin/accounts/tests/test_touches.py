"""Logging contact: what counts, what is refused, what survives."""

import signal
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fixtures import run_firstwin

from firstwin.accounts.actions.people import add_person, give_role, leave
from firstwin.accounts.actions.touches import correct_touch, log_touch, relog, retract_touch, unlog
from firstwin.accounts.models import Account, AccountNow, ContactRole, Direction, Person, Touch, TouchKind
from firstwin.accounts.search import matching
from firstwin.accounts.tests.fixtures import NOW
from firstwin.core.errors import NotAllowed, NotFound, Refused
from firstwin.people.models import User


def log(by: User | None, account: Account, **more: object) -> Touch:
    values = {
        "kind": TouchKind.CALL,
        "direction": Direction.BOTH,
        "occurred_at": NOW,
        "summary": "Spoke about the roll-out",
        "now": NOW,
    }
    return log_touch(by=by, account=account, **{**values, **more})  # type: ignore[arg-type]


def test_owner_logs_a_call_and_the_list_knows(owner: User, acme: Account) -> None:
    log(owner, acme, next_step="Send the plan", next_step_on=NOW.date() + timedelta(days=2))
    row = AccountNow.objects.get(pk=acme.pk)
    assert (row.last_touch_on, row.last_two_way_on) == (NOW.date(), NOW.date())
    assert row.next_step_on == NOW.date() + timedelta(days=2)


def test_reaching_out_alone_is_not_two_way(owner: User, acme: Account) -> None:
    log(owner, acme, direction=Direction.OURS)
    row = AccountNow.objects.get(pk=acme.pk)
    assert (row.last_touch_on, row.last_two_way_on) == (NOW.date(), None)


def test_stranger_and_viewer_cannot_log(stranger: User, viewer: User, acme: Account) -> None:
    with pytest.raises(NotFound):
        log(stranger, acme)
    with pytest.raises(NotAllowed):
        log(viewer, acme)
    assert not Touch.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"occurred_at": NOW + timedelta(minutes=1)}, "occurred_at"),
        ({"summary": "  "}, "summary"),
        ({"minutes": 1441}, "minutes"),
        ({"next_step": "x" * 301}, "next_step"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    owner: User, acme: Account, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        log(owner, acme, **wrong)
    assert refusal.value.field == field
    assert not Touch.objects.exists()


def test_a_correction_supersedes_and_the_old_row_stays(owner: User, acme: Account) -> None:
    touch = log(owner, acme)
    fixed = correct_touch(by=owner, touch=touch, now=NOW + timedelta(hours=1), summary="Spoke about renewal")
    assert [t.summary for t in Touch.objects.standing()] == ["Spoke about renewal"]
    assert [t.summary for t in Touch.objects.known_by(NOW)] == ["Spoke about the roll-out"]
    assert fixed.key == touch.key
    with pytest.raises(Refused, match="meanwhile"):
        correct_touch(by=owner, touch=touch, now=NOW + timedelta(hours=2), summary="Third")


def test_taking_back_and_putting_back(owner: User, acme: Account) -> None:
    touch = log(owner, acme)
    unlog(by=owner, payload={"touch": str(touch.key)}, now=NOW + timedelta(hours=1))
    assert AccountNow.objects.get(pk=acme.pk).last_touch_on is None
    relog(by=owner, payload={"touch": str(touch.key)}, now=NOW + timedelta(hours=2))
    assert AccountNow.objects.get(pk=acme.pk).last_touch_on == NOW.date()
    with pytest.raises(NotFound):
        relog(by=owner, payload={"touch": str(touch.key)}, now=NOW + timedelta(hours=3))


def test_search_finds_words_inside_whatever_the_case(owner: User, acme: Account) -> None:
    log(owner, acme, summary="Überblick über den Roll-out")
    touch = log(owner, acme, summary="Nothing to see")
    retract_touch(by=owner, touch=touch, now=NOW)
    assert [t.summary for t in matching(Touch.objects.standing(), "ÜBERBLICK out")] == ["Überblick über den Roll-out"]
    assert not matching(Touch.objects.standing(), 'no "such').exists()


def test_roles_cover_and_a_leaver_uncovers(owner: User, acme: Account) -> None:
    ines = add_person(
        by=owner, account=acme, now=NOW, name="Ines Prado", email="Ines@Acme.example", roles_played=["sponsor"]
    )
    give_role(by=owner, person=ines, account=acme, role=ContactRole.CHAMPION, now=NOW)
    row = AccountNow.objects.get(pk=acme.pk)
    assert (row.people_count, row.roles_covered, row.roles_missing) == (1, 2, "|doer|accountable|")
    leave(by=owner, person=ines, account=acme, now=NOW + timedelta(days=1))
    row = AccountNow.objects.get(pk=acme.pk)
    assert (row.people_count, row.roles_covered) == (0, 0)


def test_a_known_address_joins_instead_of_standing_twice(owner: User, acme: Account) -> None:
    first = add_person(by=owner, account=acme, now=NOW, name="Ines Prado", email="Ines@ACME.example")
    again = add_person(by=owner, account=acme, now=NOW, name="I. Prado", email="ines@acme.example")
    assert first == again
    assert Person.objects.count() == 1


COUNT = "from firstwin.accounts.models import *; print(Touch.objects.count(), Account.objects.get().revision)"
LOG = """
from datetime import datetime, UTC
from firstwin.accounts.actions.touches import log_touch
from firstwin.accounts.models import Account
now = datetime.now(UTC)
log_touch(by=None, account=Account.objects.get(), kind="call", direction="both", occurred_at=now, summary="x", now=now)
"""
OPEN = """
from datetime import datetime, UTC
from firstwin.accounts.actions.open_account import open_account
open_account(by=None, name="Acme", now=datetime.now(UTC))
"""


def test_a_crash_before_the_commit_leaves_neither_touch_nor_change_mark(fresh_home: Path) -> None:
    """In a database of its own: the process is killed for real."""

    def run(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return run_firstwin(fresh_home, "shell", "--no-imports", "-c", code, **environ)

    assert run(OPEN).returncode == 0
    before = run(COUNT).stdout
    for point in ("touch.after_row", "touch.before_commit"):
        assert run(LOG, FAILPOINT=f"{point}:1").returncode == -signal.SIGKILL
        assert run(COUNT).stdout == before
    assert run(LOG).returncode == 0
    assert run(COUNT).stdout != before
