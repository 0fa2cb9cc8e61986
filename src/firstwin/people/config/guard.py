"""What a change would do to accounts, told before it stands. Rooms work it out; here is how it is told and weighed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from firstwin.core.errors import Refused
from firstwin.core.money import Money
from firstwin.people.config.kinds import kind_of
from firstwin.people.config.together import Change
from firstwin.people.models import User
from firstwin.ui import filters

LIMIT = 0.30
"""Share of accounts that a change may move before somebody has to say that this is meant."""

SAMPLE = 5_000
"""Accounts judged while somebody waits."""


@dataclass(frozen=True)
class Mover:
    """One account, with both readings in words.  arr_minor: or what is at stake.  href: its page."""

    account_id: int
    key: str
    name: str
    was: str
    now: str
    arr_minor: int | None = None
    href: str = ""


@dataclass(frozen=True)
class Flip:
    """From one band, stage or membership to another. movers: the largest of them."""

    was: str
    now: str
    accounts: int
    arr_minor: int
    movers: tuple[Mover, ...] = ()

    @property
    def arr(self) -> Money:
        return Money(self.arr_minor, str(settings.FIRSTWIN_CURRENCY))


@dataclass(frozen=True)
class Impact:
    """what: “Health band by Health, pooled”.  judged: accounts looked at, of `population`.

    flips: the largest first.  movers: of all flips those that move most.  worth: what the amounts are, “ARR” or “at
    stake”.  notes: what is to be known beside the figures, in sentences without a full stop.
    """

    what: str
    judged: int
    population: int
    flips: tuple[Flip, ...] = ()
    movers: tuple[Mover, ...] = ()
    worth: str = "ARR"
    notes: tuple[str, ...] = ()

    @property
    def changed(self) -> int:
        return sum(flip.accounts for flip in self.flips)

    @property
    def arr_minor(self) -> int:
        return sum(flip.arr_minor for flip in self.flips)

    @property
    def share(self) -> float:
        return self.changed / self.judged if self.judged else 0.0

    @property
    def is_sample(self) -> bool:
        return self.judged < self.population

    @property
    def is_large(self) -> bool:
        return self.share > LIMIT

    @property
    def words(self) -> str:
        """“Health band by Pooled would change for 18 of 60 accounts (30%), with $1.2M ARR”."""
        of = f"{self.judged:,}" if not self.is_sample else f"{self.judged:,} sampled of {self.population:,}"
        arr = Money(self.arr_minor, str(settings.FIRSTWIN_CURRENCY))
        worth = f", with {filters.money(arr, short=True)} {self.worth}" if self.arr_minor else ""
        return f"{self.what} would change for {self.changed:,} of {of} accounts ({self.share:.0%}){worth}"

    @property
    def unnamed(self) -> "Impact":
        """Without the accounts: they are counted for somebody who may not see all of them."""
        return replace(self, flips=tuple(replace(flip, movers=()) for flip in self.flips), movers=())


Judge = Callable[[Sequence[Change], User | None, datetime, int | None], Sequence[Impact]]
"""(changes, who looks: None for everybody, now, accounts judged at most: None for all) → what would change."""


class TooMuch(Refused):
    """A change that moves more than it may without being told that this is meant. impacts: those that are large."""

    def __init__(self, impacts: Sequence[Impact]) -> None:
        self.impacts = [one.unnamed for one in impacts if one.is_large]
        super().__init__("; ".join(one.words for one in self.impacts) + ".")


def impacts(
    changes: Sequence[Change], now: datetime, *, by: User | None = None, most: int | None = SAMPLE
) -> list[Impact]:
    """What would change for accounts. by: whose accounts; None for everybody's.  The changes must fit together."""
    judges = list(dict.fromkeys(judge for change in changes if (judge := kind_of(change.kind).impact) is not None))
    return [one for judge in judges for one in judge(changes, by, now, most)]


def require_little(changes: Sequence[Change], now: datetime, *, most: int | None = SAMPLE) -> None:
    """Raises TooMuch. Everybody's accounts count, whoever changes the definition."""
    found = impacts(changes, now, most=most)
    if any(one.is_large for one in found):
        raise TooMuch(found)
