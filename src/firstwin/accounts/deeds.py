"""The audit trail of an account in words: who did what, with what was there before and after."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from firstwin.accounts.models import (
    Account,
    Attribute,
    ContactRole,
    Direction,
    OwnershipKind,
    Person,
    TouchKind,
    Visibility,
)
from firstwin.accounts.values import shown_in_words
from firstwin.people.models import AuditRow, User

SAYS: Mapping[str, str] = {
    "account.absorbed": "merged another account into this one",
    "account.assigned": "changed the owner",
    "account.described": "changed values",
    "account.edited": "edited the account",
    "account.merged": "merged it into another account",
    "account.moved": "moved the account",
    "account.opened": "opened the account",
    "account.owner_added": "added an owner",
    "account.owner_ended": "ended an ownership",
    "account.released": "took a merged account out again",
    "account.removed": "removed the account",
    "account.restored": "restored the account",
    "account.retagged": "changed the tags",
    "account.tagged": "added a tag",
    "account.unmerged": "let it stand by itself again",
    "account.untagged": "took a tag off",
    "churn.corrected": "corrected a churn record",
    "churn.recorded": "recorded churn",
    "churn.restored": "brought a churn record back",
    "churn.retracted": "took a churn record back",
    "file.kept": "added a file",
    "file.removed": "removed a file",
    "file.restored": "brought a file back",
    "file.shown_to": "changed who sees a file",
    "note.added": "wrote a note",
    "note.edited": "edited a note",
    "note.pinned": "pinned a note",
    "note.removed": "removed a note",
    "note.restored": "brought a note back",
    "note.unpinned": "unpinned a note",
    "person.absorbed": "merged another record into {about}",
    "person.added": "added {about}",
    "person.edited": "edited {about}",
    "person.joined": "noted that {about} joined",
    "person.left": "noted that {about} left",
    "person.merged": "merged {about} into another record",
    "person.unmerged": "let {about} stand by themselves again",
    "pulse.given": "gave a pulse",
    "pulse.retracted": "took a pulse back",
    "role.ended": "ended the role {role} of {about}",
    "role.given": "gave the role {role} to {about}",
    "score.overridden": "set points by hand",
    "score.override_taken_back": "let the computed points count again",
    "touch.corrected": "corrected a touch",
    "touch.logged": "logged a touch",
    "touch.restored": "brought a touch back",
    "touch.retracted": "took a touch back",
}  # fmt: skip

# What the filter offers: beginnings of deeds, and how they are called.
GROUPS = (
    ("account.", "The account"),
    ("touch.", "Touches"),
    ("note.", "Notes"),
    ("person.", "People"),
    ("role.", "Roles"),
    ("file.", "Files"),
    ("churn.", "Churn"),
)

_PEOPLE = {"owner", "user"}
_ACCOUNTS = {"parent", "account"}


@dataclass(frozen=True)
class Change:
    """One thing that was one way and then another; '' where there was nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One row of the trail. says: the deed, to be read after who did it."""

    id: int
    at: datetime
    who: str
    says: str
    did: str
    changes: Sequence[Change]
    is_erased: bool


def told(rows: Iterable[AuditRow]) -> list[Entry]:
    """Rows in words. Names are looked up once per kind, however many rows."""
    rows = list(rows)
    names = _Names(rows)
    return [_entry(row, names) for row in rows]


def _entry(row: AuditRow, names: "_Names") -> Entry:
    detail = getattr(row, "detail", None)
    before, after = _dict(detail and detail.before), _dict(detail and detail.after)
    keys = [*before, *(key for key in after if key not in before)]
    changes = [
        Change(names.label(key), names.value(key, before.get(key)), names.value(key, after.get(key)))
        for key in keys
        if key not in _HIDDEN and not (key == "role" and row.did.startswith("role."))
    ]
    return Entry(
        id=row.pk,
        at=row.at,
        who=row.actor.name if row.actor else "Firstwin",
        says=_says(row, names, after),
        did=row.did,
        changes=[one for one in changes if one.before != one.after],
        is_erased=bool(detail and detail.erased_at),
    )


def _says(row: AuditRow, names: "_Names", after: Mapping[str, Any]) -> str:
    """The deed in words. Deeds of rooms that came later are told by their own name."""
    says = SAYS.get(row.did, row.did.replace(".", " ").replace("_", " "))
    about = names.person(row.on_id) if row.on_kind == "accounts.person" else ""
    return says.replace("{about}", about or "somebody").replace("{role}", names.value("role", after.get("role")))


_HIDDEN = {"sha256", "account"}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "role": {role.value: role.label.lower() for role in ContactRole},
    "kind": {kind.value: str(kind.label) for one in (OwnershipKind, TouchKind) for kind in one},
    "visibility": {seen.value: seen.label for seen in Visibility},
    "direction": {way.value: way.label for way in Direction},
}


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


class _Names:
    """What numbers in the details mean to a reader."""

    def __init__(self, rows: Sequence[AuditRow]) -> None:
        users: set[int] = set()
        accounts: set[int] = set()
        for row in rows:
            detail = getattr(row, "detail", None)
            for side in (_dict(detail and detail.before), _dict(detail and detail.after)):
                users |= {side[key] for key in _PEOPLE if isinstance(side.get(key), int)}
                accounts |= {side[key] for key in _ACCOUNTS if isinstance(side.get(key), int)}
        people = {int(row.on_id) for row in rows if row.on_kind == "accounts.person" and row.on_id.isdigit()}
        self.users = _names_of(User, users)
        self.accounts = _names_of(Account, accounts)
        self.people = _names_of(Person, people)
        self.attributes = {a.key: a for a in Attribute.objects.all()} if rows else {}

    def person(self, pk: str) -> str:
        return self.people.get(int(pk), "") if pk.isdigit() else ""

    def label(self, key: str) -> str:
        attribute = self.attributes.get(key)
        return attribute.label if attribute else key.replace("_", " ").capitalize()

    def value(self, key: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if key in _PEOPLE and isinstance(value, int):
            return self.users.get(value, f"user {value}")
        if key in _ACCOUNTS and isinstance(value, int):
            return self.accounts.get(value, f"account {value}")
        if key in self.attributes:
            try:
                return shown_in_words(self.attributes[key], value)
            except (TypeError, ValueError):
                return str(value)
        if key in _WORDS:
            return _WORDS[key].get(str(value), str(value))
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, list):
            return ", ".join(map(str, value))
        return str(value)


def _names_of(model: Any, ids: set[int]) -> dict[int, str]:
    return dict(model.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
