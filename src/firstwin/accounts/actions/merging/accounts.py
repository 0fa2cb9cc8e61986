"""Merge one account into another, and take that apart again.

Every row of the absorbed account is pointed at the survivor, its times untouched, so that history is combined: on any
past day the survivor shows what both came to, and nothing counts as lost and won. What was moved is written down.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from firstwin.accounts import rules
from firstwin.accounts.actions.merging import values
from firstwin.accounts.actions.merging.moves import move_all, move_back
from firstwin.accounts.actions.merging.tree import join_trees, part_trees
from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.actions.set_parent import lock_hierarchy
from firstwin.accounts.lines import REMOVAL
from firstwin.accounts.merged import holders_of, survivors
from firstwin.accounts.models import Account, Merge
from firstwin.accounts.rules import Actor
from firstwin.accounts.timeline import ABSENT, Statement
from firstwin.core.errors import Conflict, Refused
from firstwin.core.failpoints import failpoint
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable

Choices = Mapping[str, str]
"""name, owner, parent or attribute:KEY → "absorbed" where that one's value is to count."""


def merge_accounts(
    *,
    by: Actor,
    survivor: Account,
    absorbed: Account,
    now: datetime,
    reason: str = "",
    choices: Choices | None = None,
    editions: tuple[int, int] | None = None,
) -> Merge:
    """Make `absorbed` part of `survivor`. editions: those of (survivor, absorbed) that the person saw.

    Raises NotAllowed, NotFound, Refused (the same account twice, a removed one), or Conflict when one of them was
    edited meanwhile.
    """
    if survivor.pk == absorbed.pk:
        raise Refused("An account cannot be merged into itself. Choose another one.", field="other")
    rules.require_edit(by, [survivor, absorbed])
    chosen = {name: "absorbed" for name, side in (choices or {}).items() if side == "absorbed"}
    with transaction.atomic():
        _lock(survivor, absorbed)
        _check(survivor, absorbed, editions)
        merge = Merge(
            absorbed=absorbed,
            survivor=survivor,
            by=by,
            reason=reason.strip()[:300],
            choices=chosen,
            valid_from=now,
            known_at=now,
            stated_at=now,
            recorded_at=now,
        )
        said = values.compared(survivor, absorbed, now=now)
        moved = move_all(Account, absorbed=absorbed.pk, survivor=survivor.pk, key=merge.key, now=now)
        failpoint("merge.moved")
        takes_parent = "parent" in chosen
        before = join_trees(by=by, survivor=survivor, absorbed=absorbed, takes_parent=takes_parent, now=now)
        before |= values.settle(by=by, survivor=survivor, said=said, chosen=chosen, now=now)
        REMOVAL.put(
            [Statement((absorbed.pk,), (f"merged into {survivor.name}"[:300],), now, now)], source="staff", now=now
        )
        Account.objects.filter(pk=absorbed.pk).update(removed_at=now, edition=F("edition") + 1)
        merge.before = before
        merge.save(force_insert=True)
        counts = {table.split(".")[-1]: count for table, count in sorted(moved.items()) if count}
        deed = {"into": survivor.name, "moved": sum(moved.values())}
        record(by=by, did="account.merged", on=absorbed, now=now, account_id=absorbed.pk, after=deed)
        after = {"absorbed": absorbed.name, "reason": merge.reason, **counts}
        record(by=by, did="account.absorbed", on=survivor, now=now, account_id=survivor.pk, after=after)
        _settle(survivor, absorbed, before, now)
        failpoint("merge.before_commit")
    failpoint("merge.after_commit")
    survivor.refresh_from_db()
    absorbed.refresh_from_db()
    return merge


