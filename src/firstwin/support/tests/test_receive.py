"""Tickets as a help desk tells them: snapshots, histories, late, twice, wrong."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstwin.accounts.models import Account
from firstwin.support.actions.receive import TicketSaid
from firstwin.support.invariants import tickets_follow_what_was_told
from firstwin.support.models import Priority, Status, Ticket
from firstwin.support.tests.told import NOW, ago, said, tell, told_of

pytestmark = pytest.mark.django_db


def test_a_history_in_one_row_is_open_until_it_was_closed(acme: Account) -> None:
    received = tell(said(acme, closed_at=ago(days=8), priority="high", csat=4, row=5))
    assert received.new == {5} and received.touched == {acme.pk} and not received.refused
    assert told_of() == [("open", ago(days=10), ago(days=8)), ("solved", ago(days=8), None)]
    last = Ticket.objects.as_told().get()
    assert (last.priority, last.csat, last.rated_at, last.done_at) == ("high", 4, ago(days=8), ago(days=8))
    assert (last.origin_run, last.origin_line, last.is_reconstructed) == (7, 5, True)


def test_a_snapshot_says_how_it_is_since_it_was_told(acme: Account) -> None:
    tell(said(acme, status="pending", known_at=ago(days=6)))
    assert told_of() == [("open", ago(days=10), ago(days=6)), ("pending", ago(days=6), None)]
    assert list(Ticket.objects.standing().order_by("valid_from").values_list("is_assumed", flat=True)) == [True, False]


def test_an_untouched_ticket_is_new_since_it_was_opened(acme: Account) -> None:
    tell(said(acme, status="new", known_at=ago(days=6)))
    assert told_of() == [("new", ago(days=10), None)]


def test_the_same_again_changes_nothing(acme: Account) -> None:
    row: dict[str, Any] = {"closed_at": ago(days=8), "priority": "high", "csat": 5}
    tell(said(acme, **row))
    before = list(Ticket.objects.values())
    later = NOW + timedelta(days=1)
    received = tell(said(acme, known_at=later, has_own_time=False, **row), now=later)
    assert not received.new and not received.changed and not received.touched
    assert list(Ticket.objects.values()) == before


def test_a_later_row_reopens_changes_priority_and_adds_a_rating(acme: Account) -> None:
    tell(said(acme, closed_at=ago(days=8), known_at=ago(days=7)))
    tell(said(acme, status="open", priority="urgent", known_at=ago(days=5)))
    assert told_of() == [
        ("open", ago(days=10), ago(days=8)),
        ("solved", ago(days=8), ago(days=5)),
        ("open", ago(days=5), None),
    ]
    now = Ticket.objects.as_told().get()
    assert (now.priority, now.is_reopening, now.done_at) == ("urgent", True, None)
    tell(said(acme, status="solved", closed_at=ago(days=3), priority="urgent", csat=2, known_at=ago(days=2)))
    now = Ticket.objects.as_told().get()
    assert (now.status, now.csat, now.rated_at) == ("solved", 2, ago(days=3))
    # The ticket as a whole was rated: each of its pieces says so, and as known before nobody had.
    assert set(Ticket.objects.standing().values_list("csat", flat=True)) == {2}
    assert set(Ticket.objects.known_by(ago(days=4)).values_list("csat", flat=True)) == {None}


def test_a_row_may_tell_that_it_was_reopened(acme: Account) -> None:
    tell(said(acme, closed_at=ago(days=8), reopened_at=ago(days=6)))
    assert told_of() == [
        ("open", ago(days=10), ago(days=8)),
        ("solved", ago(days=8), ago(days=6)),
        ("open", ago(days=6), None),
    ]
    assert Ticket.objects.as_told().get().is_reopening


def test_waiting_does_not_count_towards_solving(acme: Account) -> None:
    for status, days in (("open", 9), ("pending", 8), ("open", 5), ("on_hold", 4), ("open", 2)):
        tell(said(acme, status=status, known_at=ago(days=days)))
    now = Ticket.objects.as_told().get()
    assert now.clock_from == now.opened_at + timedelta(days=3 + 2)


def test_what_a_source_does_not_speak_of_stays(acme: Account) -> None:
    tell(said(acme, status="pending", priority="high", subject="Export fails", known_at=ago(days=6)))
    tell(
        said(acme, csat=5, known_at=ago(days=5)),
        unsaid={"status", "closed_at", "priority", "subject"},
    )
    now = Ticket.objects.as_told().get()
    assert (now.status, now.priority, now.subject, now.csat) == ("pending", "high", "Export fails", 5)


def test_a_ticket_that_moves_to_another_account_moves_whole(acme: Account) -> None:
    from firstwin.accounts.actions.open_account import open_account

    other = open_account(by=None, name="Other", now=NOW)
    tell(said(acme, closed_at=ago(days=8)))
    received = tell(said(other, closed_at=ago(days=8)))
    assert received.touched == {acme.pk, other.pk}
    assert set(Ticket.objects.standing().values_list("account_id", flat=True)) == {other.pk}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"opened_at": NOW + timedelta(seconds=1)}, "opened_at"),
        ({"closed_at": ago(days=11)}, "closed_at"),
        ({"first_response_at": ago(days=11)}, "first_response_at"),
        ({"reopened_at": ago(days=11)}, "reopened_at"),
        ({"closed_at": NOW + timedelta(days=1)}, "closed_at"),
        ({"csat": 0}, "csat"),
        ({"csat": 6}, "csat"),
        ({"status": "gone"}, "status"),
        ({"priority": "p1"}, "priority"),
        ({"reopens": -1}, "reopens"),
        ({"reopens": 70_000}, "reopens"),
        ({"external_id": ""}, "external_id"),
    ],
)
def test_what_cannot_be_is_refused_with_words_and_the_rest_is_stored(
    acme: Account, wrong: dict[str, Any], field: str
) -> None:
    received = tell(said(acme, row=2, **wrong), said(acme, external_id="T-2", row=3))
    assert set(received.refused) == {2} and received.new == {3}
    assert received.refused[2].field == field and received.refused[2].message.endswith(".")
    assert set(Ticket.objects.values_list("external_id", flat=True)) == {"T-2"}


def test_a_link_that_is_no_address_of_the_web_is_left_out(acme: Account) -> None:
    received = tell(said(acme, url="javascript:alert(1)", row=2), said(acme, "T-2", url="https://desk.example/2"))
    assert received.warned[2] == ["Its link is not an address of the web, so it was left out."]
    assert list(Ticket.objects.as_told().order_by("external_id").values_list("url", flat=True)) == [
        "",
        "https://desk.example/2",
    ]


def test_two_sources_may_use_one_number(acme: Account) -> None:
    tell(said(acme))
    tell(said(acme), source="other")
    assert Ticket.objects.as_told().count() == 2


def test_rows_of_one_batch_leave_the_same_trail_as_one_after_the_other(acme: Account) -> None:
    told = _course(acme, [("open", 9, 3), ("solved", 7, 3), ("open", 5, 4), ("closed", 2, 4)])
    for one in told:
        tell(one)
    apart = _trail("desk")
    tell(*_course(acme, [("open", 9, 3), ("solved", 7, 3), ("open", 5, 4), ("closed", 2, 4)]), source="batch")
    assert _trail("batch") == apart


_MOMENTS = st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True)
_STATEMENT = st.tuples(st.sampled_from(Status.values), st.sampled_from(Priority.values), st.integers(0, 9))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments=_MOMENTS, data=st.data())
def test_statements_with_their_own_times_end_alike_in_any_order(acme: Account, moments: list[int], data: Any) -> None:
    told = [_statement(acme, day, data.draw(_STATEMENT)) for day in moments]
    ends = []
    for place, order in enumerate(list(permutations(told))[:12]):
        source = f"desk {place}"
        Ticket.objects.all().delete()
        for one in order:
            tell(one, source=source)
        ends.append(_standing(source))
        assert tickets_follow_what_was_told(NOW) == []
        tell(*order, source="at once")
        ends.append(_standing("at once"))
    assert all(end == ends[0] for end in ends)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments=_MOMENTS, data=st.data())
def test_as_known_by_a_moment_is_what_had_been_told_by_then(acme: Account, moments: list[int], data: Any) -> None:
    Ticket.objects.all().delete()
    told = [_statement(acme, day, data.draw(_STATEMENT)) for day in sorted(moments, reverse=True)]
    tell(*told, source="desk")
    for place, one in enumerate(told):
        source = f"only {place}"
        tell(*told[: place + 1], source=source)
        assert _believed("desk", one.known_at) == _believed(source, one.known_at)


def _statement(account: Account, day: int, drawn: tuple[str, str, int]) -> TicketSaid:
    """Told `day` days ago; where it is done, closed at some moment before."""
    status, priority, back = drawn
    closed_at = min(ago(days=day + back * 0.5), ago(days=day)) if status in ("solved", "closed") and back < 8 else None
    if closed_at is not None:
        closed_at = max(closed_at, ago(days=10))
    return said(
        account, status=status, priority=priority, known_at=ago(days=day), closed_at=closed_at, subject=f"Day {day}"
    )


def _course(account: Account, steps: list[tuple[str, int, int]]) -> list[TicketSaid]:
    return [
        said(account, status=status, known_at=ago(days=days), csat=csat, row=place + 2)
        for place, (status, days, csat) in enumerate(steps)
    ]


_COMPARED = (
    "valid_from", "valid_to", "stated_at", "status", "priority", "subject", "is_assumed", "is_reopening", "clock_from",
    "done_at", "csat",
)  # fmt: skip


def _standing(source: str) -> list[Any]:
    return list(Ticket.objects.standing().filter(source=source).order_by("valid_from").values_list(*_COMPARED))


def _believed(source: str, moment: Any) -> list[Any]:
    columns = [name for name in _COMPARED if name != "stated_at"]  # told again later
    rows = Ticket.objects.known_by(moment).filter(source=source)
    return list(rows.order_by("valid_from").values_list(*columns))


def _trail(source: str) -> list[Any]:
    rows = Ticket.objects.filter(source=source).order_by("known_at", "valid_from", "known_until")
    return list(rows.values_list("known_at", "known_until", *_COMPARED))
