"""What we decide about the sign-in package: no sign-up, our mail, our trail, secrets encrypted."""

import base64
import hashlib
from io import BytesIO
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.encoding import force_bytes
from qrcode.image.svg import SvgPathFillImage

from firstwin.core import clock
from firstwin.core.text import fold
from firstwin.people import mail
from firstwin.people.audit import record
from firstwin.people.models import User

# What the package tells people about their own account, in our words, and the name it has in the trail.
_TOLD = {
    "account/email/password_changed": ("Your password was changed", "user.password_changed"),
    "account/email/password_reset": ("Your password was set anew", "user.password_reset"),
    "mfa/email/totp_activated": ("Two-step sign-in was turned on", "user.two_step_on"),
    "mfa/email/totp_deactivated": ("Two-step sign-in was turned off", "user.two_step_off"),
    "mfa/email/recovery_codes_generated": ("New recovery codes were made", "user.recovery_codes_made"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("settings_security")

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        record(by=user, did="user.signed_in", on=user, now=clock.now())
        response: HttpResponse = super().post_login(request, user, **more)
        return response

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Silent: signing in or out shows for itself, and the pages say the rest."""
        if kwargs.get("message"):  # a problem that only the package knows
            super().add_message(*args, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        raise RuntimeError(f"no mail of ours is called {template_prefix}")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Every change to how someone signs in is recorded and told to them."""
        assert isinstance(user, User)
        subject, did = _TOLD[template_prefix]
        now = clock.now()
        row = record(by=user, did=did, on=user, now=now)
        if mail.delivers():
            mail.send(
                kind="security",
                to=user.email,
                subject=subject,
                text=f"{subject} on {now:%d %B %Y at %H:%M} UTC.\n\nWas it not you? Tell an admin at once.\n",
                key=f"security:{row.pk}",
                now=now,
            )

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Folded: however one address is typed, it is one counter.
        return f"login:{fold(credentials.get('email') or '')}"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Authenticator secrets and recovery codes are encrypted at rest with the installation's key."""

    def build_totp_svg(self, url: str) -> str:
        """On white, so that a phone can read it in the dark theme too."""
        drawn = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(drawn)
        return drawn.getvalue().decode()

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str | bytes) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"firstwin.mfa:" + force_bytes(key)).digest())
