"""The rows of a list, as one state asks for them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from firstwin.accounts import search
from firstwin.accounts.listing.cells import Cell, ListColumn
from firstwin.accounts.listing.paging import Page, cursor_of, page_of
from firstwin.accounts.listing.state import ListState
from firstwin.accounts.listing.totals import Totals, totals_of
from firstwin.accounts.listing.whose import rows_of
from firstwin.accounts.models import AccountNow
from firstwin.core.clock import day_of
from firstwin.core.conditions import Test, over_all, to_q
from firstwin.core.errors import Refused
from firstwin.core.fields import Vocabulary
from firstwin.people.models import User

FEW = 1_000
"""So many matches are found first, and then counted, summed and sorted by their ids: with few matches, walking an index
in the order of the list would look at nearly every account before a page is full. More than these are counted and
summed in a request of their own, so that the page does not wait for it."""


@dataclass(frozen=True)
class Line:
    """One account in the list."""

    account_id: int
    key: str
    name: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Listing:
    """totals: None where there are many, to be asked for by themselves."""

    lines: Sequence[Line]
    page: Page
    totals: Totals | None


def matching_rows(state: ListState, user: User, vocabulary: Vocabulary, now: datetime) -> QuerySet[AccountNow]:
    """Every row the state asks for, inside the person's scope, unordered. Raises Refused when the filter cannot be
    read."""
    return rows_of(user, state.whose, now).filter(_condition(state, user, vocabulary, now))


def _condition(state: ListState, user: User, vocabulary: Vocabulary, now: datetime) -> Q:
    if state.problem:
        raise Refused(state.problem, field="where")
    chips = to_q(state.condition, vocabulary, day_of(now), me=user.pk) if state.chips else Q()
    return chips & search.words_q(AccountNow, state.q)


def listing_of(state: ListState, user: User, vocabulary: Vocabulary, now: datetime) -> Listing:
    """One page, with its totals where they are quick."""
    rows, is_few = _by_ids_when_few(matching_rows(state, user, vocabulary, now))
    if not is_few and state.is_narrowed:
        rows = _in_walking_order(state, user, vocabulary, now)
    columns = [ListColumn(field) for field in state.columns]
    paths = [path for column in columns for path in column.paths()]
    page = page_of(rows, state.order, cursor_of(state.cursor, state.order), state.size, ["key", "name", *paths])
    today = day_of(now)
    lines = [
        Line(row["account_id"], row["key"], row["name"], [column.cell(row, today) for column in columns[1:]])
        for row in page.rows
    ]
    return Listing(lines, page, totals_of(rows, state.columns) if is_few else None)


def all_totals(state: ListState, user: User, vocabulary: Vocabulary, now: datetime) -> Totals:
    """The totals alone, however many accounts match."""
    if state.problem or state.q:  # words have an index of their own
        return totals_of(matching_rows(state, user, vocabulary, now), state.columns)
    rows = rows_of(user, state.whose, now)
    return totals_of(rows.filter(over_all(_condition(state, user, vocabulary, now))), state.columns)


def _by_ids_when_few(rows: QuerySet[AccountNow]) -> tuple[QuerySet[AccountNow], bool]:
    ids = list(rows.order_by().values_list("account_id", flat=True)[: FEW + 1])
    return (AccountNow.objects.filter(account_id__in=ids), True) if len(ids) <= FEW else (rows, False)


def _in_walking_order(state: ListState, user: User, vocabulary: Vocabulary, now: datetime) -> QuerySet[AccountNow]:
    """The same rows, asked for so that SQLite walks the index of the order and looks at each until a page is full.

    Left to itself it takes the index of a filter, reads all that match (there are many), and sorts them. Only what is
    said about the field of the order itself is left to the index. PostgreSQL keeps statistics and knows better.
    """
    if connection.vendor != "sqlite":
        return matching_rows(state, user, vocabulary, now)
    key = state.order.field.key
    own = tuple(part for part in state.chips if isinstance(part, Test) and part.field == key)
    rest = replace(state, chips=tuple(part for part in state.chips if part not in own))
    rows = matching_rows(replace(state, chips=own, q=""), user, vocabulary, now)
    if not rest.is_narrowed:
        return rows
    return rows.filter(over_all(_condition(rest, user, vocabulary, now)))
