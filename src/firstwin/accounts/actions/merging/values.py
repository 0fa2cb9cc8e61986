"""What two accounts say differently, and whose word counts after they are merged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from firstwin.accounts.actions.assign import assign_owner
from firstwin.accounts.actions.refresh_now import shown
from firstwin.accounts.actions.set_attributes import put_columns
from firstwin.accounts.attributes import Columns, as_columns, current_columns
from firstwin.accounts.models import Account, Attribute, AttributeValue, Ownership, OwnershipKind
from firstwin.accounts.values import in_words
from firstwin.people.audit import record
from firstwin.people.models import User

ATTRIBUTE = "attribute:"


@dataclass(frozen=True)
class Side:
    """What one of the two says.  value: as it is stored; words: as it is read, '' for nothing."""

    value: Any
    words: str


@dataclass(frozen=True)
class Difference:
    """One thing on which the two may differ.  key: as in the choices."""

    key: str
    label: str
    survivor: Side
    absorbed: Side

    @property
    def is_choice(self) -> bool:
        """Both say something, and not the same."""
        return bool(self.absorbed.words) and bool(self.survivor.words) and self.survivor.value != self.absorbed.value


def compared(survivor: Account, absorbed: Account, *, now: datetime) -> list[Difference]:
    """Name, owner, parent and every attribute of which one of them says something, as of now."""
    owners = _owners([survivor.pk, absorbed.pk], now)
    found = [
        Difference("name", "Name", Side(survivor.name, survivor.name), Side(absorbed.name, absorbed.name)),
        Difference("owner", "Owner", _person(owners.get(survivor.pk)), _person(owners.get(absorbed.pk))),
        Difference("parent", "Parent", _parent(survivor), _parent(absorbed)),
    ]
    attributes = list(Attribute.objects.filter(is_archived=False).order_by("position", "pk"))
    columns = current_columns([survivor.pk, absorbed.pk], [a.pk for a in attributes], now=now)
    for attribute in attributes:
        mine = columns.get((survivor.pk, attribute.pk), (None, None, None))
        theirs = columns.get((absorbed.pk, attribute.pk), (None, None, None))
        if mine != (None, None, None) or theirs != (None, None, None):
            found.append(
                Difference(
                    f"{ATTRIBUTE}{attribute.key}", attribute.label, _said(attribute, mine), _said(attribute, theirs)
                )
            )
    return found


def settle(
    *, by: User | None, survivor: Account, said: list[Difference], chosen: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """State on the survivor what was chosen from the absorbed one, and an owner where it has none after the move.

    Returns what it said before and says now, for `restore`.
    """
    before: dict[str, Any] = {}
    by_key = {one.key: one for one in said}
    name, owner = by_key["name"], by_key["owner"]
    if "name" in chosen and name.is_choice:
        before["name"] = [survivor.name, name.absorbed.value]
        _rename(by, survivor, name.absorbed.value, now)
    held = _owners([survivor.pk], now).get(survivor.pk)
    if owner.absorbed.value is not None and ("owner" in chosen or held is None):
        wanted = User.objects.get(pk=owner.absorbed.value)
        if wanted.is_active and (held is None or held.pk != wanted.pk):
            assign_owner(by=by, accounts=[survivor], owner=wanted, now=now)
            before["owner"] = [held.pk if held else None, wanted.pk]
    values = {
        Attribute.objects.get(key=key.removeprefix(ATTRIBUTE)): by_key[key].absorbed.value
        for key in chosen
        if key.startswith(ATTRIBUTE) and key in by_key and by_key[key].is_choice
    }
    if values:
        changed = put_columns(by=by, values={survivor: values}, now=now)
        after = {attribute.key: shown(attribute, _row(columns)) for attribute, columns in values.items()}
        before["values"] = {key: [was, after[key]] for key, was in changed.get(survivor.pk, {}).items()}
    return before


def restore(*, by: User | None, survivor: Account, before: Mapping[str, Any], now: datetime) -> None:
    """Say again what `settle` changed, where nobody said something else since."""
    if "name" in before and survivor.name == before["name"][1]:
        _rename(by, survivor, before["name"][0], now)
    if "owner" in before:
        was, given = before["owner"]
        held = _owners([survivor.pk], now).get(survivor.pk)
        earlier = User.objects.filter(pk=was).first() if was else None
        if held is not None and held.pk == given and (earlier is None or earlier.is_active):
            assign_owner(by=None, accounts=[survivor], owner=earlier, now=now)
    attributes = {a.key: a for a in Attribute.objects.filter(key__in=before.get("values", {}))}
    columns = current_columns([survivor.pk], [a.pk for a in attributes.values()], now=now)
    back: dict[Attribute, Columns] = {}
    for key, (was, given) in before.get("values", {}).items():
        attribute = attributes.get(key)
        if attribute is None:
            continue
        here = columns.get((survivor.pk, attribute.pk), (None, None, None))
        if shown(attribute, _row(here)) == given:
            back[attribute] = as_columns(attribute, was, is_minor=True)
    if back:
        put_columns(by=None, values={survivor: back}, now=now)


def _rename(by: User | None, account: Account, name: str, now: datetime) -> None:
    record(
        by=by,
        did="account.edited",
        on=account,
        now=now,
        account_id=account.pk,
        before={"name": account.name},
        after={"name": name},
    )
    Account.objects.filter(pk=account.pk).update(name=name, edition=account.edition + 1)
    account.name, account.edition = name, account.edition + 1


def _owners(ids: list[int], now: datetime) -> dict[int, User]:
    rows = Ownership.objects.standing().true_at(now).filter(account__in=ids, kind=OwnershipKind.NAMED)
    return {row.account_id: row.user for row in rows.select_related("user") if row.user is not None}


def _person(user: User | None) -> Side:
    return Side(user.pk, user.name) if user is not None else Side(None, "")


def _parent(account: Account) -> Side:
    return Side(account.parent_id, account.parent.name) if account.parent is not None else Side(None, "")


def _row(columns: Columns) -> AttributeValue:
    number, text, day = columns
    return AttributeValue(number=number, text=text, day=day)


def _said(attribute: Attribute, columns: Columns) -> Side:
    return Side(columns, in_words(attribute, _row(columns)) if columns != (None, None, None) else "")
