"""Who may do what with usage. Everyone may look; whose accounts they see is `accounts.scope`'s business."""

from firstwin.people.models import User
from firstwin.people.rules import can_configure, require

Actor = User | None
"""Who does a thing. None is the installation itself: its command line, an import, the demo company."""


def can_set_up_usage(user: User) -> bool:
    """Sources, write keys, what event names mean, which account a place is: operations and admins."""
    return can_configure(user)


def require_set_up(by: Actor) -> None:
    """Raises NotAllowed."""
    require(by is None or can_set_up_usage(by), "Only operations and admins set up usage.")
