"""The usage section as its readers see it."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.accounts.actions.people import add_person
from firstwin.accounts.models import Account
from firstwin.core import clock
from firstwin.people.models import User
from firstwin.revenue.tests.screen_rows import a_line, a_product, today
from firstwin.ui.filters import NOTHING
from firstwin.usage.metrics.reading import FROM_AGGREGATES, Heat, Usage, Week
from firstwin.usage.section.contract import ENDS, RENEWED, STARTS, SeatStep, contract_events, seats_at, seats_over_time
from firstwin.usage.section.depth import Depth, Workflow
from firstwin.usage.section.figures import figures_of
from firstwin.usage.section.gather import Reading
from firstwin.usage.section.heat import MOST, heat_shown
from firstwin.usage.section.people import COLUMNS, lines_of, matching, people_shown
from firstwin.usage.section.pictures import week_picture, weeks_in_words
from firstwin.usage.section.products import products_shown
from firstwin.usage.tests.readings import (
    AT,
    ON,
    a_heat,
    a_person,
    a_product_use,
    a_usage,
    nothing,
    some_people,
    some_weeks,
)

DEPTH = Depth((Workflow(1, "Shipment booked", 1, 40),), (Workflow(4, "Report shared", 1, 0),))


def told(usage: Usage, weeks: Any = None, depth: Depth = DEPTH) -> dict[str, Any]:
    return {one.key: one for one in figures_of(usage, weeks or some_weeks(), depth)}


# --- figures ------------------------------------------------------------------------------------------


def test_each_figure_says_what_it_is_divided_by() -> None:
    figures = told(a_usage())
    assert (figures["weekly"].value, figures["weekly"].note) == ("45%", "18 of 40 seats")
    assert (figures["licence"].value, figures["licence"].note) == ("65%", "26 of 40 seats")
    assert (figures["frequency"].value, figures["frequency"].note) == ("Daily", "10 of 14 days")
    assert (figures["depth"].value, figures["depth"].note) == ("3 of 5", "not Report shared")
    assert (figures["first_win"].value, figures["first_win"].note) == ("28 Mar 2025", "46 days to value")
    assert (figures["activation"].value, figures["activation"].note) == ("3 Mar 2025", "21 days in")


def test_without_seats_people_are_counted_and_no_share_is_made_up() -> None:
    figures = told(a_usage(seats=None, weekly_share=None, licence_share=None))
    assert (figures["weekly"].value, figures["weekly"].note) == ("18", "people; no seats in force")


def test_what_counts_cannot_tell_says_so() -> None:
    reasons = dict.fromkeys(("active_7", "active_28", "teams_28", "stickiness"), FROM_AGGREGATES)
    bare = dict.fromkeys(("active_7", "active_28", "weekly_share", "licence_share", "teams_28", "sites_28",
                          "stickiness"))  # fmt: skip
    figures = told(a_usage(basis="aggregates", reasons=reasons, **bare))
    for key in ("weekly", "licence", "teams", "stickiness"):
        assert figures[key].value == NOTHING
        assert figures[key].note == "not measurable from aggregates"
    assert figures["frequency"].value == "Daily"


def test_a_fall_is_told_with_its_sentence_and_a_tone() -> None:
    trend = told(a_usage(trend=-3.4, trend_share=-0.18))["trend"]
    assert (trend.value, trend.tone) == ("−18%", "risk")
    assert trend.note.startswith("1,620 events against")
    assert told(a_usage(trend=0.4, trend_share=0.02))["trend"].tone == ""
    quiet = told(a_usage(trend=None, trend_share=None, trend_why="Fewer than 20 events in 28 days."))["trend"]
    assert (quiet.value, quiet.note) == (NOTHING, "fewer than 20 events in 28 days")


def test_the_habit_shows_twelve_weeks_the_latest_last() -> None:
    weeks = [Week(ON - timedelta(days=7 * n), 1, 0 if n == 3 else 5, 1) for n in range(19, -1, -1)]
    habit = told(a_usage(), weeks)["habit"]
    assert len(habit.marks) == 12
    assert [n for n, used in enumerate(habit.marks) if not used] == [8]


@given(st.integers(0, 500), st.sampled_from([None, 0, 1, 40]))
def test_any_count_can_be_written(active: int, seats: int | None) -> None:
    share = active / seats if seats else None
    usage = a_usage(active_7=active, active_28=active, seats=seats, weekly_share=share, licence_share=share)
    assert all(one.label and one.value for one in figures_of(usage, some_weeks(), DEPTH))


def test_an_account_nobody_saw_has_no_figure_that_looks_like_zero() -> None:
    figures = told(nothing())
    for key in ("weekly", "licence", "frequency", "habit", "last_seen", "stickiness"):
        assert figures[key].value == NOTHING
    assert figures["first_win"].value == "Not yet"


def test_more_people_than_seats_ask_for_a_look() -> None:
    lines = products_shown(a_usage())
    assert [line.use.name for line in lines] == ["Freight desk", "Atlas"]
    assert [line.tone for line in lines] == ["accent", "watch"]
    assert lines[1].active_x == 100 and lines[1].bought_x is not None and lines[1].bought_x < 100
    bare = products_shown(a_usage(products=(a_product_use(bought=None, active_28=None, peak=None, share=None),)))
    assert bare[0].says == "Freight desk: "


# --- the chart ----------------------------------------------------------------------------------------


def test_seats_hold_until_the_next_step_and_are_not_known_between_contracts() -> None:
    steps = [SeatStep(date(2026, 1, 1), 10), SeatStep(date(2026, 3, 1), None), SeatStep(date(2026, 4, 1), 20)]
    assert seats_at(steps, date(2025, 12, 31)) is None
    assert seats_at(steps, date(2026, 2, 28)) == 10
    assert seats_at(steps, date(2026, 3, 1)) is None
    assert seats_at(steps, date(2026, 9, 1)) == 20


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 90_000)), min_size=1, max_size=104))
def test_every_week_stands_inside_the_picture(said: list[tuple[int, int]]) -> None:
    first = ON - timedelta(days=7 * len(said) - 1)
    weeks = [Week(first + timedelta(days=7 * n), people, events, 1) for n, (people, events) in enumerate(said)]
    picture = week_picture(weeks, [SeatStep(first - timedelta(days=3), 50)], [], ON)
    for column in picture.columns:
        assert 0 <= column.x < column.right <= 100
        assert 0 <= column.people_y <= picture.people.ground + 0.1
        assert 0 <= column.events_y <= picture.events.ground + 0.1
        assert column.seats == 50
    assert picture.columns[-1].week.from_on + timedelta(days=6) == ON
    assert weeks_in_words(picture)


def test_weeks_of_which_people_are_not_known_say_so() -> None:
    picture = week_picture(some_weeks(12, people=None), [], [], ON)
    assert not picture.has_people and picture.seats is None
    assert "people not known" in picture.columns[0].words


# --- the heat map -------------------------------------------------------------------------------------


def test_features_stand_under_their_product_and_their_parent() -> None:
    shown = heat_shown(a_heat(), {1: "Freight desk", 2: "Atlas"})
    assert [group.product for group in shown.groups] == ["Freight desk", "Atlas", "No product"]
    assert [(line.label, line.depth) for line in shown.groups[0].lines] == [
        ("Shipment booked", 0), ("Quote sent", 1), ("Quote edited", 1), ("Report shared", 0),
    ]  # fmt: skip
    assert [line.is_core for line in shown.groups[0].lines] == [True, True, False, True]
    cell = shown.groups[0].lines[0].cells[0]
    assert "usual" in cell.words and cell.count


def test_a_circle_of_parents_hides_nothing() -> None:
    rows = list(a_heat().rows)
    from dataclasses import replace

    rows[0] = replace(rows[0], parent=2)
    shown = heat_shown(Heat(ON, a_heat().weeks, tuple(rows)), {1: "Freight desk"})
    assert shown.count == len(rows)


def test_more_features_than_fit_are_counted() -> None:
    row = a_heat().rows[0]
    from dataclasses import replace

    rows = tuple(replace(row, feature=n, parent=None) for n in range(1, MOST + 6))
    shown = heat_shown(Heat(ON, a_heat().weeks, rows), {})
    assert (shown.count, shown.left_out) == (MOST, 5)


# --- people -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_people_are_sorted_and_those_who_lapsed_come_first_on_demand(acme: Account) -> None:
    lines = lines_of(acme, some_people(), AT)
    days = [line.use.days_28 for line in people_shown(lines, {}).rows]
    assert days == sorted(days, reverse=True)
    first = people_shown(lines, {"sort": "state"}).rows
    assert [line.use.state for line in first][:6] == ["lapsed"] * 5 + ["new"]
    assert {line.use.state for line in people_shown(lines, {"state": "new"}).rows} == {"new"}
    # What makes no sense is left out.
    odd = people_shown(lines, {"sort": "-nonsense", "state": "x", "people": "٣"})
    assert (odd.count, odd.page, odd.sort) == (30, 1, "-days")
    assert people_shown(lines, {"people": "999999"}).page == 2


@pytest.mark.django_db
@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: str(column.key))
def test_each_column_sorts_both_ways(acme: Account, column: Any) -> None:
    lines = lines_of(acme, some_people(), AT)
    for sort in (column.key, f"-{column.key}"):
        assert len(matching(lines, {"sort": sort})) == 30
    shown = people_shown(lines, {"sort": column.key})
    assert shown.sort_for(column) == f"-{column.key}"


@pytest.mark.django_db
def test_a_person_who_is_known_leads_to_their_page_with_their_role(owner: User, acme: Account) -> None:
    now = clock.now()
    ines = add_person(by=owner, account=acme, now=now, name="Ines Sol", roles_played=["champion"])
    known, unknown = lines_of(
        acme, [a_person(1, person_id=ines.pk, name="Ines Sol"), a_person(2, name="")], clock.now()
    )
    assert known.href == f"/contacts/{ines.key}/" and known.roles == "Champion"
    assert unknown.href == "" and unknown.name == "Visitor 00000002"


# --- contracts ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_line_that_follows_another_renews_it(acme: Account) -> None:
    from firstwin.revenue.section.asof import AsOf
    from firstwin.revenue.section.ledger import ledger_of

    desk = a_product()
    a_line(acme, -400, -35, name="L-1", product=desk, quantity=10)
    a_line(acme, -35, 330, name="L-2", product=desk, quantity=14)
    a_line(acme, -300, -10, name="L-3", product=a_product("Atlas"), quantity=5)
    ledger = ledger_of(acme, AsOf(today(), clock.now()))
    events = {one.on: one for one in contract_events(ledger)}
    assert events[today(-400)].kind == STARTS
    assert events[today(-35)].kind == RENEWED and "14 seats" in events[today(-35)].words
    assert (events[today(-10)].kind, events[today(-10)].words) == (ENDS, "Atlas ends")
    steps = seats_over_time(ledger.pieces)
    assert [step.seats for step in steps] == [10, 14, None]  # the widest product counts


# --- the page -----------------------------------------------------------------------------------------


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What the section reads, as the test says it: no lake is asked."""
    said: dict[str, Any] = {
        "usage": a_usage(), "weeks": some_weeks(), "heat": a_heat(), "people": some_people(), "may_have_use": True,
    }  # fmt: skip

    def says(part: str) -> property:
        return property(lambda _: said[part])

    for part in said:
        monkeypatch.setattr(Reading, part, says(part))
    yield said


