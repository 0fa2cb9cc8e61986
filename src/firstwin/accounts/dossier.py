"""Everything known of one account at a moment, as plain JSON-able values."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from firstwin.accounts import quality
from firstwin.accounts.models import (
    Account,
    AccountExternalId,
    AccountNow,
    Attribute,
    AttributeKind,
    AttributeValue,
    Domain,
    Membership,
    Ownership,
    ParentLink,
    RoleHeld,
    Tagging,
    Touch,
)
from firstwin.core.money import Money

LAST_TOUCHES = 20

Chapter = Callable[[Account, datetime, bool], dict[str, Any] | None]
"""(account, as of, whether that is past) → JSON-able values, None where nothing is known."""

_chapters: dict[str, Chapter] = {}


def register_chapter(key: str, tell: Chapter) -> None:
    """What another room knows of an account, under `key`. Registered twice is a mistake and raises ValueError."""
    if _chapters.get(key, tell) != tell:
        raise ValueError(f"chapter {key!r} is registered twice")
    _chapters[key] = tell


def dossier(account: Account, *, as_of: datetime, is_past: bool) -> dict[str, Any]:
    """What was true at `as_of` among what was known by then. Names, addresses, domains and ids are today's.

    is_past: leave out what is only kept for today (the data-quality findings).
    """
    listed = AccountNow.objects.filter(account=account).first()
    found: dict[str, Any] = {
        "key": account.key,
        "name": account.name,
        "as_of": _moment(as_of),
        "source": account.source,
        "added_at": _moment(account.recorded_at),
        "removed_at": _moment(account.removed_at),
        "revision": account.revision,
        "external_ids": _external_ids(account),
        "domains": list(Domain.objects.filter(account=account).order_by("name").values_list("name", flat=True)),
        "tags": _tags(account, as_of),
        "parent": _parent(account, as_of),
        "children": _children(account, as_of),
        "attributes": _attributes(account, as_of),
        "owners": _owners(account, as_of),
        "people": _people(account, as_of),
        "touches": _touches(account, as_of),
    }
    found |= {key: told for key, tell in _chapters.items() if (told := tell(account, as_of, is_past)) is not None}
    if not is_past:
        issues = listed.issues if listed is not None else []
        found["quality"] = [{"finding": quality.sentence(one), "remedy": quality.remedy(one)} for one in issues]
    return found


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment is not None else None


def _external_ids(account: Account) -> list[dict[str, Any]]:
    rows = AccountExternalId.objects.filter(account=account).order_by("source", "external_id")
    return [{"source": row.source, "id": row.external_id, "last_seen_at": _moment(row.seen_at)} for row in rows]


def _tags(account: Account, as_of: datetime) -> list[str]:
    rows = Tagging.objects.known_by(as_of).true_at(as_of).filter(account=account)
    return list(rows.order_by("tag__name_folded").values_list("tag__name", flat=True))


def _brief(account: Account) -> dict[str, Any]:
    return {"key": account.key, "name": account.name}


def _parent(account: Account, as_of: datetime) -> dict[str, Any] | None:
    rows = ParentLink.objects.known_by(as_of).true_at(as_of).filter(account=account).select_related("parent")
    link = rows.order_by("-valid_from").first()
    return _brief(link.parent) if link is not None and link.parent is not None else None


def _children(account: Account, as_of: datetime) -> list[dict[str, Any]]:
    links = ParentLink.objects.known_by(as_of).true_at(as_of).filter(parent=account, account__removed_at__isnull=True)
    return [_brief(link.account) for link in links.select_related("account").order_by("account__name", "account_id")]


def _attributes(account: Account, as_of: datetime) -> dict[str, Any]:
    rows = AttributeValue.objects.known_by(as_of).true_at(as_of).filter(account=account)
    said: dict[Attribute, list[AttributeValue]] = {}
    for row in rows.select_related("attribute").order_by("attribute__position", "attribute_id", "pk"):
        said.setdefault(row.attribute, []).append(row)
    found: dict[str, Any] = {}
    for attribute, stated in said.items():
        ranked = sorted(stated, key=lambda row: (row.stated_at, row.source == "staff", row.pk), reverse=True)
        first, *others = [_statement(attribute, row) for row in ranked]
        found[attribute.key] = first | ({"others": others} if others else {})
    return found


def _statement(attribute: Attribute, row: AttributeValue) -> dict[str, Any]:
    return {
        "label": attribute.label,
        "value": _value(attribute, row),
        **({"unit": attribute.unit} if attribute.unit else {}),
        "source": row.source,
        "since": _moment(row.valid_from),
        "known_at": _moment(row.known_at),
        **({"is_reconstructed": True} if row.is_reconstructed else {}),
    }


def _value(attribute: Attribute, row: AttributeValue) -> Any:
    """Money in major units as text, so that no cent is lost on the way."""
    if attribute.kind == AttributeKind.DATE:
        return row.day.isoformat() if row.day else None
    if attribute.kind in {AttributeKind.TEXT, AttributeKind.CHOICE} or row.number is None:
        return row.text
    if attribute.kind == AttributeKind.FLAG:
        return bool(row.number)
    if attribute.kind == AttributeKind.MONEY:
        return format(Money(round(row.number), attribute.unit).major, "f")
    return int(row.number) if row.number.is_integer() else float(Decimal(str(row.number)))


def _owners(account: Account, as_of: datetime) -> list[dict[str, Any]]:
    """The whole history as it was known, latest first."""
    rows = Ownership.objects.known_by(as_of).filter(account=account, valid_from__lte=as_of)
    rows = rows.select_related("user", "team").order_by("-valid_from", "-pk")
    return [
        {
            "kind": row.kind,
            "name": row.user.name if row.user else row.team.name if row.team else None,
            "email": row.user.email if row.user else None,
            **_period(row),
            "source": row.source,
        }
        for row in rows
    ]


def _period(row: Ownership | Membership) -> dict[str, Any]:
    return {"from": _moment(row.valid_from), "to": _moment(row.valid_to)}


def _people(account: Account, as_of: datetime) -> list[dict[str, Any]]:
    """Who works or worked there, those who are there first."""
    played: dict[int, list[str]] = {}
    roles = RoleHeld.objects.known_by(as_of).true_at(as_of).filter(account=account).order_by("role")
    for person, role in roles.values_list("person_id", "role"):
        played.setdefault(person, []).append(role)
    rows = Membership.objects.known_by(as_of).filter(
        account=account, valid_from__lte=as_of, person__removed_at__isnull=True
    )
    ordered = rows.select_related("person").order_by("person__name", "person_id", "-valid_from")
    found = [
        {
            "key": row.person.key,
            "name": row.person.name,
            "email": row.person.email,
            "phone": row.person.phone,
            "title": row.title,
            "roles": played.get(row.person_id, []),
            **_period(row),
            "is_there": row.valid_to is None or row.valid_to > as_of,
            "source": row.source,
        }
        for row in ordered
    ]
    return sorted(found, key=lambda one: not one["is_there"])


def _touches(account: Account, as_of: datetime) -> Mapping[str, Any]:
    rows = Touch.objects.known_by(as_of).filter(account=account, occurred_at__lte=as_of)
    last = rows.select_related("author").prefetch_related("attendees").order_by("-occurred_at", "-pk")[:LAST_TOUCHES]
    return {
        "count": rows.count(),
        "last": [
            {
                "key": str(row.key),
                "kind": row.kind,
                "direction": row.direction,
                "occurred_at": _moment(row.occurred_at),
                "minutes": row.minutes,
                "is_planned": row.is_planned,
                "sentiment": row.sentiment or None,
                "summary": row.summary,
                "next_step": row.next_step or None,
                "next_step_on": row.next_step_on.isoformat() if row.next_step_on else None,
                "author": row.author.name if row.author else None,
                "attendees": sorted(person.name for person in row.attendees.all()),
                "source": row.source,
                "known_at": _moment(row.known_at),
            }
            for row in last
        ],
    }
