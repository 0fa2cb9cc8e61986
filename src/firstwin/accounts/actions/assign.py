"""Hand accounts to people, with the history kept for attribution."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from firstwin.accounts import rules
from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.lines import NAMED, NAMED_OWNER, OTHER_OWNER
from firstwin.accounts.models import Account, Ownership, OwnershipKind
from firstwin.accounts.notices import tell_new_owner
from firstwin.accounts.rules import Actor
from firstwin.accounts.timeline import ABSENT, Statement, batched
from firstwin.core.errors import Refused
from firstwin.people.audit import Deed, record_many
from firstwin.people.models import Team, User
from firstwin.people.undo import undoable


def assign_owner(
    *,
    by: Actor,
    accounts: Sequence[Account],
    owner: User | None,
    now: datetime,
    starts_at: datetime | None = None,
    known_at: datetime | None = None,
    source: str = "staff",
) -> dict[int, int | None]:
    """Make `owner` the named owner of these accounts from `starts_at` on (default: now); None leaves them ownerless.

    Returns the accounts that changed hands: id → the owner before. Raises NotAllowed, NotFound, or Refused for a
    disabled owner or a start that lies ahead.
    """
    rules.require_edit(by, accounts)
    _check(owner, starts_at, now)
    ids = [account.pk for account in accounts]
    before = _named(ids, now)
    value = ABSENT if owner is None else (owner.pk, None)
    with transaction.atomic():
        changed = NAMED_OWNER.put(
            [Statement((pk, NAMED), value, starts_at or now, known_at or now) for pk in ids],
            source=source,
            now=now,
            narrow=lambda rows: rows.filter(kind=NAMED),
        )
        moved = {statement.slot[0]: before.get(statement.slot[0]) for statement in changed}
        _settle(by, moved, {"owner": owner.pk if owner else None}, "account.assigned", now)
        if by is not None and owner is not None:
            tell_new_owner(owner, by=by, account_ids=sorted(moved), now=now)
    return moved


def add_owner(
    *,
    by: Actor,
    accounts: Sequence[Account],
    kind: OwnershipKind,
    now: datetime,
    user: User | None = None,
    team: Team | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    source: str = "staff",
) -> list[int]:
    """Add a co-owner, a pool (a team) or cover for an absence beside the named owner. Returns the ids changed."""
    if kind == OwnershipKind.NAMED:
        raise Refused("A named owner is assigned, not added.")
    if (team is None) == (user is None) or (team is not None and kind != OwnershipKind.POOLED):
        raise Refused("A pool is a team; co-owners and covers are people.", field="owner")
    if ends_at is not None and ends_at <= (starts_at or now):
        raise Refused("Cover ends after it starts.", field="ends_on")
    rules.require_edit(by, accounts)
    _check(user, starts_at, now, may_lie_ahead=True)
    slot_tail = (kind.value, user.pk if user else None, team.pk if team else None)
    statements = [Statement((a.pk, *slot_tail), (), starts_at or now, now) for a in accounts]
    with transaction.atomic():
        changed = OTHER_OWNER.put(statements, source=source, now=now)
        if ends_at is not None:
            OTHER_OWNER.put([Statement(s.slot, ABSENT, ends_at, now) for s in statements], source=source, now=now)
        ids = [statement.slot[0] for statement in changed]
        who = {"kind": kind.value, "user": slot_tail[1], "team": slot_tail[2]}
        _settle(by, dict.fromkeys(ids), who, "account.owner_added", now)
    return ids


def end_ownership(*, by: Actor, ownership: Ownership, now: datetime) -> None:
    """End a co-ownership, pool or cover now."""
    rules.require_edit(by, [ownership.account])
    line = NAMED_OWNER.slot if ownership.kind == NAMED else OTHER_OWNER.slot  # the same table holds both kinds of line
    slot = tuple(getattr(ownership, column) for column in line)
    with transaction.atomic():
        put = NAMED_OWNER.put if ownership.kind == NAMED else OTHER_OWNER.put
        put(
            [Statement(slot, ABSENT, now, now)],
            source="staff",
            now=now,
            narrow=lambda rows: rows.filter(kind=ownership.kind),
        )
        _settle(by, {ownership.account_id: None}, {"kind": ownership.kind}, "account.owner_ended", now)


@undoable("account.assigned")
def hand_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """Give accounts back to who had them before. payload: {"before": {account id: user id or null}}."""
    owners = {u.pk: u for u in User.objects.filter(pk__in={v for v in payload["before"].values() if v})}
    groups: dict[int | None, list[int]] = {}
    for account, owner in payload["before"].items():
        groups.setdefault(owner, []).append(int(account))
    for owner, ids in groups.items():
        accounts = list(Account.objects.filter(pk__in=ids))
        # The person may no longer see what they gave away: it is their own deed they take back.
        assign_owner(by=None, accounts=accounts, owner=owners.get(owner) if owner else None, now=now)


def _check(owner: User | None, starts_at: datetime | None, now: datetime, *, may_lie_ahead: bool = False) -> None:
    if owner is not None and not owner.is_active:
        raise Refused(f"{owner.name} is disabled and cannot own accounts.", field="owner")
    if starts_at is not None and starts_at > now and not may_lie_ahead:
        raise Refused("A named owner starts today or earlier. Use cover for an absence ahead.", field="starts_on")


def _named(ids: Sequence[int], now: datetime) -> dict[int, int | None]:
    found: dict[int, int | None] = {}
    for some in batched(ids, 5_000):
        rows = Ownership.objects.standing().true_at(now).filter(account__in=some, kind=NAMED)
        found.update(rows.values_list("account_id", "user_id"))
    return found


def _settle(by: Actor, moved: dict[int, int | None], after: dict[str, Any], did: str, now: datetime) -> None:
    """Audit, mark and refresh the accounts that changed."""
    record_many(
        [Deed(did, "accounts.account", str(pk), pk, {"owner": before}, after) for pk, before in moved.items()],
        by=by,
        now=now,
    )
    bump_revision(moved)
    refresh_now(moved, now=now)
