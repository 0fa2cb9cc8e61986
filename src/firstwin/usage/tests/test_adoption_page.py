"""Adoption over the portfolio as its readers see it."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account, AccountNow
from firstwin.core import clock
from firstwin.people.models import User
from firstwin.usage.adoption.curves import HEIGHT, Followed, curve_picture
from firstwin.usage.adoption.spread import QUESTIONS

PAGE = "/usage/adoption/"


@pytest.fixture
def book(owner: User, acme: Account) -> list[Account]:
    """Four customers: one thrives, one falls, one went quiet, one was never seen."""
    now = clock.now()
    others = [open_account(by=owner, name=name, now=now) for name in ("Beta", "Gamma", "Delta")]
    accounts = [acme, *others]
    today = clock.today()
    said: list[dict[str, Any]] = [
        {"weekly_share": 0.85, "licence_share": 0.9, "usage_days_14": 12, "habit_weeks": 12, "last_seen_on": today,
         "events_28": 900, "usage_trend": 0.4, "activated_on": today - timedelta(days=90),
         "first_win_on": today - timedelta(days=60), "people_active_28": 20},
        {"weekly_share": 0.2, "licence_share": 0.5, "usage_days_14": 3, "habit_weeks": 9, "last_seen_on": today,
         "events_28": 200, "usage_trend": -5.0, "activated_on": today - timedelta(days=90), "people_active_28": 6},
        {"weekly_share": 0.0, "licence_share": 0.0, "usage_days_14": 0, "habit_weeks": 2, "events_28": 0,
         "last_seen_on": today - timedelta(days=40), "usage_trend": -7.0, "people_active_28": 0},
        {},
    ]  # fmt: skip
    for place, (account, columns) in enumerate(zip(accounts, said, strict=True)):
        money = {"commercial_status": "customer", "arr_minor": (place + 1) * 1_000_000, "seats": 20}
        AccountNow.objects.filter(account=account).update(**money, **columns)
    return accounts


@pytest.mark.django_db
def test_accounts_are_counted_where_they_stand(client_of: Any, owner: User, book: list[Account]) -> None:
    html = client_of(owner).get(PAGE).content.decode()
    weekly = html[html.index('id="spread-weekly"') : html.index('id="spread-licence"')]
    for words in ("80% and more", "1 · 33%", "Nobody", "1 account", "no seats or no people known"):
        assert words in weekly
    assert "2 of 4 accounts used it in 28 days" in html
    assert "2 of 3 accounts came in 8 of 12 weeks" in html


@pytest.mark.django_db
def test_every_bar_leads_to_exactly_its_accounts(client_of: Any, owner: User, book: list[Account]) -> None:
    import re
    from html import unescape

    client = client_of(owner)
    html = client.get(PAGE).content.decode()
    bars = re.findall(r'<a class="link" href="([^"]+)">([^<]+)</a></span>.*?<b>(\d+)', html)
    # Three accounts are known to each question; a bar of nobody leads nowhere.
    assert sum(int(count) for _, _, count in bars) == 3 * len(QUESTIONS)
    for address, label, count in bars:
        listed = client.get(unescape(address))
        assert listed.status_code == 200, label
        rows = re.findall(r'<tr data-key="', listed.content.decode())
        assert len(rows) == int(count), label


@pytest.mark.django_db
def test_quiet_and_falling_accounts_are_told_with_what_they_pay(
    client_of: Any, owner: User, book: list[Account]
) -> None:
    html = client_of(owner).get(PAGE).content.decode()
    quiet = html[html.index('id="concern-quiet"') : html.index('id="concern-falling"')]
    falling = html[html.index('id="concern-falling"') :]
    assert "Gamma" in quiet and "Beta" not in quiet and "$30K" in quiet
    assert "Beta" in falling and "−5.0" in falling
    # A quiet account falls as well, and is told once.
    assert "Gamma" not in falling
    assert "/accounts/gamma/usage/" in quiet


@pytest.mark.django_db
def test_who_churned_is_left_out_unless_asked_for(client_of: Any, owner: User, book: list[Account]) -> None:
    AccountNow.objects.filter(account=book[2]).update(commercial_status="churned")
    client = client_of(owner)
    assert "of 3 accounts used it" in client.get(PAGE).content.decode()
    assert "of 4 accounts used it" in client.get(f"{PAGE}?among=everyone").content.decode()


@pytest.mark.django_db
def test_the_filter_of_the_list_holds_here(client_of: Any, owner: User, book: list[Account]) -> None:
    client = client_of(owner)
    html = client.get(PAGE, {"filter": "habit_weeks >= 9"}).content.decode()
    assert "2 of 2 accounts used it" in html and "Remove filter" in html
    bad = client.get(PAGE, {"filter": "nonsense >>> 3"})
    assert bad.status_code == 400 and "Remove the filter" in bad.content.decode()
    odd = client.get(f"{PAGE}?whose=%00&view=nope&clock=x&among=y&sort=z&size=999&cursor=%FF")
    assert odd.status_code == 200
    none = client.get(PAGE, {"filter": "habit_weeks >= 99"}).content.decode()
    assert "No account here" in none


@pytest.mark.django_db
def test_nobody_sees_accounts_outside_their_scope(
    client_of: Any, teammate: User, stranger: User, viewer: User, book: list[Account]
) -> None:
    assert "Gamma" in client_of(teammate).get(f"{PAGE}?whose=team").content.decode()
    assert "Gamma" not in client_of(stranger).get(PAGE).content.decode()
    assert "Gamma" in client_of(viewer).get(PAGE).content.decode()
    assert client_of(viewer).post(PAGE).status_code == 405


@pytest.mark.django_db
def test_the_page_costs_the_same_however_many_accounts_there_are(
    client_of: Any, owner: User, book: list[Account]
) -> None:
    client = client_of(owner)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(PAGE)
        return len(seen)

    asked()
    first = asked()
    for n in range(6):
        open_account(by=owner, name=f"More {n}", now=clock.now())
    AccountNow.objects.update(commercial_status="customer", events_28=3, usage_trend=-4.0, last_seen_on=clock.today())
    assert asked() == first


@pytest.mark.django_db
def test_switching_what_is_shown_keeps_the_rest(client_of: Any, owner: User, book: list[Account]) -> None:
    import re
    from html import unescape

    html = client_of(owner).get(PAGE, {"filter": "habit_weeks >= 1", "clock": "kickoff"}).content.decode()
    addresses = [unescape(one) for one in re.findall(r'href="(/usage/adoption/[^"]*)"', html)]
    everyone = next(one for one in addresses if "among=everyone" in one)
    said = parse_qs(urlsplit(everyone).query)
    assert said["filter"] == ["habit_weeks >= 1"] and said["clock"] == ["kickoff"]


# --- curves -------------------------------------------------------------------------------------------


def a_cohort(**said: Any) -> Followed:
    usual: dict[str, Any] = {
        "label": "Q1 2026", "n": 12, "wins": 6, "lost": 1, "median": 80,
        "points": ((20, 0.1), (45, 0.3), (80, 0.5)), "censored": (30, 120, 150), "followed": 150,
    }  # fmt: skip
    return Followed(**(usual | said))


def test_a_curve_steps_up_and_ends_where_nobody_was_followed_further() -> None:
    picture = curve_picture([a_cohort(), a_cohort(label="Q2 2026", followed=60, median=None, points=((20, 0.2),))])
    first, second = picture.curves
    assert picture.days == 180
    assert first.path.count("H") == 4 and first.median_x == pytest.approx(44.4, abs=0.1)
    assert second.median_x is None and len(first.ticks) == 3
    assert first.cohort.waiting == 5
    assert first.cohort.by(50) == 0.3 and second.cohort.by(90) is None and first.cohort.by(5) == 0.0


@given(
    st.lists(st.tuples(st.integers(0, 900), st.floats(0, 1)), max_size=30),
    st.lists(st.integers(0, 900), max_size=20),
)
def test_no_curve_leaves_its_picture(points: list[tuple[int, float]], censored: list[int]) -> None:
    days = sorted(dict(points))
    rising = tuple(zip(days, sorted(share for _, share in points)[: len(days)], strict=True))
    last = max([*days, *censored, 0])
    picture = curve_picture([a_cohort(points=rising, censored=tuple(censored), followed=last)])
    for tick in picture.curves[0].ticks:
        assert 0 <= tick.x <= 100 and 0 <= tick.y <= HEIGHT
    assert all(0 <= x <= 100 for x, _ in picture.marks)
