"""Questions about one account and the people around it. Each has a fixed number of reads, however much there is."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, QuerySet

from firstwin.accounts.attributes import Columns
from firstwin.accounts.hierarchy import ancestors_of
from firstwin.accounts.models import (
    MUST_BE_COVERED,
    Account,
    AccountNow,
    Attribute,
    AttributeValue,
    ContactRole,
    File,
    Membership,
    Note,
    Ownership,
    OwnershipKind,
    Person,
    RoleHeld,
    Touch,
    TouchAttendee,
)
from firstwin.accounts.models.kinds import ROLE_MEANING
from firstwin.accounts.scope import Accounts, AccountSet
from firstwin.accounts.search import matching
from firstwin.accounts.values import in_words
from firstwin.core.clock import day_of
from firstwin.core.errors import NotFound

RECENT = timedelta(days=90)
"""A person nobody spoke with for this long is out of touch; see `PeopleHere.only_one`."""


def account_of(scope: AccountSet, key: str) -> Account:
    """The account called `key`, removed or not, with its list row. Raises NotFound."""
    rows = scope.accounts(removed=True).rows.select_related("now", "parent")
    return Accounts(rows).get_or_404(key)


@dataclass(frozen=True)
class Crumb:
    """An account above. key is '' when the reader may not open it."""

    name: str
    key: str


def above(account: Account, scope: AccountSet) -> list[Crumb]:
    """The accounts above, the topmost first."""
    if account.parent_id is None:
        return []
    ids = ancestors_of(account.pk)
    names = dict(Account.objects.filter(pk__in=ids).values_list("pk", "name"))
    keys = dict(scope.only(ids).accounts(removed=True).rows.values_list("pk", "key"))
    return [Crumb(names[pk], keys.get(pk, "")) for pk in reversed(ids) if pk in names]


def owners_of(account: Account, now: datetime) -> list[Ownership]:
    """Who looks after it now, the named owner first."""
    rows = Ownership.objects.standing().true_at(now).filter(account=account).select_related("user", "team")
    order = list(OwnershipKind)
    return sorted(rows, key=lambda row: (order.index(OwnershipKind(row.kind)), row.valid_from, row.pk))


def attributes_in_use() -> list[Attribute]:
    return list(Attribute.objects.filter(is_archived=False).order_by("position", "pk"))


# --- values and where they come from ------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """An attribute of an account: what counts, and what each source says now.

    counts: the statement that counts (the latest), None when nobody said anything.
    others: statements of other sources that say something else.
    """

    attribute: Attribute
    counts: AttributeValue | None
    others: Sequence[AttributeValue]

    @property
    def words(self) -> str:
        return in_words(self.attribute, self.counts)

    @property
    def is_disputed(self) -> bool:
        """Sources disagree and no person has decided since."""
        return bool(self.others) and self.counts is not None and self.counts.source != "staff"


def said_about(account: Account, attributes: Collection[Attribute], now: datetime) -> list[Said]:
    """Every attribute with its statements, in the order given."""
    rows = AttributeValue.objects.standing().true_at(now).filter(account=account)
    stated: dict[int, list[AttributeValue]] = defaultdict(list)
    for row in rows:
        stated[row.attribute_id].append(row)
    return [_said(attribute, stated[attribute.pk]) for attribute in attributes]


def _said(attribute: Attribute, rows: Sequence[AttributeValue]) -> Said:
    ranked = sorted(rows, key=lambda row: (row.stated_at, row.source == "staff", row.pk), reverse=True)
    counts = ranked[0] if ranked else None
    others = [row for row in ranked[1:] if _is_said(row) and counts is not None and columns(row) != columns(counts)]
    return Said(attribute, counts, others)


def columns(row: AttributeValue | None) -> Columns:
    """(number, text, day)."""
    return (row.number, row.text, row.day) if row is not None else (None, None, None)


def _is_said(row: AttributeValue) -> bool:
    return columns(row) != (None, None, None)


def values_before(account: Account, attribute: Attribute) -> QuerySet[AttributeValue]:
    """Everything any source ever said about it and that still stands, latest first."""
    rows = AttributeValue.objects.standing().filter(account=account, attribute=attribute)
    return rows.order_by("-valid_from", "-pk")


# --- people -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PersonHere:
    """Somebody at an account. roles: those they play here now."""

    person: Person
    membership: Membership
    roles: Sequence[ContactRole]
    touched_at: datetime | None


@dataclass(frozen=True)
class RoleHere:
    """One of the six roles and who plays it."""

    role: ContactRole
    meaning: str
    is_needed: bool
    players: Sequence[Person]

    @property
    def is_gap(self) -> bool:
        return self.is_needed and not self.players


@dataclass(frozen=True)
class PeopleHere:
    """Everybody at an account. only_one: the one person all recent touches were with, when there is such a one."""

    people: Sequence[PersonHere]
    former: Sequence[Membership]
    board: Sequence[RoleHere]
    only_one: Person | None = None
    roles_of: Mapping[int, Sequence[ContactRole]] = field(default_factory=dict)


def people_at(account: Account, now: datetime) -> PeopleHere:
    """Who works there, as what, and who did. Four reads."""
    rows = Membership.objects.standing().filter(account=account, person__removed_at__isnull=True)
    memberships = list(rows.select_related("person").order_by("person__name", "person_id", "-valid_from"))
    here = {m.person_id: m for m in memberships if _holds(m, now)}
    former: dict[int, Membership] = {}
    for m in memberships:
        if m.person_id not in here and m.valid_from <= now:
            former.setdefault(m.person_id, m)
    roles = _roles_at(account, now)
    last = dict(
        TouchAttendee.objects.filter(touch__account=account, touch__known_until__isnull=True)
        .values("person_id")
        .annotate(at=Max("touch__occurred_at"))
        .values_list("person_id", "at")
    )
    people = [
        PersonHere(m.person, m, [role for role in ContactRole if role in roles[pk]], last.get(pk))
        for pk, m in here.items()
    ]
    by_role = {role: [one.person for one in people if role in one.roles] for role in ContactRole}
    board = [RoleHere(role, ROLE_MEANING[role], role in MUST_BE_COVERED, by_role[role]) for role in ContactRole]
    recent = [pk for pk, at in last.items() if at >= now - RECENT]
    only = here[recent[0]].person if len(recent) == 1 and recent[0] in here and len(people) > 1 else None
    gone = sorted(former.values(), key=lambda m: m.valid_to or now, reverse=True)
    return PeopleHere(people, gone, board, only)


def _holds(row: Membership, now: datetime) -> bool:
    return row.valid_from <= now and (row.valid_to is None or row.valid_to > now)


def _roles_at(account: Account, now: datetime) -> dict[int, set[str]]:
    played: dict[int, set[str]] = defaultdict(set)
    rows = RoleHeld.objects.standing().true_at(now).filter(account=account)
    for person, role in rows.values_list("person_id", "role"):
        played[person].add(role)
    return played


def members_of(account: Account, now: datetime) -> QuerySet[Person]:
    """Who works there now, by name."""
    joined = Membership.objects.standing().true_at(now).filter(account=account).values("person_id")
    return Person.objects.filter(pk__in=joined, removed_at__isnull=True).order_by("name", "pk")


def get_member(account: Account, key: str) -> Person:
    """Somebody who works or worked at `account`. Raises NotFound."""
    joined = Membership.objects.standing().filter(account=account).values("person_id")
    person = Person.objects.filter(pk__in=joined, key=key, removed_at__isnull=True).first()
    if person is None:
        raise NotFound("There is no such person at this account.")
    return person


# --- contacts, across accounts ------------------------------------------------------------------------


def visible_people(scope: AccountSet) -> QuerySet[Person]:
    """People who work or worked at an account in scope."""
    rows = Person.objects.filter(removed_at__isnull=True)
    if scope.account_q is None:
        return rows
    joined = Membership.objects.standing().filter(scope.q("account_id"), person=OuterRef("pk"))
    return rows.filter(Exists(joined))


def get_person(scope: AccountSet, key: str) -> Person:
    """Raises NotFound for a person at no account in scope."""
    person = visible_people(scope).filter(key=key).first()
    if person is None:
        raise NotFound("There is no such person, or they are not in your scope.")
    return person


@dataclass(frozen=True)
class Listed:
    """A person in the list of contacts."""

    person: Person
    memberships: Sequence[Membership]
    roles: Sequence[str]


PAGE = 50


def contacts(scope: AccountSet, *, text: str, after: int | None, now: datetime) -> tuple[list[Listed], int | None]:
    """A page of people, latest first, and where the next one starts. Three reads."""
    rows = visible_people(scope).order_by("-pk")
    if text:
        rows = matching(rows, text)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows[: PAGE + 1])
    people, more = found[:PAGE], len(found) > PAGE
    ids = [person.pk for person in people]
    memberships: dict[int, list[Membership]] = defaultdict(list)
    joined = Membership.objects.standing().true_at(now).filter(scope.q("account_id"), person__in=ids)
    for m in joined.filter(account__removed_at__isnull=True).select_related("account").order_by("account__name"):
        memberships[m.person_id].append(m)
    roles: dict[int, set[str]] = defaultdict(set)
    played = RoleHeld.objects.standing().true_at(now).filter(scope.q("account_id"), person__in=ids)
    for pk, role in played.values_list("person_id", "role"):
        roles[pk].add(role)
    listed = [Listed(p, memberships[p.pk], [role.label for role in ContactRole if role in roles[p.pk]]) for p in people]
    return listed, people[-1].pk if more else None


def memberships_of(person: Person, scope: AccountSet) -> list[Membership]:
    """Where they work and worked, as far as the reader may see, latest first."""
    rows = Membership.objects.standing().filter(scope.q("account_id"), person=person)
    return list(rows.select_related("account").order_by("-valid_from", "-pk"))


def roles_of(person: Person, scope: AccountSet) -> list[RoleHeld]:
    rows = RoleHeld.objects.standing().filter(scope.q("account_id"), person=person)
    return list(rows.select_related("account").order_by("-valid_from", "-pk"))


def touches_with(person: Person, scope: AccountSet, *, most: int = 50) -> list[Touch]:
    """The latest touches they took part in."""
    rows = Touch.objects.standing().filter(scope.q("account_id"), attendance__person=person)
    return list(rows.select_related("account", "author").order_by("-occurred_at", "-pk")[:most])


# --- notes, files, next steps -------------------------------------------------------------------------


def get_note(account: Account, pk: int) -> Note:
    """A note that is there. Raises NotFound."""
    note = Note.objects.filter(account=account, pk=pk, removed_at__isnull=True).select_related("account", "author")
    found = note.first()
    if found is None:
        raise NotFound("There is no such note.")
    return found


def pinned_notes(account: Account) -> list[Note]:
    rows = Note.objects.filter(account=account, is_pinned=True, removed_at__isnull=True).select_related("author")
    return list(rows.order_by("-written_at", "-pk")[:20])


def files_of(account: Account) -> list[File]:
    rows = File.objects.filter(account=account, removed_at__isnull=True).select_related("uploaded_by")
    return list(rows.order_by("-uploaded_at", "-pk")[:500])


def get_file(account: Account, key: UUID) -> File:
    """Raises NotFound."""
    rows = File.objects.filter(account=account, key=key, removed_at__isnull=True).select_related("account")
    found = rows.first()
    if found is None:
        raise NotFound("There is no such file.")
    return found


def get_touch(account: Account, key: UUID) -> Touch:
    """The touch as it stands. Raises NotFound."""
    rows = Touch.objects.standing().filter(account=account, key=key).select_related("account", "author")
    found = rows.first()
    if found is None:
        raise NotFound("There is no such touch, or it was taken back.")
    return found


def next_steps(account: Account, now: datetime, *, most: int = 10) -> list[Touch]:
    """Touches whose next step is ahead, or was due within the last 30 days; the earliest first."""
    since = day_of(now) - timedelta(days=30)
    rows = Touch.objects.standing().filter(account=account, next_step_on__gte=since).exclude(next_step="")
    return list(rows.select_related("author").order_by("next_step_on", "pk")[:most])


# --- the tree -----------------------------------------------------------------------------------------

BRANCH = 200


def children_of(account_id: int, scope: AccountSet, *, after: str = "", most: int = BRANCH) -> list[AccountNow]:
    """List rows of the accounts directly below, by name; `after`: the folded name and id to go on from."""
    rows = scope.now().filter(parent=account_id).order_by("name_folded", "account_id")
    name, _, pk = after.rpartition("~")
    if pk.isdigit():
        rows = rows.filter(name_folded__gte=name).exclude(name_folded=name, account_id__lte=int(pk))
    return list(rows[: most + 1])
