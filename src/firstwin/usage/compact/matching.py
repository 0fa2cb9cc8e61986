"""Which account a place means, by what both are called. What a person said about a place is left alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from firstwin.accounts.actions.receive import UNSAID, AccountSaid, receive_accounts, refresh_received
from firstwin.accounts.models import Account, AccountExternalId, Domain
from firstwin.accounts.timeline import batched
from firstwin.core.failpoints import failpoint
from firstwin.core.text import is_clean
from firstwin.usage.compact.looking import rows_among, set_column
from firstwin.usage.models import Source
from firstwin.usage.store.models import Place, Touched
from firstwin.usage.store.router import EVENTS


class Unknown(NamedTuple):
    """A place that means no account yet.  source: the key of its source."""

    pk: int
    source: str
    key: str
    name: str
    domain: str
    adds_accounts: bool


def match_places(places: Collection[int], *, now: datetime) -> set[int]:
    """Find the accounts of these places where they are not known yet, or open them where the source may. Returns the
    places that mean an account now."""
    found: set[int] = set()
    for some in batched(sorted(places), 2_000):
        unknown = _unknown(some)
        known = _meant(unknown)
        found |= settle_places(known, now=now)
        rest = [one for one in unknown if one.pk not in known and one.adds_accounts and one.name]
        found |= settle_places(_opened(rest, now), now=now)
    return found


def settle_places(meant: dict[int, tuple[int, str]], *, now: datetime) -> set[int]:
    """Place → (account, how that was found), where nobody said anything in the meantime."""
    if not meant:
        return set()
    failpoint("compact.places.before")
    with transaction.atomic(using=EVENTS):
        rows = Place.objects.filter(account__isnull=True, is_ignored=False).exclude(how="chosen").select_for_update()
        settled = sorted(pk for (pk,) in rows_among(rows, "id", meant, "pk"))
        set_column(Place, "account", {place: meant[place][0] for place in settled})
        set_column(Place, "how", {place: meant[place][1] for place in settled})
        touch({meant[place][0] for place in settled}, now=now)
    failpoint("compact.places.after")
    return set(settled)


def touch(accounts: Iterable[int], *, now: datetime) -> None:
    """Mark accounts whose usage changed. Within the transaction that changes it."""
    rows = [Touched(account=account, at=now) for account in sorted(set(accounts))]
    Touched.objects.bulk_create(
        rows, batch_size=5_000, update_conflicts=True, unique_fields=["account"], update_fields=["at"]
    )


def _unknown(places: Collection[int]) -> list[Unknown]:
    rows: QuerySet[Place] = Place.objects.filter(account__isnull=True, is_ignored=False, source__gt=0)
    found = rows_among(rows.exclude(how="chosen"), "id", places, "pk", "source", "key", "name", "domain")
    sources = {source.pk: source for source in Source.objects.filter(pk__in={row[1] for row in found})}
    return [
        Unknown(pk, sources[source].key, key, name, domain, sources[source].adds_accounts)
        for pk, source, key, name, domain in found
        if source in sources
    ]


def _meant(unknown: Collection[Unknown]) -> dict[int, tuple[int, str]]:
    """Place → (account, how), for those whose names mean one account and no other."""
    keys = {one.key for one in unknown}
    own: dict[tuple[str, str], int] = {}
    anybodys: dict[str, set[int]] = defaultdict(set)
    rows = AccountExternalId.objects.filter(external_id__in=keys)
    for source, external_id, account in rows.values_list("source", "external_id", "account_id"):
        own[source, external_id] = account
        anybodys[external_id].add(account)
    accounts = dict(Account.objects.filter(key__in=keys).values_list("key", "pk"))
    owners: dict[str, set[int]] = defaultdict(set)
    names = {one.domain for one in unknown if one.domain} | keys
    for name, account in Domain.objects.filter(name__in=names).values_list("name", "account_id"):
        owners[name].add(account)
    found: dict[int, tuple[int, str]] = {}
    for one in unknown:
        steps = (
            ({own[one.source, one.key]} if (one.source, one.key) in own else set(), "external_id"),
            (anybodys.get(one.key, set()), "external_id"),
            ({accounts[one.key]} if one.key in accounts else set(), "key"),
            (owners.get(one.domain or one.key, set()), "domain"),
        )
        for candidates, how in steps:
            if len(candidates) == 1:
                found[one.pk] = (next(iter(candidates)), how)
                break
    return found


def _opened(unknown: Collection[Unknown], now: datetime) -> dict[int, tuple[int, str]]:
    """Open accounts for them, each known by its source's id from then on."""
    found: dict[int, tuple[int, str]] = {}
    for source in sorted({one.source for one in unknown}):
        some = [one for one in unknown if one.source == source and is_clean(one.name)]
        said = [
            AccountSaid(
                row=one.pk,
                external_id=one.key,
                known_at=now,
                name=one.name,
                domains=[one.domain] if one.domain else UNSAID,
            )
            for one in some
        ]
        received = receive_accounts(said=said, source=source, now=now)
        refresh_received(received.touched, now=now)
        failpoint("compact.accounts.opened")
        found |= {row: (account, "external_id") for row, account in received.ids.items()}
    return found
