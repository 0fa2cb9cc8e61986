"""Say which tags an account has: all of them at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from firstwin.accounts.actions.tag import ensure_tag, put_tags_back, tag_accounts, take_tags_off, untag_accounts
from firstwin.accounts.models import Account, Tagging
from firstwin.accounts.rules import Actor
from firstwin.people.models import User
from firstwin.people.undo import undoable


def set_tags(*, by: Actor, account: Account, names: Sequence[str], now: datetime) -> dict[str, Any]:
    """Leave `account` with exactly these tags. Returns the payload of the undo "account.retagged": what was put on
    and taken off; both empty when nothing changed. Raises NotAllowed, NotFound or Refused."""
    wanted = {ensure_tag(name).name_folded: name for name in names if name.strip()}
    held = dict(
        Tagging.objects.standing().true_at(now).filter(account=account).values_list("tag__name_folded", "tag__name")
    )
    new = [name for folded, name in wanted.items() if folded not in held]
    gone = [name for folded, name in held.items() if folded not in wanted]
    with transaction.atomic():
        added = tag_accounts(by=by, accounts=[account], names=new, now=now) if new else {}
        removed = untag_accounts(by=by, accounts=[account], names=gone, now=now) if gone else {}
    return {"added": _with_ids(added), "removed": _with_ids(removed)}


@undoable("account.retagged")
def retag_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"added": {name: [ids]}, "removed": {name: [ids]}}."""
    take_tags_off(by=by, payload={"tags": payload["added"]}, now=now)
    put_tags_back(by=by, payload={"tags": payload["removed"]}, now=now)


def _with_ids(tags: dict[str, list[int]]) -> dict[str, list[int]]:
    return {name: ids for name, ids in tags.items() if ids}
