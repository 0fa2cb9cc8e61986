"""What the worker does for this room: fetch by id, one call."""

from django_tasks import task

from firstwin.core import clock
from firstwin.outreach.actions import messages


@task(priority=10)
def send_message(message_id: int) -> str:
    state = messages.send_message(message_id=message_id, now=clock.now())
    return state.value if state else ""


@task()
def tend_outbox() -> None:
    """Every minute: report what got lost, pick up what waits."""
    messages.report_lost(now=clock.now())
    messages.pick_up_waiting(now=clock.now())
