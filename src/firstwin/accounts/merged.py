"""Questions about merges: who stands for whom, what was moved, what an un-merge would give back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from firstwin.accounts.actions.merging.moves import movable, standing_moves
from firstwin.accounts.merging import Target, held_by, moved_by
from firstwin.accounts.models import (
    Account,
    AccountExternalId,
    Merge,
    MergeMove,
    Person,
    PersonExternalId,
    PersonMerge,
)
from firstwin.accounts.timeline import batched
from firstwin.core.errors import NotFound

_DEEPEST = 100
"""Merges one after the other; a longer chain is a circle, which the actions do not make."""


def merges_of(target: Target) -> Any:
    """The table in which merges of such records stand."""
    return Merge if target is Account else PersonMerge


def survivors(target: Target, ids: Collection[int]) -> dict[int, int]:
    """Absorbed record → the one that stands for it now. Records that stand for themselves are left out."""
    into: dict[int, int] = {}
    rows = merges_of(target).objects.open()
    ahead = set(ids)
    for _ in range(_DEEPEST):
        found: dict[int, int] = {}
        for some in batched(sorted(ahead), 2_000):
            found |= dict(rows.filter(absorbed__in=some).values_list("absorbed_id", "survivor_id"))
        if not found:
            break
        into |= found
        ahead = set(found.values()) - into.keys()
    return {pk: _end(into, pk) for pk in ids if pk in into}


def _end(into: dict[int, int], start: int) -> int:
    here = start
    for _ in range(_DEEPEST):
        if here not in into:
            return here
        here = into[here]
    return here


def holders_of(target: Target, record: int) -> list[int]:
    """Those a merged record stands within, the nearest first: rows that came with it may stand with any of them."""
    found: list[int] = []
    rows = merges_of(target).objects.open()
    here = rows.filter(absorbed=record).values_list("survivor_id", flat=True).first()
    while here is not None and here not in found:
        found.append(here)
        here = rows.filter(absorbed=here).values_list("survivor_id", flat=True).first()
    return found


def second_voices(target: Target, *, source: str, external_ids: Collection[str]) -> set[str]:
    """Ids of `source` that came to their record by a merge, beside one that `source` had for it before.

    The source still keeps two records where there is one here: the one that stayed speaks for it.
    """
    table: Any = AccountExternalId if target is Account else PersonExternalId
    column = "account_id" if target is Account else "person_id"
    rows = table.objects.filter(source=source, external_id__in=external_ids)
    holders = {holder for _, holder in rows.values_list("pk", column)}
    keys = list(merges_of(target).objects.open().filter(survivor__in=holders).values_list("key", flat=True))
    if not keys:
        return set()
    came: set[int] = set()
    for pks in MergeMove.objects.filter(merge__in=keys, table=table._meta.label_lower).values_list("pks", flat=True):
        came |= set(pks)
    own = table.objects.filter(source=source, **{f"{column}__in": holders}).exclude(pk__in=came)
    spoken = set(own.values_list(column, flat=True))
    said = rows.filter(pk__in=came).values_list("external_id", column)
    return {name for name, holder in said if holder in spoken}


def absorbed_by(account_id: int) -> list[int]:
    """Every account that stands within this one now, through however many merges."""
    found: list[int] = []
    ahead = [account_id]
    while ahead and len(found) < 10_000:
        rows = Merge.objects.open().filter(survivor__in=ahead).values_list("absorbed_id", flat=True)
        ahead = [pk for pk in rows if pk not in found]
        found += ahead
    return found


def open_merges(target: Target, survivor: int) -> list[Any]:
    """What was merged into it and still is, latest first."""
    rows = merges_of(target).objects.open().filter(survivor=survivor).select_related("absorbed", "survivor", "by")
    return list(rows.order_by("-valid_from", "-pk"))


def get_merge(target: Target, survivor: int, pk: int) -> Any:
    """An open merge into `survivor`. Raises NotFound."""
    found = next((one for one in open_merges(target, survivor) if one.pk == pk), None)
    if found is None:
        raise NotFound("There is no such merge, or it was ended.")
    return found


@dataclass(frozen=True)
class Kept:
    """Rows of one kind.  moves: how many the survivor takes (or gives back).  stays: how many remain where they are."""

    label: str
    moves: int
    stays: int = 0

    @property
    def labels(self) -> str:
        """The word for several."""
        return self.label + ("es" if self.label.endswith(("ch", "s", "x")) else "s")


def what_moves(target: Target, *, absorbed: int, survivor: int) -> list[Kept]:
    """What a merge would move, by kind; kinds of which there is nothing are left out."""
    found: list[Kept] = []
    for held in moved_by(target):
        total = held.rows.filter(**{held.attname: absorbed}).count()
        if total:
            moves = len(movable(held, absorbed, survivor))
            found.append(Kept(held.label, moves, total - moves))
    return found


def what_goes_back(target: Target, merge: Any) -> list[Kept]:
    """What an un-merge would give back, by kind.  stays: what arrived at the survivor since, and stays there."""
    holders = holders_of(target, merge.absorbed_id) or [merge.survivor_id]
    back = {held.table: len(ids) for held, ids in standing_moves(target, holders=holders, key=merge.key)}
    found: list[Kept] = []
    for held in moved_by(target):
        rows = held.rows.filter(**{held.attname: holders[-1]})
        since = 0
        if "recorded_at" in {field.name for field in held.model._meta.concrete_fields}:
            since = rows.filter(recorded_at__gt=merge.recorded_at).count()
        if back.get(held.table) or since:
            found.append(Kept(held.label, back.get(held.table, 0), since))
    return found


def moved_rows(merge: Any) -> list[Kept]:
    """What this merge moved, by kind."""
    target: Target = Account if isinstance(merge, Merge) else Person
    labels = {(held.table, held.column): held.label for held in held_by(target)}
    counts: dict[str, int] = {}
    for table, column, pks in MergeMove.objects.filter(merge=merge.key).values_list("table", "column", "pks"):
        label = labels.get((table, column), table)
        counts[label] = counts.get(label, 0) + len(pks)
    return [Kept(label, count) for label, count in sorted(counts.items()) if count]


def stragglers(target: Target, *, before: datetime) -> Sequence[tuple[Any, int, list[int]]]:
    """Rows that reached an absorbed record after it was merged: (foreign key, absorbed record, ids)."""
    gone = list(merges_of(target).objects.open().filter(valid_from__lt=before).values_list("absorbed_id", flat=True))
    found: list[tuple[Any, int, list[int]]] = []
    for held in moved_by(target):
        if held.rule.slot is not None:
            continue  # what did not fit stays with it on purpose
        for some in batched(gone, 2_000):
            late: dict[int, list[int]] = {}
            rows = held.rows.filter(**{f"{held.attname}__in": some}).order_by("pk")
            for pk, holder in rows.values_list("pk", held.attname):
                late.setdefault(holder, []).append(pk)
            found += [(held, holder, ids) for holder, ids in late.items()]
    return found
