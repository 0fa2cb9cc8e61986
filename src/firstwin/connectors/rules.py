"""Who may do what with imports."""

from firstwin.people.models import User
from firstwin.people.rules import can_configure, require

Actor = User | None
"""None: the installation itself, from its command line."""


def can_import(user: User) -> bool:
    """Operations and admins: an import may touch every account."""
    return can_configure(user)


def require_import(by: Actor) -> None:
    """Raises NotAllowed."""
    require(by is None or can_import(by), "Only operations and admins import.")
