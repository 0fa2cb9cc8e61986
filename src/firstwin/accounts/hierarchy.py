"""Questions about the tree of accounts. Plain recursive SQL: one round trip at any depth."""

from collections.abc import Sequence

from django.db import connection

_ANCESTORS = """
with recursive up(id, parent_id, depth) as (
    select id, parent_id, 0 from accounts_account where id = %s
    union all
    select a.id, a.parent_id, up.depth + 1 from accounts_account a join up on a.id = up.parent_id
    where up.depth < 5000
)
select id from up where depth > 0 order by depth
"""

_SUBTREE = """
with recursive down(id, depth) as (
    select id, 0 from accounts_account where id = %s
    union all
    select a.id, down.depth + 1 from accounts_account a join down on a.parent_id = down.id
    where a.removed_at is null and down.depth < 5000
)
select id, depth from down where depth > 0 order by depth, id
"""


def ancestors_of(account_id: int) -> list[int]:
    """Ids of the accounts above, nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(_ANCESTORS, [account_id])
        return [row[0] for row in cursor.fetchall()]


def subtree_of(account_id: int) -> Sequence[tuple[int, int]]:
    """(id, depth below) of every account under this one, nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(_SUBTREE, [account_id])
        return [(row[0], row[1]) for row in cursor.fetchall()]