def section(client: Any, query: str = "", key: str = "acme") -> str:
    answer = client.get(f"/accounts/{key}/usage/{query}{'&' if query else '?'}whole=1")
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.django_db
def test_the_section_shows_figures_chart_heat_and_people(
    client_of: Any, owner: User, acme: Account, read: dict[str, Any]
) -> None:
    html = section(client_of(owner))
    order = [html.index(f'id="{part}"') for part in ("licences", "usage-weeks", "features", "users")]
    assert order == sorted(order)
    for words in ("18 of 40 seats", "Weeks with use, the latest last", "Shipment booked", "Person 20", "1 to 25 of 30"):
        assert words in html
    assert "style=" not in html and "onclick" not in html
    assert "as of" in html


@pytest.mark.django_db
@pytest.mark.parametrize("figure", [
    "weekly", "licence", "frequency", "habit", "depth", "trend", "teams", "stickiness", "last_seen", "activation",
    "first_win",
])  # fmt: skip
def test_every_figure_answers_why(
    client_of: Any, owner: User, acme: Account, read: dict[str, Any], figure: str
) -> None:
    a_line(acme, -100, 200, name="L-1", quantity=40)
    address = f"/accounts/acme/usage/why/{figure}/"
    assert address in section(client_of(owner))
    html = client_of(owner).get(address).content.decode()
    assert "Days" in html and "Made of" in html and "single events" in html
    in_dialog = client_of(owner).get(address, HTTP_HX_REQUEST="true")
    assert in_dialog["HX-Retarget"] == "#dialog"


