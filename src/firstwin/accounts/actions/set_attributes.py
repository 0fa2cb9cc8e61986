"""Say what an attribute of an account is."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from firstwin.accounts import rules
from firstwin.accounts.actions.refresh_now import refresh_now, shown
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.attributes import as_columns, current_columns
from firstwin.accounts.lines import ATTRIBUTE
from firstwin.accounts.models import Account, Attribute, AttributeValue
from firstwin.accounts.rules import Actor
from firstwin.accounts.timeline import Statement
from firstwin.people.audit import Deed, record_many
from firstwin.people.models import User
from firstwin.people.undo import undoable

Columns = tuple[float | None, str | None, date | None]


def set_attributes(
    *,
    by: Actor,
    accounts: Sequence[Account],
    values: Mapping[Attribute, Any],
    now: datetime,
    starts_at: datetime | None = None,
    known_at: datetime | None = None,
    source: str = "staff",
) -> dict[int, dict[str, Any]]:
    """Set these attributes on these accounts from `starts_at` on. A value of None or "" clears.

    values: attribute → what a person would type, or an already typed value (see `attributes.as_columns`).
    Returns the accounts that changed: id → {attribute key: value shown before}. Raises NotAllowed, NotFound, or
    Refused naming the attribute whose value does not fit.
    """
    typed = {attribute: as_columns(attribute, value) for attribute, value in values.items()}
    return put_columns(
        by=by,
        values=dict.fromkeys(accounts, typed),
        now=now,
        starts_at=starts_at,
        known_at=known_at,
        source=source,
    )


def put_columns(
    *,
    by: Actor,
    values: Mapping[Account, Mapping[Attribute, Columns]],
    now: datetime,
    starts_at: datetime | None = None,
    known_at: datetime | None = None,
    source: str = "staff",
) -> dict[int, dict[str, Any]]:
    """As `set_attributes`, with checked values that may differ from account to account."""
    accounts = list(values)
    rules.require_edit(by, accounts)
    attributes = {attribute.pk: attribute for typed in values.values() for attribute in typed}
    before = current_columns([a.pk for a in accounts], list(attributes), now=now)
    statements = [
        Statement((account.pk, attribute.pk, source), columns, starts_at or now, known_at or now)
        for account, typed in values.items()
        for attribute, columns in typed.items()
        # What no source ever stated need not be stated as empty; what staff clears must be.
        if columns != (None, None, None) or (account.pk, attribute.pk) in before
    ]
    with transaction.atomic():
        changed: dict[int, dict[str, Any]] = {}
        after: dict[int, dict[str, Any]] = {}
        for statement in ATTRIBUTE.put(
            statements, source=source, now=now, narrow=lambda rows: rows.filter(attribute__in=list(attributes))
        ):
            pk, attribute_id, _ = statement.slot
            attribute = attributes[attribute_id]
            was = before.get((pk, attribute_id), (None, None, None))
            changed.setdefault(pk, {})[attribute.key] = _shown(attribute, was)
            after.setdefault(pk, {})[attribute.key] = _shown(attribute, statement.value)
        record_many(
            [Deed("account.described", "accounts.account", str(pk), pk, changed[pk], after[pk]) for pk in changed],
            by=by,
            now=now,
        )
        bump_revision(changed)
        refresh_now(changed, now=now)
    return changed


@undoable("account.described")
def describe_as_before(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"before": {account id: {attribute key: value shown or null}}}."""
    attributes = {a.key: a for a in Attribute.objects.all()}
    accounts = {a.pk: a for a in Account.objects.filter(pk__in=[int(pk) for pk in payload["before"]])}
    values = {
        accounts[int(pk)]: {attributes[k]: as_columns(attributes[k], v, is_minor=True) for k, v in said.items()}
        for pk, said in payload["before"].items()
        if int(pk) in accounts
    }
    put_columns(by=None, values=values, now=now)


def _shown(attribute: Attribute, columns: Any) -> Any:
    number, text, day = columns
    return shown(attribute, AttributeValue(number=number, text=text, day=day))
