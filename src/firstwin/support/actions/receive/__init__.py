"""Take in what help desks say, many tickets at once. The only writer of tickets."""

from firstwin.support.actions.receive.said import TicketSaid
from firstwin.support.actions.receive.tickets import receive_tickets

__all__ = ["TicketSaid", "receive_tickets"]
