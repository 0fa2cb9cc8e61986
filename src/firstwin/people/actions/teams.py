"""Add, rename, archive and restore teams."""

from datetime import datetime
from typing import Any

from django.db import transaction

from firstwin.core.errors import Refused
from firstwin.core.text import fold, slug
from firstwin.people import rules
from firstwin.people.audit import record
from firstwin.people.models import Team, Undo, User
from firstwin.people.undo import offer_undo, undoable


def add_team(*, by: User, name: str, now: datetime) -> Team:
    """A new team; its key is made from the name and never changes."""
    _require(by)
    name = _free(name)
    with transaction.atomic():
        team = Team.objects.create(key=_free_key(name), name=name)
        record(by=by, did="team.added", on=team, now=now, after={"key": team.key, "name": name})
    return team


def rename_team(*, by: User, team: Team, name: str, now: datetime) -> Undo | None:
    _require(by)
    before, name = team.name, _free(name, unless=team)
    if name == before:
        return None
    with transaction.atomic():
        _rename(by, team, name, now)
        return offer_undo(
            by=by,
            verb="team.renamed",
            payload={"team": team.pk, "before": before, "after": name},
            says=f"{before} is now {name}",
            now=now,
        )


def archive_team(*, by: User, team: Team, now: datetime) -> Undo:
    """Take it out of every choice. Refused while people are in it."""
    _require(by)
    with transaction.atomic():
        _set_archived(by, team, True, now)
        return offer_undo(by=by, verb="team.archived", payload={"team": team.pk}, says=f"{team.name} archived", now=now)


def restore_team(*, by: User, team: Team, now: datetime) -> Undo:
    _require(by)
    with transaction.atomic():
        _set_archived(by, team, False, now)
        return offer_undo(by=by, verb="team.restored", payload={"team": team.pk}, says=f"{team.name} restored", now=now)


@undoable("team.renamed")
def _undo_rename(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    _require(by)
    team = Team.objects.select_for_update().get(pk=payload["team"])
    if team.name != payload["after"]:
        raise Refused("The team was renamed again since.")
    _rename(by, team, payload["before"], now)


@undoable("team.archived")
def _undo_archive(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    _require(by)
    _set_archived(by, Team.objects.get(pk=payload["team"]), False, now)


@undoable("team.restored")
def _undo_restore(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    _require(by)
    _set_archived(by, Team.objects.get(pk=payload["team"]), True, now)


def _rename(by: User, team: Team, name: str, now: datetime) -> None:
    before, team.name = team.name, name
    team.save(update_fields=["name"])
    record(by=by, did="team.renamed", on=team, now=now, before={"name": before}, after={"name": name})


def _set_archived(by: User, team: Team, is_archived: bool, now: datetime) -> None:
    if team.is_archived == is_archived:
        raise Refused(f"{team.name} is {'archived' if is_archived else 'in use'} already.")
    if is_archived and team.members.enabled().exists():
        raise Refused(f"People are still in {team.name}. Move them to another team first.")
    team.is_archived = is_archived
    team.save(update_fields=["is_archived"])
    record(by=by, did="team.archived" if is_archived else "team.restored", on=team, now=now)


def _free(name: str, unless: Team | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("A team needs a name.", field="name")
    taken = {fold(other.name) for other in Team.objects.all() if other != unless}
    if fold(name) in taken:
        raise Refused(f"There is a team called {name} already.", field="name")
    return name


def _free_key(name: str) -> str:
    base = slug(name, limit=50)
    taken = set(Team.objects.filter(key__startswith=base).values_list("key", flat=True))
    return next(key for key in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if key not in taken)


def _require(by: User) -> None:
    rules.require(rules.can_manage_people(by), "Only an admin may change teams.")
