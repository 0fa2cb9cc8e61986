"""What must always hold of the outbox, for `firstwin verify`."""

from datetime import datetime, timedelta

from firstwin.outreach.models import OutboxMessage, State

GRACE = timedelta(minutes=5)  # the sweep runs every minute


def stuck_claims(now: datetime) -> list[str]:
    """A claim past its lease must have been reported as unknown."""
    late = OutboxMessage.objects.lost_at(now - GRACE).values_list("id", flat=True)[:50]
    return [f"message {pk} is still claimed after its lease ended" for pk in late]


def secrets_left(now: datetime) -> list[str]:
    """Links that let someone in must not outlive their sending."""
    gone = OutboxMessage.objects.filter(state__in=[State.DONE, State.DISCARDED], has_secret=True)
    return [
        f"message {pk} has left but its link was kept" for pk in gone.exclude(text="").values_list("id", flat=True)[:50]
    ]


def problems(now: datetime) -> list[str]:
    return [*stuck_claims(now), *secrets_left(now)]
