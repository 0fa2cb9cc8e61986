from firstwin.support.models.ticket import DONE, Priority, Status, Ticket

__all__ = ["DONE", "Priority", "Status", "Ticket"]
