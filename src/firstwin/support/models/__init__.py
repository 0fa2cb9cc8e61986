from firstwin.support.models.ticket import DONE, RUNNING, Priority, Status, Ticket

__all__ = ["DONE", "RUNNING", "Priority", "Status", "Ticket"]
