"""Staff, teams, invitations, the audit trail and what can be undone."""

from firstwin.people.models.audit import AuditDetail, AuditRow, AuditSeal
from firstwin.people.models.config import ConfigDraft, ConfigVersion
from firstwin.people.models.invitation import Invitation
from firstwin.people.models.notice import Notice
from firstwin.people.models.notification import Channel, NotificationChoice
from firstwin.people.models.team import Team
from firstwin.people.models.undo import Undo
from firstwin.people.models.user import Density, Theme, User

__all__ = [
    "AuditDetail",
    "AuditRow",
    "AuditSeal",
    "Channel",
    "ConfigDraft",
    "ConfigVersion",
    "Density",
    "Invitation",
    "Notice",
    "NotificationChoice",
    "Team",
    "Theme",
    "Undo",
    "User",
]
