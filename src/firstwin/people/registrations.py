"""What this room adds to others: rail entries, settings tabs, commands, notifications, schedules, checks."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from firstwin.core.backup.after import register_after_restore
from firstwin.core.invariants import register_invariant
from firstwin.core.jobs import register_schedule
from firstwin.people import rules, tasks
from firstwin.people.models import Channel, User
from firstwin.people.notifications import register_kind
from firstwin.people.sealing import seal_restored, verify_audit
from firstwin.people.tabs import SettingsTab, register_tab
from firstwin.people.views.definition_new import definition_commands
from firstwin.ui import commands
from firstwin.ui.navigation import NavEntry, register_entry
from firstwin.ui.shell import keep_theme_at


def register() -> None:
    _rail()
    _tabs()
    _notifications()
    _schedules()
    register_invariant("people.audit", "The audit trail is whole", verify_audit)
    register_after_restore("people.seal", seal_restored)
    keep_theme_at("settings_theme")
    commands.register_source(staff_commands)
    commands.register_source(definition_commands)


def _rail() -> None:
    register_entry(NavEntry("notices", "Notices", "notices", "bell", "g n", 800, group="settings"))
    register_entry(NavEntry("staff", "Staff", "staff", "users", "g u", 810, group="settings"))
    register_entry(NavEntry("settings", "Settings", "settings", "gear", "g s", 820, group="settings"))
    register_entry(NavEntry("profile", "Profile", "settings", "user", order=900, group="user"))
    register_entry(NavEntry("sign-out", "Sign out", "account_logout", "log-out", order=910, group="user"))


def _tabs() -> None:
    register_tab(SettingsTab("profile", "Profile", "settings", 10))
    register_tab(SettingsTab("appearance", "Appearance", "settings_appearance", 20))
    register_tab(SettingsTab("notifications", "Notifications", "settings_notifications", 30))
    register_tab(SettingsTab("security", "Security", "settings_security", 40))
    register_tab(SettingsTab("definitions", "Definitions", "definitions", 150))
    register_tab(SettingsTab("audit", "Audit trail", "audit", 200, rules.can_read_audit))


def _schedules() -> None:
    register_schedule("people.seal", tasks.seal_audit, "Seal the audit trail", every=1)
    register_schedule("people.digests", tasks.send_digests, "Mail daily digests", daily_at="07:00")
    register_schedule("people.tidy", tasks.tidy, "Forget old notices and ended sessions", daily_at="03:40")


def _notifications() -> None:
    register_kind(
        "invitation.accepted",
        "Someone you invited joined",
        help="Once, when they accept.",
        default_channels={Channel.IN_APP},
    )
    register_kind(
        "access.changed",
        "Your access was changed",
        help="When an admin changes your role, team or scope.",
        default_channels={Channel.IN_APP, Channel.EMAIL},
    )


def staff_commands(request: HttpRequest, query: str) -> Iterator[commands.Command]:
    """Pages of this room that the rail does not show, and colleagues by name."""
    words = query.casefold().split()
    user: Any = request.user
    for label, url_name, may in _PLACES:
        if all(word in label.casefold() for word in words) and may(user):
            yield commands.Command(label=label, url=reverse(url_name), icon="gear")
    if words:
        for found in User.objects.enabled().filter(name__icontains=query)[:5]:
            yield commands.Command(
                label=found.name,
                hint=found.get_role_display(),
                url=reverse("staff_member", kwargs={"pk": found.pk}),
                icon="user",
                group="Staff",
            )


_PLACES = (
    ("Teams", "teams", rules.can_see_staff),
    ("Appearance", "settings_appearance", rules.can_see_staff),
    ("Notification preferences", "settings_notifications", rules.can_see_staff),
    ("Password and two-step sign-in", "settings_security", rules.can_see_staff),
    ("Definitions", "definitions", rules.can_see_staff),
    ("Audit trail", "audit", rules.can_read_audit),
)
