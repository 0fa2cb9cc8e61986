"""The accounts room's part of the frame: its tables of facts and what is asked of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db.models import F

from firstwin.accounts.bulk import among, plain_rows
from firstwin.accounts.models import (
    MUST_BE_COVERED,
    Account,
    AccountExternalId,
    AttributeValue,
    Membership,
    Ownership,
    ParentLink,
    Removal,
    RoleHeld,
    Tagging,
    Touch,
)
from firstwin.core.frames import At, FactTable, SqlFamily, Type, register_frame

ROOM = "accounts"
_HERE = Path(__file__).parent

_KNOWN: dict[str, tuple[str, Type]] = {"known_at": ("known_at", "moment"), "known_until": ("known_until", "moment")}
_PERIOD: dict[str, tuple[str, Type]] = {
    "valid_from": ("valid_from", "moment"),
    "valid_to": ("valid_to", "moment"),
    **_KNOWN,
}
_ACCOUNT: dict[str, tuple[str, Type]] = {"account_id": ("account_id", "int")}
_REMOVED: dict[str, tuple[str, Type]] = {"removed_at": ("person__removed_at", "moment")}


def _those_below(rows: Any, ids: Sequence[int]) -> Any:
    """Facts of the accounts that ever belonged to one of these."""
    below = plain_rows(among(ParentLink.objects.order_by(), "parent_id", ids).values_list("account_id"))
    return among(rows, "account_id", sorted({pk for (pk,) in below}))


RECORDS = FactTable(
    "records", Account.objects.all,
    {"account_id": ("pk", "int"), "name": ("name", "text"), "source": ("source", "text"),
     "recorded_at": ("recorded_at", "moment")},
    account="id",
)  # fmt: skip
EXTERNAL_IDS = FactTable(
    "external_ids", AccountExternalId.objects.all, {**_ACCOUNT, "source": ("source", "text")}
)  # fmt: skip
OWNERSHIPS = FactTable(
    "ownerships", Ownership.objects.all,
    {**_ACCOUNT, "id": ("pk", "int"), "kind": ("kind", "text"), "user_id": ("user_id", "int"),
     "user_team_id": ("user__team_id", "int"), "team_id": ("team_id", "int"), **_PERIOD},
)  # fmt: skip
PARENT_LINKS = FactTable(
    "parent_links", ParentLink.objects.all,
    {**_ACCOUNT, "id": ("pk", "int"), "parent_name": ("parent__name", "text"), **_PERIOD},
)  # fmt: skip
CHILD_LINKS = FactTable(
    "child_links", ParentLink.objects.all,
    {**_ACCOUNT, "parent_id": ("parent_id", "int"), **_PERIOD},
    account="parent_id",
)  # fmt: skip
CHILD_REMOVALS = FactTable("child_removals", Removal.objects.all, {**_ACCOUNT, **_PERIOD}, narrowed=_those_below)
TAGGINGS = FactTable("taggings", Tagging.objects.all, {**_ACCOUNT, "tag": ("tag__name_folded", "text"), **_PERIOD})
MEMBERSHIPS = FactTable(
    "memberships", Membership.objects.all, {**_ACCOUNT, "person_id": ("person_id", "int"), **_REMOVED, **_PERIOD}
)
ROLES = FactTable("roles", RoleHeld.objects.all, {**_ACCOUNT, "role": ("role", "text"), **_REMOVED, **_PERIOD})
TOUCHES = FactTable(
    "touches", Touch.objects.all,
    {**_ACCOUNT, "direction": ("direction", "text"), "occurred_at": ("occurred_at", "moment"),
     "next_step_on": ("next_step_on", "day"), **_KNOWN},
)  # fmt: skip
ATTRIBUTE_VALUES = FactTable(
    "attribute_values", lambda: AttributeValue.objects.annotate(key=F("attribute__key")),
    {**_ACCOUNT, "id": ("pk", "int"), "attribute": ("key", "text"), "source": ("source", "text"),
     "number": ("number", "float"), "text": ("text", "text"), "day": ("day", "day"),
     "stated_at": ("stated_at", "moment"), **_PERIOD},
)  # fmt: skip


def _roles(at: At) -> dict[str, Any]:
    return {"must_be_covered": [role.value for role in MUST_BE_COVERED]}


FAMILIES = (
    SqlFamily("record", ROOM, _HERE / "record.sql", (RECORDS, EXTERNAL_IDS), ("name", "sources", "added")),
    SqlFamily("owner", ROOM, _HERE / "owner.sql", (OWNERSHIPS,), ("owner", "team")),
    SqlFamily("parent", ROOM, _HERE / "parent.sql", (PARENT_LINKS,), ("parent",)),
    SqlFamily("children", ROOM, _HERE / "children.sql", (CHILD_LINKS, CHILD_REMOVALS), ("children",)),
    SqlFamily("tags", ROOM, _HERE / "tags.sql", (TAGGINGS,), ("tags",)),
    SqlFamily("people", ROOM, _HERE / "people.sql", (MEMBERSHIPS,), ("people",)),
    SqlFamily("roles", ROOM, _HERE / "roles.sql", (ROLES,), ("covered", "missing"), more=_roles),
    SqlFamily("touches", ROOM, _HERE / "touches.sql", (TOUCHES,), ("last_touch", "last_two_way", "next_step")),
    SqlFamily(
        "attributes", ROOM, _HERE / "attributes.sql", (ATTRIBUTE_VALUES,), ("number", "text", "day"), by="attribute"
    ),
)


def register_all() -> None:
    """Called once, when the app is ready."""
    register_frame(*FAMILIES)
