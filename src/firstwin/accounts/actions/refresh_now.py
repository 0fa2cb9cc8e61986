"""Recompute `AccountNow` rows from facts. The only writer of that table."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, models, transaction
from django.db.models import Count, F, Max, Min

from firstwin.accounts.models import (
    MUST_BE_COVERED,
    Account,
    AccountExternalId,
    AccountNow,
    Attribute,
    AttributeKind,
    AttributeValue,
    Domain,
    Membership,
    Ownership,
    OwnershipKind,
    RoleHeld,
    Tagging,
    Touch,
)
from firstwin.accounts.published import ISSUES, published_columns
from firstwin.accounts.quality import Findings, Rhythm, Stated, findings, rhythms
from firstwin.accounts.timeline import batched
from firstwin.core.clock import day_of
from firstwin.core.text import fold

_CHUNK = 1_000


def refresh_now(account_ids: Collection[int] | None, *, now: datetime) -> int:
    """Recompute the list rows of these accounts (all when None) as of `now`. Returns how many were written.

    Called in the transaction that wrote the facts. With None each chunk is a transaction of its own, so that people
    are never kept waiting.
    """
    ids = sorted(set(account_ids)) if account_ids is not None else list(_all_ids())
    attributes = {row.pk: row for row in Attribute.objects.all()}
    for some in batched(ids, _CHUNK):
        with transaction.atomic():
            if account_ids is None and connection.features.has_select_for_update:
                # Nothing else holds these accounts: keep a fact from landing between reading and writing.
                list(Account.objects.select_for_update().filter(pk__in=some).order_by("pk").values_list("pk"))
            _refresh_chunk(some, attributes, now)
    return len(ids)


def refresh_with_neighbours(account_ids: Collection[int], *, now: datetime) -> None:
    """Refresh these accounts, their parents (who count children) and their children (who show the parent's name)."""
    ids = set(account_ids)
    ids |= set(Account.objects.filter(children__in=account_ids).values_list("pk", flat=True))
    ids |= set(Account.objects.filter(parent__in=account_ids).values_list("pk", flat=True))
    refresh_now(ids, now=now)


def computed_rows(account_ids: Sequence[int], *, now: datetime) -> list[AccountNow]:
    """What the rows of these accounts should be: for `verify`, which compares them with what is stored."""
    attributes = {row.pk: row for row in Attribute.objects.all()}
    return [AccountNow(**columns) for columns in _columns(account_ids, attributes, now)]


def _all_ids() -> Iterator[int]:
    return Account.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=20_000)


def _refresh_chunk(ids: Sequence[int], attributes: dict[int, Attribute], now: datetime) -> None:
    _store(_columns(ids, attributes, now))


def _store(rows: Sequence[dict[str, Any]]) -> None:
    """Write rows over what stands. Plain SQL: at seventy columns the ORM's own way takes most of the time.

    SQLite runs one prepared statement per row; PostgreSQL is better served by a few rows at a time.
    """
    fields = AccountNow._meta.concrete_fields
    names = [connection.ops.quote_name(str(field.column)) for field in fields]
    key = connection.ops.quote_name(str(AccountNow._meta.pk.column))
    kept = ", ".join(f"{name} = excluded.{name}" for name in names if name != key)
    one = f"({', '.join(['%s'] * len(fields))})"
    adapted = [(field.attname, _adapter(field)) for field in fields]
    values = [[_ready(row.get(name), adapt) for name, adapt in adapted] for row in rows]

    def statement(count: int) -> str:
        table = connection.ops.quote_name(AccountNow._meta.db_table)
        marks = ", ".join([one] * count)
        return (  # names of our own columns only
            f"insert into {table} ({', '.join(names)}) values {marks} "  # noqa: S608
            f"on conflict ({key}) do update set {kept}"
        )

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(statement(1), values)
            return
        for some in batched(values, 100):
            cursor.execute(statement(len(some)), [value for row in some for value in row])


def _adapter(field: Any) -> Callable[[Any], Any] | None:
    """How the database wants this field's values; None where it takes them as they are."""
    match field:
        case models.JSONField():
            return lambda value: connection.ops.adapt_json_value(value, None)
        case models.DateTimeField():
            return connection.ops.adapt_datetimefield_value
        case models.DateField():
            return connection.ops.adapt_datefield_value
    return None


