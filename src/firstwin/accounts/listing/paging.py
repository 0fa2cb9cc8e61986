"""Keyset paging: a page starts after a row, not after a number of rows, so the last page is as fast as the first.

The order is total: the column, then the account's id, and accounts without a value last. It is walked as a few plain
stretches (equal to the cursor's value, beyond it, without a value), each of which an index answers alone.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from firstwin.accounts.listing.columns import python_type
from firstwin.accounts.listing.order import Order
from firstwin.accounts.models import AccountNow
from firstwin.core.text import is_clean

Row = dict[str, Any]
_LARGEST = 2**62


@dataclass(frozen=True)
class Cursor:
    """A place between two rows. before: rows on the pages up to here, as far as the reader has walked (for the words
    "51 to 100"; nothing depends on it)."""

    value: Any
    account_id: int
    is_back: bool
    before: int

    def text(self, order: Order) -> str:
        """Opaque text for an address. It belongs to one order and is worthless under another."""
        value = self.value.isoformat() if isinstance(self.value, date) else self.value
        said = json.dumps([order.text, int(self.is_back), value, self.account_id, self.before], separators=(",", ":"))
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def cursor_of(text: str, order: Order) -> Cursor | None:
    """The cursor written as `text`; None for anything that is not one of this order: then the first page is shown."""
    try:
        said = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        order_text, is_back, value, account_id, before = said
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None
    if order_text != order.text or is_back not in (0, 1) or not _is_count(account_id) or not _is_count(before):
        return None
    try:
        typed = _typed(value, order)
    except ValueError:
        return None
    return Cursor(typed, account_id, bool(is_back), before)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST


def _typed(value: object, order: Order) -> object:
    """Raises ValueError for what the column cannot hold."""
    if value is None and order.is_nullable:
        return None
    match python_type(order.path):
        case "date" if isinstance(value, str):
            return date.fromisoformat(value)
        case "number" if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST:
            return value
        case "flag" if isinstance(value, bool):
            return value
        case "text" if isinstance(value, str) and is_clean(value):
            return value
    raise ValueError("not a value of this column")


@dataclass(frozen=True)
class Page:
    """rows: dicts of the asked paths. newer, older: cursors to the pages before and after, or empty."""

    rows: Sequence[Row]
    newer: str
    older: str
    first: int
    last: int


def page_of(rows: QuerySet[AccountNow], order: Order, cursor: Cursor | None, size: int, paths: Sequence[str]) -> Page:
    """The page at `cursor`. A step back that finds less than a page is the first page, whole."""
    wanted = tuple(dict.fromkeys((*paths, "account_id", order.path)))
    found = _take(rows, order, cursor, size + 1, wanted)
    if cursor is not None and cursor.is_back:
        if len(found) <= size:
            return page_of(rows, order, None, size, paths)
        found = found[:size][::-1]
        before = max(cursor.before - size, 0)
        return _page(found, order, before, has_newer=True, has_older=True)
    before = cursor.before if cursor else 0
    return _page(found[:size], order, before, has_newer=cursor is not None, has_older=len(found) > size)


def _page(found: Sequence[Row], order: Order, before: int, *, has_newer: bool, has_older: bool) -> Page:
    def at(row: Row, *, is_back: bool, seen: int) -> str:
        return Cursor(row[order.path], row["account_id"], is_back, seen).text(order)

    return Page(
        rows=found,
        newer=at(found[0], is_back=True, seen=before) if has_newer and found else "",
        older=at(found[-1], is_back=False, seen=before + len(found)) if has_older and found else "",
        first=before + 1,
        last=before + len(found),
    )


def _take(
    rows: QuerySet[AccountNow], order: Order, cursor: Cursor | None, most: int, paths: Sequence[str]
) -> list[Row]:
    found: list[Row] = []
    is_back = cursor is not None and cursor.is_back
    # Walking back is walking forward in the mirrored order.
    sign = "-" if order.is_falling != is_back else ""
    for stretch, by in _stretches(order, cursor, is_back):
        ordered = rows.filter(stretch).order_by(*(f"{sign}{path}" for path in by))
        found += ordered.values(*paths)[: most - len(found)]
        if len(found) >= most:
            break
    return found


def _stretches(order: Order, cursor: Cursor | None, is_back: bool) -> Iterator[tuple[Q, Sequence[str]]]:
    """(condition, columns to order by) of the stretches from the cursor on, in walking order."""
    path, by_id, by_value = order.path, ("account_id",), (order.path, "account_id")
    beyond = "lt" if order.is_falling != is_back else "gt"
    has_value = Q(**{f"{path}__isnull": False}) if order.is_nullable else Q()
    has_none = Q(**{f"{path}__isnull": True})
    if cursor is None:
        yield has_value, by_value
        if order.is_nullable:
            yield has_none, by_id
        return
    past_it = Q(**{f"account_id__{beyond}": cursor.account_id})
    if cursor.value is None:
        yield has_none & past_it, by_id
        if is_back:
            yield has_value, by_value
        return
    yield Q(**{path: cursor.value}) & past_it, by_id
    yield has_value & Q(**{f"{path}__{beyond}": cursor.value}), by_value
    if order.is_nullable and not is_back:
        yield has_none, by_id
