"""Messages that leave the house."""

from firstwin.outreach.models.message import OutboxMessage, State

__all__ = ["OutboxMessage", "State"]
