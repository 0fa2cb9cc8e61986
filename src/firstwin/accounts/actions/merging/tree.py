"""Where two accounts that become one stand in the tree, and where they stand again when that is taken apart."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.hierarchy import ancestors_of
from firstwin.accounts.lines import PARENT
from firstwin.accounts.models import Account
from firstwin.accounts.timeline import ABSENT, Statement
from firstwin.people.audit import Deed, record_many
from firstwin.people.models import User


def join_trees(
    *, by: User | None, survivor: Account, absorbed: Account, takes_parent: bool, now: datetime
) -> dict[str, Any]:
    """Hang what stands below `absorbed` under `survivor`, never in a circle. The hierarchy is locked by the caller.

    takes_parent: the survivor moves to where the absorbed one stands, also when it has a parent of its own.
    Returns what `part_trees` needs.
    """
    before: dict[str, Any] = {}
    above, theirs = survivor.parent_id, absorbed.parent_id
    if absorbed.pk in ancestors_of(survivor.pk):
        wanted = theirs  # it takes the place of what it stood under
    elif takes_parent or above is None:
        is_below = theirs is not None and (theirs == survivor.pk or survivor.pk in ancestors_of(theirs))
        wanted = above if theirs is None or is_below else theirs
    else:
        wanted = above
    if wanted != above:
        _hang([survivor.pk], wanted, by, now)
        before["parent"] = [above, wanted]
        survivor.parent_id = wanted
    below = Account.objects.filter(parent=absorbed.pk).exclude(pk=survivor.pk)
    children = list(below.order_by("pk").values_list("pk", flat=True))
    if children:
        _hang(children, survivor.pk, by, now)
        before["children"] = children
    return before


def part_trees(
    *, by: User | None, holder: Account, first: Account, absorbed: Account, before: dict[str, Any], now: datetime
) -> None:
    """Hang back what `join_trees` moved, where it still stands as it was left.

    first: the account it was merged into.  holder: the one it stands within now, the same unless that was merged too.
    """
    children = Account.objects.filter(pk__in=before.get("children", []), parent=holder.pk)
    over = {absorbed.pk, *ancestors_of(absorbed.pk)}
    back = [pk for pk in children.order_by("pk").values_list("pk", flat=True) if pk not in over]
    _hang(back, absorbed.pk, by, now)
    if "parent" not in before:
        return
    was, given = before["parent"]
    here = Account.objects.values_list("parent_id", flat=True).get(pk=first.pk)
    if here != given or (was is not None and (was == first.pk or first.pk in ancestors_of(was))):
        return
    _hang([first.pk], was, by, now)
    first.parent_id = was


def _hang(ids: Collection[int], parent: int | None, by: User | None, now: datetime) -> None:
    """Put accounts under `parent` (None: alone) as of now."""
    if not ids:
        return
    were = dict(Account.objects.filter(pk__in=ids).values_list("pk", "parent_id"))
    value = ABSENT if parent is None else (parent,)
    PARENT.put([Statement((pk,), value, now, now) for pk in ids], source="staff", now=now)
    Account.objects.filter(pk__in=ids).update(parent=parent)
    record_many(
        [
            Deed("account.moved", "accounts.account", str(pk), pk, {"parent": were.get(pk)}, {"parent": parent})
            for pk in ids
        ],
        by=by,
        now=now,
    )
    bump_revision(ids)
