"""Which fields a row of each kind may have."""

from collections.abc import Mapping

from firstwin.accounts.models import Direction, Sentiment, TouchKind
from firstwin.connectors.kinds import values
from firstwin.connectors.kinds.record_fields import RECORD_FIELDS, RECORD_NEEDED
from firstwin.connectors.kinds.rules import ACCOUNT_BY, PERSON_BY, FieldRule

_AT_AN_ACCOUNT: Mapping[str, FieldRule] = {
    "account": FieldRule(values.account, by=ACCOUNT_BY),
    "title": FieldRule(values.text(200)),
    "roles": FieldRule(values.roles),
    "joined": FieldRule(values.moment),
    "left": FieldRule(values.moment),
}

FIELDS: Mapping[str, Mapping[str, FieldRule]] = {
    "accounts": {
        "name": FieldRule(values.account_name, is_current_only=True),
        "key": FieldRule(values.account_key, is_current_only=True),
        "domains": FieldRule(values.domains, is_current_only=True),
        "tags": FieldRule(values.tags),
        "owner": FieldRule(values.staff_address, by=("email",)),
        "parent": FieldRule(values.account, by=ACCOUNT_BY),
    },
    "people": {
        "name": FieldRule(values.person_name, is_current_only=True),
        "email": FieldRule(values.email, is_current_only=True),
        "phone": FieldRule(values.text(60), is_current_only=True),
        **_AT_AN_ACCOUNT,
    },
    "memberships": {"person": FieldRule(values.person, by=PERSON_BY), **_AT_AN_ACCOUNT},
    "touches": {
        "account": FieldRule(values.account, by=ACCOUNT_BY),
        "person": FieldRule(values.person, by=PERSON_BY),
        "kind": FieldRule(values.choice(TouchKind)),
        "direction": FieldRule(values.choice(Direction)),
        "occurred_at": FieldRule(values.moment),
        "minutes": FieldRule(values.minutes),
        "planned": FieldRule(values.flag),
        "sentiment": FieldRule(values.choice(Sentiment)),
        "summary": FieldRule(values.text(100_000, folds_lines=False)),
        "next_step": FieldRule(values.text(300)),
        "next_step_on": FieldRule(values.day),
        "attendees": FieldRule(values.people, by=PERSON_BY),
        "author": FieldRule(values.staff_address, by=("email",)),
    },
    **RECORD_FIELDS,
}

NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "accounts": (),
    "people": (("name", "email"),),
    "memberships": (("person",), ("account",)),
    "touches": (("account", "person"), ("occurred_at",), ("kind",), ("direction",), ("summary",)),
    **RECORD_NEEDED,
}
"""Per kind: of each group, at least one field must be mapped."""
