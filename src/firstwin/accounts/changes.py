"""What changed about an account in a stretch of time, told from its dated rows. Never from a log: a row corrected
later tells the corrected story."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from firstwin.accounts.models import (
    AttributeValue,
    ContactRole,
    Membership,
    Ownership,
    OwnershipKind,
    ParentLink,
    RoleHeld,
    Tagging,
)
from firstwin.accounts.values import in_words

MOST = 60
"""Changes told at once; what is more stands in the audit."""


@dataclass(frozen=True)
class Told:
    """One change as a sentence. icon: a name of ui.icons."""

    at: datetime
    says: str
    icon: str
    source: str


def changes_of(
    account_id: int, *, since: datetime | None, until: datetime, values: bool = True
) -> tuple[list[Told], bool]:
    """What became so or ended in [since, until), newest first, and whether there was more than is told.

    values: also attributes and tags. At most one query per kind of row.
    """
    told: list[Told] = []
    kinds = [_owners, _parents, _members, _roles, *([_values, _tags] if values else [])]
    for kind in kinds:
        told += kind(account_id, since, until)
    inside = [one for one in told if one.at < until and (since is None or one.at >= since)]
    inside.sort(key=lambda one: one.at, reverse=True)
    return inside[:MOST], len(inside) > MOST


def _rows(model: Any, account_id: int, since: datetime | None, until: datetime, *related: str) -> Any:
    """Standing rows that begin or end in the stretch, latest first."""
    begins, ends = Q(valid_from__lt=until), Q(valid_to__lt=until)
    if since is not None:
        begins, ends = begins & Q(valid_from__gte=since), ends & Q(valid_to__gte=since)
    rows = model.objects.standing().filter(account=account_id).filter(begins | ends)
    return rows.select_related(*related).order_by("-valid_from", "-id")[: MOST + 1]


def _starts_and_ends(
    rows: Sequence[Any], start: Callable[[Any], str], end: Callable[[Any], str], icon: str
) -> Iterator[Told]:
    for row in rows:
        if words := start(row):
            yield Told(row.valid_from, words, icon, row.source)
        if row.valid_to is not None and (words := end(row)):
            yield Told(row.valid_to, words, icon, row.source)


def _owners(account_id: int, since: datetime | None, until: datetime) -> Iterator[Told]:
    rows = list(_rows(Ownership, account_id, since, until, "user", "team"))
    taken_over = {row.valid_from for row in rows if row.kind == OwnershipKind.NAMED}

    def start(row: Ownership) -> str:
        return f"{_holder(row)} {_BECAME[OwnershipKind(row.kind)]}"

    def end(row: Ownership) -> str:
        if row.kind == OwnershipKind.NAMED and row.valid_to in taken_over:
            return ""  # the next owner's sentence says it
        return f"{_holder(row)} {_NO_LONGER[OwnershipKind(row.kind)]}"

    return _starts_and_ends(rows, start, end, "user")


_BECAME = {
    OwnershipKind.NAMED: "became the owner",
    OwnershipKind.CO_OWNER: "became a co-owner",
    OwnershipKind.POOLED: "took it into their pool",
    OwnershipKind.COVER: "began to cover",
}
_NO_LONGER = {
    OwnershipKind.NAMED: "is no longer the owner",
    OwnershipKind.CO_OWNER: "is no longer a co-owner",
    OwnershipKind.POOLED: "no longer has it in their pool",
    OwnershipKind.COVER: "no longer covers",
}


def _holder(row: Ownership) -> str:
    holder = row.user or row.team
    return holder.name if holder else "Nobody we know"


def _parents(account_id: int, since: datetime | None, until: datetime) -> Iterator[Told]:
    rows = list(_rows(ParentLink, account_id, since, until, "parent"))
    moved = {row.valid_from for row in rows}
    return _starts_and_ends(
        rows,
        lambda row: f"Moved under {row.parent.name}" if row.parent else "",
        lambda row: "" if row.valid_to in moved or not row.parent else f"No longer under {row.parent.name}",
        "tree",
    )


def _members(account_id: int, since: datetime | None, until: datetime) -> Iterator[Told]:
    rows = list(_rows(Membership, account_id, since, until, "person"))
    renewed = {(row.person_id, row.valid_from) for row in rows}
    ended = {(row.person_id, row.valid_to) for row in rows}

    def start(row: Membership) -> str:
        as_what = f" as {row.title}" if row.title else ""
        if (row.person_id, row.valid_from) in ended:
            return f"{row.person.name} is now {row.title}" if row.title else ""
        return f"{row.person.name} joined{as_what}"

    def end(row: Membership) -> str:
        return "" if (row.person_id, row.valid_to) in renewed else f"{row.person.name} left"

    return _starts_and_ends(rows, start, end, "people")


def _roles(account_id: int, since: datetime | None, until: datetime) -> Iterator[Told]:
    return _starts_and_ends(
        list(_rows(RoleHeld, account_id, since, until, "person")),
        lambda row: f"{row.person.name} became {ContactRole(row.role).label.lower()}",
        lambda row: f"{row.person.name} is no longer {ContactRole(row.role).label.lower()}",
        "flag",
    )


def _values(account_id: int, since: datetime | None, until: datetime) -> Iterator[Told]:
    rows = list(_rows(AttributeValue, account_id, since, until, "attribute"))
    before = {(row.attribute_id, row.source, row.valid_to): row for row in rows}
    for row in rows:
        attribute = row.attribute
        if attribute.is_archived:
            continue
        was = before.get((row.attribute_id, row.source, row.valid_from))
        new = in_words(attribute, row) or "not known"
        old = f", was {in_words(attribute, was) or 'not known'}" if was is not None and was is not row else ""
        yield Told(row.valid_from, f"{attribute.label} is {new}{old}", "edit", row.source)


def _tags(account_id: int, since: datetime | None, until: datetime) -> Iterator[Told]:
    return _starts_and_ends(
        list(_rows(Tagging, account_id, since, until, "tag")),
        lambda row: f"Tagged {row.tag.name}",
        lambda row: f"Tag {row.tag.name} taken off",
        "tag",
    )
