"""Point the rows of one record at another, remember which, and point exactly those back."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from firstwin.accounts.merging import Held, Policy, Target, held_as, moved_by
from firstwin.accounts.models import MergeMove
from firstwin.accounts.timeline import batched

_AT_ONCE = 2_000
_EVER = datetime.max.replace(tzinfo=UTC)

Span = tuple[datetime, datetime, datetime, datetime]
"""(true from, true to, known from, known to), half-open."""


def movable(held: Held, absorbed: int, survivor: int) -> list[int]:
    """Ids of the absorbed one's rows of this table that the survivor can take."""
    rows = held.rows.filter(**{held.attname: absorbed})
    if held.rule.slot is None:
        return list(rows.order_by("pk").values_list("pk", flat=True))
    columns = ["pk", *sorted(held.rule.columns)]
    if held.rule.policy == Policy.MOVE:
        there = {held.rule.slot_of(row) for row in held.rows.filter(**{held.attname: survivor}).values(*columns)}
        return [row["pk"] for row in rows.order_by("pk").values(*columns) if held.rule.slot_of(row) not in there]
    columns += ["valid_from", "valid_to", "known_at", "known_until"]
    taken: dict[tuple[Any, ...], list[Span]] = defaultdict(list)
    for row in held.rows.filter(**{held.attname: survivor}).values(*columns):
        taken[held.rule.slot_of(row)].append(_span(row))
    return [
        row["pk"]
        for row in rows.order_by("pk").values(*columns)
        if not any(_meet(_span(row), span) for span in taken.get(held.rule.slot_of(row), ()))
    ]


def move_all(target: Target, *, absorbed: int, survivor: int, key: uuid.UUID, now: datetime) -> Counter[str]:
    """Move what can be moved, under the name of merge `key`. Returns how many rows of each table."""
    moved: Counter[str] = Counter()
    for held in moved_by(target):
        ids = movable(held, absorbed, survivor)
        repoint(held, ids, to=survivor, key=key, now=now)
        moved[held.table] += len(ids)
    return moved


def move_back(
    target: Target, *, holders: Sequence[int], absorbed: int, key: uuid.UUID, since: datetime
) -> Counter[str]:
    """Point the rows of merge `key` that still stand with one of `holders` back at `absorbed`, later versions of the
    same records (recorded after `since`, the moment of the merge) with them. Rows for which there is no room any more
    stay. Returns how many went of each table.
    """
    moved: Counter[str] = Counter()
    for held, ids in standing_moves(target, holders=holders, key=key):
        ids = _with_later_versions(held, ids, holders, since)
        if held.rule.slot is not None and held.rows.filter(**{held.attname: absorbed}).exists():
            ids = _that_fit(held, ids, absorbed)
        _repoint(held, ids, absorbed)
        moved[held.table] += len(ids)
    return moved


def standing_moves(target: Target, *, holders: Sequence[int], key: uuid.UUID) -> list[tuple[Held, list[int]]]:
    """The rows merge `key` moved that still stand with one of `holders`, by table."""
    moves: dict[tuple[str, str], list[int]] = defaultdict(list)
    for table, column, pks in MergeMove.objects.filter(merge=key).order_by("pk").values_list("table", "column", "pks"):
        moves[table, column] += pks
    found: list[tuple[Held, list[int]]] = []
    for (table, column), pks in moves.items():
        held = held_as(target, table, column)
        if held is None:
            continue
        here: list[int] = []
        for some in batched(pks, _AT_ONCE):
            rows = held.rows.filter(pk__in=some, **{f"{held.attname}__in": holders})
            here += rows.order_by("pk").values_list("pk", flat=True)
        found.append((held, here))
    return found


def _with_later_versions(held: Held, ids: Sequence[int], holders: Sequence[int], since: datetime) -> list[int]:
    """A record corrected since is still the same record: all its versions go together."""
    if not held.rule.follows or not ids:
        return list(ids)
    first, *rest = held.rule.follows
    wanted: set[tuple[Any, ...]] = set()
    for some in batched(ids, _AT_ONCE):
        wanted |= set(held.rows.filter(pk__in=some).values_list(*held.rule.follows))
    everything = set(ids)
    for names in batched(sorted({record[0] for record in wanted}), _AT_ONCE):
        rows = held.rows.filter(recorded_at__gt=since, **{f"{held.attname}__in": holders, f"{first}__in": names})
        for pk, *record in rows.values_list("pk", first, *rest):
            if tuple(record) in wanted:
                everything.add(pk)
    return sorted(everything)


def _that_fit(held: Held, ids: Sequence[int], absorbed: int) -> list[int]:
    """Those of the rows whose slot is free at `absorbed`: something may have been said about it meanwhile."""
    columns = ["pk", *sorted(held.rule.columns)]
    is_dated = held.rule.policy == Policy.LINE
    columns += ["valid_from", "valid_to", "known_at", "known_until"] if is_dated else []
    taken: dict[tuple[Any, ...], list[Span | None]] = defaultdict(list)
    for row in held.rows.filter(**{held.attname: absorbed}).values(*columns):
        taken[held.rule.slot_of(row)].append(_span(row) if is_dated else None)
    fit: list[int] = []
    for some in batched(ids, _AT_ONCE):
        for row in held.rows.filter(pk__in=some).values(*columns):
            spans = taken.get(held.rule.slot_of(row), ())
            if not any(span is None or _meet(_span(row), span) for span in spans):
                fit.append(row["pk"])
    return sorted(fit)


def repoint(held: Held, ids: Sequence[int], *, to: int, key: uuid.UUID, now: datetime) -> None:
    """Point rows at `to`, and remember that merge `key` did."""
    _repoint(held, ids, to)
    _remember(held, ids, key, now)


def _repoint(held: Held, ids: Sequence[int], to: int) -> None:
    for some in batched(ids, _AT_ONCE):
        held.rows.filter(pk__in=some).update(**{held.attname: to})


def _remember(held: Held, ids: Sequence[int], key: uuid.UUID, now: datetime) -> None:
    MergeMove.objects.bulk_create(
        MergeMove(merge=key, table=held.table, column=held.column, pks=list(some), recorded_at=now)
        for some in batched(ids, _AT_ONCE)
    )


def _span(row: dict[str, Any]) -> Span:
    return row["valid_from"], row["valid_to"] or _EVER, row["known_at"], row["known_until"] or _EVER


def _meet(one: Span, other: Span) -> bool:
    """Whether both hold of some moment as known at some moment."""
    (a, b, k, m), (c, d, p, q) = one, other
    return a < d and c < b and k < q and p < m
