"""Password reset by mail. Asked for in the web process, answered in the worker.

So a known and an unknown address cost the asker the same, and the time of the answer says nothing.
"""

from datetime import datetime

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from firstwin.people import mail
from firstwin.people.audit import record
from firstwin.people.backends import ResetTokens
from firstwin.people.models import User


def mail_reset_link(*, email: str, now: datetime) -> bool:
    """Mail a link to set a new password, if `email` belongs to somebody enabled. Returns whether it did."""
    user = User.objects.enabled().by_email(email).first()
    if user is None:
        return False
    key = {"uidb36": user_pk_to_url_str(user), "key": ResetTokens().make_token(user)}
    link = settings.FIRSTWIN_URL + reverse("account_reset_password_from_key", kwargs=key)
    with transaction.atomic():
        row = record(by=None, did="user.reset_asked", on=user, now=now)
        mail.send(
            kind="password_reset",
            to=user.email,
            subject="Set a new password",
            text=(
                f"Somebody, probably you, asked to set a new password for {user.email}.\n\n{link}\n\n"
                "The link works once, for a few hours. If it was not you, ignore this.\n"
            ),
            key=f"password_reset:{row.pk}",
            now=now,
            has_secret=True,
        )
    return True
