"""Find accounts, people and staff by the names others have for them, many at once."""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from firstwin.accounts.actions.identity import checked_domain
from firstwin.accounts.actions.people import folded_email
from firstwin.accounts.merged import survivors
from firstwin.accounts.merging import Target
from firstwin.accounts.models import (
    Account,
    AccountExternalId,
    AccountNow,
    Domain,
    Person,
    PersonAddress,
    PersonExternalId,
)
from firstwin.accounts.timeline import batched
from firstwin.core.errors import Refused
from firstwin.core.text import fold
from firstwin.people.models import User

By = Literal["external_id", "key", "name", "domain", "email"]
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Reference:
    """What something is called.  to: account or person.  source: whose external id it is."""

    to: Literal["account", "person"]
    by: By
    value: str
    source: str = ""

    @property
    def compared(self) -> str:
        """The value as it is compared. Raises Refused for what cannot be one."""
        match self.by:
            case "name":
                return fold(self.value)
            case "email":
                return folded_email(self.value)
            case "domain":
                return checked_domain(self.value)
        return self.value.strip()


Found = dict[Reference, int | str]
"""Reference → id, or the sentence that says why there is none."""


class Directory:
    """Resolves references. `pretend` adds what a dry run would have stored."""

    def __init__(self) -> None:
        self._pretended: dict[tuple[str, str, str, str], set[int]] = {}

    def pretend(self, reference: Reference, pk: int) -> None:
        with suppress(Refused):  # a bad domain is told elsewhere
            self._pretended.setdefault(_slot(reference, reference.compared), set()).add(pk)

    def find(self, references: Collection[Reference]) -> Found:
        """Each reference → the id of the one thing it means, or why it means none."""
        found: Found = {}
        slots: dict[tuple[str, str, str], dict[str, list[Reference]]] = {}
        for reference in references:
            try:
                compared = reference.compared
            except Refused as problem:
                found[reference] = problem.message
                continue
            slots.setdefault((reference.to, reference.by, reference.source), {}).setdefault(compared, []).append(
                reference
            )
        for (to, by, source), wanted in slots.items():
            meant: dict[str, set[int]] = {}
            for some in batched(sorted(wanted), _AT_ONCE):
                for compared, pk in _rows(to, by, source, some):
                    meant.setdefault(compared, set()).add(pk)
            for compared in wanted:
                meant.setdefault(compared, set()).update(self._pretended.get((to, by, source, compared), set()))
            unknown = [name for name in wanted if by == "external_id" and not meant[name]]
            reasons = _reasons_for(to, source, unknown) if unknown else {}
            for compared, asked in wanted.items():
                ids = meant[compared]
                if len(ids) == 1:
                    found |= dict.fromkeys(asked, next(iter(ids)))
                    continue
                for reference in asked:
                    found[reference] = reasons.get(compared) or _why_not(reference, len(ids))
        return found


def _slot(reference: Reference, compared: str) -> tuple[str, str, str, str]:
    return reference.to, reference.by, reference.source, compared


def _rows(to: str, by: str, source: str, values: Iterable[str]) -> Any:
    """(compared value, id) pairs."""
    rows: Any
    match to, by:
        case "account", "external_id":
            rows = AccountExternalId.objects.filter(source=source, external_id__in=values)
            return rows.values_list("external_id", "account_id")
        case "account", "key":
            return _standing(Account, Account.objects.filter(key__in=values).values_list("key", "pk"))
        case "account", "name":
            rows = AccountNow.objects.filter(name_folded__in=values, is_removed=False)
            return rows.values_list("name_folded", "account_id")
        case "account", "domain":
            rows = Domain.objects.filter(name__in=values, account__removed_at__isnull=True)
            return rows.values_list("name", "account_id")
        case "person", "external_id":
            rows = PersonExternalId.objects.filter(source=source, external_id__in=values)
            return rows.values_list("external_id", "person_id")
        case "person", "key":
            return _standing(Person, Person.objects.filter(key__in=values).values_list("key", "pk"))
        case "person", "email":
            return addressed(values)
    raise Refused(f"An {to} cannot be found by {by}.")


def _standing(target: Target, rows: Any) -> list[tuple[str, int]]:
    """The rows, with who stands for a record that was merged in its place."""
    found = list(rows)
    into = survivors(target, [pk for _, pk in found])
    return [(name, into.get(pk, pk)) for name, pk in found]


def addressed(addresses: Iterable[str]) -> list[tuple[str, int]]:
    """(folded address, person) of everybody who has one of these, as their first address or as another one."""
    rows = Person.objects.filter(email_folded__in=addresses, removed_at__isnull=True)
    others = PersonAddress.objects.filter(email_folded__in=addresses, person__removed_at__isnull=True)
    return [*rows.values_list("email_folded", "pk"), *others.values_list("email_folded", "person_id")]


Reasons = Callable[[str, str, Collection[str]], Mapping[str, str]]
"""(account or person, source, external ids nobody has) → id → the sentence that says why."""

_reasons: list[Reasons] = []


def register_reason(reasons: Reasons) -> None:
    """Let another room say why an external id means nothing yet: it may wait for a person to decide."""
    if reasons not in _reasons:
        _reasons.append(reasons)


def _reasons_for(to: str, source: str, ids: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for reasons in _reasons:
        found |= reasons(to, source, ids)
    return found


def _why_not(reference: Reference, count: int) -> str:
    words = {"external_id": f"{reference.source} id", "key": "key", "email": "mail address"}
    by = words.get(reference.by, reference.by)
    things = "accounts" if reference.to == "account" else "people"
    if count:
        return f"{count} {things} have the {by} {reference.value[:80]!r}."
    return f"No {'account' if reference.to == 'account' else 'person'} has the {by} {reference.value[:80]!r}."


def find_staff(addresses: Collection[str], *, may_be_disabled: bool = False) -> dict[str, int | str]:
    """Mail address → id of the staff user, or why there is none."""
    folded = {address: fold(address) for address in addresses}
    users = {user.email: user for user in User.objects.filter(email__in=set(folded.values()))}
    found: dict[str, int | str] = {}
    for address, compared in folded.items():
        user = users.get(compared)
        if user is None:
            found[address] = f"Nobody on the staff has the address {address[:80]!r}."
        elif user.disabled_at is not None and not may_be_disabled:
            found[address] = f"{user.name} is disabled and cannot own accounts."
        else:
            found[address] = user.pk
    return found
