"""How an address and a password become a user."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from firstwin.people.models import User


class FoldedEmailBackend(AuthenticationBackend):  # type: ignore[misc]
    """Finds people by their folded address, so every way of typing it is the same person.

    An unknown address costs one password hash like a known one: the base class sees to that.
    """

    def _authenticate_by_email(self, email: str, password: str) -> Any:
        return self._check_password(User.objects.by_email(email).first(), password)


class ResetTokens(PasswordResetTokenGenerator):
    """Reset links also end when a person's sessions are ended."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.session_epoch}"
