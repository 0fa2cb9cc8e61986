"""What the section shows, read once. The engines of the lake load only when somebody asks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from firstwin.accounts.models import Account
from firstwin.revenue.section.asof import AsOf
from firstwin.revenue.section.ledger import Ledger, ledger_of
from firstwin.usage.metrics.reading import CROWD, Heat, PersonUse, Usage, Week
from firstwin.usage.section.depth import Depth, depth_of

if TYPE_CHECKING:
    from firstwin.usage.metrics.crowd import Crowd

HEAT_WEEKS = 26
LONGEST = 104


@dataclass(frozen=True)
class Reading:
    """One account on the day asked about. Each part is read when it is first asked for."""

    account: Account
    asof: AsOf

    @property
    def known_by(self) -> datetime | None:
        return self.asof.moment if self.asof.as_known_then else None

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Within, the lake is opened once for all parts."""
        if not self.may_have_use:
            yield
            return
        from firstwin.usage.metrics.opening import shared

        with shared():
            yield

    @cached_property
    def may_have_use(self) -> bool:
        """Whether anything may have been sent: known without opening the lake."""
        from firstwin.usage.metrics.reach import may_have_use

        return bool(may_have_use([self.account.pk]))

    @property
    def is_empty(self) -> bool:
        return not self.may_have_use or self.usage.basis == "none"

    @cached_property
    def usage(self) -> Usage:
        from firstwin.usage.metrics.account import usage_for

        return usage_for(self.account.pk, self.asof.on, known_by=self.known_by, now=self.asof.now)

    @cached_property
    def weeks(self) -> Sequence[Week]:
        """Two years, the last week ends with the day."""
        from firstwin.usage.metrics.weeks import weekly

        return weekly(self.account.pk, self.asof.on, weeks=LONGEST, known_by=self.known_by)

    @cached_property
    def heat(self) -> Heat:
        from firstwin.usage.metrics.features import heat

        return heat(self.account.pk, self.asof.on, weeks=HEAT_WEEKS, known_by=self.known_by)

    @cached_property
    def people(self) -> Sequence[PersonUse]:
        from firstwin.usage.metrics.people import people_of

        return people_of(self.account.pk, self.asof.on, self.asof.now, known_by=self.known_by)

    @property
    def is_crowd(self) -> bool:
        """Whether so many people were seen that they are not read one by one: `first_people` and `everyone` tell."""
        return (self.usage.people_ever or 0) > CROWD

    def first_people(self, by: str, most: int, *, state: str = "", since: datetime | None = None) -> "Crowd":
        from firstwin.usage.metrics.crowd import crowd_of

        return crowd_of(
            self.account.pk, self.asof.on, by=by, most=most, state=state, since=since, known_by=self.known_by
        )

    def everyone(self, state: str) -> Iterator[list[PersonUse]]:
        """Of a crowd, some after the other."""
        from firstwin.usage.metrics.crowd import everyone

        return everyone(self.account.pk, self.asof.on, state=state, known_by=self.known_by)

    @cached_property
    def ledger(self) -> Ledger:
        return ledger_of(self.account, self.asof)

    @cached_property
    def depth(self) -> Depth:
        return depth_of(self.usage, self.heat, known_by=self.known_by)
