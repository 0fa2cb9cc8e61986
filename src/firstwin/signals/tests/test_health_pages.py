"""Health on screen: what made the score, what people set beside it, and who may."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.core.conditions import to_q
from firstwin.core.conditions.written import from_query
from firstwin.core.fields import vocabulary
from firstwin.people.models import Undo, User
from firstwin.signals.models import Dismissal, Episode, Override, Pulse, Severity, StagePause
from firstwin.signals.refresh.once import refresh_accounts
from firstwin.signals.section import portfolio as questions
from firstwin.signals.section.portfolio_moves import moved_lists, moves_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(acme: Account) -> Account:
    """Acme with signals worked out from what little is known."""
    refresh_accounts([acme.pk], now=clock.now())
    return Account.objects.get(pk=acme.pk)


def until() -> str:
    return (clock.today() + timedelta(days=14)).isoformat()


def set_score(client: Client, **changes: Any) -> Any:
    given = {"points": "80", "reason": "They told us", "expires_on": until(), "level": "overall", "target": ""}
    return client.post("/accounts/acme/health/override/", given | {"scorecard": card()} | changes)


def card() -> str:
    from firstwin.signals.models import Reading

    return str(Reading.objects.filter(is_primary=True).latest("pk").scorecard)


def test_before_anything_is_worked_out_the_section_says_so(client_of: Any, owner: User, acme: Account) -> None:
    text = client_of(owner).get("/accounts/acme/health/").text
    assert "No score yet" in text


def test_the_section_says_what_the_score_is_and_how_far_it_may_be_believed(
    client_of: Any, owner: User, scored: Account
) -> None:
    text = client_of(owner).get("/accounts/acme/health/").text
    assert "coverage" in text and "version 1" in text and "as of" in text
    assert "S0 unvalidated" in text and "no probability" in text
    assert "What moved it" in text and "What it is made of" in text
    past = client_of(owner).get("/accounts/acme/health/?on=2020-01-01").text
    assert "No score was published by that day" in past


@pytest.mark.parametrize("query", ["?on=tomorrow", "?since=never", "?since=2999-01-01", "?since=30&on=9999-01-01"])
def test_a_question_that_makes_no_sense_is_answered_all_the_same(
    client_of: Any, owner: User, scored: Account, query: str
) -> None:
    assert client_of(owner).get(f"/accounts/acme/health/{query}").status_code == 200


def test_of_a_customer_that_left_the_last_score_is_shown_as_that(client_of: Any, owner: User, scored: Account) -> None:
    client, here = client_of(owner), "/accounts/acme/health/"
    assert "It left" not in client.get(here).text and "Set the score by hand" in client.get(here).text
    AccountNow.objects.filter(pk=scored.pk).update(commercial_status="churned", churned_on=clock.today())
    text = client.get(here).text
    assert "It left on" in text and "the last score it had" in text
    # Nothing set by hand would count; a past day is told as it was.
    assert "by hand" not in text and "Set by hand" not in client.get(f"{here}why/roles/").text
    assert "It left" not in client.get(f"{here}?on=2020-01-01").text


def test_every_measure_says_why(client_of: Any, owner: User, stranger: User, scored: Account) -> None:
    text = client_of(owner).get("/accounts/acme/health/why/contact/").text
    assert "How a value becomes points" in text and "Where the value comes from" in text
    assert "It reads Last two-way contact" in text or "It reads" in text
    assert client_of(owner).get("/accounts/acme/health/why/no-such/").status_code == 404
    assert client_of(stranger).get("/accounts/acme/health/why/contact/").status_code == 404


def test_a_score_is_set_shown_and_taken_back(client_of: Any, owner: User, scored: Account) -> None:
    client = client_of(owner)
    assert set_score(client).status_code == 302
    row = Override.objects.standing().get()
    assert (row.points, row.author, row.reason) == (80, owner, "They told us")
    assert "They told us" in client.get("/accounts/acme/health/").text
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert not Override.objects.standing().exists()
    set_score(client)
    client.post(f"/accounts/acme/health/override/{Override.objects.standing().get().pk}/removal/")
    assert not Override.objects.standing().exists()
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert Override.objects.standing().get().points == 80


def test_what_is_set_is_named_as_the_scorecard_names_it(client_of: Any, owner: User, scored: Account) -> None:
    client, page = client_of(owner), "/accounts/acme/health/"
    set_score(client, level="measure", target="roles")
    set_score(client, level="group", target="relationship")
    text = client.get(page).text
    assert "<b>Roles covered</b> set to 80" in text and "<b>Relationship</b> set to 80" in text


def test_a_measure_that_is_set_on_its_own_page_is_shown_there_again(
    client_of: Any, owner: User, scored: Account
) -> None:
    client, page = client_of(owner), "/accounts/acme/health/"
    given = {"points": "80", "reason": "They told us", "expires_on": until(), "level": "measure", "target": "roles"}
    for standing, is_whole in ((page, False), (f"{page}why/roles/", True)):
        here = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{standing}"}
        answer = client.post(f"{page}override/", given | {"scorecard": card()}, headers=here)
        # Only the account page has the article that is swapped otherwise.
        assert (answer.headers.get("HX-Refresh"), "HX-Retarget" in answer.headers) == (
            ("true", False) if is_whole else (None, True)
        )
    assert "Roles covered set to 80" in client.get(f"{page}why/roles/").text


def test_undo_of_a_change_brings_back_what_was_set_before(client_of: Any, owner: User, scored: Account) -> None:
    client = client_of(owner)
    set_score(client)
    set_score(client, points="20")
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert Override.objects.standing().get().points == 80


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"points": "101"}, "100"),
        ({"reason": ""}, "required"),
        ({"expires_on": "2020-01-01"}, "later day"),
        ({"expires_on": ""}, "required"),
        ({"level": "measure", "target": "no-such"}, "no-such"),
        ({"scorecard": "no-such"}, "no scorecard"),
    ],
)
def test_what_cannot_be_set_is_said_and_what_was_typed_is_kept(
    client_of: Any, owner: User, scored: Account, changes: dict[str, str], says: str
) -> None:
    answer = set_score(client_of(owner), **({"reason": "Typed with care"} | changes))
    assert answer.status_code == 422 and says in answer.text
    assert changes.get("reason") == "" or "Typed with care" in answer.text
    assert not Override.objects.exists()


def test_a_pulse_is_given_and_taken_back(client_of: Any, owner: User, acme: Account) -> None:
    client = client_of(owner)
    given = {"mood": "watch", "reasons": ["silence", "value"], "comment": "No answer since May"}
    assert client.post("/accounts/acme/health/pulse/", given).status_code == 302
    row = Pulse.objects.standing().get()
    assert (row.mood, row.reasons, row.comment) == ("watch", ["silence", "value"], "No answer since May")
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert not Pulse.objects.standing().exists()
    wrong = client.post("/accounts/acme/health/pulse/", given | {"mood": "ecstatic"})
    assert wrong.status_code == 422 and "No answer since May" in wrong.text


def test_a_stage_is_paused_and_goes_on(client_of: Any, owner: User, acme: Account) -> None:
    client = client_of(owner)
    assert client.post("/accounts/acme/health/pause/", {"reason": ""}).status_code == 422
    client.post("/accounts/acme/health/pause/", {"reason": "Their budget is frozen"})
    assert StagePause.objects.open().get().reason == "Their budget is frozen"
    client.post("/accounts/acme/health/pause/end/")
    assert not StagePause.objects.open().exists()
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert StagePause.objects.open().exists()


@pytest.fixture
def finding(acme: Account) -> Episode:
    today = clock.today()
    return Episode.objects.create(
        account=acme, detector="silent", version=1, what="risk", severity=Severity.HIGH, words="Silent for 60 days",
        stake_minor=5_000_00, evidence={"arr": 5_000_00}, first_on=today, at=clock.now(), last_on=today,
    )  # fmt: skip


def test_a_finding_is_told_put_aside_and_brought_back(client_of: Any, owner: User, finding: Episode) -> None:
    client, page = client_of(owner), "/accounts/acme/health/"
    here = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
    text = client.get(page).text
    assert "Silent for 60 days" in text and "at stake" in text
    aside, back = (reverse(name, kwargs={"pk": finding.pk}) for name in ("risk_aside", "risk_back"))
    assert aside in text
    put = client.post(aside, {"why": "false", "reason": "They are on leave"}, headers=here)
    assert put.headers["HX-Redirect"] == page
    assert Dismissal.objects.standing().get().is_false_alarm
    text = client.get(page).text
    assert "They are on leave" in text and back in text
    assert client.post(back, headers=here).headers["HX-Redirect"] == page
    assert not Dismissal.objects.standing().exists()


@pytest.mark.parametrize("what", ["override/", "pulse/", "pause/"])
def test_owner_and_teammate_judge_a_viewer_reads_and_a_stranger_sees_nothing(
    client_of: Any, owner: User, teammate: User, stranger: User, viewer: User, scored: Account, what: str
) -> None:
    address = f"/accounts/acme/health/{what}?level=overall"
    assert client_of(owner).get(address).status_code == 200
    assert client_of(teammate).get(address).status_code == 200
    assert client_of(viewer).get(address).status_code == 403
    assert client_of(stranger).get(address).status_code == 404
    assert "Give a pulse" not in client_of(viewer).get("/accounts/acme/health/").text


def test_the_list_the_head_and_the_preview_show_health(client_of: Any, owner: User, scored: Account) -> None:
    AccountNow.objects.filter(account=scored).update(
        health=62.0,
        health_band="amber",
        health_change=-8.0,
        health_words="fell 8",
        stage="adoption",
        stage_pace="stuck",
    )
    client = client_of(owner)
    for address in ("/accounts/", "/accounts/acme/", reverse("account_preview", kwargs={"key": "acme"})):
        text = client.get(address).text
        assert "Amber <b>62</b>" in text and "Stuck" in text, address


def rows(owner: User, n: int) -> None:
    for place in range(n):
        made = open_account(by=owner, name=f"Firm {owner.pk} {place}", now=clock.now())
        AccountNow.objects.filter(account=made).update(
            arr_minor=1_000_00, health=40.0, health_band="red", health_change=-20.0, health_words="fell 20",
            experience="pooled", health_coverage=0.6, renews_on=clock.today() + timedelta(days=10),
        )  # fmt: skip


def test_the_portfolio_tells_mix_movement_and_what_renews(
    client_of: Any, owner: User, teammate: User, stranger: User
) -> None:
    rows(owner, 3)
    text = client_of(owner).get("/health/").text
    assert "3 fell, 0 rose" in text and "3 that fell by 10 or more" in text and "Fell 20" in text and "$3" in text
    assert "health_band" in text and "S0 unvalidated" in text
    assert "Fell 20" not in client_of(stranger).get("/health/").text
    assert "No accounts yet" in client_of(stranger).get("/health/").text


def test_the_portfolio_tells_who_changed_band_by_little(client_of: Any, operations: User) -> None:
    rows(operations, 2)
    AccountNow.objects.update(health=49.0, health_band="red", health_change=-2.0)
    assert "was amber" in client_of(operations).get("/health/").text
    AccountNow.objects.update(health=47.0, health_change=-2.0)
    assert "Nobody changed band" in client_of(operations).get("/health/").text


def listed(href: str) -> int:
    """How many the list behind a figure holds."""
    tree = from_query(parse_qs(urlsplit(href).query)["filter"])
    return AccountNow.objects.filter(to_q(tree, vocabulary(), clock.today())).count()


def test_who_left_counts_nowhere_on_the_portfolio_nor_in_its_lists(client_of: Any, owner: User) -> None:
    rows(owner, 4)
    gone, dark, *_ = AccountNow.objects.order_by("pk")
    AccountNow.objects.filter(pk=gone.pk).update(commercial_status="churned", arr_minor=None)
    AccountNow.objects.filter(pk=dark.pk).update(commercial_status="customer", health=None, health_band="unknown")
    scope = AccountSet.of(owner)
    some = questions.portfolio_cells(scope)
    mix, blind = questions.mix_of(some, scope), questions.blind_of(some)
    slices = [*questions.by_owner(some), *questions.by_experience(some)]
    assert (mix.accounts, mix.left) == (3, 1) and [one.accounts for one in slices] == [3, 3]
    told = [(one.accounts, one.href) for one in mix.shares] + [(one.accounts, one.href) for one in slices]
    told += [(one.red, one.red_href) for one in slices]
    told += [(blind.unknown, blind.unknown_href), (blind.low, blind.low_href), (blind.never, blind.never_href)]
    moves = moves_of(scope, clock.today(), {})
    told += zip((moves.much_fell, moves.much_rose), moved_lists(), strict=True)
    assert [listed(href) for _, href in told] == [n for n, _ in told]
    assert "1 customer that left" in client_of(owner).get("/health/").text


def asked(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_the_portfolio_asks_the_same_however_many_accounts(client_of: Any, operations: User) -> None:
    client = client_of(operations)
    rows(operations, 1)
    one = asked(client, "/health/")
    for place in range(3):
        made = open_account(by=operations, name=f"More {place}", now=clock.now())
        AccountNow.objects.filter(account=made).update(health=30.0, health_band="red", health_change=-30.0)
    assert asked(client, "/health/") == one <= 25


def test_the_section_asks_the_same_however_much_was_found(
    client_of: Any, owner: User, scored: Account, finding: Episode
) -> None:
    client = client_of(owner)
    one = asked(client, "/accounts/acme/health/")
    for cause in ("a", "b"):
        Episode.objects.create(
            account=scored, detector="silent", version=1, cause=cause, what="risk", severity=Severity.LOW, words=cause,
            first_on=clock.today(), at=clock.now(), last_on=clock.today(),
        )  # fmt: skip
    assert asked(client, "/accounts/acme/health/") == one <= 60


def test_a_parent_shows_what_its_children_come_to(client_of: Any, owner: User, scored: Account) -> None:
    child = open_account(by=owner, name="Acme Nordic", now=clock.now(), parent=scored)
    refresh_accounts([child.pk], now=clock.now())
    text = client_of(owner).get("/accounts/acme/health/").text
    assert "Accounts below" in text and "Acme Nordic" in text


def test_points_that_are_next_to_nothing_are_not_told_as_nothing() -> None:
    engine: Any = engines["jinja"]
    part = engine.env.get_template("signals/_health_parts.html").module.points
    assert [part(value, signed=True) for value in (-0.04, 0.03, 0.0, 1.25, None)] == [
        "−0.04",
        "+0.03",
        "0.0",
        "+1.2",
        "–",
    ]
