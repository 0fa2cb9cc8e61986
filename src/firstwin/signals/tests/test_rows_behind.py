"""What is behind a measure, down to its rows: the tickets, roles and rows that it counts."""

from datetime import timedelta
from typing import Any

import pytest

from firstwin.accounts.actions.people import add_person, give_role
from firstwin.accounts.actions.receive.refresh import refresh_received
from firstwin.accounts.models import Account
from firstwin.accounts.models.kinds import ContactRole
from firstwin.core import clock
from firstwin.core.conditions import Related, Test, parse
from firstwin.core.fields import vocabulary
from firstwin.core.frames import At
from firstwin.people.models import User
from firstwin.signals.kinds.scorecard import Holds, Measure, Tier, Tiers
from firstwin.signals.refresh.once import refresh_accounts
from firstwin.signals.section.rows_behind import counted_by, rows_behind
from firstwin.signals.section.rows_named import rows_named
from firstwin.support.tests.told import said, tell

pytestmark = pytest.mark.django_db

TIERS = Tiers((Tier(None, 100.0),))


@pytest.fixture
def asked(acme: Account) -> Account:
    """Acme with three tickets open for weeks, one since yesterday and one that is solved."""
    now = clock.now()
    one = {"known_at": now, "has_own_time": False}
    days = {"a": 40, "b": 30, "c": 20, "new": 1}
    tickets = [
        said(acme, key, opened_at=now - timedelta(days=n), priority="low", subject="Log-in fails", **one)
        for key, n in days.items()
    ]
    tickets.append(
        said(
            acme, "done", opened_at=now - timedelta(days=50), closed_at=now - timedelta(days=2), priority="high", **one
        )
    )
    tell(*tickets, now=now)
    refresh_received([acme.pk], now=now)
    refresh_accounts([acme.pk], now=now)
    return acme


def test_a_measure_of_tickets_names_each_ticket_it_counts(client_of: Any, owner: User, asked: Account) -> None:
    text = client_of(owner).get("/accounts/acme/health/why/ageing/").text
    where = text.split("Where the value comes from")[1]
    assert where.count("/support/tickets/") == 6  # each is a link that opens beside where one stands
    assert where.count("Low priority, open, opened ") == 3 and "1 day," not in where and "High priority" not in where
    assert "Log-in fails" in where
    # The latest stand first.
    assert where.index(", 20 days") < where.index(", 30 days") < where.index(", 40 days")
    every = client_of(owner).get("/accounts/acme/health/why/ageing/?on=2020-01-01")
    assert every.status_code == 404  # nothing was published by then


def test_of_the_tickets_a_field_counts_the_first_are_named_and_the_others_counted(asked: Account) -> None:
    at = At.of(asked.refreshed.at)
    assert rows_named("tickets_open", asked, at, 3)[-1] == ("", "and 1 more", "")
    assert len(rows_named("tickets_ageing", asked, at, 9)) == asked.now.tickets_ageing == 3
    assert len(rows_named("tickets_breached", asked, at, 9)) == asked.now.tickets_breached
    assert rows_named("tickets_open", asked, At.close_of(clock.today() - timedelta(days=60)), 9) == []
    assert rows_named("arr", asked, at, 9) == []


def test_a_measure_of_roles_says_who_plays_each_and_which_nobody_does(
    client_of: Any, owner: User, acme: Account
) -> None:
    now = clock.now()
    people = [add_person(by=owner, account=acme, name=name, now=now) for name in ("Ann Gray", "Bo Hale")]
    for one in people:
        give_role(by=owner, account=acme, person=one, role=ContactRole.DOER, now=now)
    told = {role: words for role, words, _ in rows_named("roles_covered", acme, At.of(clock.now()), 5)}
    assert told == {
        "Sponsor": "nobody known", "Champion": "nobody known", "Doer": "Ann Gray, Bo Hale",
        "Accountable": "nobody known",
    }  # fmt: skip
    refresh_accounts([acme.pk], now=clock.now())
    text = client_of(owner).get("/accounts/acme/health/why/roles/").text
    assert "<b>Doer</b>" in text and "Ann Gray, Bo Hale" in text


def test_of_many_rows_the_first_are_named_and_the_others_counted(asked: Account) -> None:
    every = Related("count", "tickets")
    told = rows_behind(asked.pk, At.of(clock.now()), [every], vocabulary(), 2)
    assert [name for name, _ in told] == ["Ticket", "Ticket", ""] and told[2][1] == "and 3 more"
    within = Related("count", "tickets", within_days=25)
    assert len(rows_behind(asked.pk, At.of(clock.now()), [within], vocabulary(), 9)) == 2
    gone = Related("count", "no_such_rows")
    assert rows_behind(asked.pk, At.of(clock.now()), [gone], vocabulary(), 9) == []


def test_which_rows_a_measure_looks_at() -> None:
    own = Related("count", "invoices", Test("state", "eq", "open"))
    assert counted_by(Measure("m", "M", "", 1, TIERS, count=own)) == [own]
    asks = parse([{"none": "touches", "within_days": 30}, {"field": "arr", "op": "gt", "value": 5}])
    (found,) = counted_by(Measure("m", "M", "", 1, Holds(asks)))
    assert (found.collection, found.within_days) == ("touches", 30)
    assert counted_by(Measure("m", "M", "arr", 1, TIERS)) == []
