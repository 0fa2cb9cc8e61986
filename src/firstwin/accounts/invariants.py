"""What must always be true of accounts: `firstwin verify` runs these."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Exists, F, OuterRef, Q

from firstwin.accounts import merged, merging, search
from firstwin.accounts.actions.refresh_now import computed_rows
from firstwin.accounts.models import (
    Account,
    AccountNow,
    AttributeValue,
    Membership,
    Ownership,
    OwnershipKind,
    ParentLink,
    Person,
    Removal,
    RoleHeld,
    Tagging,
    Touch,
)
from firstwin.accounts.models.now import PUBLISHED_COLUMNS
from firstwin.accounts.published import families
from firstwin.accounts.timeline import batched
from firstwin.core.clock import day_of
from firstwin.core.invariants import register_invariant

_SHOWN = 20
"""Problems named one by one; the rest are counted."""

_CHUNK = 1_000

# The columns that are compared; the moment of the refresh is not one of them, and issues age with the clock.
_CLOCKED = {"refreshed_at", "issues", "issue_count", "issue_codes", "next_step_on"}
_COMPARED = [
    f.attname
    for f in AccountNow._meta.concrete_fields
    if f.attname not in _CLOCKED and f.attname not in PUBLISHED_COLUMNS
]


def list_rows_follow_facts(now: datetime) -> list[str]:
    """Every row of AccountNow is what the facts give; every account has one."""
    problems = [
        f"account {key}: no list row"
        for key in Account.objects.filter(now__isnull=True).values_list("key", flat=True)[:_SHOWN]
    ]
    for ids in _chunks():
        stored = AccountNow.objects.in_bulk(ids)
        for row in computed_rows(ids, now=now):
            kept = stored.get(row.account_id)
            names = [*_COMPARED, *_published_today(kept, now)]
            wrong = [n for n in names if kept is not None and getattr(kept, n) != getattr(row, n)]
            if wrong:
                problems.append(f"account {row.key}: the list row differs from the facts in {', '.join(wrong)}")
    return _bounded(problems)


def _published_today(kept: AccountNow | None, now: datetime) -> list[str]:
    """Published columns drift from day to day until the nightly pass: they are compared on their own day only."""
    if kept is None or day_of(kept.refreshed_at) != day_of(now):
        return []
    return [name for family in families() for name in family.columns if name not in family.clocked]


def cached_columns_follow_lines(now: datetime) -> list[str]:
    """`parent` and `removed_at` are what the dated lines say."""
    link = ParentLink.objects.standing().true_at(now).filter(account=OuterRef("pk"), parent=OuterRef("parent"))
    any_link = ParentLink.objects.standing().true_at(now).filter(account=OuterRef("pk"), parent__isnull=False)
    wrong_parent = Account.objects.filter(
        (Q(parent__isnull=False) & ~Exists(link)) | (Q(parent__isnull=True) & Exists(any_link))
    )
    removal = Removal.objects.standing().true_at(now).filter(account=OuterRef("pk"))
    wrong_removal = Account.objects.filter(
        (Q(removed_at__isnull=False) & ~Exists(removal)) | (Q(removed_at__isnull=True) & Exists(removal))
    )
    problems = [f"account {a.key}: its parent is not what its dated rows say" for a in wrong_parent[:_SHOWN]]
    return problems + [f"account {a.key}: removed or not, its dated rows disagree" for a in wrong_removal[:_SHOWN]]


def lines_do_not_overlap(now: datetime) -> list[str]:
    """No two standing periods of one line hold at once."""
    problems: list[str] = []
    named = Q(kind=OwnershipKind.NAMED)
    for model, slot, only in (
        (Ownership, ("account_id", "kind"), named),
        (Ownership, ("account_id", "kind", "user_id", "team_id"), ~named),
        (ParentLink, ("account_id",), Q()),
        (Removal, ("account_id",), Q()),
        (Tagging, ("account_id", "tag_id"), Q()),
        (AttributeValue, ("account_id", "attribute_id", "source"), Q()),
        (Membership, ("person_id", "account_id"), Q()),
        (RoleHeld, ("person_id", "account_id", "role"), Q()),
    ):
        rows = model.objects.standing().filter(only).order_by(*slot, "valid_from", "id")
        last: tuple[object, ...] | None = None
        ends: datetime | None = None
        for *key, pk, starts, ended in rows.values_list(*slot, "id", "valid_from", "valid_to").iterator():
            here = tuple(key)
            if here == last and (ends is None or starts < ends):
                problems.append(f"{model._meta.label_lower} {pk} overlaps the period before it")
            last, ends = here, ended
    return _bounded(problems)


def the_tree_has_no_circle(now: datetime) -> list[str]:
    """Walking up from any account ends."""
    parents = dict(Account.objects.filter(parent__isnull=False).values_list("pk", "parent_id"))
    safe: set[int] = set()
    problems = []
    for start in parents:
        path: list[int] = []
        here: int | None = start
        while here is not None and here not in safe and here not in path:
            path.append(here)
            here = parents.get(here)
        if here is not None and here in path:
            problems.append(f"account {start} stands in a circle")
        safe.update(path)
    return _bounded(problems)


def no_touch_lies_ahead(now: datetime) -> list[str]:
    ahead = Touch.objects.filter(occurred_at__gt=F("recorded_at")).values_list("pk", flat=True)[:_SHOWN]
    return [f"touch {pk} lies ahead of the moment it was recorded" for pk in ahead]


def merges_hold(now: datetime) -> list[str]:
    """What was merged is out of the lists, in no circle, and kept nothing that should have gone with it."""
    problems: list[str] = []
    for target in (Account, Person):
        word = target._meta.model_name
        rows = merged.merges_of(target).objects.open()
        into = dict(rows.values_list("absorbed_id", "survivor_id"))
        problems += [f"{word} {pk} was merged and is not removed" for pk in _not_removed(target, into)]
        problems += [f"{word} {pk} was merged in a circle" for pk in into if _comes_back(into, pk)]
        for held, holder, ids in merged.stragglers(target, before=now):
            problems.append(f"{word} {holder} was merged and still has {len(ids)} rows of {held.table}")
    return _bounded(problems)


def _not_removed(target: merging.Target, into: dict[int, int]) -> list[int]:
    rows: Any = target._default_manager.filter(removed_at__isnull=True)
    found: list[int] = []
    for some in batched(sorted(into), 5_000):
        found += rows.filter(pk__in=some).values_list("pk", flat=True)
    return found


def _comes_back(into: dict[int, int], start: int) -> bool:
    here, steps = into.get(start), 0
    while here is not None and here != start and steps <= len(into):
        here, steps = into.get(here), steps + 1
    return here is not None


def search_follows_its_tables(now: datetime) -> list[str]:
    """The search index has its triggers and, on SQLite, agrees with its tables."""
    problems = [f"the search trigger {name} is missing" for name in search.missing_triggers()]
    if connection.vendor == "sqlite" and not problems:
        with connection.cursor() as cursor:
            for table in search.TABLES:
                try:
                    cursor.execute(f"insert into {table}_fts({table}_fts) values ('integrity-check')")  # noqa: S608
                except DatabaseError as broken:
                    problems.append(f"the search index of {table} is damaged: {broken}")
    return problems


def register_all() -> None:
    register_invariant("accounts.now", "List rows follow the facts", list_rows_follow_facts)
    register_invariant("accounts.cached", "Cached columns follow the dated rows", cached_columns_follow_lines)
    register_invariant("accounts.lines", "Dated lines do not overlap", lines_do_not_overlap)
    register_invariant("accounts.tree", "The tree of accounts has no circle", the_tree_has_no_circle)
    register_invariant("accounts.touches", "No touch lies ahead", no_touch_lies_ahead)
    register_invariant("accounts.merges", "Merged records went whole", merges_hold)
    register_invariant("accounts.search", "Search follows its tables", search_follows_its_tables)


def _chunks() -> Iterator[list[int]]:
    chunk: list[int] = []
    for pk in Account.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=20_000):
        chunk.append(pk)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _bounded(problems: list[str]) -> list[str]:
    if len(problems) <= _SHOWN:
        return problems
    return [*problems[:_SHOWN], f"… and {len(problems) - _SHOWN:,} more"]
