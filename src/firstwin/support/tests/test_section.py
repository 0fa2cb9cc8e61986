"""The support section as its readers see it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from firstwin.accounts.actions.people import add_person
from firstwin.accounts.actions.receive.refresh import refresh_received
from firstwin.accounts.models import Account
from firstwin.core import clock
from firstwin.people.models import User
from firstwin.support.models import Ticket
from firstwin.support.tests.told import said, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(acme: Account, owner: User) -> Account:
    """Acme with an urgent ticket, an old one, one that waits, and seven solved ones."""
    now = clock.now()

    def at(days: float) -> Any:
        return now - timedelta(days=days)

    asker = add_person(by=owner, account=acme, now=now, name="Ines Sol")
    one = {"known_at": now, "has_own_time": False}
    tell(
        said(acme, "old", subject="Old question", opened_at=at(40), first_response_at=at(40), priority="low", **one),
        said(acme, "urgent", subject="Nothing works", opened_at=at(1), priority="urgent", is_escalated=True,
             person_id=asker.pk, channel="Phone", url="https://desk.example/urgent", **one),
        said(acme, "waits", subject="Waits for them", opened_at=at(2), first_response_at=at(2), status="pending",
             known_at=at(1.9), has_own_time=True),
        *(
            said(acme, f"S-{n}", subject=f"Solved {n}", opened_at=at(30 + n), first_response_at=at(30 + n - 0.01),
                 closed_at=at(29 + n), csat=5 if n else 1, **one)
            for n in range(7)
        ),
        now=now,
    )  # fmt: skip
    refresh_received([acme.pk], now=now)
    return acme


def section(client: Any, account: Account, query: str = "") -> str:
    answer = client.get(f"/accounts/{account.key}/support/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_to_do_next_comes_first(client_of: Any, owner: User, busy: Account) -> None:
    html = section(client_of(owner), busy)
    part = html[html.index('id="open-tickets"') : html.index('id="help-figures"')]
    order = [part.index(words) for words in ("Nothing works", "Waits for them", "Old question")]
    assert order == sorted(order)
    assert "2 late" in part and "1 open for more than 14 days" in part
    for words in ("Answer and solution later than promised", "Ageing", "Escalated", "clock stopped", "16 h over"):
        assert words in part
    assert html.index("Open tickets") < html.index("How help goes") < html.index("Opened per week")


def test_figures_say_how_many_and_how_sure(client_of: Any, owner: User, busy: Account) -> None:
    html = section(client_of(owner), busy)
    assert "86%" in html and "6 of 7 ratings; 49% to 97%" in html
    assert "median of 7; 90% in 24 h" in html


def test_few_ratings_are_no_share(client_of: Any, owner: User, acme: Account) -> None:
    now = clock.now()
    tell(said(acme, closed_at=now - timedelta(days=1), csat=4, known_at=now, has_own_time=False), now=now)
    html = section(client_of(owner), acme)
    assert "1 rating: too few for a share" in html


def test_the_history_can_be_filtered_and_paged(client_of: Any, owner: User, acme: Account) -> None:
    now = clock.now()
    one = {"known_at": now, "has_own_time": False}
    tell(*(said(acme, f"T-{n:03}", subject=f"Subject {n:03}", opened_at=now - timedelta(days=n), **one)
           for n in range(60)), now=now)  # fmt: skip
    tell(said(acme, "D", subject="Done thing", closed_at=now, opened_at=now, priority="high", **one), now=now)
    client = client_of(owner)

    def listed(query: str) -> str:
        html = section(client, acme, query)
        return html[html.index('id="tickets"') :]

    assert "1 to 25 of 61" in listed("") and "Subject 059" not in listed("")
    assert "51 to 61 of 61" in listed("?page=3") and "Subject 059" in listed("?page=3")
    assert "Done thing" in listed("?status=done") and "Subject 001" not in listed("?status=done")
    assert "Done thing" in listed("?priority=high")
    assert "Nothing matches" in listed("?status=on_hold")
    # What makes no sense is left out.
    assert "1 to 25 of 61" in listed("?status=%00&priority=x&page=-4")
    assert "51 to 61 of 61" in listed("?page=999999")


def test_as_of_a_past_day_and_as_known_then(client_of: Any, owner: User, busy: Account) -> None:
    day = (clock.now() - timedelta(days=33)).date()
    html = section(client_of(owner), busy, f"?on={day}")
    part = html[html.index('id="open-tickets"') : html.index('id="help-figures"')]
    assert "Old question" in part and "Nothing works" not in part
    html = section(client_of(owner), busy, f"?on={day}&known=then")
    assert "Nothing was open on that day." in html
    assert "is not a day" in section(client_of(owner), busy, "?on=gestern")


def test_an_empty_section_says_what_it_is_for(client_of: Any, owner: User, acme: Account) -> None:
    assert "No tickets yet" in section(client_of(owner), acme)


def test_a_ticket_shows_its_pieces_and_where_they_came_from(client_of: Any, owner: User, busy: Account) -> None:
    ticket = Ticket.objects.standing().get(external_id="urgent")
    answer = client_of(owner).get(f"/accounts/acme/support/tickets/{ticket.pk}/")
    html = answer.content.decode()
    for words in ("Nothing works", "Ticket urgent", "Ines Sol", "Phone", "None yet, promised within 1 h", "import 7",
                  'href="https://desk.example/urgent"', "urgent priority, escalated"):  # fmt: skip
        assert words in html
    in_dialog = client_of(owner).get(f"/accounts/acme/support/tickets/{ticket.pk}/", HTTP_HX_REQUEST="true")
    assert in_dialog["HX-Retarget"] == "#dialog"


def test_a_link_that_is_not_of_the_web_is_never_shown(client_of: Any, owner: User, acme: Account) -> None:
    now = clock.now()
    tell(said(acme, known_at=now, has_own_time=False), now=now)
    Ticket.objects.update(url="javascript:alert(1)")  # as no import would store it
    ticket = Ticket.objects.as_told().get()
    assert "javascript:" not in client_of(owner).get(f"/accounts/acme/support/tickets/{ticket.pk}/").content.decode()


def test_teammates_see_it_and_strangers_do_not(client_of: Any, teammate: User, stranger: User, busy: Account) -> None:
    ticket = Ticket.objects.as_told().first()
    assert ticket is not None
    for address in ("/accounts/acme/support/", f"/accounts/acme/support/tickets/{ticket.pk}/"):
        assert client_of(teammate).get(address).status_code == 200
        assert client_of(stranger).get(address).status_code == 404
        assert client_of(teammate).post(address).status_code == 405


def test_a_ticket_of_another_account_is_not_there(client_of: Any, owner: User, busy: Account) -> None:
    from firstwin.accounts.actions.open_account import open_account

    open_account(by=owner, name="Beta", now=clock.now())
    ticket = Ticket.objects.as_told().first()
    assert ticket is not None
    assert client_of(owner).get(f"/accounts/beta/support/tickets/{ticket.pk}/").status_code == 404


def test_the_section_costs_the_same_whatever_there_is(client_of: Any, owner: User, busy: Account) -> None:
    client = client_of(owner)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            section(client, busy)
        return len(seen)

    section(client, busy)
    first = asked()
    now = clock.now()
    tell(*(said(busy, f"M-{n}", opened_at=now - timedelta(days=n), known_at=now, has_own_time=False)
           for n in range(30)), now=now)  # fmt: skip
    assert asked() == first
