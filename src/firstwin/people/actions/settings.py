"""What people set for themselves."""

from datetime import datetime

from django.db import transaction

from firstwin.people.actions.staff import end_sessions
from firstwin.people.audit import record
from firstwin.people.models import Density, Notice, Theme, User


def change_profile(*, by: User, name: str, time_zone: str, now: datetime) -> User:
    """Change one's own name and time zone (empty: the installation's)."""
    before = {"name": by.name, "time_zone": by.time_zone}
    after = {"name": name, "time_zone": time_zone}
    if before == after:
        return by
    with transaction.atomic():
        by.name, by.time_zone = name, time_zone
        by.save(update_fields=["name", "time_zone"])
        record(by=by, did="user.profile_changed", on=by, now=now, before=before, after=after)
    return by


def change_appearance(*, by: User, theme: Theme, density: Density, shortcuts_on: bool, now: datetime) -> User:
    """Preferences are current only: no audit row."""
    by.theme, by.density, by.shortcuts_on = theme, density, shortcuts_on
    by.save(update_fields=["theme", "density", "shortcuts_on"])
    return by


def sign_out_everywhere(*, by: User, now: datetime) -> User:
    """End all of one's sessions. The caller keeps the present one by refreshing its hash."""
    with transaction.atomic():
        end_sessions(by)
        record(by=by, did="user.signed_out_everywhere", on=by, now=now)
    return by


def read_notices(*, by: User, now: datetime) -> int:
    """Mark everything this person was shown as read."""
    return Notice.objects.filter(user=by, in_app=True).unread().update(read_at=now)
