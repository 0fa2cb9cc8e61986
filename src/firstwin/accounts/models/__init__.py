from firstwin.accounts.models.account import Account, Ownership, ParentLink, Removal, Tag, Tagging
from firstwin.accounts.models.attribute import Attribute, AttributeValue
from firstwin.accounts.models.bulk import BulkEdit, BulkSlice
from firstwin.accounts.models.identity import AccountExternalId, Domain, PersonExternalId
from firstwin.accounts.models.kinds import (
    MUST_BE_COVERED,
    AttributeKind,
    ContactRole,
    Direction,
    OwnershipKind,
    RollUp,
    Sentiment,
    TouchKind,
    Visibility,
)
from firstwin.accounts.models.merge import Merge, MergeMove, PersonAddress, PersonMerge
from firstwin.accounts.models.note import File, Note
from firstwin.accounts.models.now import AccountNow
from firstwin.accounts.models.person import Membership, Person, RoleHeld
from firstwin.accounts.models.touch import Touch, TouchAttendee
from firstwin.accounts.models.view import SavedView

__all__ = [
    "MUST_BE_COVERED",
    "Account",
    "AccountExternalId",
    "AccountNow",
    "Attribute",
    "AttributeKind",
    "AttributeValue",
    "BulkEdit",
    "BulkSlice",
    "ContactRole",
    "Direction",
    "Domain",
    "File",
    "Membership",
    "Merge",
    "MergeMove",
    "Note",
    "Ownership",
    "OwnershipKind",
    "ParentLink",
    "Person",
    "PersonAddress",
    "PersonExternalId",
    "PersonMerge",
    "Removal",
    "RoleHeld",
    "RollUp",
    "SavedView",
    "Sentiment",
    "Tag",
    "Tagging",
    "Touch",
    "TouchAttendee",
    "TouchKind",
    "Visibility",
]
