"""What is behind a measure, down to its rows: the tickets, roles and rows that it counts."""

from datetime import timedelta
from typing import Any

import pytest

from firstwin.accounts.actions.receive.refresh import refresh_received
from firstwin.accounts.models import Account
from firstwin.core import clock
from firstwin.core.conditions import Related, Test, parse
from firstwin.core.fields import vocabulary
from firstwin.core.frames import At
from firstwin.people.models import User
from firstwin.signals.kinds.scorecard import Holds, Measure, Tier, Tiers
from firstwin.signals.refresh.once import refresh_accounts
from firstwin.signals.section.rows_behind import counted_by, rows_behind
from firstwin.support.tests.told import said, tell

pytestmark = pytest.mark.django_db

TIERS = Tiers((Tier(None, 100.0),))


@pytest.fixture
def asked(acme: Account) -> Account:
    """Acme with three tickets open for weeks, one since yesterday and one that is solved."""
    now = clock.now()
    one = {"known_at": now, "has_own_time": False}
    days = {"a": 40, "b": 30, "c": 20, "new": 1}
    tickets = [said(acme, key, opened_at=now - timedelta(days=n), priority="low", **one) for key, n in days.items()]
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
    assert where.count("<b>Ticket</b>") == 3 and "age 40 days" in where and "age 20 days" in where
    assert "age 1 day" not in where and "priority High" not in where
    # The latest stand first.
    assert where.index("age 20 days") < where.index("age 30 days") < where.index("age 40 days")


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
    (roles,) = counted_by(Measure("m", "M", "roles_covered", 1, TIERS))
    assert roles.collection == "roles"
    assert counted_by(Measure("m", "M", "arr", 1, TIERS)) == []
