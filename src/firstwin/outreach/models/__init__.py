"""Messages that leave the house, and what holds them back."""

from firstwin.outreach.models.hold import Hold
from firstwin.outreach.models.message import OutboxMessage, State

__all__ = ["Hold", "OutboxMessage", "State"]
