"""The usage pages over real events in a lake: what was stored is what is shown."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.people import add_person
from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.published import publish
from firstwin.core import clock
from firstwin.people.models import User
from firstwin.revenue.tests.screen_rows import a_line, a_product
from firstwin.usage.lake.days import number_of
from firstwin.usage.models import FeatureMeaning, Means
from firstwin.usage.store.models import Actor, EventName, Place
from firstwin.usage.tests.lake_world import Event, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def used(acme: Account, owner: User, lake: Path) -> Account:
    """Acme with 10 seats: Ines comes on most days, a visitor came until two months ago."""
    now = clock.now()
    today = number_of(clock.day_of(now))
    ines = add_person(by=owner, account=acme, now=now, name="Ines Sol", roles_played=["champion"])
    desk = a_product()
    a_line(acme, -200, 160, name="L-1", product=desk, quantity=10)
    place = Place.objects.create(source=1, key="g1", account=acme.pk, first_at=now, last_at=now).pk
    known = Actor.objects.create(source=1, key="u:1", person=ines.pk, first_at=now).pk
    visitor = Actor.objects.create(source=1, key="u:2", first_at=now).pk
    booked, shared = (
        EventName.objects.create(kind="track", name=name, first_at=now, last_at=now).pk
        for name in ("Shipment booked", "Report shared")
    )
    long_ago = {"known_at": now - timedelta(days=300), "recorded_at": now}
    FeatureMeaning.objects.create(feature=booked, product=desk, is_core=True, means=Means.FIRST_WIN, **long_ago)
    FeatureMeaning.objects.create(feature=shared, product=desk, is_core=True, **long_ago)
    events = [
        Event(key=n + 1, place=place, actor=known, feature=booked, day=today - n, second=600)
        for n in range(1, 150)
        if n % 3
    ]
    events += [Event(key=1_000 + n, place=place, actor=visitor, feature=shared, day=today - n) for n in range(60, 70)]
    put(*events, now=now)
    publish("usage", [acme.pk], now=now)
    return acme


def section(client: Any, query: str = "") -> str:
    answer = client.get(f"/accounts/acme/usage/?whole=1{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_was_stored_is_shown(client_of: Any, owner: User, used: Account) -> None:
    html = section(client_of(owner))
    for words in ("1 of 10 seats", "12 of 12", "1 of 2", "not Report shared", "Freight desk", "Ines Sol", "Champion"):
        assert words in html
    # Both features of half a year, under their product; the visitor has lapsed.
    assert html.count("heat-core") == 2 and "Lapsed" in html
    assert 'aria-sort="descending"' in html


def test_a_past_day_shows_what_was_true_then(client_of: Any, owner: User, used: Account) -> None:
    past = clock.today() - timedelta(days=65)
    html = section(client_of(owner), f"&on={past}")
    assert "2 of 10 seats" in html and "all in use" in html
    assert "Nothing was sent by that day" in section(client_of(owner), f"&on={past - timedelta(days=900)}")


def test_figures_open_to_people_workflows_and_meanings(client_of: Any, owner: User, used: Account) -> None:
    client = client_of(owner)

    def why(figure: str) -> str:
        return str(client.get(f"/accounts/acme/usage/why/{figure}/").content.decode())

    assert "Ines Sol" in why("licence") and "L-1" in why("licence")
    assert "Report shared" in why("depth") and "Missing" in why("depth")
    assert "Shipment booked" in why("first_win") and "Time to value" in why("first_win")
    for figure in ("weekly", "frequency", "habit", "trend", "teams", "stickiness", "last_seen", "activation"):
        assert "single events" in why(figure)


def test_the_people_leave_as_they_are_shown(client_of: Any, owner: User, used: Account) -> None:
    answer = client_of(owner).get("/accounts/acme/usage/people.csv?sort=state")
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(rows) == 3 and "Lapsed" in rows[1] and rows[2].startswith("Ines Sol")


def test_the_first_win_stands_in_its_cohort(client_of: Any, owner: User, used: Account) -> None:
    client = client_of(owner)
    html = client.get("/usage/adoption/cohorts/").content.decode()
    assert "1 of 1, too few for a median" in html and "1 account" in html
    assert "1 of 1" in html[html.index('id="activation"') :]
    assert "No kick-off is known" in client.get("/usage/adoption/cohorts/?clock=kickoff").content.decode()
    part = client.get("/usage/adoption/cohorts/", HTTP_HX_REQUEST="true").content.decode()
    assert part.strip().startswith('<div class="adoption-cohorts-all" id="cohorts">')


def test_who_has_no_accounts_sees_no_cohorts(client_of: Any, stranger: User, used: Account) -> None:
    for query in ("", "?clock=kickoff", "?filter=habit_weeks+%3E%3D+99"):
        answer = client_of(stranger).get(f"/usage/adoption/cohorts/{query}")
        assert answer.status_code == 200
        assert "1 account" not in answer.content.decode()


def test_an_account_without_events_is_empty_beside_one_with_them(client_of: Any, owner: User, used: Account) -> None:
    open_account(by=owner, name="Beta", now=clock.now())
    answer = client_of(owner).get("/accounts/beta/usage/")
    assert "No usage yet" in answer.content.decode()


def test_an_account_with_too_many_people_says_so_and_shows_the_first(
    client_of: Any, owner: User, used: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(owner)
    ordinary = section(client)
    assert "Too many people" not in ordinary
    for name in ("metrics.reading", "section.gather", "views.section"):
        monkeypatch.setattr(f"firstwin.usage.{name}.CROWD", 1)
    html = section(client)
    assert "Too many people: 2 were seen" in html and "user id" in html
    # The same people and figures; only what needs everybody's name cannot be asked for.
    people = html[html.index('id="users"') :]
    assert people.index("Ines Sol") < people.index("Visitor") and "Champion" in people
    assert "sort=name" not in people and "sort=role" not in people and "sort=-last" in people
    assert section(client, "&sort=name").count("Ines Sol") == html.count("Ines Sol")
    lapsed = section(client, "&state=lapsed&people=7")
    table = lapsed[lapsed.index('<table class="grid users"') :]
    table = table[: table.index("</table>")]
    assert "Visitor" in table and "Ines Sol" not in table
    assert "Ines Sol" in client.get("/accounts/acme/usage/why/licence/").content.decode()
    assert "Ines Sol" in client.get("/accounts/acme/usage/why/last_seen/").content.decode()
    answer = client.get("/accounts/acme/usage/people.csv?state=active")
    assert len(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()) == 2


def test_too_many_people_are_a_finding_of_the_account(
    used: Account, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh_now([used.pk], now=clock.now())
    assert "crowd" not in [one["code"] for one in AccountNow.objects.get(account=used).issues]
    monkeypatch.setattr("firstwin.usage.metrics.reading.CROWD", 1)
    refresh_now([used.pk], now=clock.now())
    found = {one["code"]: one for one in AccountNow.objects.get(account=used).issues}
    assert found["crowd"]["says"].startswith("Too many people")
    # The rest of the row is what it was.
    assert AccountNow.objects.get(account=used).people_active_28 == 1
