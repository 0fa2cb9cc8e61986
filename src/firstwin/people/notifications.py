"""Kinds of notification, what each person chose, and telling them. Rooms register the kinds they really send.

register_kind("account.assigned", "An account became yours", help="…", default_channels={Channel.IN_APP})
notify(user, "account.assigned", text="Acme is yours now.", url="/accounts/acme/", key="assigned:7", now=now)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from firstwin.core.errors import Refused
from firstwin.people import mail
from firstwin.people.models import Channel, Notice, NotificationChoice, User


@dataclass(frozen=True)
class NotificationKind:
    key: str
    label: str
    help: str
    default_channels: frozenset[Channel]


_kinds: dict[str, NotificationKind] = {}


def register_kind(key: str, label: str, help: str, default_channels: Iterable[Channel]) -> None:
    """Add a kind to everybody's preferences. Only what is really sent belongs here."""
    if key in _kinds:
        raise RuntimeError(f"the notification {key} is registered twice")
    _kinds[key] = NotificationKind(key, label, help, frozenset(Channel(channel) for channel in default_channels))


def kinds() -> list[NotificationKind]:
    return sorted(_kinds.values(), key=lambda kind: kind.label)


def choices_of(user: User) -> dict[tuple[str, Channel], bool]:
    """(kind, channel) → on or off for every registered kind: what they chose, else the kind's default."""
    chosen = {
        (choice.kind, Channel(choice.channel)): choice.is_on
        for choice in NotificationChoice.objects.filter(user=user, kind__in=_kinds)
    }
    return {
        (kind.key, channel): chosen.get((kind.key, channel), channel in kind.default_channels)
        for kind in kinds()
        for channel in Channel
    }


def choose(*, user: User, choices: Mapping[tuple[str, Channel], bool], now: datetime) -> None:
    """Keep this person's choices. Preferences are current only, so they leave no audit row."""
    unknown = {kind for kind, _ in choices} - set(_kinds)
    if unknown:
        raise Refused(f"There is no notification called {sorted(unknown)[0]}.")
    NotificationChoice.objects.bulk_create(
        [
            NotificationChoice(user=user, kind=kind, channel=channel, is_on=is_on)
            for (kind, channel), is_on in choices.items()
        ],
        update_conflicts=True,
        unique_fields=["user", "kind", "channel"],
        update_fields=["is_on"],
    )


def notify(user: User, kind: str, *, text: str, url: str = "", key: str, now: datetime) -> None:
    """Tell `user`, over the channels they chose, in the caller's transaction. `key` names this very event."""
    if not user.is_active:
        return
    chosen = {channel for (of, channel), is_on in choices_of(user).items() if of == kind and is_on}
    if kind not in _kinds:
        raise RuntimeError(f"the notification {kind} is not registered")
    if chosen & {Channel.IN_APP, Channel.DIGEST}:
        Notice.objects.create(
            user=user,
            kind=kind,
            text=text[:300],
            url=url,
            made_at=now,
            in_app=Channel.IN_APP in chosen,
            in_digest=Channel.DIGEST in chosen,
        )
    if Channel.EMAIL in chosen and mail.delivers():
        link = f"\n\n{settings.FIRSTWIN_URL}{url}" if url else ""
        mail.send(
            kind="notification",
            to=user.email,
            subject=text[:150],
            text=f"{text}{link}\n",
            key=f"{key}:{user.pk}",
            now=now,
        )


def send_digests(*, now: datetime) -> int:
    """One mail a day per person with what waits for their digest. Returns how many were handed over."""
    if not mail.delivers():
        return 0
    waiting = Notice.objects.awaiting_digest().filter(made_at__lte=now).values_list("user_id", flat=True)
    return sum(_send_digest(user, now) for user in User.objects.enabled().filter(id__in=waiting.distinct()))


@transaction.atomic
def _send_digest(user: User, now: datetime) -> int:
    notices = list(Notice.objects.awaiting_digest().filter(user=user, made_at__lte=now).order_by("id"))
    if not notices:
        return 0
    Notice.objects.filter(id__in=[notice.pk for notice in notices]).update(digested_at=now)
    lines = [
        f"- {notice.text}" + (f"\n  {settings.FIRSTWIN_URL}{notice.url}" if notice.url else "") for notice in notices
    ]
    mail.send(
        kind="digest",
        to=user.email,
        subject="Your daily digest",
        text="\n".join(lines) + "\n",
        key=f"digest:{user.pk}:{notices[-1].pk}",
        now=now,
    )
    return 1


def forget_old_notices(*, now: datetime) -> int:
    """Notices are a courtesy, not a record: read ones go after 90 days."""
    gone, _ = Notice.objects.filter(read_at__lt=now - timedelta(days=90)).delete()
    return gone
