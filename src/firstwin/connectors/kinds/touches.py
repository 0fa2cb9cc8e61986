"""Rows that are touches."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from firstwin.accounts.actions.receive import Received, TouchSaid, receive_touches
from firstwin.accounts.actions.touches import check_touch
from firstwin.connectors.kinds.binding import RowSaid
from firstwin.connectors.kinds.intake import Intake, Resolver, Staff, Taken
from firstwin.connectors.kinds.people import accounts_of
from firstwin.connectors.ledger import hidden_id
from firstwin.core.errors import Refused


class TouchRows:
    def identify(self, row: RowSaid, now: datetime) -> None:
        """A touch without an id is known by all that it says: told again it is the same, told otherwise another."""
        if not row.external_id:
            row.external_id = hidden_id("touch", row.values)

    def receive(self, taken: Sequence[Taken], intake: Intake) -> Received:
        found = Resolver(taken, intake, ["account", "person", "attendees"])
        authors = Staff(taken, intake, "author", may_be_disabled=True)
        homes = accounts_of(found.peek("person", taken), intake)
        received = Received()
        said: list[TouchSaid] = []
        for one in taken:
            try:
                said.append(_touch(one, found, authors, homes, intake))
            except Refused as problem:
                received.refused[one.row.line] = problem
        real = [one for one in said if one.account_id > 0 and all(pk > 0 for pk in one.attendee_ids)]
        stored = receive_touches(said=real, source=intake.source, now=intake.now)
        received.ids |= {one.row: one.account_id for one in said}
        received.new |= stored.new | ({one.row for one in said} - {one.row for one in real})
        received.changed |= stored.changed
        received.touched = stored.touched
        return received

    def mention(self, rows: Sequence[RowSaid], intake: Intake) -> None:
        """A touch is in the past: it does not go stale."""


def _touch(
    one: Taken, found: Resolver, authors: Staff, homes: dict[int, list[tuple[int, Any, Any]]], intake: Intake
) -> TouchSaid:
    values = one.row.values
    for name, words in (("kind", "a kind"), ("direction", "a direction"), ("occurred_at", "a moment")):
        if values.get(name) is None:
            raise Refused(f"A touch needs {words}.", field=name)
    occurred_at: datetime = values["occurred_at"]
    check_touch(
        occurred_at=occurred_at,
        summary=values.get("summary") or "",
        minutes=values.get("minutes") or 0,
        next_step=values.get("next_step") or "",
        now=intake.now,
    )
    account = found.id(one, "account")
    person = found.id(one, "person")
    if account is None:
        account = _through(person, occurred_at, homes)
    attendees = found.ids(one, "attendees") + ([person] if person is not None else [])
    author = authors.id(one)
    planned = values.get("planned")
    return TouchSaid(
        row=one.row.line,
        external_id=one.row.external_id,
        known_at=one.row.known_at or intake.now,
        has_own_time=one.row.known_at is not None,
        account_id=account,
        author_id=author if isinstance(author, int) else None,
        kind=values["kind"],
        direction=values["direction"],
        occurred_at=occurred_at,
        summary=values["summary"],
        minutes=values.get("minutes") or 0,
        is_planned=True if planned is None else planned,
        sentiment=values.get("sentiment") or "",
        next_step=values.get("next_step") or "",
        next_step_on=values.get("next_step_on"),
        attendee_ids=tuple(dict.fromkeys(attendees)),
    )


def _through(person: int | None, at: datetime, homes: dict[int, list[tuple[int, Any, Any]]]) -> int:
    """The account at which the person worked then; or, where we know of one only, that one."""
    if person is None:
        raise Refused("A touch needs an account, or a person who works at one.", field="account")
    periods = homes.get(person, [])
    then = {account for account, start, end in periods if start <= at and (end is None or end > at)}
    ever = {account for account, _, _ in periods}
    meant = then or ever
    if len(meant) != 1:
        says = "works at several accounts" if meant else "works at no account we know of"
        raise Refused(f"The person {says}: name the account.", field="person")
    return meant.pop()
