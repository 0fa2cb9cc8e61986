"""What can be asked of tickets on any date, and what lists say of them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.published import publish
from firstwin.core.conditions import Related, Test, to_q
from firstwin.core.fields import vocabulary
from firstwin.support import queries
from firstwin.support.figures import Share, quantile
from firstwin.support.models import Priority, Ticket
from firstwin.support.promises import SERVICE_LEVELS, is_breached, kept, response_is_late, solution_is_late
from firstwin.support.tests.told import NOW, ago, said, tell

pytestmark = pytest.mark.django_db


def rows() -> Any:
    return Ticket.objects.all()


def names(found: Any) -> set[str]:
    return set(found.values_list("external_id", flat=True))


def test_open_and_ageing_on_any_date(acme: Account) -> None:
    tell(
        said(acme, "old", opened_at=ago(days=40)),
        said(acme, "fresh", opened_at=ago(days=2)),
        said(acme, "gone", opened_at=ago(days=40), closed_at=ago(days=10)),
    )
    assert names(queries.open_at(rows(), NOW)) == {"old", "fresh"}
    assert names(queries.ageing_at(rows(), NOW)) == {"old"}
    assert names(queries.open_at(rows(), ago(days=20))) == {"old", "gone"}
    assert names(queries.ageing_at(rows(), ago(days=20))) == {"old", "gone"}
    assert names(queries.ageing_at(rows(), ago(days=20), days=30)) == set()
    assert names(queries.open_at(rows(), ago(days=41))) == set()
    # All of it was told just now: a day ago nobody here knew.
    assert names(queries.open_at(rows(), ago(days=20), known_by=ago(days=1))) == set()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spans=st.lists(st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 60))), max_size=12),
    back=st.integers(0, 60),
)
def test_the_open_count_is_a_plain_count_over_the_rows_told(
    acme: Account, spans: list[tuple[int, int | None]], back: int
) -> None:
    Ticket.objects.all().delete()
    raw = [(opened, min(opened, closed) if closed is not None else None) for opened, closed in spans]
    tell(
        *(
            said(acme, f"T-{n}", opened_at=ago(opened), closed_at=ago(closed) if closed is not None else None)
            for n, (opened, closed) in enumerate(raw)
        )
    )
    plain = sum(opened >= back and (closed is None or closed < back) for opened, closed in raw)
    assert queries.open_at(rows(), ago(back)).count() == plain


def test_promises_by_priority_and_by_ticket(acme: Account) -> None:
    tell(
        said(acme, "urgent late", priority="urgent", opened_at=ago(hours=2)),
        said(acme, "urgent answered", priority="urgent", opened_at=ago(hours=2), first_response_at=ago(hours=1.5)),
        said(acme, "answered late", priority="high", opened_at=ago(hours=6), first_response_at=ago(hours=1)),
        said(acme, "unsolved", priority="urgent", opened_at=ago(hours=9), first_response_at=ago(hours=9)),
        said(acme, "own promise", priority="urgent", opened_at=ago(hours=2), respond_by=NOW + timedelta(hours=1)),
        said(acme, "own solution", opened_at=ago(hours=2), solve_by=ago(hours=1)),
        said(acme, "normal", opened_at=ago(hours=7)),
    )
    late = {"urgent late", "answered late", "unsolved", "own solution"}
    assert names(queries.breached_at(rows(), NOW)) == late
    assert names(queries.breached_at(rows(), ago(hours=1))) == {"answered late"}


def test_waiting_for_the_customer_is_no_delay(acme: Account) -> None:
    told: dict[str, Any] = {"priority": "urgent", "opened_at": ago(days=3), "first_response_at": ago(days=3)}
    tell(said(acme, status="pending", known_at=ago(days=3, hours=-2), **told))
    assert not queries.breached_at(rows(), NOW)
    tell(said(acme, status="open", known_at=ago(hours=5), **told))
    assert not queries.breached_at(rows(), NOW)  # two hours before, five since
    assert names(queries.breached_at(rows(), NOW + timedelta(hours=2))) == {"T-1"}


_HOURS = st.floats(0, 300, allow_nan=False)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    priority=st.sampled_from(Priority.values),
    opened=_HOURS,
    answered=st.one_of(st.none(), st.floats(0, 1)),
    states=st.lists(st.tuples(st.sampled_from(["open", "pending", "solved", "on_hold"]), st.floats(0, 1)), max_size=3),
    promise=st.one_of(st.none(), _HOURS),
)
def test_the_database_and_python_agree_about_promises(
    acme: Account, priority: str, opened: float, answered: float | None, states: list[Any], promise: float | None
) -> None:
    Ticket.objects.all().delete()
    start = ago(hours=opened)
    told: dict[str, Any] = {
        "priority": priority,
        "opened_at": start,
        "first_response_at": start + (NOW - start) * answered if answered is not None else None,
        "solve_by": start + timedelta(hours=promise) if promise is not None else None,
    }
    tell(said(acme, status="open", has_own_time=True, known_at=start, **told))
    for status, share in sorted(states, key=lambda state: state[1]):
        tell(said(acme, status=status, known_at=start + (NOW - start) * share, has_own_time=True, **told))
    [ticket] = queries.of_account(acme).at(NOW)
    here = kept(ticket, NOW)
    at = queries.of_account(acme).at(NOW)
    assert at.filter(response_is_late(NOW)).exists() == here.is_response_late
    assert at.filter(solution_is_late(NOW)).exists() == here.is_solution_late
    assert at.filter(is_breached(NOW)).exists() == here.is_breached


def test_reopened_by_what_happened_or_by_the_sources_count(acme: Account) -> None:
    tell(said(acme, "seen", status="solved", known_at=ago(days=5)))
    tell(said(acme, "seen", status="open", known_at=ago(days=4)))
    tell(said(acme, "counted", closed_at=ago(days=3), reopens=2))
    tell(said(acme, "long ago", opened_at=ago(days=200), closed_at=ago(days=150), reopened_at=ago(days=140)))
    tell(said(acme, "never", closed_at=ago(days=3)))
    assert queries.reopened(rows(), NOW) == 2
    assert queries.reopened(rows(), NOW, days=200) == 3
    assert queries.reopened(rows(), ago(days=4, hours=1)) == 0


def test_times_have_a_median_and_a_tail(acme: Account) -> None:
    tell(
        *(
            said(
                acme, f"T-{hours}", opened_at=ago(days=5), first_response_at=ago(days=5, hours=-hours),
                closed_at=ago(days=5, hours=-2 * hours),
            )
            for hours in range(1, 12)
        ),
        said(acme, "out", opened_at=ago(days=200), first_response_at=ago(days=199), closed_at=ago(days=198)),
    )  # fmt: skip
    answered, solved = queries.first_responses(rows(), NOW), queries.resolutions(rows(), NOW)
    assert (answered.count, answered.median, answered.p90) == (11, timedelta(hours=6), timedelta(hours=10))
    assert (solved.count, solved.median, solved.p90) == (11, timedelta(hours=12), timedelta(hours=20))
    assert queries.first_responses(rows(), ago(days=6)).median is None
    assert queries.kept_promises(rows(), NOW) == Share(8, 11)


def test_satisfaction_has_an_interval_and_says_when_it_is_few(acme: Account) -> None:
    for n, csat in enumerate([5, 5, 4, 4, 2, 1, None]):
        tell(said(acme, f"T-{n}", closed_at=ago(days=3), csat=csat))
    share = queries.satisfaction(rows(), NOW)
    assert (share.good, share.count, share.is_few) == (4, 6, False)
    low, high = share.interval or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.3000, 0.9032)
    assert queries.satisfaction(rows(), ago(days=4)).count == 0
    assert Share(0, 0).interval is None and Share(3, 4).is_few
    assert quantile([], 0.5) is None and quantile([3], 0.9) == 3


def test_weeks_are_counted_from_monday(acme: Account) -> None:
    tell(*(said(acme, f"T-{days}", opened_at=ago(days=days)) for days in (0, 0.1, 1, 7, 500)))
    weeks = queries.opened_per_week(rows(), NOW, weeks=3)
    # NOW is a Monday.
    assert weeks == [(date(2026, 3, 2), 0), (date(2026, 3, 9), 2), (date(2026, 3, 16), 2)]


def test_the_list_row_says_the_same_as_the_questions(acme: Account) -> None:
    quiet = open_account(by=None, name="Quiet", now=NOW)
    tell(
        said(acme, "old", opened_at=ago(days=40), first_response_at=ago(days=40)),
        said(acme, "fresh", opened_at=ago(days=2), first_response_at=ago(days=2)),
        said(acme, "again", opened_at=ago(days=30), closed_at=ago(days=10), reopens=1, csat=5),
        said(acme, "bad", opened_at=ago(days=30), closed_at=ago(days=10), csat=2),
    )
    publish("support", None, now=NOW)
    now = AccountNow.objects.get(pk=acme.pk)
    assert (now.tickets_open, now.tickets_ageing, now.tickets_breached, now.tickets_reopened) == (2, 1, 1, 1)
    assert (now.oldest_ticket_on, now.last_ticket_on) == (date(2026, 2, 4), date(2026, 3, 14))
    assert (now.csat_share, now.csat_count) == (0.5, 2)
    nothing = AccountNow.objects.get(pk=quiet.pk)
    assert (nothing.tickets_open, nothing.last_ticket_on, nothing.csat_share) == (None, None, None)


def test_list_rows_cost_three_questions_however_many_accounts(acme: Account) -> None:
    others = [open_account(by=None, name=f"Other {n}", now=NOW) for n in range(3)]

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            publish("support", None, now=NOW)
        return sum(query["sql"].startswith("SELECT") and "support_ticket" in query["sql"] for query in seen)

    tell(said(acme, "T-0"))
    first = asked()
    tell(*(said(other, f"T-{other.pk}-{n}") for other in others for n in range(3)))
    assert asked() == first == 3


def test_filters_speak_of_tickets(acme: Account) -> None:
    tell(
        said(acme, "late", priority="urgent", channel="E-Mail", is_escalated=True),
        said(acme, "done", closed_at=ago(days=3), csat=2),
    )
    publish("support", None, now=NOW)
    known = vocabulary()

    def holds(tree: Any) -> bool:
        return AccountNow.objects.filter(to_q(tree, known, NOW.date(), me=1)).filter(pk=acme.pk).exists()

    for test in (
        Test("escalated", "eq", True),
        Test("late", "eq", True),
        Test("channel", "eq", "e-mail"),
        Test("priority", "eq", "urgent"),
        Test("csat", "lt", 3),
        Test("age", "gt", 5),
    ):
        assert holds(Related("any", "tickets", test)), test
    assert holds(Test("tickets_open", "eq", 1)) and not holds(Test("tickets_open", "gt", 1))


def test_the_table_of_service_levels_is_the_one_written_down() -> None:
    assert {str(p): (level.response_hours, level.solution_hours) for p, level in SERVICE_LEVELS.items()} == {
        "urgent": (1, 8), "high": (4, 24), "normal": (8, 72), "low": (24, 120),
    }  # fmt: skip
