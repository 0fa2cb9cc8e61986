"""Of which accounts use may be known, without opening the lake."""

from collections.abc import Collection, Sequence

from firstwin.accounts.bulk import among
from firstwin.accounts.merged import survivors
from firstwin.accounts.models import Account, Membership, Merge
from firstwin.core.remembering import remembered
from firstwin.usage.store.models import Actor, Piece, Place


def may_have_use(account_ids: Sequence[int]) -> list[int]:
    """Those with a place, or with somebody who sent events before anybody knew where; none while the lake is empty."""
    ids = tuple(account_ids)
    return remembered(("may have use", ids), lambda: _may_have_use(ids))


def _may_have_use(account_ids: Sequence[int]) -> list[int]:
    if not Piece.objects.filter(table="events", retired_at=None).exists():
        return []
    wanted = set(account_ids)
    into = survivors(Account, set(Merge.objects.open().values_list("absorbed_id", flat=True)))
    absorbed = [pk for pk, survivor in into.items() if survivor in wanted]
    places = among(Place.objects.filter(is_ignored=False), "account", [*wanted, *absorbed])
    held = set(places.values_list("account", flat=True).distinct())
    found = {into.get(pk, pk) for pk in held} & wanted
    return sorted(found | _where_somebody_is(wanted - found))


def _where_somebody_is(account_ids: Collection[int]) -> set[int]:
    """Accounts with a person whom events name."""
    if not account_ids:
        return set()
    rows = among(Membership.objects.standing(), "account_id", account_ids).values_list("person_id", "account_id")
    works: dict[int, set[int]] = {}
    for person, account in rows:
        works.setdefault(person, set()).add(account)
    known = among(Actor.objects.order_by(), "person", list(works)).values_list("person", flat=True)
    return {account for person in set(known) for account in works[person]}
