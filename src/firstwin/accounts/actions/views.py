"""Keep a list under a name, share it, take it away."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from firstwin.accounts.listing.view import may_change
from firstwin.accounts.models import SavedView
from firstwin.core.conditions import Condition, dump
from firstwin.core.errors import Conflict, NotFound, Refused
from firstwin.core.text import is_clean, slug
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.rules import can_share_views, require
from firstwin.people.undo import undoable

MOST = 100


def save_view(
    *, by: User, name: str, condition: Condition, columns: Sequence[str], sort: str, is_shared: bool, now: datetime
) -> SavedView:
    """Keep a list as `name`, for oneself or for everybody. Raises NotAllowed or Refused."""
    tidy = _checked(name)
    if is_shared:
        require(can_share_views(by), "Your role can keep views but not share them.")
    if SavedView.objects.filter(owner=by).count() >= MOST:
        raise Refused(f"You keep {MOST} views already. Delete one first.")
    with transaction.atomic():
        view = SavedView.objects.create(
            key=_free_key(tidy),
            name=tidy,
            owner=by,
            is_shared=is_shared,
            condition=dump(condition),
            columns=list(columns),
            sort=sort,
        )
        record(by=by, did="view.saved", on=view, now=now, after={"name": tidy, "shared": is_shared})
    return view


def change_view(
    *,
    by: User,
    view: SavedView,
    now: datetime,
    edition: int | None = None,
    name: str | None = None,
    is_shared: bool | None = None,
    condition: Condition | None = None,
    columns: Sequence[str] | None = None,
    sort: str | None = None,
) -> dict[str, Any]:
    """Change what a view is called, who sees it, or what it lists; None leaves it. Returns the values before.

    edition: the one the person saw, where that matters. Raises NotAllowed, Refused or Conflict.
    """
    require(may_change(by, view), "This view belongs to somebody else. Save it as your own.")
    if is_shared and not view.is_shared:
        require(can_share_views(by), "Your role can keep views but not share them.")
    wanted: dict[str, Any] = {
        "name": _checked(name) if name is not None else None,
        "is_shared": is_shared,
        "condition": dump(condition) if condition is not None else None,
        "columns": list(columns) if columns is not None else None,
        "sort": sort,
    }
    changed = {key: value for key, value in wanted.items() if value is not None and value != getattr(view, key)}
    before = {key: getattr(view, key) for key in changed}
    if changed:
        _put(by, view, view.edition if edition is None else edition, changed, now)
    return before


def delete_view(*, by: User, view: SavedView, now: datetime) -> dict[str, Any]:
    """Take a view away. Returns what is needed to bring it back. Raises NotAllowed."""
    require(may_change(by, view), "This view belongs to somebody else.")
    kept = {field.attname: getattr(view, field.attname) for field in SavedView._meta.concrete_fields}
    with transaction.atomic():
        record(by=by, did="view.deleted", on=view, now=now, before={"name": view.name, "shared": view.is_shared})
        view.delete()
    return kept


@undoable("view.deleted")
def bring_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: the columns of the row, as `delete_view` returned them."""
    if SavedView.objects.filter(key=payload["key"]).exists():
        raise Refused("There is a view of that name again.")
    view = SavedView.objects.create(**payload)
    record(by=by, did="view.saved", on=view, now=now, after={"name": view.name, "shared": view.is_shared})


@undoable("view.changed")
def change_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"view": id, "before": {column: value}}."""
    view = SavedView.objects.filter(pk=payload["view"]).first()
    if view is None:
        raise NotFound("That view is not there any more.")
    _put(by, view, view.edition, payload["before"], now)


def _put(by: User, view: SavedView, edition: int, changed: Mapping[str, Any], now: datetime) -> None:
    before = {key: getattr(view, key) for key in changed}
    with transaction.atomic():
        same = SavedView.objects.filter(pk=view.pk, edition=edition)
        if not same.update(**changed, edition=F("edition") + 1):
            theirs = SavedView.objects.filter(pk=view.pk).values_list("name", flat=True).first() or "deleted"
            raise Conflict(
                "Somebody changed this view while you were at it.",
                mine={"Name": str(changed.get("name", view.name))},
                theirs={"Name": theirs},
            )
        record(by=by, did="view.changed", on=view, now=now, before=before, after=dict(changed))
    view.refresh_from_db()


def _checked(name: str) -> str:
    tidy = " ".join(name.split())
    if not 1 <= len(tidy) <= 80 or not is_clean(tidy):
        raise Refused("A view needs a name of at most 80 characters.", field="name")
    return tidy


def _free_key(name: str) -> str:
    base = slug(name)[:70] or "view"
    taken = set(SavedView.objects.filter(key__startswith=base).values_list("key", flat=True))
    number = next(n for n in range(1, 100_000) if (base if n == 1 else f"{base}-{n}") not in taken)
    return base if number == 1 else f"{base}-{number}"
