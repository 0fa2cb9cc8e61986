"""Walking a list page by page, in every order, forwards and back."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from firstwin.accounts.listing.columns import offered, sort_path
from firstwin.accounts.listing.order import Order, order_of
from firstwin.accounts.listing.paging import Cursor, Page, cursor_of, page_of
from firstwin.accounts.models import AccountNow
from firstwin.accounts.tests.list_rows import make_rows
from firstwin.core.errors import Refused
from firstwin.core.fields import Kind, vocabulary
from firstwin.people.models import User

SIZE = 7
KEYS = [
    "name", "owner", "parent", "children", "added", "people", "roles_covered", "last_touch", "last_two_way",
    "next_step", "issues", "industry", "tier", "employees", "annual_revenue", "customer_since", "arr",
    "commercial_status", "seats", "paying_since", "renews", "notice", "auto_renews", "overdue", "overdue_days",
    "card_expires", "churned_on", "tickets_open", "tickets_ageing", "tickets_breached", "tickets_reopened",
    "oldest_ticket", "last_ticket", "csat", "csat_answers", "people_active_7", "people_active_28", "last_seen",
    "usage_days_14", "weekly_share", "licence_share", "habit_weeks", "depth_share", "teams_28", "stickiness",
    "usage_trend", "events_28", "activated", "first_win", "customer_age",
    "health", "health_band", "health_coverage", "health_change", "stage", "stage_on", "stage_days",
    "stage_below", "stage_below_on", "stage_below_days", "stage_pace", "stage_late", "stage_late_on",
    "experience", "risks_open", "risk_severity", "opportunities_open", "at_risk",
]  # fmt: skip


@pytest.fixture
def rows(db: None, owner: User, teammate: User, stranger: User) -> Any:
    make_rows(60, owners=[owner, teammate, stranger])
    return AccountNow.objects.all()


def in_python(order: Order) -> list[int]:
    """What the order means: by value, then by id, and what has no value last."""
    found = list(AccountNow.objects.values_list(order.path, "account_id"))
    known = sorted((row for row in found if row[0] is not None), reverse=order.is_falling)
    missing = sorted((row[1] for row in found if row[0] is None), reverse=order.is_falling)
    return [row[1] for row in known] + missing


def ids(page: Page) -> list[int]:
    return [row["account_id"] for row in page.rows]


def walk(rows: Any, order: Order, text: str, step: Callable[[Page], str]) -> Sequence[Page]:
    pages = []
    while True:
        page = page_of(rows, order, cursor_of(text, order) if text else None, SIZE, ["key"])
        pages.append(page)
        text = step(page)
        if not text:
            return pages
        assert len(pages) < 50, "the walk does not end"


def test_every_field_that_can_be_sorted_is_walked_here(db: None) -> None:
    sortable = {key for key, field in offered(vocabulary()).items() if sort_path(field)}
    assert set(KEYS) | {"country", "website", "city", "phone"} == sortable


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("sign", ["", "-"])
def test_each_row_comes_once_and_in_order(rows: Any, key: str, sign: str) -> None:
    order = order_of(f"{sign}{key}", vocabulary())
    forward = walk(rows, order, "", lambda page: page.older)
    assert [pk for page in forward for pk in ids(page)] == in_python(order)
    assert [(page.first, page.last) for page in forward][:2] == [(1, 7), (8, 14)]
    back = walk(rows, order, forward[-1].newer, lambda page: page.newer)
    assert [ids(page) for page in back] == [ids(page) for page in forward[-2::-1]]


def test_days_since_rises_while_the_dates_fall(rows: Any) -> None:
    order = order_of("last_touch", vocabulary())
    assert order.field.kind is Kind.DAYS
    page = page_of(rows, order, None, 20, ["last_touch_on"])
    dates = [row["last_touch_on"] for row in page.rows]
    assert dates == sorted(dates, reverse=True)


def test_rows_that_vanish_meanwhile_do_not_tear_the_walk(rows: Any) -> None:
    order = order_of("name", vocabulary())
    first = page_of(rows, order, None, SIZE, [])
    AccountNow.objects.filter(pk__in=ids(first)).delete()
    second = page_of(rows, order, cursor_of(first.older, order), SIZE, [])
    assert ids(second) == in_python(order)[:SIZE]
    assert ids(page_of(rows, order, cursor_of(second.newer, order), SIZE, [])) == ids(second)


@pytest.mark.parametrize(
    "text", ["", "x", "====", "bnVsbA", "W10", "WzEsMiwzLDQsNV0", "é", "A" * 3000, "eyJhIjoxfQ", "Ww" * 400]
)
def test_a_cursor_that_is_none_is_no_cursor(db: None, text: str) -> None:
    assert cursor_of(text, order_of("name", vocabulary())) is None


def test_a_cursor_belongs_to_its_order(db: None) -> None:
    known = vocabulary()
    by_name, by_people = order_of("name", known), order_of("people", known)
    text = Cursor("acme", 3, False, 50).text(by_name)
    assert cursor_of(text, by_name) == Cursor("acme", 3, False, 50)
    assert cursor_of(text, by_people) is None
    assert cursor_of(text, order_of("-name", known)) is None


@pytest.mark.parametrize("value", [None, 3, True, [], {}, "nul\x00", "\ud800"])
def test_a_cursor_with_a_value_the_column_cannot_hold_is_none(db: None, value: Any) -> None:
    order = order_of("name", vocabulary())
    assert cursor_of(Cursor(value, 3, False, 0).text(order), order) is None


@pytest.mark.parametrize("key", ["tags", "team", "sources", "roles_missing", "nothing"])
def test_what_has_no_order_is_refused(db: None, key: str) -> None:
    with pytest.raises(Refused):
        order_of(key, vocabulary())
