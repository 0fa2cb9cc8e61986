"""The head of the account page: who they are, who looks after them, and how things stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from firstwin.accounts import quality, queries
from firstwin.accounts.listing.cells import Cell, ListColumn
from firstwin.accounts.listing.looks import in_head
from firstwin.accounts.models import (
    MUST_BE_COVERED,
    Account,
    AccountNow,
    Attribute,
    AttributeKind,
    Ownership,
    OwnershipKind,
    Removal,
    Touch,
)
from firstwin.accounts.scope import AccountSet
from firstwin.accounts.values import shown_in_words
from firstwin.core.clock import day_of
from firstwin.core.fields import vocabulary

MOST_FACTS = 4


@dataclass(frozen=True)
class Head:
    """What stands on top of every section. days_*: since the last contact, None when there was none."""

    account: Account
    now: AccountNow
    above: Sequence[queries.Crumb]
    owner: Ownership | None
    others: Sequence[Ownership]
    facts: Sequence[tuple[str, str]]
    roles_missing: Sequence[str]
    days_touch: int | None
    days_two_way: int | None
    next_step: Touch | None
    quality_tone: str
    removal: Removal | None
    signals: Sequence[tuple[Cell, str]] = ()
    """(value drawn as a mark, section that explains it)."""

    @property
    def roles_needed(self) -> int:
        return len(MUST_BE_COVERED)

    @property
    def quality_share(self) -> float:
        """For the mark: how far the record can be trusted."""
        return {"good": 1.0, "watch": 0.7}.get(self.quality_tone, 0.3)

    @property
    def coverage_tone(self) -> str:
        missing = len(self.roles_missing)
        return "good" if not missing else "watch" if missing <= 2 else "risk"


def head_of(account: Account, *, scope: AccountSet, now: datetime) -> Head:
    """At most six reads, and one for each field of other rooms that has choices."""
    row = account.now
    owners = queries.owners_of(account, now)
    named = next((one for one in owners if one.kind == OwnershipKind.NAMED), None)
    today = day_of(now)
    labels = {role.value: role.label for role in MUST_BE_COVERED}
    return Head(
        account=account,
        now=row,
        above=queries.above(account, scope),
        owner=named,
        others=[one for one in owners if one is not named],
        facts=key_facts(row, queries.attributes_in_use()),
        roles_missing=[labels[role] for role in row.roles_missing.strip("|").split("|") if role in labels],
        days_touch=(today - row.last_touch_on).days if row.last_touch_on else None,
        days_two_way=(today - row.last_two_way_on).days if row.last_two_way_on else None,
        next_step=_next_step(account, row),
        quality_tone=quality.tone(row.issue_count),
        removal=_removal(account),
        signals=_signals(row, now),
    )


def _signals(row: AccountNow, now: datetime) -> list[tuple[Cell, str]]:
    """What other rooms say of it by a mark; what is not known yet is left out."""
    fields = vocabulary().fields
    cells = [
        (ListColumn(fields[key]).cell(vars(row), day_of(now)), look.section) for key, look in in_head() if key in fields
    ]
    return [(cell, section) for cell, section in cells if cell.value is not None]


def key_facts(row: AccountNow, attributes: Sequence[Attribute]) -> list[tuple[str, str]]:
    """The few attributes worth the head: expected ones and choices first, in the order operations gave them."""
    known = [a for a in attributes if row.attributes.get(a.key) is not None and a.kind != AttributeKind.FLAG]
    known.sort(key=lambda a: not (a.is_expected or a.kind == AttributeKind.CHOICE))
    return [(a.label, shown_in_words(a, row.attributes[a.key])[:80]) for a in known[:MOST_FACTS]]


def _next_step(account: Account, row: AccountNow) -> Touch | None:
    if row.next_step_on is None:
        return None
    rows = account.touches.filter(known_until__isnull=True, next_step_on=row.next_step_on)
    return rows.exclude(next_step="").order_by("-occurred_at").first()


def _removal(account: Account) -> Removal | None:
    if account.removed_at is None:
        return None
    return Removal.objects.open().filter(account=account).first()
