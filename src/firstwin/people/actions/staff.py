"""Change what a member of staff may do; end and give back their access."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from firstwin.core.errors import NotFound, Refused
from firstwin.people import rules
from firstwin.people.audit import record
from firstwin.people.models import Team, Undo, User
from firstwin.people.notifications import notify
from firstwin.people.roles import Role, Scope, scope_of
from firstwin.people.undo import offer_undo, undoable


def add_user(*, email: str, name: str, role: Role, password: str, team: Team | None = None, now: datetime) -> User:
    """Make a user at once, without an invitation: for the command line and the demo."""
    if User.objects.by_email(email).exists():
        raise Refused("Someone with this address is here already.", field="email")
    with transaction.atomic():
        user = User.objects.create_user(email=email, name=name, joined_at=now, password=password, role=role, team=team)
        record(by=None, did="user.joined", on=user, now=now, after={"role": role})
    return user


def change_access(
    *, by: User, user: User, role: Role, team: Team | None, scope: Scope | None, now: datetime
) -> Undo | None:
    """Set role, team and scope (None: the role's default). Returns the undo; None when nothing changed."""
    rules.require(rules.can_manage_people(by), "Only an admin may change roles, teams and scopes.")
    with transaction.atomic():
        user = _locked(user.pk)
        before = _access(user)
        after = {"role": str(role), "team": team.key if team else None, "scope": str(scope) if scope else None}
        if before == after:
            return None
        _write_access(by, user, after, now)
        return offer_undo(
            by=by,
            verb="user.access_changed",
            payload={"user": user.pk, "before": before, "after": after},
            says=f"{user.name}: {Role(role).label}, {scope_of(user).label.lower()}",
            now=now,
        )


def disable_user(*, by: User, user: User, now: datetime) -> Undo:
    """End this person's access at once, on every device. What they did stays."""
    rules.require(rules.can_manage_people(by), "Only an admin may disable people.")
    if user.pk == by.pk:
        raise Refused("You cannot disable yourself. Ask another admin.")
    with transaction.atomic():
        _disable(by, _locked(user.pk), now)
        return offer_undo(by=by, verb="user.disabled", payload={"user": user.pk}, says=f"{user.name} disabled", now=now)


def enable_user(*, by: User, user: User, now: datetime) -> Undo:
    """Let this person sign in again. Sessions that were ended stay ended."""
    rules.require(rules.can_manage_people(by), "Only an admin may enable people.")
    with transaction.atomic():
        _enable(by, _locked(user.pk), now)
        return offer_undo(by=by, verb="user.enabled", payload={"user": user.pk}, says=f"{user.name} enabled", now=now)


@undoable("user.disabled")
def _undo_disable(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    rules.require(rules.can_manage_people(by))
    _enable(by, _locked(payload["user"]), now)


@undoable("user.enabled")
def _undo_enable(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    rules.require(rules.can_manage_people(by))
    _disable(by, _locked(payload["user"]), now)


@undoable("user.access_changed")
def _undo_change(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    rules.require(rules.can_manage_people(by))
    user = _locked(payload["user"])
    if _access(user) != payload["after"]:
        raise Refused(f"{user.name} was changed again since. Change it by hand.")
    _write_access(by, user, payload["before"], now)


def _disable(by: User, user: User, now: datetime) -> None:
    if user.disabled_at:
        raise Refused(f"{user.name} is disabled already.")
    _keep_an_admin(user)
    user.disabled_at = now
    user.save(update_fields=["disabled_at"])
    end_sessions(user)
    record(by=by, did="user.disabled", on=user, now=now)


def _enable(by: User, user: User, now: datetime) -> None:
    if not user.disabled_at:
        raise Refused(f"{user.name} is enabled already.")
    user.disabled_at = None
    user.save(update_fields=["disabled_at"])
    record(by=by, did="user.enabled", on=user, now=now)


def end_sessions(user: User) -> None:
    """Every session of this person ends with its next request."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


def _write_access(by: User, user: User, access: dict[str, Any], now: datetime) -> None:
    before = _access(user)
    if access["role"] != Role.ADMIN:
        _keep_an_admin(user)
    user.role, user.scope = access["role"], access["scope"]
    user.team = Team.objects.get(key=access["team"]) if access["team"] else None
    user.save(update_fields=["role", "team", "scope"])
    record(by=by, did="user.access_changed", on=user, now=now, before=before, after=access)
    if user.pk != by.pk:
        notify(
            user,
            "access.changed",
            text=f"{by.name} changed your access: {Role(user.role).label}, {scope_of(user).label.lower()}.",
            url=reverse("settings"),
            key=f"access:{user.pk}:{now.isoformat()}",
            now=now,
        )


def _access(user: User) -> dict[str, Any]:
    return {"role": user.role, "team": user.team.key if user.team else None, "scope": user.scope}


def _keep_an_admin(leaving: User) -> None:
    """Somebody must be able to let people in."""
    if leaving.role != Role.ADMIN or leaving.disabled_at:
        return
    # Locked, so that two admins cannot remove each other in the same moment.
    admins = User.objects.enabled().filter(role=Role.ADMIN).select_for_update().order_by("id")
    if [admin.pk for admin in admins] == [leaving.pk]:
        raise Refused("This is the last admin. Make another one first.")


def _locked(pk: int) -> User:
    user = User.objects.select_for_update().filter(pk=pk).first()
    if user is None:
        raise NotFound("There is no such person.")
    return user
