"""Who may do what, as small predicates. Whose accounts they see is decided in accounts.scope."""

from firstwin.core.errors import NotAllowed
from firstwin.people.models import User
from firstwin.people.roles import Role

_EDITORS = {Role.CSM, Role.MANAGER, Role.OPERATIONS, Role.ADMIN}
_CONFIGURERS = {Role.OPERATIONS, Role.ADMIN}


def require(allowed: bool, message: str = "Your role does not allow this.") -> None:
    """Raises NotAllowed with `message` unless `allowed`."""
    if not allowed:
        raise NotAllowed(message)


def can_edit_accounts(user: User) -> bool:
    return user.is_active and user.role in _EDITORS


def can_reassign(user: User) -> bool:
    """Owners may hand over what they own; those who see beyond their book may move what they see."""
    return can_edit_accounts(user)


def can_share_views(user: User) -> bool:
    return can_edit_accounts(user)


def can_configure(user: User) -> bool:
    """Fields, imports, schedules, shared set-up."""
    return user.is_active and user.role in _CONFIGURERS


def can_read_audit(user: User) -> bool:
    return user.is_active and user.role in _CONFIGURERS


def can_manage_people(user: User) -> bool:
    return user.is_active and user.role == Role.ADMIN


def can_handle_outbox(user: User) -> bool:
    return user.is_active and user.role == Role.ADMIN


def can_see_staff(user: User) -> bool:
    return user.is_active
