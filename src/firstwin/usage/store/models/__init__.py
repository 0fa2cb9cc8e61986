"""The store of usage: the inbox, the catalogue of the lake's files, and what the events' own names mean."""

from firstwin.usage.store.models.identity import Actor, ActorTrait, EventName, Link, Place, Residence
from firstwin.usage.store.models.inbox import Inbox, Rejected, SourceHour
from firstwin.usage.store.models.piece import Lease, Piece, Touched

__all__ = [
    "Actor",
    "ActorTrait",
    "EventName",
    "Inbox",
    "Lease",
    "Link",
    "Piece",
    "Place",
    "Rejected",
    "Residence",
    "SourceHour",
    "Touched",
]
