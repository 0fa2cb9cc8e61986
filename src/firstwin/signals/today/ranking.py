"""From changes to the items of Today: one for each account, most at stake first, with the reason and what to do.

Pure: it reads nothing and asks for no time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from firstwin.core.text import counted


class Kind(StrEnum):
    """What changed. In the order in which the changes of one account are told."""

    RISK = "risk"
    FALL = "fall"
    RENEWAL = "renewal"
    STUCK = "stuck"
    BEHIND = "behind"
    BACK = "back"  # to an earlier stage, or off its pipeline
    OPPORTUNITY = "opportunity"
    UNCLEAR = "unclear"  # health became known or unknown
    RISE = "rise"
    CLEARED = "cleared"
    ONWARD = "onward"
    GONE = "gone"  # an opportunity that ended


class Action(StrEnum):
    """The nearest thing to do."""

    TOUCH = "touch"
    OPEN = "open"


THREATS = frozenset({Kind.RISK, Kind.FALL, Kind.RENEWAL, Kind.STUCK, Kind.BEHIND, Kind.BACK})
_PLACE = {kind: place for place, kind in enumerate(Kind)}
_SPOKEN = frozenset({"relationship", "usage", "growth"})
"""Families of findings that begin with a conversation; the others begin with looking at the facts."""

_COUNTED: Mapping[Kind, tuple[str, str]] = {
    Kind.RISK: ("new risk", "new risks"),
    Kind.OPPORTUNITY: ("new opportunity", "new opportunities"),
    Kind.CLEARED: ("risk cleared", "risks cleared"),
    Kind.GONE: ("opportunity ended", "opportunities ended"),
}
_SAID: Mapping[Kind, str] = {
    Kind.FALL: "health fell",
    Kind.RENEWAL: "renewal nears",
    Kind.STUCK: "became stuck",
    Kind.BEHIND: "fell behind",
    Kind.BACK: "went back",
    Kind.UNCLEAR: "health changed",
    Kind.RISE: "health rose",
    Kind.ONWARD: "moved on",
}


@dataclass(frozen=True)
class Change:
    """One thing that changed on an account.

    stake_minor: ARR it puts at stake, or may win; None: that of the whole account.  severity: of a finding, 1 to 3.
    episode: id of the finding, where it is one that is open.  family, advice: of its detector.
    note: what stands beside the words, such as another health band.
    about: changes of one account that say this are one thing told twice: only the first by kind is told.
    """

    account: int
    kind: Kind
    words: str
    on: date
    stake_minor: int | None = None
    severity: int = 0
    episode: int | None = None
    family: str = ""
    advice: str = ""
    note: str = ""
    about: str = ""


@dataclass(frozen=True)
class Account:
    """arr_minor: None where it is not known."""

    name: str
    arr_minor: int | None = None


@dataclass(frozen=True)
class Item:
    """What changed on one account, the gravest first.

    stake_minor: the most any of it puts at stake; or, without a threat, may win; None: not known or nothing.
    reason: why it stands where it stands.  action: the nearest thing to do, for the first of its changes.
    """

    account: int
    changes: tuple[Change, ...]
    stake_minor: int | None
    reason: str
    action: Action

    @property
    def is_threat(self) -> bool:
        return self.changes[0].kind in THREATS


def ranked(changes: Iterable[Change], accounts: Mapping[int, Account]) -> list[Item]:
    """Items in order: what threatens before what promises before good news, each by ARR at stake, then by how grave it
    is and by name. Changes of accounts that are not given are left out."""
    gathered: dict[int, list[Change]] = {}
    for change in changes:
        if change.account in accounts:
            gathered.setdefault(change.account, []).append(change)
    items = [_item(pk, some, accounts[pk]) for pk, some in gathered.items()]
    return sorted(items, key=lambda item: _order(item, accounts[item.account]))


def with_words(item: Item, words: str, kinds: frozenset[Kind]) -> Item:
    """The same with other words for its changes of these kinds."""
    told = (replace(one, words=words) if one.kind in kinds else one for one in item.changes)
    return replace(item, changes=tuple(told))


def reason(changes: Iterable[Change]) -> str:
    """`2 new risks, health fell`."""
    kinds = Counter(change.kind for change in changes)
    return ", ".join(_say(kind, kinds[kind]) for kind in Kind if kinds[kind])


def _item(pk: int, changes: list[Change], account: Account) -> Item:
    told = tuple(_once(sorted(changes, key=_grave)))
    return Item(pk, told, _stake(told, account), reason(told), _action(told[0]))


def _once(changes: Iterable[Change]) -> Iterable[Change]:
    said: set[str] = set()
    for change in changes:
        if change.about not in said:
            yield change
        if change.about:
            said.add(change.about)


def _grave(change: Change) -> tuple[int, int, int, str, int, int]:
    """Those that are alike in all of it come in some order that is always the same."""
    stake = -1 if change.stake_minor is None else change.stake_minor
    return (
        _PLACE[change.kind], -change.severity, -change.on.toordinal(), change.words, -stake, change.episode or 0
    )  # fmt: skip


def _stake(changes: tuple[Change, ...], account: Account) -> int | None:
    """No more than the account is worth counts twice: the most of any one, never their sum."""
    threats = [change for change in changes if change.kind in THREATS]
    weighed = threats or [change for change in changes if change.kind is Kind.OPPORTUNITY]
    known = [
        stake
        for change in weighed
        if (stake := change.stake_minor if change.stake_minor is not None else account.arr_minor) is not None
    ]
    return max(known, default=None)


def _action(first: Change) -> Action:
    if first.kind in (Kind.FALL, Kind.RENEWAL):
        return Action.TOUCH
    return Action.TOUCH if first.kind in (Kind.RISK, Kind.OPPORTUNITY) and first.family in _SPOKEN else Action.OPEN


def _order(item: Item, account: Account) -> tuple[int, int, int, int, str, int]:
    kinds = {change.kind for change in item.changes}
    tier = 0 if kinds & THREATS else 1 if Kind.OPPORTUNITY in kinds else 2
    weight = item.stake_minor if tier < 2 else account.arr_minor
    severity = max(change.severity for change in item.changes)
    return tier, -(weight or 0), _PLACE[item.changes[0].kind], -severity, account.name.casefold(), item.account


def _say(kind: Kind, n: int) -> str:
    return counted(n, *_COUNTED[kind]) if kind in _COUNTED else _SAID[kind]
