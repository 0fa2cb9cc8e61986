"""What a source said about one record, checked and typed, and what became of it.

`row` is the caller's number for the record; outcomes come back under it. A field that is UNSAID is left as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Final, Literal

from firstwin.accounts.attributes import Columns
from firstwin.core.errors import Refused


class Unsaid(Enum):
    UNSAID = "unsaid"


UNSAID: Final = Unsaid.UNSAID


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSaid:
    """external_id: what the source calls it.  tags, domains: all of them, so far as the source knows.

    owner_id, removed: None says there is no owner, it is not removed; a text says why it was removed.
    attributes: attribute id → checked columns.
    """

    row: int
    external_id: str
    known_at: datetime
    name: str | Literal[Unsaid.UNSAID] = UNSAID
    key: str | Literal[Unsaid.UNSAID] = UNSAID
    domains: Sequence[str] | Literal[Unsaid.UNSAID] = UNSAID
    tags: Sequence[str] | Literal[Unsaid.UNSAID] = UNSAID
    owner_id: int | Literal[Unsaid.UNSAID] | None = UNSAID
    removed: str | Literal[Unsaid.UNSAID] | None = UNSAID
    attributes: Mapping[int, Columns] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentSaid:
    row: int
    account_id: int
    parent_id: int | None
    known_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSaid:
    """external_id: empty when the source knows people by their address only."""

    row: int
    external_id: str
    known_at: datetime
    match_email: str
    name: str | Literal[Unsaid.UNSAID] = UNSAID
    email: str | Literal[Unsaid.UNSAID] = UNSAID
    phone: str | Literal[Unsaid.UNSAID] = UNSAID


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipSaid:
    """starts_at: None where the source does not say; then it holds from `known_at`.

    is_only: the source knows one account per person: what it said of another one ends.
    """

    row: int
    person_id: int
    account_id: int
    known_at: datetime
    has_own_time: bool
    title: str | Literal[Unsaid.UNSAID] = UNSAID
    roles: Sequence[str] | Literal[Unsaid.UNSAID] = UNSAID
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchSaid:
    row: int
    external_id: str
    known_at: datetime
    has_own_time: bool
    account_id: int
    kind: str
    direction: str
    occurred_at: datetime
    summary: str
    author_id: int | None = None
    minutes: int = 0
    is_planned: bool = True
    sentiment: str = ""
    next_step: str = ""
    next_step_on: date | None = None
    attendee_ids: Sequence[int] = ()


@dataclass
class Received:
    """ids: row → id of the record it is about.  refused: row → why nothing of it was stored.

    waiting: rows that may mean a record we have, until a person decides.
    skipped: rows that say nothing about anything we keep.  touched: accounts whose list rows are to be refreshed.
    warned: row → what is odd about it, though it was stored.
    """

    ids: dict[int, int] = field(default_factory=dict)
    new: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    refused: dict[int, Refused] = field(default_factory=dict)
    skipped: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)
    warned: dict[int, list[str]] = field(default_factory=dict)
