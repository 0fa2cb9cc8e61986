"""What stands in the database once the company is loaded."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from firstwin.accounts.actions.refresh_now import computed_rows
from firstwin.accounts.models import Account, AccountNow, Membership, Ownership, Person, SavedView, Touch
from firstwin.accounts.scope import visible_accounts
from firstwin.core import clock
from firstwin.core.conditions import check, parse, to_q
from firstwin.core.fields import vocabulary
from firstwin.core.invariants import verify
from firstwin.demo.load import Loaded
from firstwin.demo.tests.conftest import ACCOUNTS, PASSWORD
from firstwin.people.audit import trail_of_account
from firstwin.people.models import AuditRow, User

pytestmark = pytest.mark.django_db


def test_counts_are_as_reported(fernhill: Loaded) -> None:
    assert fernhill.accounts == Account.objects.count() == ACCOUNTS
    assert fernhill.people == Person.objects.count()
    assert fernhill.touches == Touch.objects.count() > 1_000


def test_list_rows_are_what_the_facts_give(fernhill: Loaded) -> None:
    stored = {row.pk: row for row in AccountNow.objects.all()}
    moment = next(iter(stored.values())).refreshed_at
    for row in computed_rows(list(stored), now=moment):
        for field in AccountNow._meta.concrete_fields:
            assert getattr(row, field.attname) == getattr(stored[row.pk], field.attname), (row.key, field.attname)


def test_every_invariant_holds(fernhill: Loaded, now: datetime) -> None:
    assert [finding for finding in verify(now=now) if finding.problems] == []
    connection.check_constraints()


def test_facts_were_known_when_they_happened(fernhill: Loaded) -> None:
    start_of_today = clock.start_of(clock.today())
    for touch in Touch.objects.all():
        assert touch.occurred_at < touch.known_at == touch.recorded_at < start_of_today
        assert not touch.is_reconstructed
    left = Membership.objects.standing().filter(valid_to__isnull=False)
    assert left.exists()
    for spell in left:
        open_row = Membership.objects.get(person=spell.person, account=spell.account, valid_to=None)
        assert open_row.known_until == spell.known_at
        assert spell.valid_to is not None and spell.known_at >= spell.valid_to


def test_what_was_believed_in_the_past_can_be_asked(fernhill: Loaded) -> None:
    """A year ago fewer people were known, and whoever left since was still there."""
    a_year_ago = clock.now() - timedelta(days=365)
    then = Membership.objects.known_by(a_year_ago).true_at(a_year_ago).count()
    today = Membership.objects.standing().true_at(clock.now()).count()
    assert 0 < then < today


def test_the_trail_is_whole_and_alive(fernhill: Loaded) -> None:
    assert AuditRow.objects.count() == fernhill.trail
    moments = list(AuditRow.objects.order_by("id").values_list("at", flat=True))
    assert moments == sorted(moments)
    account = Account.objects.get(key="juniper-textiles")
    assert {row.did for row in trail_of_account(account.pk)} >= {"account.opened", "account.assigned", "touch.logged"}


def test_scopes_see_their_books(fernhill: Loaded) -> None:
    ada = User.objects.get(email="ada@fernhill.example")
    mina = User.objects.get(email="mina@fernhill.example")
    assert visible_accounts(ada).rows.count() == Account.objects.filter(removed_at=None).count()
    assert 0 < visible_accounts(mina).rows.count() < ACCOUNTS
    assert ada.check_password(PASSWORD)


def test_who_left_signs_in_no_more_and_owns_nothing(fernhill: Loaded) -> None:
    tom = User.objects.get(email="tom@fernhill.example")
    assert not tom.is_active
    assert not Ownership.objects.standing().true_at(clock.now()).filter(user=tom).exists()


def test_shared_views_can_be_read(fernhill: Loaded) -> None:
    words = vocabulary()
    for view in SavedView.objects.all():
        tree = parse(view.condition)
        check(tree, words)
        assert AccountNow.objects.filter(to_q(tree, words, clock.today())).count() < ACCOUNTS
        for key in (*view.columns, view.sort.removeprefix("-")):
            words.field(key)