def _ready(value: Any, adapt: Callable[[Any], Any] | None) -> Any:
    return value if adapt is None or value is None else adapt(value)


class _Owner(NamedTuple):
    user_id: int | None
    name: str | None
    team_id: int | None


class _Said(NamedTuple):
    """What a source says an attribute is (`quality.Stated`), without the weight of a model."""

    pk: int
    number: float | None
    text: str | None
    day: date | None
    stated_at: datetime
    source: str


@dataclass
class _Gathered:
    """What the facts say about one account."""

    owner: _Owner | None = None
    tags: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    external: list[tuple[str, str, datetime]] = field(default_factory=list)
    people: int = 0
    roles: set[str] = field(default_factory=set)
    children: int = 0
    touched_at: datetime | None = None
    two_way_at: datetime | None = None
    next_step_on: date | None = None
    values: dict[int, list[_Said]] = field(default_factory=lambda: defaultdict(list))


def _columns(ids: Sequence[int], attributes: dict[int, Attribute], now: datetime) -> list[dict[str, Any]]:
    gathered = _gather(ids, now)
    published = published_columns(ids, now)
    known = rhythms(now)
    accounts = Account.objects.filter(pk__in=ids).annotate(parent_name=F("parent__name"))
    return [
        _row(account, gathered[account["pk"]], attributes, known, now, published[account["pk"]].pop(ISSUES))
        | published[account["pk"]]
        for account in accounts.values(
            "pk", "key", "name", "removed_at", "recorded_at", "source", "revision", "parent_id", "parent_name"
        )
    ]


def _gather(ids: Sequence[int], now: datetime) -> dict[int, _Gathered]:
    found: dict[int, _Gathered] = defaultdict(_Gathered)
    owners = Ownership.objects.standing().true_at(now).filter(account__in=ids, kind=OwnershipKind.NAMED)
    for account, user, name, team, pool in owners.values_list(
        "account_id", "user_id", "user__name", "user__team_id", "team_id"
    ):
        found[account].owner = _Owner(user, name, team if user else pool)
    taggings = Tagging.objects.standing().true_at(now).filter(account__in=ids).order_by("tag__name_folded")
    for account, tag in taggings.values_list("account_id", "tag__name"):
        found[account].tags.append(tag)
    for account, name in Domain.objects.filter(account__in=ids).order_by("id").values_list("account_id", "name"):
        found[account].domains.append(name)
    external = AccountExternalId.objects.filter(account__in=ids).order_by("source", "id")
    for account, source, name, seen in external.values_list("account_id", "source", "external_id", "seen_at"):
        found[account].external.append((source, name, seen))
    members = Membership.objects.standing().true_at(now).filter(account__in=ids, person__removed_at__isnull=True)
    for account, count in _pairs(members.values("account_id").annotate(n=Count("person_id", distinct=True))):
        found[account].people = count
    roles = RoleHeld.objects.standing().true_at(now).filter(account__in=ids, person__removed_at__isnull=True)
    for account, role in roles.values_list("account_id", "role"):
        found[account].roles.add(role)
    children = Account.objects.filter(parent__in=ids, removed_at__isnull=True).values("parent_id")
    for account, count in _pairs(children.annotate(n=Count("pk")), "parent_id"):
        found[account].children = count
    _gather_touches(ids, found, now)
    values = AttributeValue.objects.standing().true_at(now).filter(account__in=ids)
    said: Iterable[Any] = values.values_list(
        "account_id", "attribute_id", "pk", "number", "text", "day", "stated_at", "source"
    )
    for account, attribute, *one in said:
        found[account].values[attribute].append(_Said(*one))
    return found


def _gather_touches(ids: Sequence[int], found: dict[int, _Gathered], now: datetime) -> None:
    standing = Touch.objects.standing().filter(account__in=ids)
    last = Max("occurred_at")
    for account, moment in _pairs(standing.values("account_id").annotate(n=last)):
        found[account].touched_at = moment
    for account, moment in _pairs(standing.two_way().values("account_id").annotate(n=last)):
        found[account].two_way_at = moment
    ahead = standing.filter(next_step_on__gte=day_of(now))
    for account, day in _pairs(ahead.values("account_id").annotate(n=Min("next_step_on"))):
        found[account].next_step_on = day


