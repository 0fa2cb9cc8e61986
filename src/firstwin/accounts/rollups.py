"""What a parent's children come to, attribute by attribute: sum, mean, lowest, highest or latest, with its parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from firstwin.accounts.hierarchy import subtree_of
from firstwin.accounts.models import Account, AccountNow, Attribute, AttributeKind, AttributeValue, RollUp
from firstwin.accounts.scope import AccountSet
from firstwin.accounts.timeline import batched
from firstwin.accounts.values import shown_in_words
from firstwin.core.text import fold


@dataclass(frozen=True)
class Part:
    """What one account contributes. value: as the JSON copy keeps it (minor units, ISO date, choice value)."""

    account_id: int
    key: str
    name: str
    value: Any
    said_at: datetime | None = None


@dataclass(frozen=True)
class RolledUp:
    """The outcome and its parts. of_count: accounts looked at; words: the outcome as it is read, '' for none."""

    attribute: Attribute
    words: str
    parts: Sequence[Part]
    of_count: int


def roll_up(attribute: Attribute, parts: Sequence[Part]) -> Any:
    """One value out of the parts that have one; None when there is none. Exact: halves go to even, no float sums.

    Raises ValueError for an attribute that is not rolled up.
    """
    known = [part for part in parts if part.value is not None]
    if not known:
        return None
    match attribute.roll_up:
        case RollUp.SUM:
            return _plain(sum(Fraction(part.value) for part in known))
        case RollUp.MEAN:
            mean = sum((Fraction(part.value) for part in known), Fraction(0)) / len(known)
            return round(mean) if attribute.kind == AttributeKind.MONEY else _plain(mean)
        case RollUp.LOWEST:
            return min(known, key=lambda part: _rank(attribute, part.value)).value
        case RollUp.HIGHEST:
            return max(known, key=lambda part: _rank(attribute, part.value)).value
        case RollUp.LATEST:
            said = [part for part in known if part.said_at is not None]
            return max(said, key=lambda part: (part.said_at, part.account_id)).value if said else None
    raise ValueError(f"{attribute.key} is not rolled up")


def _plain(number: Fraction | int) -> int | float:
    return int(number) if number == int(number) else float(number)


def _rank(attribute: Attribute, value: Any) -> Any:
    """How values of a kind are ordered: choices as operations listed them, text folded, dates as days."""
    if attribute.kind == AttributeKind.CHOICE:
        order = [str(known) for known, _ in attribute.choices]
        return (order.index(value) if value in order else len(order), value)
    if attribute.kind == AttributeKind.TEXT:
        return fold(value)
    return date.fromisoformat(value) if attribute.kind == AttributeKind.DATE else value


@dataclass(frozen=True)
class Below:
    """The accounts under one: those that may be seen, and how many may not."""

    ids: Sequence[int]
    unseen: int


def accounts_below(account: Account, scope: AccountSet, *, with_itself: bool = False) -> Below:
    """Every account under `account` that `scope` may see, at any depth."""
    under = [pk for pk, _ in subtree_of(account.pk)]
    if scope.account_q is None:
        seen = under
    else:
        seen = [
            pk
            for some in batched(under, 5_000)
            for pk in scope.only(some).accounts().rows.order_by("pk").values_list("pk", flat=True)
        ]
    return Below([*([account.pk] if with_itself else []), *seen], len(under) - len(seen))


def rolled_up(attributes: Sequence[Attribute], ids: Sequence[int], *, now: datetime) -> list[RolledUp]:
    """Every attribute's roll-up over these accounts. One read of the list rows, one more per `latest`."""
    rows = [
        row
        for some in batched(ids, 5_000)
        for row in AccountNow.objects.filter(account__in=some).values_list("account_id", "key", "name", "attributes")
    ]
    outcomes = []
    for attribute in attributes:
        said = _said(attribute, ids, now) if attribute.roll_up == RollUp.LATEST else {}
        parts = [
            Part(pk, key, name, held[attribute.key], said.get(pk))
            for pk, key, name, held in rows
            if held.get(attribute.key) is not None
        ]
        parts.sort(key=lambda part: (fold(part.name), part.account_id))
        words = shown_in_words(attribute, roll_up(attribute, parts))
        outcomes.append(RolledUp(attribute, words, parts, len(rows)))
    return outcomes


def _said(attribute: Attribute, ids: Sequence[int], now: datetime) -> dict[int, datetime]:
    said: dict[int, datetime] = {}
    for some in batched(ids, 5_000):
        rows = AttributeValue.objects.standing().true_at(now).filter(account__in=some, attribute=attribute)
        for pk, moment in rows.values_list("account_id", "stated_at"):
            said[pk] = max(moment, said.get(pk, moment))
    return said
