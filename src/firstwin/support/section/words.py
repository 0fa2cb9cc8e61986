"""How times are told about tickets."""

from datetime import datetime, timedelta

from firstwin.support.models import DONE, Ticket


def duration(length: timedelta) -> str:
    """`40 min`, `5 h 20 min`, `3 days 4 h`: two steps, no more."""
    minutes = round(abs(length.total_seconds()) / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes and hours < 10 else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} h" if hours and days < 10 else f"{days} days"


def left_words(left: timedelta | None, ticket: Ticket, moment: datetime) -> str:
    """How long there is until the solution is due: `due in 3 h`, `2 days over`; `clock stopped`, '' when it is done."""
    if ticket.status in DONE:
        return ""
    if left is None:
        return "clock stopped"
    return f"{duration(left)} over" if left < timedelta(0) else f"due in {duration(left)}"
