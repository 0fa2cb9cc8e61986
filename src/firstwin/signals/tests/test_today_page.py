"""Today on screen: what changed in one's accounts, for each of those who may look."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.published import publish
from firstwin.core import clock
from firstwin.people.models import User
from firstwin.signals import few
from firstwin.signals.actions.override import override
from firstwin.signals.models import Dismissal, Episode, LookedBack, Refreshed, StageMove
from firstwin.signals.refresh.once import refresh_accounts
from firstwin.signals.today.window import last_working_day

pytestmark = pytest.mark.django_db


def risk(account: Account, **changes: Any) -> Episode:
    """One that was found today, of an account whose past was told."""
    today = clock.today()
    LookedBack.objects.get_or_create(
        account=account, defaults={"at": clock.now(), "heard_at": clock.now(), "revision": 0}
    )
    given: dict[str, Any] = {
        "detector": "silent", "version": 1, "what": "risk", "severity": 3, "words": "Nobody answered for 40 days",
        "stake_minor": 120_000_00, "evidence": {"arr": 120_000_00}, "first_on": today, "last_on": today,
        "at": clock.now(),
    }  # fmt: skip
    return Episode.objects.create(account=account, **(given | changes))


@pytest.fixture
def changed(acme: Account) -> Account:
    """Acme has a new risk and a renewal in 30 days."""
    AccountNow.objects.filter(account=acme).update(
        arr_minor=200_000_00, renews_on=clock.today() + timedelta(days=30), stage="adoption", stage_pace="on_track"
    )
    risk(acme)
    return acme


def test_changes_of_an_account_are_one_line_with_figures_and_things_to_do(
    client_of: Any, owner: User, changed: Account
) -> None:
    text = client_of(owner).get("/today/").text
    assert text.count('data-key="acme"') == 1
    assert "Nobody answered for 40 days" in text and "Renews in 30 days" in text
    assert "Put aside" in text and "Log a touch" in text
    assert "1 account</b> of 1 changed" in text


def test_who_sees_what(
    client_of: Any, owner: User, teammate: User, stranger: User, viewer: User, changed: Account
) -> None:
    assert "Acme" not in client_of(stranger).get("/today/").text
    assert "Acme" not in client_of(teammate).get("/today/").text  # opens on one's own book
    assert "Acme" in client_of(teammate).get("/today/?whose=team").text
    seen = client_of(viewer).get("/today/?whose=all").text
    assert "Acme" in seen and "Put aside" not in seen and "Log a touch" not in seen


def test_an_empty_day_says_so(client_of: Any, owner: User, acme: Account) -> None:
    assert "All calm" in client_of(owner).get("/today/").text


def test_nobody_s_book_says_what_to_do(client_of: Any, stranger: User) -> None:
    assert "No account here" in client_of(stranger).get("/today/").text


def test_only_what_was_asked_for(client_of: Any, owner: User, changed: Account) -> None:
    client = client_of(owner)
    assert "Acme" in client.get("/today/?what=renewals").text
    assert "Acme" not in client.get("/today/?what=stages").text
    assert "Acme" in client.get("/today/?what=nonsense&since=never&whose=nobody").text


def test_older_changes_come_with_a_longer_look_back(client_of: Any, owner: User, acme: Account) -> None:
    risk(acme, first_on=last_working_day(clock.today()) - timedelta(days=1))
    assert "Nobody answered" not in client_of(owner).get("/today/").text
    assert "Nobody answered" in client_of(owner).get("/today/?since=week").text


def test_what_was_put_aside_or_restated_is_not_told(client_of: Any, owner: User, acme: Account) -> None:
    Dismissal.objects.create(
        account=acme,
        finding=risk(acme),
        is_false_alarm=False,
        author=owner,
        known_at=clock.now(),
        recorded_at=clock.now(),
    )
    risk(acme, cause="b", restated_at=clock.now())
    assert "Nobody answered" not in client_of(owner).get("/today/").text


def test_cleared_risks_and_moves_are_told(client_of: Any, owner: User, acme: Account) -> None:
    today = clock.today()
    risk(acme, first_on=today - timedelta(days=60), cleared_on=today, cleared_at=clock.now())
    StageMove.objects.create(
        account=acme, pipeline="default", version=1, stage="setup", previous="activation", on=today, at=clock.now()
    )
    text = client_of(owner).get("/today/").text
    assert "Cleared" in text and "Activation → Setup" in text and "Went back" in text


def test_under_renewal_the_stage_below_is_named_that_became_stuck(client_of: Any, owner: User, acme: Account) -> None:
    """In Outcomes for 241 days, of 240, and in Renewal for 42, of 90."""
    today = clock.today()
    for days, overlay in ((241, ""), (42, "renewal")):
        StageMove.objects.create(
            account=acme, pipeline="default", version=1, stage="outcomes", overlay=overlay,
            previous="outcomes" if overlay else "adoption", on=today - timedelta(days=days),
            at=clock.now() - timedelta(days=days),
        )  # fmt: skip
    refreshed = clock.now() - timedelta(days=1)
    Refreshed.objects.create(account=acme, revision=1, edition=1, on=today, at=refreshed)
    publish("signals", [acme.pk], now=clock.now())
    assert "Stuck in Outcomes for 241 days" in client_of(owner).get("/today/").text


def test_a_score_that_moved_says_what_moved_it(client_of: Any, owner: User, acme: Account) -> None:
    now = clock.now()
    refresh_accounts([acme.pk], now=now - timedelta(days=6))
    override(
        by=owner, account=acme, scorecard="pooled", level="overall", points=40, reason="Their sponsor told us",
        expires_on=clock.today() + timedelta(days=30), now=now,
    )  # fmt: skip
    refresh_accounts([acme.pk], now=clock.now())
    text = client_of(owner).get("/today/").text
    assert text.count('data-key="acme"') == 1 and "unknown → red" in text
    assert "unknown → 40" not in text  # in words of what moved it, not in figures alone


def test_the_rest_is_shown_on_demand(client_of: Any, owner: User) -> None:
    for n in range(17):
        risk(open_account(by=owner, name=f"Firm {n}", now=clock.now()), stake_minor=n * 100)
    client = client_of(owner)
    text = client.get("/today/").text
    assert text.count("data-key=") == 15 and "2 more accounts" in text and "Show the rest" in text
    assert client.get("/today/?show=all").text.count("data-key=") == 17


def test_the_number_of_questions_does_not_follow_the_accounts(client_of: Any, owner: User) -> None:
    client, counts = client_of(owner), []
    for names in (["One"], ["Two", "Three"]):
        for name in names:
            account = open_account(by=owner, name=name, now=clock.now())
            risk(account)
            AccountNow.objects.filter(account=account).update(renews_on=clock.today() + timedelta(days=60))
        client.get("/today/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/today/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_in_a_large_company_what_cleared_is_looked_up_by_its_day(
    client_of: Any, owner: User, acme: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not among all findings there ever were."""
    monkeypatch.setattr(few, "FEW", 0)
    today = clock.today()
    risk(acme, first_on=today - timedelta(days=60), cleared_on=today, cleared_at=clock.now())
    client = client_of(owner)
    with CaptureQueriesContext(connection) as asked:
        assert "Cleared" in client.get("/today/").text
    (question,) = [one["sql"] for one in asked if '"cleared_on" >= ' in one["sql"]]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("set local enable_seqscan = off")  # of one row it would read the table
        cursor.execute(f"explain {'query plan' if connection.vendor == 'sqlite' else ''} {question}")
        plan = "\n".join(str(row) for row in cursor.fetchall())
    assert "episode_cleared" in plan, plan
