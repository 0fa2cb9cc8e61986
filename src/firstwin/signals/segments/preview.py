"""What a condition would hold, before anybody saves it: how many accounts, how much ARR, who, and who would move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, F, QuerySet, Sum

from firstwin.accounts.bulk import among
from firstwin.accounts.models import AccountNow
from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.core.conditions import Condition, Not, check, over_all, to_q
from firstwin.core.conditions.columns import any_word
from firstwin.core.errors import Refused
from firstwin.core.fields import vocabulary
from firstwin.core.frames import At
from firstwin.core.money import Money

MOST = 8
_PATH = "segments"


@dataclass(frozen=True)
class Some:
    """Accounts: how many, what they pay (minor units; None where nothing is known of it), the first by ARR."""

    count: int
    arr_minor: int | None
    first: Sequence[AccountNow] = ()

    @property
    def arr(self) -> Money | None:
        return _money(self.arr_minor)

    @property
    def named(self) -> list[tuple[AccountNow, Money | None]]:
        """The first ones, with their ARR."""
        return [(one, _money(one.arr_minor)) for one in self.first]


@dataclass(frozen=True)
class Preview:
    """of: how many accounts were asked.  entering, leaving: against the segment as it was last worked out."""

    held: Some
    of: int
    entering: Some | None = None
    leaving: Some | None = None


def preview(condition: Condition, accounts: AccountSet, now: datetime, *, standing: str = "") -> Preview:
    """standing: key of the segment that the condition would be of. Raises Refused for what cannot be asked."""
    held, entering, leaving = _split(condition, accounts, now, standing)
    of = accounts.now().count()
    if not standing:
        return Preview(some(held), of)
    return Preview(some(held), of, some(entering), some(leaving))


def some(rows: QuerySet[AccountNow], *, most: int = MOST) -> Some:
    totals = rows.aggregate(n=Count("pk"), arr=Sum("arr_minor"))
    first = rows.order_by(F("arr_minor").desc(nulls_last=True), "name_folded", "pk")[:most] if totals["n"] else ()
    return Some(totals["n"], totals["arr"], list(first))


Rows = QuerySet[AccountNow]


def _split(condition: Condition, accounts: AccountSet, now: datetime, standing: str) -> tuple[Rows, Rows, Rows]:
    """Who would be in it, enter and leave: by the list rows where they hold what is asked, else by a frame."""
    known, rows = vocabulary(), accounts.now()
    check(condition, known)
    is_in, today = any_word(_PATH, [standing]), clock.day_of(now)
    try:
        q, not_q = (over_all(to_q(tree, known, today)) for tree in (condition, Not(condition)))
    except Refused:
        pass
    else:
        return rows.filter(q), rows.filter(q & ~is_in), rows.filter(is_in & not_q)
    found = _framed(condition, accounts, now)
    was = set(rows.filter(is_in).values_list("account_id", flat=True))
    held, entering, leaving = (among(rows, "account_id", sorted(ids)) for ids in (found, found - was, was - found))
    return held, entering, leaving


def _framed(condition: Condition, accounts: AccountSet, now: datetime) -> set[int]:
    from firstwin.core.conditions.mask import mask  # numpy and the readers of facts load only when asked
    from firstwin.signals.frame.sitting import sitting

    with sitting(accounts, now=now) as facts:
        frame = facts.frame(At.of(now))
        return {int(pk) for pk in frame.accounts[mask(condition, frame)]}


def _money(minor: int | None) -> Money | None:
    return None if minor is None else Money(minor, str(settings.FIRSTWIN_CURRENCY))
