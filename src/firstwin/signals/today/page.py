"""What Today shows: the items of one tab, with names, figures and sentences."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from firstwin.accounts.bulk import among
from firstwin.accounts.listing.whose import rows_of
from firstwin.accounts.models import AccountNow
from firstwin.core.frames import At
from firstwin.core.money import Money
from firstwin.people.models import User
from firstwin.signals.ledger import standing
from firstwin.signals.ledger.columns import Said
from firstwin.signals.ledger.told import results_of, words_of
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.lag import Lag, lag
from firstwin.signals.today.found import Rows, findings, health_moves, renewals, stage_moves
from firstwin.signals.today.ranking import Account, Change, Item, Kind, ranked, with_words
from firstwin.signals.today.slower import slower
from firstwin.signals.today.window import Window

IN_VIEW, AT_MOST = 15, 200
_HEALTH = frozenset({Kind.FALL, Kind.RISE, Kind.UNCLEAR})
GROUPS: Mapping[str, tuple[str, frozenset[Kind]]] = {
    "health": ("Health", _HEALTH),
    "risks": ("Risks", frozenset({Kind.RISK, Kind.CLEARED})),
    "opportunities": ("Opportunities", frozenset({Kind.OPPORTUNITY, Kind.GONE})),
    "stages": ("Stages", frozenset({Kind.STUCK, Kind.BEHIND, Kind.BACK, Kind.ONWARD})),
    "renewals": ("Renewals", frozenset({Kind.RENEWAL})),
}
"""What one may ask to see alone."""


@dataclass(frozen=True)
class Line:
    """An item with the account it is about."""

    item: Item
    key: str
    name: str
    owner: str
    arr: Money | None
    stake: Money | None


@dataclass(frozen=True)
class Told:
    """lines: those in view.  count: all there are.  groups: key → items that hold such a change.
    accounts: in the tab, changed or not."""

    lines: list[Line]
    count: int
    groups: Mapping[str, int]
    accounts: int
    lag: Lag


def told(user: User, whose: str, window: Window, *, now: datetime, group: str = "", most: int = IN_VIEW) -> Told:
    """The changes of one tab. group: only items with such a change (a key of GROUPS)."""
    rows = rows_of(user, whose, now)
    changes = _changes(rows, window)
    seen = among(rows, "account_id", sorted({one.account for one in changes}))
    known = {row.account_id: row for row in seen.only("key", "name", "owner_name", "arr_minor")}
    items = ranked(changes, {pk: Account(row.name, row.arr_minor) for pk, row in known.items()})
    kept = [item for item in items if not group or _holds(item, group)]
    shown = _in_words(kept[:most], window, now)
    return Told(
        lines=[_line(item, known[item.account]) for item in shown],
        count=len(kept),
        groups=Counter(key for item in items for key in GROUPS if _holds(item, key)),
        accounts=rows.count(),
        lag=lag(now),
    )


def _changes(rows: Rows, window: Window) -> list[Change]:
    definitions = definitions_at()
    return [
        *health_moves(rows, window),
        *findings(rows, window, definitions),
        *slower(rows, window, definitions),
        *stage_moves(rows, window, definitions),
        *renewals(rows, window, definitions),
    ]


def _holds(item: Item, group: str) -> bool:
    kinds = GROUPS[group][1]
    return any(change.kind in kinds for change in item.changes)


def _in_words(items: Sequence[Item], window: Window, now: datetime) -> list[Item]:
    """Health moves say what moved them: only for those shown, since each is read from its two readings."""
    moved = [item.account for item in items if any(change.kind in _HEALTH for change in item.changes)]
    since, until = standing.readings(moved, [At.close_of(window.eve), At.of(now)])
    before, after = standing.primary(since), standing.primary(until)
    said = {pk: Said(now=one, before=before.get(pk)) for pk, one in after.items()}
    words = words_of(said, results_of(said), window.since)
    return [
        with_words(item, capitalised(words[item.account]), _HEALTH) if item.account in words else item for item in items
    ]


def capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


def _line(item: Item, row: AccountNow) -> Line:
    return Line(item, row.key, row.name, row.owner_name or "", money(row.arr_minor), money(item.stake_minor))


def money(minor: Any) -> Money | None:
    return None if minor is None else Money(int(minor), str(settings.FIRSTWIN_CURRENCY))