def unmerge_accounts(*, by: Actor, merge: Merge, now: datetime) -> Account:
    """Take `absorbed` out of the account it stands within now: its rows that still stand there, its names, its place.

    What arrived since stays. Raises NotAllowed, NotFound, or Refused when that was done already. Returns the account.
    """
    with transaction.atomic():
        lock_hierarchy()
        holders = holders_of(Account, merge.absorbed_id) or [merge.survivor_id]
        holder, absorbed = Account.objects.get(pk=holders[-1]), Account.objects.get(pk=merge.absorbed_id)
        rules.require_edit(by, [holder])
        _lock(holder, absorbed)
        standing = Merge.objects.open().filter(key=merge.key).select_related("survivor").first()
        if standing is None:
            raise Refused(f"{absorbed.name} stands by itself again already.")
        moved = move_back(Account, holders=holders, absorbed=absorbed.pk, key=merge.key, since=standing.recorded_at)
        failpoint("unmerge.moved")
        _end(standing, now)
        REMOVAL.put([Statement((absorbed.pk,), ABSENT, now, now)], source="staff", now=now)
        Account.objects.filter(pk=absorbed.pk).update(removed_at=None, edition=F("edition") + 1)
        # What was changed on the one it was merged into is changed back there, also where that was merged itself since.
        first = standing.survivor
        part_trees(by=by, holder=holder, first=first, absorbed=absorbed, before=standing.before, now=now)
        values.restore(by=by, survivor=first, before=standing.before, now=now)
        deed = {"out_of": holder.name, "moved": sum(moved.values())}
        record(by=by, did="account.unmerged", on=absorbed, now=now, account_id=absorbed.pk, after=deed)
        record(
            by=by, did="account.released", on=holder, now=now, account_id=holder.pk, after={"absorbed": absorbed.name}
        )
        _settle(holder, absorbed, standing.before, now)
        if first.pk != holder.pk:
            _settle(first, absorbed, standing.before, now)
        failpoint("unmerge.before_commit")
    failpoint("unmerge.after_commit")
    absorbed.refresh_from_db()
    return absorbed


@undoable("account.merged")
def take_apart(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"merge": key}."""
    merge = Merge.objects.filter(key=payload["merge"]).order_by("pk").first()
    if merge is None:
        raise Refused("There is no such merge.")
    unmerge_accounts(by=None, merge=merge, now=now)


def _lock(*accounts: Account) -> None:
    """One change of the tree at a time, and nobody else at these two; in one order, so that no two wait for each other.

    SQLite has one writer anyway.
    """
    lock_hierarchy()
    if connection.features.has_select_for_update:
        ids = sorted(account.pk for account in accounts)
        list(Account.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    for account in accounts:
        account.refresh_from_db()


def _check(survivor: Account, absorbed: Account, editions: tuple[int, int] | None) -> None:
    gone = survivors(Account, [survivor.pk, absorbed.pk])
    for account in (survivor, absorbed):
        if account.pk in gone:
            holder = Account.objects.get(pk=gone[account.pk])
            raise Refused(f"{account.name} was merged into {holder.name} already.", field="other")
        if account.removed_at is not None:
            raise Refused(f"{account.name} is removed. Restore it first.", field="other")
    seen = editions or (survivor.edition, absorbed.edition)
    if seen != (survivor.edition, absorbed.edition):
        raise Conflict(
            "Somebody edited one of the two while you were comparing them. Look at them again.",
            mine={"Keep": survivor.name, "Merge into it": absorbed.name},
            theirs={
                one.name: ", ".join(one.domains.order_by("name").values_list("name", flat=True)) or "no domains"
                for one in (survivor, absorbed)
            },
        )


def _end(standing: Merge, now: datetime) -> None:
    """The open statement stands down; a closed one takes its place."""
    Merge.objects.filter(pk=standing.pk).supersede(now)
    standing.pk, standing.known_until = None, None
    standing.valid_to, standing.known_at, standing.recorded_at = now, now, now
    standing.save(force_insert=True)


def _settle(survivor: Account, absorbed: Account, before: dict[str, Any], now: datetime) -> None:
    """Marks and list rows of everything around the two."""
    two = {survivor.pk, absorbed.pk}
    bump_revision(two)
    around = two | set(before.get("children", [])) | {pk for pk in before.get("parent", []) if pk}
    around |= set(Account.objects.filter(parent__in=two).values_list("pk", flat=True))
    around |= set(Account.objects.filter(children__in=two).values_list("pk", flat=True))
    refresh_now(around, now=now)