def _pairs(rows: Iterable[Any], key: str = "account_id") -> Iterator[tuple[int, Any]]:
    return ((row[key], row["n"]) for row in rows)


def _row(
    account: Mapping[str, Any],
    facts: _Gathered,
    attributes: dict[int, Attribute],
    known: Mapping[str, Rhythm],
    now: datetime,
    of_rooms: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """The columns of one list row; slots without a value are left out. of_rooms: findings of the rooms below."""
    owner = facts.owner or _Owner(None, None, None)
    stated = {attributes[a]: values for a, values in facts.values.items()}
    current = {attribute: current_value(values) for attribute, values in stated.items()}
    missing = [role.value for role in MUST_BE_COVERED if role.value not in facts.roles]
    issues = findings(
        Findings(
            roles_missing=missing,
            people=facts.people,
            has_owner=facts.owner is not None,
            sources=facts.external,
            values=stated,
            expected=[a for a in attributes.values() if a.is_expected and not a.is_archived],
            rhythms=known,
        ),
        now=now,
    )
    issues += of_rooms
    names = [account["name"], account["key"], *facts.domains, *(name for _, name, _ in facts.external)]
    row = {
        "account_id": account["pk"],
        "key": account["key"],
        "name": account["name"],
        "name_folded": fold(account["name"]),
        "search_text": fold(" ".join(names)),
        "is_removed": account["removed_at"] is not None,
        "owner_id": owner.user_id,
        "owner_name": owner.name,
        "owner_name_folded": fold(owner.name) if owner.name is not None else None,
        "owner_team_id": owner.team_id,
        "parent_id": account["parent_id"],
        "parent_name": account["parent_name"],
        "parent_name_folded": fold(account["parent_name"]) if account["parent_name"] is not None else None,
        "children_count": facts.children,
        "people_count": facts.people,
        "roles_covered": len(MUST_BE_COVERED) - len(missing),
        "roles_missing": barred(missing),
        "last_touch_on": day_of(facts.touched_at) if facts.touched_at else None,
        "last_two_way_on": day_of(facts.two_way_at) if facts.two_way_at else None,
        "next_step_on": facts.next_step_on,
        "tags": facts.tags,
        "sources": barred(sorted({source for source, _, _ in facts.external} | {account["source"]})),
        "issues": issues,
        "issue_codes": barred(sorted({issue["code"] for issue in issues})),
        "issue_count": len(issues),
        "added_on": day_of(account["recorded_at"]),
        "attributes": {a.key: said for a, v in current.items() if v is not None and (said := shown(a, v)) is not None},
        "revision": account["revision"],
        "refreshed_at": now,
    }
    for attribute, value in current.items():
        if attribute.slot and value is not None and not attribute.is_archived:
            row[attribute.slot] = compared(attribute, value)
    return row


def barred(words: Iterable[str]) -> str:
    """`|one|two|`: several machine words in one column; empty when there are none."""
    joined = "|".join(words)
    return f"|{joined}|" if joined else ""


def current_value(values: Iterable[Stated]) -> Stated | None:
    """Of what the sources say, what counts: the latest stated; of two stated at once, what a person typed."""
    return max(values, key=lambda v: (v.stated_at, v.source == "staff", v.pk or 0), default=None)


def shown(attribute: Attribute, value: Stated) -> Any:
    """The value as the JSON copy keeps it: a number, minor units, true or false, text, or an ISO date."""
    if attribute.kind == AttributeKind.DATE:
        return value.day.isoformat() if value.day else None
    if attribute.kind in {AttributeKind.TEXT, AttributeKind.CHOICE}:
        return value.text
    if value.number is None:
        return None
    if attribute.kind == AttributeKind.FLAG:
        return bool(value.number)
    return int(value.number) if value.number.is_integer() else value.number


def compared(attribute: Attribute, value: Stated) -> Any:
    """The value as a slot keeps it for comparing and sorting."""
    if attribute.kind == AttributeKind.DATE:
        return value.day
    if attribute.kind == AttributeKind.CHOICE:
        return value.text[:400] if value.text is not None else None  # a machine word, compared exactly
    if attribute.kind == AttributeKind.TEXT:
        # An index entry has a size limit; nobody sorts by what stands after 400 characters.
        return fold(value.text)[:400] if value.text is not None else None
    return value.number
