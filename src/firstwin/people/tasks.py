"""What the worker does for this room: fetch, one call."""

from django.contrib.sessions.models import Session
from django_tasks import task

from firstwin.core import clock
from firstwin.people import notifications, sealing
from firstwin.people.actions import passwords


@task()
def seal_audit() -> int:
    return sealing.seal(now=clock.now())


@task()
def send_digests() -> int:
    return notifications.send_digests(now=clock.now())


@task()
def tidy() -> None:
    notifications.forget_old_notices(now=clock.now())
    Session.objects.filter(expire_date__lt=clock.now()).delete()


@task(priority=10)
def mail_reset_link(email: str) -> bool:
    return passwords.mail_reset_link(email=email, now=clock.now())
