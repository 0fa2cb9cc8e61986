"""Invite someone, take an invitation back, accept one."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from firstwin.core.errors import NotFound, Refused
from firstwin.core.text import fold
from firstwin.people import mail, rules
from firstwin.people.audit import record
from firstwin.people.models import Invitation, Team, User
from firstwin.people.notifications import notify
from firstwin.people.roles import Role

LASTS = timedelta(days=7)


@dataclass(frozen=True)
class Invited:
    """The invitation and its link, which is known only now."""

    invitation: Invitation
    link: str
    was_mailed: bool


def invite(
    *,
    by: User | None,
    email: str,
    role: Role,
    team: Team | None = None,
    name: str = "",
    now: datetime,
) -> Invited:
    """Make a link with which `email` may join once, within seven days. `by` is None on the command line.

    An earlier open invitation of the same address is revoked. Mails the link where mail is set up.
    """
    rules.require(by is None or rules.can_manage_people(by), "Only an admin may invite people.")
    address = fold(email)
    if User.objects.by_email(address).exists():
        raise Refused("Someone with this address is here already.", field="email")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        for earlier in Invitation.objects.open_at(now).filter(email=address):
            _revoke(by, earlier, now)
        invitation = Invitation.objects.create(
            token_digest=digest_of(token),
            email=address,
            name=name,
            role=role,
            team=team,
            by=by,
            made_at=now,
            expires_at=now + LASTS,
        )
        record(
            by=by,
            did="invitation.made",
            on=invitation,
            now=now,
            after={"email": address, "role": role, "team": team.key if team else None},
        )
        link = settings.FIRSTWIN_URL + reverse("invitation", kwargs={"token": token})
        was_mailed = mail.delivers()
        if was_mailed:
            _mail_link(invitation, link, now)
    return Invited(invitation, link, was_mailed)


def _mail_link(invitation: Invitation, link: str, now: datetime) -> None:
    inviter = invitation.by.name if invitation.by else "An admin"
    mail.send(
        kind="invitation",
        to=invitation.email,
        subject=f"{inviter} invites you to Firstwin",
        text=f"{inviter} invites you to Firstwin.\n\nJoin within seven days:\n{link}\n\nIt works once.\n",
        key=f"invitation:{invitation.pk}",
        now=now,
        has_secret=True,
    )


def revoke_invitation(*, by: User, invitation: Invitation, now: datetime) -> Invitation:
    """The link stops working at once."""
    rules.require(rules.can_manage_people(by), "Only an admin may revoke invitations.")
    with transaction.atomic():
        _revoke(by, invitation, now)
    return invitation


def _revoke(by: User | None, invitation: Invitation, now: datetime) -> None:
    open_ones = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None)
    if not open_ones.update(revoked_at=now):
        raise Refused("This invitation was already used or revoked.")
    invitation.revoked_at = now
    record(by=by, did="invitation.revoked", on=invitation, now=now)


def open_invitation(*, token: str, now: datetime) -> Invitation:
    """The invitation behind a link. NotFound when used, revoked, expired or never made alike."""
    found = Invitation.objects.open_at(now).filter(token_digest=digest_of(token)).select_related("team", "by").first()
    if found is None:
        raise NotFound("This invitation no longer works. Ask for a new one.")
    return found


def accept_invitation(*, token: str, name: str, password: str, now: datetime) -> User:
    """Join with the invited address and role. The link is spent."""
    invitation = open_invitation(token=token, now=now)
    with transaction.atomic():
        # Compare and swap: of two people with the same link, one joins.
        if not Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None).update(used_at=now):
            raise NotFound("This invitation no longer works. Ask for a new one.")
        if User.objects.by_email(invitation.email).exists():
            raise Refused("Someone with this address is here already. Sign in instead.")
        user = User.objects.create_user(
            email=invitation.email,
            name=name,
            joined_at=now,
            password=password,
            role=invitation.role,
            team=invitation.team,
        )
        record(
            by=user,
            did="user.joined",
            on=user,
            now=now,
            after={"role": user.role, "invitation": invitation.pk},
        )
        if invitation.by:
            notify(
                invitation.by,
                "invitation.accepted",
                text=f"{user.name} joined.",
                url=reverse("staff"),
                key=f"joined:{user.pk}",
                now=now,
            )
    return user


def digest_of(token: str) -> str:
    """Tokens carry 256 random bits, so one fast digest is enough to keep."""
    return hashlib.sha256(token.encode()).hexdigest()
