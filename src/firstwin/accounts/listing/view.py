"""Named lists: the ones that come with the product, and the ones people saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from firstwin.accounts.models import SavedView
from firstwin.accounts.rules import Actor
from firstwin.people.models import User
from firstwin.people.roles import Role


@dataclass(frozen=True)
class View:
    """condition: as `core.conditions.dump` writes it.  pk: None for a built-in."""

    key: str
    name: str
    condition: Mapping[str, Any] = field(default_factory=dict)
    columns: Sequence[str] = ()
    sort: str = ""
    help: str = ""
    pk: int | None = None
    owner_id: int | None = None
    is_shared: bool = True


# A tilde cannot stand in the key of a saved view, so the two never meet.
BUILT_IN = (
    View(
        "~no-owner", "No owner", {"field": "owner", "op": "not_set"},
        ("name", "team", "tier", "last_touch", "added", "issues"), "-added",
        help="Accounts nobody looks after.",
    ),
    View(
        "~role-missing", "Role missing", {"field": "roles_missing", "op": "set"},
        ("name", "owner", "tier", "roles_missing", "people", "last_two_way"), "roles_covered",
        help="No sponsor, champion, doer or accountable person is known.",
    ),
    View(
        "~silent", "Silent 30 days", {"any": [{"field": "last_touch", "op": "ge", "value": 30},
                                             {"field": "last_touch", "op": "not_set"}]},
        ("name", "owner", "tier", "last_touch", "last_two_way", "next_step"), "-last_touch",
        help="No contact for 30 days or more.",
    ),
    View(
        "~data-to-fix", "Data to fix", {"field": "issues", "op": "ge", "value": 1},
        ("name", "owner", "issues", "issue_kinds", "sources"), "-issues",
        help="Something in the record is missing, stale or contradictory.",
    ),
)  # fmt: skip


def views_of(user: User) -> list[View]:
    """What the person may open: built-ins, shared views, then their own."""
    saved = SavedView.objects.filter(Q(is_shared=True) | Q(owner=user)).order_by("-is_shared", "position", "name", "pk")
    return [*BUILT_IN, *map(view_of, saved)]


def view_of(saved: SavedView) -> View:
    return View(
        key=saved.key,
        name=saved.name,
        condition=saved.condition,
        columns=tuple(map(str, saved.columns)),
        sort=saved.sort,
        pk=saved.pk,
        owner_id=saved.owner_id,
        is_shared=saved.is_shared,
    )


def may_change(user: Actor, view: View | SavedView) -> bool:
    """A view is changed by who made it; a shared one also by those who set up the installation."""
    if user is None or (isinstance(view, View) and view.pk is None):
        return user is None
    return view.owner_id == user.pk or (view.is_shared and user.role in (Role.OPERATIONS, Role.ADMIN))
