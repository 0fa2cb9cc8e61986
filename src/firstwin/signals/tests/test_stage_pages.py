"""Stages on screen: who stands where, and how accounts go through."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account, AccountNow
from firstwin.core import clock
from firstwin.people.models import User
from firstwin.signals.models import StageMove
from firstwin.signals.stages import board

pytestmark = pytest.mark.django_db


def placed(
    account: Account, stage: str, *, days: int = 10, previous: str = "", overlay: str = "", **now: Any
) -> Account:
    """An account that came to a stage some days ago, as the refresh would leave it."""
    on = clock.today() - timedelta(days=days)
    StageMove.objects.create(
        account=account, pipeline="default", version=1, stage=stage, previous=previous, overlay=overlay, on=on,
        at=clock.now(),
    )  # fmt: skip
    said = {
        "stage": overlay or stage, "stage_on": on, "stage_below": stage, "stage_below_on": on, "stage_pace": "on_track",
        "arr_minor": 50_000_00,
    } | now  # fmt: skip
    AccountNow.objects.filter(account=account).update(**said)
    return account


def column(text: str, label: str) -> str:
    """One column of the board."""
    parts = text.split('class="board-column"')
    return next(part.split("</section>")[0] for part in parts if f">{label} <span" in part)


def test_cards_stand_in_the_column_of_their_stage(client_of: Any, owner: User, acme: Account) -> None:
    placed(acme, "adoption", stage_pace="stuck", health=62.0, health_band="amber")
    text = client_of(owner).get("/stages/").text
    here = column(text, "Adoption")
    assert "Acme" in here and "1 stuck" in here and "10 days" in here and "50K" in here and "Amber" in here
    assert "Acme" not in column(text, "Setup") and "Nobody here" in column(text, "Setup")
    assert "cards are not dragged" in text


def test_the_overlay_is_seen_and_hides_no_stage(client_of: Any, owner: User, acme: Account) -> None:
    placed(acme, "outcomes", overlay="renewal", renews_on=clock.today() + timedelta(days=60))
    here = column(client_of(owner).get("/stages/").text, "Outcomes")
    assert "Acme" in here and "Renewal" in here and "1 in renewal" in here


@pytest.mark.parametrize(("late", "says"), [("outcomes", ">Stuck<"), ("renewal", ">Stuck in renewal<")])
def test_a_card_tells_its_days_in_the_column_and_which_clock_is_late(
    client_of: Any, owner: User, acme: Account, late: str, says: str
) -> None:
    since = clock.today() - timedelta(days=420)
    placed(acme, "outcomes", days=42, overlay="renewal", stage_below_on=since, stage_pace="stuck", stage_late=late)
    here = column(client_of(owner).get("/stages/").text, "Outcomes")
    assert "420 days" in here and says in here


def test_a_list_names_the_stage_below_where_that_is_late(client_of: Any, owner: User, acme: Account) -> None:
    placed(acme, "outcomes", overlay="renewal", stage_pace="stuck", stage_late="outcomes")
    text = client_of(owner).get("/accounts/").text
    assert 'title="Stuck in Outcomes, below Renewal"' in text


def test_who_sees_what(client_of: Any, teammate: User, stranger: User, viewer: User, acme: Account) -> None:
    placed(acme, "setup")
    assert "Acme" not in client_of(stranger).get("/stages/").text
    assert "Acme" in client_of(teammate).get("/stages/?whose=team").text
    assert "Acme" in client_of(viewer).get("/stages/").text


def test_a_long_column_is_cut_and_says_how_many_more(
    client_of: Any, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "CARDS", 2)
    for n in range(3):
        placed(open_account(by=owner, name=f"Firm {n}", now=clock.now()), "setup", arr_minor=n * 1000_00)
    here = column(client_of(owner).get("/stages/").text, "Setup")
    assert "and 1 more" in here
    assert here.index("Firm 2") < here.index("Firm 1") and "Firm 0" not in here


def test_a_cut_column_leads_to_the_list_of_all_it_counts(
    client_of: Any, owner: User, acme: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "CARDS", 1)
    placed(acme, "outcomes", overlay="renewal", stage_late="outcomes", stage_pace="stuck")
    placed(open_account(by=owner, name="Boreal", now=clock.now()), "outcomes")
    placed(open_account(by=owner, name="Cobalt", now=clock.now()), "adoption")
    client = client_of(owner)
    here = column(client.get("/stages/").text, "Outcomes")

    def listed(words: str) -> list[str]:
        (link,) = [html.unescape(one) for one in re.findall(r'href="([^"]*)"', here.split(words)[0])[-1:]]
        text = client.get(link).text
        return [name for name in ("Acme", "Boreal", "Cobalt") if f">{name}<" in text]

    assert listed("and 1 more") == ["Acme", "Boreal"]
    assert listed("1 in renewal") == ["Acme"] and listed("1 stuck") == ["Acme"]


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("segment=high-touch", True),
        ("segment=digital", False),
        ("experience=pooled", True),
        ("experience=digital", False),
        ("segment=x&experience=x&owner=x&pipeline=x&whose=x", True),
    ],
)
def test_filters(client_of: Any, owner: User, acme: Account, query: str, is_there: bool) -> None:
    placed(acme, "setup", segments="|high-touch|", experience="pooled")
    assert ("Acme" in client_of(owner).get(f"/stages/?{query}").text) is is_there


def test_the_owner_is_a_filter(client_of: Any, viewer: User, owner: User, teammate: User, acme: Account) -> None:
    placed(acme, "setup")
    other = placed(open_account(by=teammate, name="Boreal", now=clock.now()), "setup")
    text = client_of(viewer).get(f"/stages/?owner={owner.pk}").text
    assert "Acme" in text and other.name not in text


def test_an_empty_board_says_why(client_of: Any, owner: User, acme: Account) -> None:
    assert "Nobody is on this pipeline" in client_of(owner).get("/stages/").text


def test_the_funnel_tells_days_or_that_they_are_not_reached(client_of: Any, owner: User) -> None:
    for n in range(6):
        account = open_account(by=owner, name=f"Firm {n}", now=clock.now())
        placed(account, "setup", days=50)
        if n < 4:
            placed(account, "activation", days=40, previous="setup")
    text = client_of(owner).get("/stages/funnel/").text
    setup, activation = (text.split(f">{label}</td>")[1].split("</tr>")[0] for label in ("Setup", "Activation"))
    assert "10 days" in setup and "not reached" in setup and "100" in setup
    assert "too few to say" in activation
    assert "2 accounts wait in Setup for longer" in text


@pytest.mark.parametrize("by", ["", "segment", "owner", "month", "nonsense"])
def test_the_funnel_by_group(client_of: Any, owner: User, stranger: User, acme: Account, by: str) -> None:
    placed(acme, "setup", segments="|high-touch|")
    text = client_of(owner).get(f"/stages/funnel/?by={by}&since=12").text
    month = f"{clock.today() - timedelta(days=10):%B %Y}"
    named = {"segment": "High touch", "owner": "Ada Okafor", "month": month}.get(by, "All accounts")
    assert named in text
    assert "Nobody went through stages yet" in client_of(stranger).get(f"/stages/funnel/?by={by}").text


def test_the_number_of_questions_does_not_follow_the_accounts(client_of: Any, owner: User) -> None:
    client, counts = client_of(owner), []
    for names in (["One"], ["Two", "Three"]):
        for name in names:
            placed(open_account(by=owner, name=name, now=clock.now()), "setup")
        for path in ("/stages/", "/stages/funnel/?by=owner"):
            client.get(path)
            with CaptureQueriesContext(connection) as asked:
                client.get(path)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_under_renewal_the_page_says_which_of_both_takes_too_long(client_of: Any, owner: User, acme: Account) -> None:
    placed(acme, "outcomes", days=300)
    placed(acme, "outcomes", days=42, previous="outcomes", overlay="renewal")
    panel = client_of(owner).get("/accounts/acme/health/").text.split('id="stage"')[1].split("</section>")[0]
    assert "Renewal" in panel and "Stuck in Outcomes" in panel
    assert "42 days in it since" in panel and "expected to take 60 days, stuck after 90" in panel
    assert "Under it: Outcomes for 300 days (expected to take 120 days, stuck after 240)" in panel
