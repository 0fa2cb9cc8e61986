"""The dated lines of the accounts room: which columns name a slot and which carry its value."""

from firstwin.accounts.models import (
    AttributeValue,
    Membership,
    Ownership,
    OwnershipKind,
    ParentLink,
    Removal,
    RoleHeld,
    Tagging,
)
from firstwin.accounts.timeline import Line

# One named owner at a time; the value is who (a user, or nobody known to us).
NAMED_OWNER = Line(model=Ownership, slot=("account_id", "kind"), value=("user_id", "team_id"))
# Co-owners, pools and covers stand side by side: each person or team has a line of their own.
OTHER_OWNER = Line(model=Ownership, slot=("account_id", "kind", "user_id", "team_id"), value=())
PARENT = Line(model=ParentLink, slot=("account_id",), value=("parent_id",))
REMOVAL = Line(model=Removal, slot=("account_id",), value=("reason",))
TAG = Line(model=Tagging, slot=("account_id", "tag_id"), value=())
ATTRIBUTE = Line(model=AttributeValue, slot=("account_id", "attribute_id", "source"), value=("number", "text", "day"))
MEMBERSHIP = Line(model=Membership, slot=("person_id", "account_id"), value=("title",))
ROLE = Line(model=RoleHeld, slot=("person_id", "account_id", "role"), value=())

NAMED = OwnershipKind.NAMED.value
