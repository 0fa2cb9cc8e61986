"""Questions this room answers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from firstwin.core import clock
from firstwin.core.errors import NotFound
from firstwin.people.models import AuditRow, Invitation, Notice, Team, User

PAGE = 50


def staff() -> QuerySet[User]:
    """Everybody, those with access first."""
    return User.objects.select_related("team").order_by("disabled_at", "name", "id")


def get_staff_member(pk: int) -> User:
    """Raises NotFound."""
    user = User.objects.select_related("team").filter(pk=pk).first()
    if user is None:
        raise NotFound("There is no such person.")
    return user


def get_team(key: str) -> Team:
    """Raises NotFound."""
    team = Team.objects.filter(key=key).first()
    if team is None:
        raise NotFound("There is no such team.")
    return team


def get_invitation(pk: int) -> Invitation:
    """Raises NotFound."""
    invitation = Invitation.objects.filter(pk=pk).first()
    if invitation is None:
        raise NotFound("There is no such invitation.")
    return invitation


def pending_invitations(now: datetime) -> QuerySet[Invitation]:
    """Neither used nor revoked nor expired, newest first."""
    return Invitation.objects.open_at(now).select_related("team", "by")


def notices_of(user: User) -> QuerySet[Notice]:
    return Notice.objects.filter(user=user, in_app=True)[:PAGE]


Namer = Callable[[Sequence[str]], Mapping[str, str]]
_namers: dict[str, Namer] = {}


def register_namer(on_kind: str, namer: Namer) -> None:
    """Say how things of `on_kind` ("accounts.account") are called in the trail: ids → names, in one question."""
    _namers[on_kind] = namer


def _user_names(ids: Sequence[str]) -> dict[str, str]:
    return {str(pk): name for pk, name in User.objects.filter(pk__in=ids).values_list("pk", "name")}


def _team_names(ids: Sequence[str]) -> dict[str, str]:
    return {str(pk): name for pk, name in Team.objects.filter(pk__in=ids).values_list("pk", "name")}


register_namer("people.user", _user_names)
register_namer("people.team", _team_names)


@dataclass(frozen=True)
class Change:
    """One value that a deed changed."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class TrailEntry:
    row: AuditRow
    actor: str
    did: str
    on: str
    is_erased: bool
    changes: Sequence[Change]


@dataclass(frozen=True)
class TrailPage:
    entries: Sequence[TrailEntry]
    before: int | None  # id to continue from, None on the last page


def audit_trail(
    *,
    person: User | None = None,
    did: str = "",
    since: date | None = None,
    until: date | None = None,
    before: int | None = None,
) -> TrailPage:
    """The trail, newest first, by keyset. `did` is an action or its beginning; both days are included."""
    rows = AuditRow.objects.select_related("actor", "detail").newest_first()
    if person:
        rows = rows.filter(actor=person)
    if did:
        rows = rows.filter(did__startswith=did)
    if since:
        rows = rows.filter(at__gte=clock.start_of(since))
    if until:
        rows = rows.filter(at__lt=clock.end_of(until))
    if before:
        rows = rows.filter(id__lt=before)
    found = list(rows[: PAGE + 1])
    return TrailPage(entries(found[:PAGE]), found[PAGE - 1].pk if len(found) > PAGE else None)


def entries(rows: Iterable[AuditRow]) -> list[TrailEntry]:
    """Rows in words, with one question for each kind of thing among them. Wants `actor` and `detail` at hand."""
    rows = list(rows)
    ids: dict[str, set[str]] = {}
    for row in rows:
        ids.setdefault(row.on_kind, set()).add(row.on_id)
    names = {kind: _namers[kind](sorted(found)) for kind, found in ids.items() if kind in _namers}
    return [_entry(row, names.get(row.on_kind, {}).get(row.on_id, "")) for row in rows]


def _entry(row: AuditRow, name: str) -> TrailEntry:
    detail = getattr(row, "detail", None)
    return TrailEntry(
        row=row,
        actor=row.actor.name if row.actor else "Firstwin",
        did=in_words(row.did),
        on=name or f"{row.on_kind.partition('.')[2]} {row.on_id}",
        is_erased=bool(detail and detail.erased_at),
        changes=_changes(detail.before, detail.after) if detail else [],
    )


def in_words(did: str) -> str:
    """`user.access_changed` → `User access changed`."""
    return did.replace(".", " ").replace("_", " ").capitalize()


def _changes(before: object, after: object) -> list[Change]:
    old = before if isinstance(before, dict) else {}
    new = after if isinstance(after, dict) else {}
    names = [*old, *(name for name in new if name not in old)]
    return [
        Change(in_words(name), _shown(old.get(name)), _shown(new.get(name)))
        for name in names
        if old.get(name) != new.get(name)
    ]


def _shown(value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return str(value)
