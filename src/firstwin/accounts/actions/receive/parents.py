"""Which accounts belong to which, as a source tells it. Comes after the accounts: rows may stand in any order."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection, transaction

from firstwin.accounts.actions.receive.said import ParentSaid, Received
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.actions.set_parent import lock_hierarchy
from firstwin.accounts.lines import PARENT
from firstwin.accounts.models import Account, ParentLink
from firstwin.accounts.timeline import ABSENT, Statement
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint

DEEPEST = 4_000
"""Levels. Questions about the tree look no further."""


def receive_parents(*, said: Sequence[ParentSaid], source: str, now: datetime) -> Received:
    """Put accounts under others, in the order given. A row that would close a circle is refused, the others stand.

    No parent (None) ends only what this source had said.
    """
    received = Received()
    with transaction.atomic():
        lock_hierarchy()
        parents = _above({one.parent_id for one in said if one.parent_id is not None})
        parents |= dict(Account.objects.filter(pk__in={one.account_id for one in said}).values_list("pk", "parent_id"))
        ours = ParentLink.objects.open().filter(account__in={one.account_id for one in said}, source=source)
        stated = set(ours.values_list("account_id", flat=True))
        statements: dict[int, Statement] = {}
        before = dict(parents)
        for one in said:
            problem = _refusal(one, parents)
            received.ids[one.row] = one.account_id
            if problem is not None:
                received.refused[one.row] = problem
            elif one.parent_id is not None:
                parents[one.account_id] = one.parent_id
                statements[one.row] = Statement((one.account_id,), (one.parent_id,), one.known_at, one.known_at)
            elif one.account_id in stated:
                parents[one.account_id] = None
                statements[one.row] = Statement((one.account_id,), ABSENT, one.known_at, one.known_at)
        changed = {s.slot[0] for s in PARENT.put(list(statements.values()), source=source, now=now)}
        received.changed = {row for row, statement in statements.items() if statement.slot[0] in changed}
        received.touched = _settle(changed, before)
    return received


def _settle(changed: Collection[int], before: dict[int, int | None]) -> set[int]:
    """Bring the cached parent in line with the open rows. Returns everybody who shows it."""
    links = dict(ParentLink.objects.open().filter(account__in=changed).values_list("account_id", "parent_id"))
    moved = [Account(pk=pk, parent_id=links.get(pk)) for pk in sorted(changed)]
    Account.objects.bulk_update(moved, ["parent"], batch_size=200)
    touched = set(changed) | {pk for pk in links.values() if pk} | {b for pk in changed if (b := before.get(pk))}
    bump_revision(touched)
    failpoint("receive.parents.linked")
    return touched


def _refusal(one: ParentSaid, parents: dict[int, int | None]) -> Refused | None:
    if one.parent_id == one.account_id:
        return Refused("An account cannot be its own parent.", field="parent")
    above, depth = one.parent_id, 0
    while above is not None:
        if above == one.account_id:
            return Refused("The parent already stands below this account: this would be a circle.", field="parent")
        above, depth = parents.get(above), depth + 1
        if depth > DEEPEST:
            return Refused(f"The tree would be deeper than {DEEPEST:,} levels.", field="parent")
    return None


def _above(ids: Collection[int]) -> dict[int, int | None]:
    """These accounts and all above them: id → parent."""
    if not ids:
        return {}
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with recursive up(id, parent_id) as (
                select id, parent_id from accounts_account where id in ({marks})
                union
                select a.id, a.parent_id from accounts_account a join up on a.id = up.parent_id
            )
            select id, parent_id from up
            """,  # noqa: S608 - only placeholders are put in
            list(ids),
        )
        return dict(cursor.fetchall())
