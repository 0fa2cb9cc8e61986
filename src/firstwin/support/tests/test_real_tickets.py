"""Tickets of real companies: a file of a help desk, and what Zendesk answers."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.published import publish
from firstwin.core.clock import start_of
from firstwin.support import queries
from firstwin.support.actions.receive import TicketSaid
from firstwin.support.invariants import tickets_are_possible, tickets_follow_what_was_told
from firstwin.support.models import Ticket
from firstwin.support.tests.told import tell

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
_PRIORITIES = {"urgent": "urgent", "high": "high", "medium": "normal", "low": "low"}


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "ravenstack" / "ravenstack_support_tickets.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%d-%m-%Y %H:%M" if ":" in text else "%d-%m-%Y").replace(tzinfo=UTC)


def _told(row: dict[str, str], line: int, account: int) -> TicketSaid:
    opened_at = _moment(row["submitted_at"])
    return TicketSaid(
        row=line,
        external_id=row["ticket_id"],
        account_id=account,
        known_at=NOW,
        has_own_time=False,
        opened_at=opened_at,
        closed_at=_moment(row["closed_at"]),
        first_response_at=opened_at + timedelta(minutes=int(row["first_response_time_minutes"])),
        priority=_PRIORITIES[row["priority"]],
        csat=int(row["satisfaction_score"]) if row["satisfaction_score"] else None,
        is_escalated=row["escalation_flag"] == "TRUE",
    )


def test_two_thousand_tickets_answer_as_a_plain_count_does(real_files: Path) -> None:
    rows = _rows(real_files)
    names = sorted({row["account_id"] for row in rows})[:20]
    mine = [row for row in rows if row["account_id"] in names]
    accounts = {name: open_account(by=None, name=name, now=NOW).pk for name in names}
    other = open_account(by=None, name="All the others", now=NOW).pk
    told = [_told(row, line, accounts.get(row["account_id"], other)) for line, row in enumerate(rows, start=2)]
    received = tell(*told, now=NOW)
    assert len(received.new) == 2_000 and not received.refused and not received.warned
    assert Ticket.objects.as_told().filter(csat__isnull=True).count() == 825
    for day in (date(2023, 1, 2), date(2023, 8, 14), date(2024, 2, 29), date(2024, 12, 31)):
        moment = start_of(day)
        plain = sum(_moment(row["submitted_at"]) <= moment < _moment(row["closed_at"]) for row in rows)
        assert queries.open_at(Ticket.objects.all(), moment).count() == plain
        closed = [_moment(row["closed_at"]) for row in rows if row["satisfaction_score"]]
        window = moment - timedelta(days=89)
        asked = queries.satisfaction(Ticket.objects.all(), moment)
        assert asked.count == sum(window <= at <= moment for at in closed)
    assert tickets_follow_what_was_told(NOW) == tickets_are_possible(NOW) == []
    # The same file again, the other way round, a day later.
    again = tell(*reversed([_later(one) for one in told]), now=NOW + timedelta(days=1))
    assert not again.new and not again.changed
    publish("support", None, now=NOW)
    first = AccountNow.objects.get(pk=accounts[names[0]])
    last = max(_moment(row["submitted_at"]) for row in mine if row["account_id"] == names[0])
    assert (first.tickets_open, first.last_ticket_on, first.csat_count) == (0, last.date(), 0)


def _later(one: TicketSaid) -> TicketSaid:
    one.known_at += timedelta(days=1)
    return one


def _zendesk(folder: Path) -> list[dict[str, Any]]:
    tickets: list[dict[str, Any]] = []
    for name in ("tickets_list.json", "tickets_by_org.json"):
        for body in json.loads((folder / "zendesk" / name).read_text(encoding="utf-8"))["bodies"]:
            tickets += body.get("tickets", []) or [body["ticket"]]
    return tickets


def _of_zendesk(ticket: dict[str, Any], account: Account, line: int) -> TicketSaid:
    """As a connector would say it. Zendesk's `hold` is our `on_hold`; good and bad stand for 5 and 1."""
    score = str((ticket.get("satisfaction_rating") or {}).get("score"))
    return TicketSaid(
        row=line,
        external_id=str(ticket["id"]),
        account_id=account.pk,
        known_at=datetime.fromisoformat(ticket["updated_at"]),
        has_own_time=True,
        opened_at=datetime.fromisoformat(ticket["created_at"]),
        status={"hold": "on_hold"}.get(ticket["status"], ticket["status"]),
        priority=ticket["priority"] or "normal",
        csat={"good": 5, "bad": 1}.get(score),
        subject=ticket["subject"] or "",
        channel=ticket["via"]["channel"],
        url=ticket["url"],
    )


def test_what_zendesk_answers_ends_alike_in_any_order_and_however_often(real_files: Path, acme: Account) -> None:
    tickets = _zendesk(real_files)
    ends = []
    for seed in range(4):
        shuffled = [*tickets, *tickets]
        Random(seed).shuffle(shuffled)
        source = f"zendesk {seed}"
        told = [_of_zendesk(ticket, acme, line) for line, ticket in enumerate(shuffled, start=1)]
        received = tell(*told, source=source, now=NOW)
        assert not received.refused
        standing = Ticket.objects.standing().filter(source=source).order_by("external_id", "valid_from")
        ends.append(list(standing.values_list("external_id", "valid_from", "valid_to", "status", "priority")))
    assert all(end == ends[0] for end in ends)
    assert tickets_follow_what_was_told(NOW) == []
    one = Ticket.objects.as_told().get(source="zendesk 0", external_id="1")
    assert (one.status, one.priority, one.valid_from) == (
        "pending",
        "high",
        datetime(2015, 9, 3, 0, 37, 57, tzinfo=UTC),
    )
    untouched = Ticket.objects.standing().filter(source="zendesk 0", external_id="106").get()
    assert (untouched.status, untouched.valid_from) == ("new", untouched.opened_at)


def test_a_ticket_that_was_new_and_is_solved_later_keeps_both(real_files: Path, acme: Account) -> None:
    first = next(ticket for ticket in _zendesk(real_files) if ticket["id"] == 94)
    solved = {**first, "status": "solved", "updated_at": "2012-09-12T10:00:00Z",
              "satisfaction_rating": {"score": "good"}}  # fmt: skip
    tell(_of_zendesk(solved, acme, 1), _of_zendesk(first, acme, 2), source="zendesk", now=NOW)
    pieces = Ticket.objects.standing().order_by("valid_from").values_list("status", "csat")
    assert list(pieces) == [("new", 5), ("solved", 5)]
