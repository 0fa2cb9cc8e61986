"""Columns of `AccountNow` that rooms below publish: each room registers a family and how it is computed from its facts.

`refresh_now` writes every family beside its own columns. A room whose facts changed calls `publish`, which writes that
family alone, set-based, so that a bulk import does not pay for the rest of the row.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from firstwin.accounts.bulk import among, listed, plain_rows, prepared
from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.timeline import batched
from firstwin.core.pace import Pace

_CHUNK, _FEWEST = 1_000, 50
"""Accounts computed at once, and the fewest of them written in one transaction: each row stands in many indexes."""

Compute = Callable[[Sequence[int], datetime], Mapping[int, Mapping[str, Any]]]
"""(account ids, now) → account id → column → value. An account or a column left out is null.

`issues` beside the columns: what the room finds odd in its facts (see `quality.register_kinds`); `refresh_now` keeps it
with the other findings.
"""

ISSUES = "issues"


@dataclass(frozen=True)
class Family:
    """The columns of one room.  clocked: those that change by the hour, not by the day; `verify` leaves them alone."""

    key: str
    columns: tuple[str, ...]
    compute: Compute
    clocked: frozenset[str] = frozenset()

    def rows(self, account_ids: Sequence[int], now: datetime) -> dict[int, dict[str, Any]]:
        """Every account with every column, null where nothing is known."""
        return self.filled(self.compute(account_ids, now), account_ids)

    def filled(self, found: Mapping[int, Mapping[str, Any]], account_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        nothing: Mapping[str, Any] = {}
        return {pk: {name: found.get(pk, nothing).get(name) for name in self.columns} for pk in account_ids}


_families: dict[str, Family] = {}


def register_family(family: Family) -> None:
    """Add a family. A key registered twice, or an unknown column, is a mistake in the code and raises ValueError."""
    if family.key in _families and _families[family.key] != family:
        raise ValueError(f"family {family.key!r} is registered twice")
    known = {field.attname for field in AccountNow._meta.concrete_fields}
    if unknown := [name for name in family.columns if name not in known]:
        raise ValueError(f"AccountNow has no column {unknown[0]!r}")
    _families[family.key] = family


def families() -> list[Family]:
    return list(_families.values())


def published_columns(account_ids: Sequence[int], now: datetime) -> dict[int, dict[str, Any]]:
    """What all families say about these accounts, with their findings under `ISSUES`."""
    found: dict[int, dict[str, Any]] = {pk: {ISSUES: []} for pk in account_ids}
    for family in families():
        said = family.compute(account_ids, now)
        for pk, columns in family.filled(said, account_ids).items():
            found[pk] |= columns
            found[pk][ISSUES] += said.get(pk, {}).get(ISSUES, ())
    return found


def publish(family_key: str, account_ids: Collection[int] | None, *, now: datetime) -> int:
    """Write one family's columns of these accounts (all when None). Returns how many rows there were.

    When no transaction is open it is done in short ones, so that people are never kept waiting: columns are computed
    before, and what changed meanwhile is computed again within.
    """
    family = _families[family_key]
    ids = sorted(set(account_ids)) if account_ids is not None else _all_ids()
    pace = Pace(smallest=_FEWEST, largest=_CHUNK)
    for some in batched(ids, _CHUNK):
        if connection.in_atomic_block:
            _store(family, family.rows(some, now), now)
        else:
            _publish(family, some, now, pace)
    return len(ids)


def show(family_key: str, found: Mapping[int, Mapping[str, Any]], *, now: datetime) -> None:
    """Write what a room has just computed of these accounts, as its family would: in the transaction in which it writes
    what it computed, where nobody changes them any more."""
    family = _families[family_key]
    _store(family, family.filled(found, list(found)), now)


def _publish(family: Family, ids: Sequence[int], now: datetime, pace: Pace) -> None:
    seen = _revisions(ids)  # read first
    rows = family.rows(ids, now)
    for part in pace.parts(ids):
        with pace.slice(len(part)), transaction.atomic():
            _hold(part)
            found = {pk: rows[pk] for pk in part}
            stale = [pk for pk, at in _revisions(part).items() if seen.get(pk) != at]
            _store(family, found | family.rows(stale, now) if stale else found, now)


def _revisions(ids: Collection[int]) -> dict[int, int]:
    return dict(plain_rows(among(Account.objects.all(), "id", ids).values_list("pk", "revision")))


def _hold(ids: Collection[int]) -> None:
    """Nobody changes their revisions until the transaction ends."""
    if connection.features.has_select_for_update:
        plain_rows(among(Account.objects.select_for_update(), "id", ids).order_by("pk").values_list("pk"))


def _all_ids() -> list[int]:
    return list(AccountNow.objects.order_by("pk").values_list("pk", flat=True))


def _store(family: Family, found: Mapping[int, Mapping[str, Any]], now: datetime) -> None:
    """Write only what differs: each column has an index, and writing to those is most of the work."""
    written: dict[tuple[str, ...], list[int]] = {}
    for pk, *stands in _as_it_stands(family, list(found)):
        said = found[pk]
        differs = tuple(name for name, was in zip(family.columns, stands, strict=True) if said[name] != was)
        written.setdefault(differs, []).append(pk)
    for names, ids in written.items():
        _write(names, {pk: found[pk] for pk in sorted(ids)}, now)


def _as_it_stands(family: Family, ids: Collection[int]) -> list[tuple[Any, ...]]:
    rows = among(AccountNow.objects.all(), "account_id", ids)
    return plain_rows(rows.order_by().values_list("account_id", *family.columns))


def _write(names: Sequence[str], found: Mapping[int, Mapping[str, Any]], now: datetime) -> None:
    """One prepared statement, run for each row; where none of the columns differs, for all at once."""
    quote = connection.ops.quote_name
    fields = [AccountNow._meta.get_field(name) for name in names]
    sets = "".join(f"{quote(str(field.column))} = %s, " for field in fields)  # type: ignore[union-attr]
    now_table, account_table = quote(AccountNow._meta.db_table), quote(Account._meta.db_table)
    told = (  # names of our own columns only
        f"update {now_table} set {sets}revision = (select a.revision from {account_table} a "  # noqa: S608
        f"where a.id = account_id), refreshed_at = %s where account_id"
    )
    moment = connection.ops.adapt_datetimefield_value(now)
    if not names:
        any_of, ids = listed(found)
        with connection.cursor() as cursor:
            cursor.execute(f"{told} {any_of}", [moment, ids])
        return
    columns = [
        list(map(prepared(field), [row[name] for row in found.values()]))
        for name, field in zip(names, fields, strict=True)
    ]
    rows = list(zip(*columns, [moment] * len(found), found, strict=True))
    with connection.cursor() as cursor:
        cursor.executemany(f"{told} = %s", rows)
