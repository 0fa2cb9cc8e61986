"""Which accounts the page is about: chosen as the account list chooses them, and led back to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from firstwin.accounts.listing.chips import Chip, chips_of
from firstwin.accounts.listing.columns import chosen
from firstwin.accounts.listing.order import order_of
from firstwin.accounts.listing.query import matching_rows
from firstwin.accounts.listing.state import ListState
from firstwin.accounts.listing.view import View
from firstwin.accounts.listing.whose import LABELS, tabs_of
from firstwin.accounts.models import AccountNow
from firstwin.accounts.scope import AccountSet
from firstwin.core.conditions import Condition, Test
from firstwin.core.fields import Field, Vocabulary
from firstwin.people.models import User
from firstwin.revenue.models import CommercialStatus

ROUTE, COHORTS = "usage_adoption", "usage_cohorts"
CUSTOMERS, EVERYONE = "customers", "everyone"
CLOCKS = (("contract", "Contract start"), ("kickoff", "Kick-off"))
COLUMNS = ("owner", "arr", "renews")


@dataclass(frozen=True)
class Asked:
    """among: customers only, or every account there is. clock: what time to value runs from."""

    state: ListState
    views: Sequence[View]
    user: User
    vocabulary: Vocabulary
    now: datetime
    among: str
    clock: str

    @classmethod
    def of(cls, given: QueryDict, user: User, views: Sequence[View], vocabulary: Vocabulary, now: datetime) -> "Asked":
        """What makes no sense in the address is the usual."""
        state = ListState.of(given, user, views, vocabulary)
        among = EVERYONE if given.get("among") == EVERYONE else CUSTOMERS
        clock = given.get("clock", "")
        return cls(state, views, user, vocabulary, now, among, clock if clock in dict(CLOCKS) else CLOCKS[0][0])

    @cached_property
    def rows(self) -> QuerySet[AccountNow]:
        """The list's rows of these accounts. Raises Refused when the filter cannot be read."""
        return matching_rows(self.full, self.user, self.vocabulary, self.now)

    @cached_property
    def full(self) -> ListState:
        """The list that shows exactly these accounts."""
        return replace(self.state, chips=(*self.state.chips, *self._customers))

    @cached_property
    def _customers(self) -> tuple[Condition, ...]:
        field = self.field("commercial_status")
        if self.among == EVERYONE or field is None:
            return ()
        return (Test(field.key, "eq", CommercialStatus.CUSTOMER.value),)

    def ever(self) -> AccountSet:
        """These accounts and those of them that left: a cohort without its losses would flatter itself."""
        rows = matching_rows(self.state, self.user, self.vocabulary, self.now)
        everything = AccountSet.of(self.user, now=self.now)
        if not self.state.is_narrowed and self.state.whose == tabs_of(self.user)[-1]:
            return everything
        return everything.only(list(rows.order_by().values_list("pk", flat=True)))

    def field(self, column: str) -> Field | None:
        """What the vocabulary calls a column of the list's row."""
        return next((one for one in self.vocabulary.fields.values() if one.stored == column), None)

    def list_url(
        self, tests: Sequence[tuple[str, str, Any]], *, sort: str = "", show: Sequence[str] = (), ever: bool = False
    ) -> str:
        """The account list of these accounts, narrowed by tests of (column, operator, value); '' where it cannot be.

        sort: a column, falling with a minus. show: columns to show beside the usual ones. ever: with those that left.
        """
        fields = [self.field(column) for column, _, _ in tests]
        if any(one is None for one in fields):
            return ""
        narrowed = tuple(
            Test(one.key, op, value) for one, (_, op, value) in zip(fields, tests, strict=True) if one is not None
        )
        state = self.state if ever else self.full
        changes: dict[str, Any] = {"chips": (*state.chips, *narrowed)}
        by = self.field(sort.removeprefix("-")) if sort else None
        if by is not None:
            changes["order"] = order_of(f"{'-' if sort.startswith('-') else ''}{by.key}", self.vocabulary)
        keys = [one.key for column in show if (one := self.field(column)) is not None]
        if keys:
            changes["columns"] = tuple(chosen(("name", *COLUMNS, *keys), self.vocabulary))
        return state.url(**changes)

    # --- addresses of this page ---------------------------------------------------------------------------

    def url(self, *, among: str = "", clock: str = "", **changes: Any) -> str:
        pairs = [pair for pair in self.state.pairs(**changes) if pair[0] not in ("columns", "sort", "size")]
        if (among or self.among) != CUSTOMERS:
            pairs.append(("among", EVERYONE))
        if (clock or self.clock) != CLOCKS[0][0]:
            pairs.append(("clock", clock or self.clock))
        return reverse(ROUTE) + (f"?{urlencode(pairs)}" if pairs else "")

    @property
    def tabs(self) -> list[tuple[str, str, None, bool]]:
        tabs = tabs_of(self.user)
        if len(tabs) < 2:
            return []
        return [(LABELS[one], self.url(whose=one), None, one == self.state.whose) for one in tabs]

    @property
    def chips(self) -> list[Chip]:
        """Those of the address, removed on this page."""
        if self.state.problem:
            return []
        told = chips_of(self.state, self.vocabulary)
        return [
            replace(chip, remove_url=self.url(chips=self.state.without(place)), edit_url="")
            for place, chip in enumerate(told)
        ]

    def cohorts_url(self, clock: str = "") -> str:
        """The part of the page that is counted by itself."""
        return self.url(clock=clock).replace(reverse(ROUTE), reverse(COHORTS), 1)

    @property
    def clocks(self) -> list[tuple[str, str, bool]]:
        return [(words, self.cohorts_url(key), key == self.clock) for key, words in CLOCKS]
