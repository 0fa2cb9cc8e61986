"""Change many accounts at once. Each slice is a transaction of its own; what is left is done by the worker.

A slice is changed and marked as done in one transaction, so it is done once however often it is tried, by whomever.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from firstwin.accounts import rules
from firstwin.accounts.actions.assign import assign_owner, hand_back
from firstwin.accounts.actions.set_attributes import describe_as_before, set_attributes
from firstwin.accounts.actions.tag import ensure_tag, put_tags_back, tag_accounts, take_tags_off, untag_accounts
from firstwin.accounts.attributes import as_columns
from firstwin.accounts.models import Account, Attribute
from firstwin.accounts.models.bulk import BulkEdit, BulkSlice
from firstwin.accounts.scope import AccountSet
from firstwin.accounts.timeline import batched
from firstwin.core.errors import FirstwinError, Refused
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import offer_undo, undoable

SLICE = 60
"""Accounts in one transaction: on SQLite it keeps others from writing, for less than 250 ms."""

Params = Mapping[str, Any]
Before = dict[str, Any]
_UNDO = "undo"


def start_bulk_edit(
    *, by: User, deed: str, params: Params, account_ids: Sequence[int], says: str, now: datetime
) -> BulkEdit:
    """Write down what is to be done to which accounts; nothing is changed yet. Raises NotAllowed or Refused."""
    rules.require_edit(by, [])
    if not account_ids:
        raise Refused("Choose at least one account.")
    _check(deed, params)
    slices = [(list(some), None) for some in batched(account_ids, SLICE)]
    return _written(by, deed, params, slices, says, now)


def continue_bulk_edit(*, edit: BulkEdit, now: Callable[[], datetime], until: datetime | None = None) -> BulkEdit:
    """Do what is left of it, slice by slice, and stop after `until`. May be called by several processes at once."""
    while edit.finished_at is None:
        if not _next_slice(edit, now()) or (until is not None and now() >= until):
            break
    edit.refresh_from_db()
    return edit


@undoable("accounts.bulk")
def undo_bulk_edit(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """Put everything back. payload: {"edit": id}. One slice is put back at once, more of them by the worker."""
    edit = BulkEdit.objects.get(pk=payload["edit"], user=by)
    done = edit.slices.filter(done_at__isnull=False).order_by("number")
    slices = [(one.account_ids, one.before) for one in done]
    back = _written(by, _UNDO, {"deed": edit.deed, "edit": edit.pk}, slices, f"Undone: {edit.says}"[:200], now)
    if len(slices) <= 1:
        _next_slice(back, now)
    else:
        enqueue(back)


def enqueue(edit: BulkEdit) -> None:
    """Let the worker do what is left."""
    from firstwin.accounts.tasks import continue_bulk  # the task calls this module

    continue_bulk.enqueue(edit.pk)


def _written(
    by: User, deed: str, params: Params, slices: Sequence[tuple[list[int], Any]], says: str, now: datetime
) -> BulkEdit:
    total = sum(len(ids) for ids, _ in slices)
    with transaction.atomic():
        edit = BulkEdit.objects.create(user=by, deed=deed, params=dict(params), says=says, total=total, made_at=now)
        BulkSlice.objects.bulk_create(
            [
                BulkSlice(edit=edit, number=number, account_ids=ids, before=before)
                for number, (ids, before) in enumerate(slices)
            ],
            batch_size=500,
        )
        record(by=by, did="accounts.bulk", on=edit, now=now, after={"deed": deed, "accounts": total, "says": says})
    return edit


def _next_slice(edit: BulkEdit, now: datetime) -> bool:
    """Do the next slice; whether there may be more."""
    try:
        with transaction.atomic():
            waiting = edit.slices.filter(done_at__isnull=True).order_by("number")
            some = waiting.select_for_update(skip_locked=True).first()
            if some is None:
                return False
            _do(edit, some, now)
            if not waiting.exclude(pk=some.pk).exists():
                _finish(edit, now)
    except FirstwinError as problem:
        _give_up(edit, problem.message, now)
    edit.refresh_from_db()
    return edit.finished_at is None


def _do(edit: BulkEdit, some: BulkSlice, now: datetime) -> None:
    user = edit.user
    if edit.deed == _UNDO:
        _UNDOES[edit.params["deed"]](by=user, payload=some.before or {}, now=now)
        changed = len(some.account_ids)
    else:
        # Seen again at the last moment: an account may have left the person's scope since.
        accounts = list(AccountSet.of(user, now=now).only(some.account_ids).accounts().rows)
        some.before, changed = _DOES[edit.deed](user, accounts, edit.params, now)
    some.done_at = now
    some.save(update_fields=["before", "done_at"])
    BulkEdit.objects.filter(pk=edit.pk).update(done=F("done") + len(some.account_ids), changed=F("changed") + changed)


def _finish(edit: BulkEdit, now: datetime, problem: str = "") -> None:
    undo_id = None
    if edit.deed != _UNDO and edit.slices.filter(done_at__isnull=False).exists():
        undo = offer_undo(by=edit.user, verb="accounts.bulk", payload={"edit": edit.pk}, says=edit.says, now=now)
        undo_id = undo.pk
    BulkEdit.objects.filter(pk=edit.pk, finished_at__isnull=True).update(
        finished_at=now, problem=problem[:300], undo_id=undo_id
    )


def _give_up(edit: BulkEdit, problem: str, now: datetime) -> None:
    with transaction.atomic():
        _finish(edit, now, problem)


# --- the deeds ----------------------------------------------------------------------------------------


def _check(deed: str, params: Params) -> None:
    """Refuse before the first account what would be refused at each."""
    if deed == "value":
        as_columns(_attribute(params), params["value"])
    elif deed == "tag":
        ensure_tag(params["name"])
    elif deed == "owner" and params["owner"] is not None and not _owner(params):
        raise Refused("That colleague is not there any more.", field="owner")


def _assign(by: User, accounts: Sequence[Account], params: Params, now: datetime) -> tuple[Before, int]:
    before = assign_owner(by=by, accounts=accounts, owner=_owner(params), now=now)
    return {"before": {str(pk): owner for pk, owner in before.items()}}, len(before)


def _tag(by: User, accounts: Sequence[Account], params: Params, now: datetime) -> tuple[Before, int]:
    tags = tag_accounts(by=by, accounts=accounts, names=[params["name"]], now=now)
    return {"tags": tags}, sum(map(len, tags.values()))


def _untag(by: User, accounts: Sequence[Account], params: Params, now: datetime) -> tuple[Before, int]:
    tags = untag_accounts(by=by, accounts=accounts, names=[params["name"]], now=now)
    return {"tags": tags}, sum(map(len, tags.values()))


def _describe(by: User, accounts: Sequence[Account], params: Params, now: datetime) -> tuple[Before, int]:
    values = {_attribute(params): params["value"]}
    before = set_attributes(by=by, accounts=accounts, values=values, now=now)
    return {"before": {str(pk): said for pk, said in before.items()}}, len(before)


_DOES = {"owner": _assign, "tag": _tag, "untag": _untag, "value": _describe}
_UNDOES = {"owner": hand_back, "tag": take_tags_off, "untag": put_tags_back, "value": describe_as_before}


def _owner(params: Params) -> User | None:
    return User.objects.filter(pk=params["owner"]).first() if params["owner"] is not None else None


def _attribute(params: Params) -> Attribute:
    found = Attribute.objects.filter(key=params["attribute"], is_archived=False).first()
    if found is None:
        raise Refused("That field is not there any more.", field="attribute")
    return found
