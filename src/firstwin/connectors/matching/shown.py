"""A case as a person decides it: the row beside the records it may mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from firstwin.accounts.models import Account, Membership, Person
from firstwin.connectors.models import MatchCase


class _Known(NamedTuple):
    name: str
    address: tuple[str, dict[str, str]]
    said: list[tuple[str, str]]


@dataclass(frozen=True)
class Shown:
    """A candidate.  said: what it says about the fields the row speaks of, as far as we keep them, in their order."""

    id: int
    name: str
    address: tuple[str, dict[str, str]]
    confidence: float
    reasons: Sequence[str]
    said: Sequence[tuple[str, str]]


def candidates_of(case: MatchCase) -> list[Shown]:
    """Those that are still there, best first."""
    ids = [one["id"] for one in case.candidates]
    known = _accounts(ids) if case.kind == "accounts" else _people(ids)
    return [
        Shown(
            one["id"],
            known[one["id"]].name,
            known[one["id"]].address,
            one["confidence"],
            one["reasons"],
            known[one["id"]].said,
        )
        for one in case.candidates
        if one["id"] in known
    ]


def _accounts(ids: Sequence[int]) -> dict[int, _Known]:
    rows = Account.objects.filter(pk__in=ids, removed_at__isnull=True).select_related("now")
    return {
        account.pk: _Known(
            account.name,
            ("account", {"key": account.key}),
            [
                ("Domains", ", ".join(account.domains.order_by("name").values_list("name", flat=True))),
                ("Owner", account.now.owner_name or ""),
                ("Parent", account.now.parent_name or ""),
                ("Known as", ", ".join(map(str, account.external_ids.order_by("source", "external_id")[:5]))),
                ("People", str(account.now.people_count)),
            ],
        )
        for account in rows.prefetch_related("domains", "external_ids")
    }


def _people(ids: Sequence[int]) -> dict[int, _Known]:
    found: dict[int, _Known] = {}
    for person in Person.objects.filter(pk__in=ids, removed_at__isnull=True):
        places = Membership.objects.open().filter(person=person).select_related("account")[:5]
        said = [
            ("Email", person.email),
            ("Phone", person.phone),
            ("Works at", ", ".join(place.account.name for place in places)),
            ("Known as", ", ".join(map(str, person.external_ids.order_by("source", "external_id")[:5]))),
        ]
        found[person.pk] = _Known(person.name, ("contact", {"person": person.key}), said)
    return found
