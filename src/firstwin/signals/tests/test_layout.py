"""The experience that serves an account arranges its page and says on it why."""

from typing import Any

import pytest
from django.test import Client

from firstwin.accounts.models import Account, AccountNow
from firstwin.core import clock
from firstwin.people.config.store import definitions
from firstwin.people.models import User
from firstwin.signals.refresh.once import refresh_accounts

pytestmark = pytest.mark.django_db

POOLED = {
    "label": "Pooled", "help": "", "segment": "", "touch_model": "pooled", "priority": "100", "cadence_days": "45",
    "silent_days": "45", "scorecard": "pooled", "others": [], "pipeline": "default",
    "service_levels": "first answer: 8", "skills": "", "plays": "", "layout": "", "note": "", "based_on": "1",
}  # fmt: skip


def arrange(client: Client, *keys: str) -> Any:
    return client.post("/experiences/pooled/", POOLED | {"layout": "\n".join(keys), "act": "publish-anyway"})


def tabs(client: Client, address: str = "/accounts/acme/") -> list[str]:
    nav = client.get(address).text.split("account-tabs")[1].split("</nav>")[0]
    return [part.split(">")[1].split("<")[0].strip() for part in nav.split('aria-keyshortcuts="')[1:]]


def test_an_experience_says_which_sections_the_page_shows_and_in_which_order(
    client_of: Any, operations: User, owner: User, acme: Account
) -> None:
    usual = tabs(client_of(owner))
    assert usual[:2] == ["Summary", "People"] and len(usual) > 5
    AccountNow.objects.filter(account=acme).update(experience="pooled")
    assert tabs(client_of(owner)) == usual
    assert arrange(client_of(operations), "summary", "health", "timeline").url == "/experiences/"
    assert tabs(client_of(owner)) == ["Summary", "Health", "Timeline"]
    text = client_of(owner).get("/accounts/acme/").text
    assert "More sections" in text and 'href="/accounts/acme/people/"' in text
    # What is left out is a click away, and stands among the tabs while one looks at it.
    assert tabs(client_of(owner), "/accounts/acme/people/") == ["Summary", "Health", "Timeline", "People"]
    AccountNow.objects.filter(account=acme).update(experience="digital")
    assert tabs(client_of(owner)) == usual


def test_a_section_that_is_none_is_refused_at_its_field(client_of: Any, operations: User, acme: Account) -> None:
    answer = arrange(client_of(operations), "summary", "helth")
    assert answer.status_code == 422 and "no section &#39;helth&#39;" in answer.text and "health" in answer.text
    assert definitions("experience")["pooled"].parsed.layout == ()


def test_the_page_says_which_experience_serves_an_account_and_why(client_of: Any, owner: User, acme: Account) -> None:
    refresh_accounts([acme.pk], now=clock.now())
    panel = client_of(owner).get("/accounts/acme/health/").text.split("Served as")[1].split("</section>")[0]
    assert "Pooled" in panel and "No other experience takes it." in panel
    assert "contact every 45 days" in panel and "first answer within 8 h" in panel