@pytest.mark.django_db
def test_the_licence_figure_names_its_seats_with_their_source(
    client_of: Any, owner: User, acme: Account, read: dict[str, Any]
) -> None:
    a_line(acme, -400, 200, name="L-1", quantity=40)
    html = client_of(owner).get("/accounts/acme/usage/why/licence/?on=2026-06-01").content.decode()
    for words in ("28 days", "seats of the widest product, paid and in force", "billing", "L-1", "Person 20"):
        assert words in html


@pytest.mark.django_db
def test_the_page_does_not_wait_for_the_lake(
    client_of: Any, owner: User, acme: Account, read: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reading, "usage", property(lambda _: pytest.fail("the lake was asked")))
    html = client_of(owner).get("/accounts/acme/usage/?on=2026-01-05").content.decode()
    assert 'hx-get="/accounts/acme/usage/?on=2026-01-05&amp;whole=1"' in html
    read["may_have_use"] = False
    assert "No usage yet" in client_of(owner).get("/accounts/acme/usage/").content.decode()


@pytest.mark.django_db
def test_an_empty_section_says_what_usage_is(
    client_of: Any, owner: User, operations: User, acme: Account, read: dict[str, Any]
) -> None:
    read["usage"] = nothing()
    html = section(client_of(owner))
    assert "No usage yet" in html and "Send the first event" not in html
    assert "Send the first event" in section(client_of(operations))
    past = section(client_of(owner), "?on=2024-01-05")
    assert "Nothing was sent by that day" in past


