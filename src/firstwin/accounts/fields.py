"""What can be said about an account: the accounts room's part of the vocabulary."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Q

from firstwin.accounts import quality
from firstwin.accounts.frame import families, left
from firstwin.accounts.models import (
    Attribute,
    AttributeKind,
    ContactRole,
    Direction,
    Membership,
    Note,
    Ownership,
    OwnershipKind,
    RoleHeld,
    Sentiment,
    Tag,
    Tagging,
    Touch,
    TouchKind,
)
from firstwin.accounts.models.identity import AccountExternalId
from firstwin.core import clock
from firstwin.core.fields import (
    Collection,
    Field,
    Kind,
    register,
    register_collection,
    register_source,
)
from firstwin.people.models import Team, User

ROOM = "accounts"

KINDS = {
    AttributeKind.NUMBER: Kind.NUMBER,
    AttributeKind.MONEY: Kind.MONEY,
    AttributeKind.DATE: Kind.DATE,
    AttributeKind.FLAG: Kind.FLAG,
    AttributeKind.CHOICE: Kind.CHOICE,
    AttributeKind.TEXT: Kind.TEXT,
}

_COLUMNS = {Kind.DATE: "day", Kind.CHOICE: "text", Kind.TEXT: "text"}
"""Of the stored values of an attribute."""

ISSUES = (
    ("no_owner", "No owner"),
    ("no_people", "No people"),
    ("role", "A role is not covered"),
    ("missing", "An expected value is missing"),
    ("conflict", "Sources disagree"),
    ("stale", "A source is stale"),
)


def issue_kinds() -> Iterable[tuple[Any, str]]:
    return (*ISSUES, *quality.kinds())


def staff() -> Iterable[tuple[Any, str]]:
    """Staff one may name as owner, by name."""
    return User.objects.filter(disabled_at__isnull=True).order_by("name", "pk").values_list("pk", "name")


def teams() -> Iterable[tuple[Any, str]]:
    return Team.objects.standing().values_list("pk", "name")


def tags() -> Iterable[tuple[Any, str]]:
    return Tag.objects.order_by("name_folded").values_list("name_folded", "name")


def sources() -> Iterable[tuple[Any, str]]:
    known = AccountExternalId.objects.order_by("source").values_list("source", flat=True).distinct()
    return ((source, source) for source in ("staff", *known))


def _taggings() -> Any:
    return Tagging.objects.standing().true_at(clock.now())


def _contacts() -> Any:
    return Membership.objects.standing().true_at(clock.now()).filter(person__removed_at__isnull=True)


def _roles() -> Any:
    return RoleHeld.objects.standing().true_at(clock.now()).filter(person__removed_at__isnull=True)


def _owners() -> Any:
    return Ownership.objects.standing().true_at(clock.now())


def _as_of(model: Any, moment: datetime, known_by: datetime | None) -> Any:
    """Periods that hold at a moment, as known."""
    rows = model.objects.standing() if known_by is None else model.objects.known_by(known_by)
    return rows.true_at(moment)


def _of_people_there(model: Any, moment: datetime, known_by: datetime | None) -> Any:
    """The same, without those of people who were removed by then."""
    by = moment if known_by is None else min(moment, known_by)
    still = Q(person__removed_at__isnull=True) | Q(person__removed_at__gt=by)
    return _as_of(model, moment, known_by).filter(still)


def _touches_at(moment: datetime, known_by: datetime | None) -> Any:
    rows = Touch.objects.standing() if known_by is None else Touch.objects.known_by(known_by)
    return rows.filter(occurred_at__lte=moment)


def _notes_at(moment: datetime, known_by: datetime | None) -> Any:
    """That there was a note; what it says is current only, and nobody asks here."""
    by = moment if known_by is None else min(moment, known_by)
    return Note.objects.filter(written_at__lte=by).filter(Q(removed_at__isnull=True) | Q(removed_at__gt=by))


def attribute_fields() -> Iterator[Field]:
    """The attributes operations defined, as fields."""
    for attribute in Attribute.objects.filter(is_archived=False).order_by("position", "pk"):
        yield field_of(attribute)


def field_of(attribute: Attribute) -> Field:
    return Field(
        key=attribute.key,
        kind=KINDS[AttributeKind(attribute.kind)],
        label=attribute.label,
        room=ROOM,
        help=attribute.help,
        unit=attribute.unit,
        stored=attribute.slot or None,
        display=f"attributes__{attribute.key}",
        choices=tuple((value, label) for value, label in attribute.choices),
        frame=f"attributes.{_COLUMNS.get(KINDS[AttributeKind(attribute.kind)], 'number')}.{attribute.key}",
        group="Attributes",
        decimals=6,
    )


FIELDS = (
    Field("name", Kind.TEXT, "Account", ROOM, stored="name_folded", display="name",
          frame="record.name", group="Account"),
    Field(
        "owner", Kind.PERSON, "Owner", ROOM, stored="owner_id", display="owner_name", choices=staff,
        frame="owner.owner", group="Account",
        help="The named owner now.",
    ),
    Field(
        "team", Kind.CHOICE, "Team", ROOM, stored="owner_team_id", choices=teams, frame="owner.team", group="Account",
        help="The team of the named owner.",
    ),
    Field(
        "tags", Kind.TAGS, "Tags", ROOM, stored="tag__name_folded", display="tags", choices=tags, rows=_taggings,
        frame="tags.tags", group="Account",
    ),
    Field(
        "parent", Kind.TEXT, "Parent", ROOM, stored="parent_name_folded", display="parent_name",
        frame="parent.parent", group="Account",
        help="The account this one belongs to.",
    ),
    Field(
        "children", Kind.NUMBER, "Children", ROOM, stored="children_count",
        frame="children.children", group="Account",
        help="Accounts directly below this one.",
    ),
    Field(
        "added", Kind.DATE, "Added", ROOM, stored="added_on", frame="record.added", group="Account",
        help="The day the account was first recorded here.",
    ),
    Field("sources", Kind.TAGS, "Sources", ROOM, stored="sources", choices=sources,
          frame="record.sources", group="Account",
          help="Where its record comes from."),
    Field("people", Kind.NUMBER, "People", ROOM, stored="people_count", frame="people.people", group="People",
          help="People who work there now, as far as we know."),
    Field("roles_covered", Kind.NUMBER, "Roles covered", ROOM, stored="roles_covered", unit="of 4",
          frame="roles.covered", group="People",
          help="Of sponsor, champion, doer and accountable: how many are known."),
    Field(
        "roles_missing", Kind.TAGS, "Roles missing", ROOM, stored="roles_missing",
        frame="roles.missing", group="People",
        choices=tuple((r.value, r.label) for r in ContactRole if r.value in
                      {"sponsor", "champion", "doer", "accountable"}),
        help="Of the four roles that must be covered: those nobody plays.",
    ),
    Field(
        "last_touch", Kind.DAYS, "Last touch", ROOM, stored="last_touch_on",
        frame="touches.last_touch", group="Contact",
        help="Days since any contact. Internal notes do not count.",
    ),
    Field(
        "last_two_way", Kind.DAYS, "Last two-way contact", ROOM, stored="last_two_way_on",
        frame="touches.last_two_way", group="Contact",
        help="Days since contact in which the customer took part.",
    ),
    Field(
        "next_step", Kind.DATE, "Next step", ROOM, stored="next_step_on", frame="touches.next_step", group="Contact",
        help="The nearest next step agreed in a touch.",
    ),
    Field("issues", Kind.NUMBER, "Data issues", ROOM, stored="issue_count", group="Data quality",
          help="What is missing, stale or contradictory in the record."),
    Field("issue_kinds", Kind.TAGS, "Kinds of data issue", ROOM, stored="issue_codes", choices=issue_kinds,
          group="Data quality"),
)  # fmt: skip

COLLECTIONS = (
    Collection(
        "contacts", "Contacts", ROOM, model=_contacts, dated="valid_from", one="contact",
        at=partial(_of_people_there, Membership),
        fields=(
            Field("title", Kind.TEXT, "Title", ROOM, stored="title"),
            Field("joined", Kind.DATE, "Joined", ROOM, stored="valid_from"),
        ),
    ),
    Collection(
        "roles", "Roles", ROOM, model=_roles, dated="valid_from", one="role", at=partial(_of_people_there, RoleHeld),
        fields=(Field("role", Kind.CHOICE, "Role", ROOM, stored="role", choices=tuple(ContactRole.choices)),),
    ),
    Collection(
        "owners", "Owners", ROOM, model=_owners, dated="valid_from", one="owner", at=partial(_as_of, Ownership),
        fields=(
            Field("person", Kind.PERSON, "Person", ROOM, stored="user_id", choices=staff),
            Field("kind", Kind.CHOICE, "Kind", ROOM, stored="kind", choices=tuple(OwnershipKind.choices)),
        ),
    ),
    Collection(
        "touches", "Touches", ROOM, model=Touch.objects.standing, dated="occurred_at", one="touch", at=_touches_at,
        fields=(
            Field("kind", Kind.CHOICE, "Kind", ROOM, stored="kind", choices=tuple(TouchKind.choices)),
            Field("direction", Kind.CHOICE, "Direction", ROOM, stored="direction", choices=tuple(Direction.choices)),
            Field("sentiment", Kind.CHOICE, "Sentiment", ROOM, stored="sentiment", choices=tuple(Sentiment.choices)),
            Field("occurred", Kind.DATE, "Day", ROOM, stored="occurred_at"),
            Field("minutes", Kind.NUMBER, "Minutes", ROOM, stored="minutes"),
            Field("planned", Kind.FLAG, "Planned", ROOM, stored="is_planned"),
            Field("author", Kind.PERSON, "Author", ROOM, stored="author_id", choices=staff),
        ),
    ),
    Collection(
        "notes", "Notes", ROOM, model=lambda: Note.objects.filter(removed_at__isnull=True), dated="written_at",
        one="note", at=_notes_at,
        fields=(Field("written", Kind.DATE, "Written", ROOM, stored="written_at"),),
    ),
)  # fmt: skip


def register_all() -> None:
    """Called once, when the app is ready."""
    families.register_all()
    left.register_all()
    register(*FIELDS)
    register_collection(*COLLECTIONS)
    register_source(attribute_fields)


def sentences(issues: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """(finding, remedy) pairs in words."""
    return [(quality.sentence(issue), quality.remedy(issue)) for issue in issues]