@pytest.mark.django_db
def test_counts_alone_say_that_people_are_not_known(
    client_of: Any, owner: User, acme: Account, read: dict[str, Any]
) -> None:
    bare = dict.fromkeys(("active_7", "active_28", "weekly_share", "licence_share", "stickiness", "teams_28",
                          "sites_28"))  # fmt: skip
    read["usage"] = a_usage(basis="aggregates", reasons={"active_7": FROM_AGGREGATES}, **bare)
    read["people"], read["weeks"] = [], some_weeks(people=None)
    html = section(client_of(owner))
    assert "not measurable from aggregates" in html
    assert "Daily counts name nobody" in html


@pytest.mark.django_db
def test_a_past_day_is_kept_by_every_link(client_of: Any, owner: User, acme: Account, read: dict[str, Any]) -> None:
    html = section(client_of(owner), "?on=2026-01-05&known=then&weeks=26&sort=state")
    assert "why/weekly/?on=2026-01-05&amp;known=then" in html
    assert "Back to today" in html and "As known then" in html
    assert "is not a day" in section(client_of(owner), "?on=%00&weeks=x&people=-1")


@pytest.mark.django_db
def test_people_leave_as_a_file_without_formulas(
    client_of: Any, owner: User, acme: Account, read: dict[str, Any]
) -> None:
    read["people"] = [a_person(1, name="=cmd|' /C calc'!A0"), a_person(2, state="lapsed", days_28=0)]
    answer = client_of(owner).get("/accounts/acme/usage/people.csv?state=active")
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body)))
    assert [len(rows), rows[1][0][:2]] == [2, "'="]
    book = client_of(owner).get("/accounts/acme/usage/people.xlsx")
    assert b"".join(book.streaming_content)[:2] == b"PK"
    assert client_of(owner).get("/accounts/acme/usage/people.exe").status_code == 404


@pytest.mark.django_db
def test_teammates_see_it_and_strangers_do_not(
    client_of: Any, teammate: User, stranger: User, acme: Account, read: dict[str, Any]
) -> None:
    for address in ("/accounts/acme/usage/", "/accounts/acme/usage/why/weekly/", "/accounts/acme/usage/people.csv"):
        assert client_of(teammate).get(address).status_code == 200
        assert client_of(stranger).get(address).status_code == 404
        assert client_of(teammate).post(address).status_code == 405
    assert client_of(teammate).get("/accounts/acme/usage/why/nonsense/").status_code == 404
