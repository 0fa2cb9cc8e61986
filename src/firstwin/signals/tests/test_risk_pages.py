"""Risks and opportunities on screen: found, judged, brought back, exported; and how detectors fare."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account
from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.people.models import Undo, User
from firstwin.signals.models import Dismissal, Episode, LookedBack
from firstwin.signals.refresh.back import first_day
from firstwin.signals.risks.record import records
from firstwin.signals.tests.test_today_page import risk

pytestmark = pytest.mark.django_db


@pytest.fixture
def silent(acme: Account) -> Episode:
    return risk(acme)


def test_what_is_open_stands_with_its_evidence_and_advice(client_of: Any, owner: User, silent: Episode) -> None:
    text = client_of(owner).get("/risks/").text
    assert "Nobody answered for 40 days" in text and "High" in text and "Evidence" in text
    assert "<dt>ARR</dt>" in text and "120K" in text
    assert "1 open risk, 0 opportunities" in text


def test_who_sees_what(client_of: Any, teammate: User, stranger: User, viewer: User, silent: Episode) -> None:
    assert "Nobody answered" not in client_of(stranger).get("/risks/").text
    assert "Nobody answered" in client_of(teammate).get("/risks/?whose=team").text
    text = client_of(viewer).get("/risks/?whose=all").text
    assert "Nobody answered" in text and "Put aside:" not in text and 'id="bulk"' not in text


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("what=risk", True),
        ("what=opportunity", False),
        ("severity=3", True),
        ("severity=1", False),
        ("family=usage", False),
        ("detector=silent", True),
        ("detector=role-left", False),
        ("state=aside", False),
        ("severity=9&what=x&family=x&detector=x&state=x&whose=x", True),
    ],
)
def test_filters(client_of: Any, owner: User, silent: Episode, query: str, is_there: bool) -> None:
    assert ("Nobody answered" in client_of(owner).get(f"/risks/?{query}").text) is is_there


def test_the_gravest_and_then_the_largest_come_first(client_of: Any, owner: User, acme: Account) -> None:
    risk(acme, cause="a", severity=2, stake_minor=900, words="middling")
    risk(acme, cause="b", severity=3, stake_minor=100, words="grave, small")
    risk(acme, cause="c", severity=3, stake_minor=None, words="grave, unknown")
    risk(acme, cause="d", severity=3, stake_minor=500, words="grave, large")
    text = client_of(owner).get("/risks/").text
    order = sorted(("middling", "grave, small", "grave, unknown", "grave, large"), key=text.index)
    assert order == ["grave, large", "grave, small", "grave, unknown", "middling"]


def test_one_is_put_aside_and_taken_back(client_of: Any, owner: User, silent: Episode) -> None:
    client = client_of(owner)
    assert "Put aside for Acme" in client.get(f"/risks/{silent.pk}/aside/").text
    answer = client.post(f"/risks/{silent.pk}/aside/", {"why": "known", "reason": "We talk on Monday", "until": "30"})
    assert answer.url == "/risks/"
    put = Dismissal.objects.get()
    assert (put.is_false_alarm, put.until_on) == (False, clock.today() + timedelta(days=30))
    aside = client.get("/risks/?state=aside").text
    assert "We talk on Monday" in aside and "Nobody answered" not in client.get("/risks/").text
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert "Nobody answered" in client.get("/risks/").text


def test_a_false_alarm_needs_a_reason_and_keeps_what_was_said(client_of: Any, owner: User, silent: Episode) -> None:
    answer = client_of(owner).post(f"/risks/{silent.pk}/aside/", {"why": "false", "reason": " ", "until": "7"})
    assert answer.status_code == 422 and "Say why" in answer.text
    assert client_of(owner).post(f"/risks/{silent.pk}/aside/", {"why": "maybe", "until": "never"}).status_code == 422
    assert not Dismissal.objects.exists()


def test_one_goes_back_where_one_was_and_nowhere_else(client_of: Any, owner: User, silent: Episode) -> None:
    client, said = client_of(owner), {"why": "known", "reason": "", "until": ""}
    assert client.post(f"/risks/{silent.pk}/aside/", said | {"next": "/today/?what=risks"}).url == "/today/?what=risks"
    client.post(f"/risks/{silent.pk}/back/")
    for away in ("https://elsewhere.example/x", "//elsewhere.example/x", "javascript:alert(1)"):
        assert "elsewhere" not in client.post(f"/risks/{silent.pk}/aside/", said | {"next": away}).url.split("/x")[0]
        client.post(f"/risks/{silent.pk}/back/")


def test_it_is_brought_back_by_a_button(client_of: Any, owner: User, silent: Episode) -> None:
    client = client_of(owner)
    client.post(f"/risks/{silent.pk}/aside/", {"why": "known", "reason": "", "until": ""})
    assert client.post(f"/risks/{silent.pk}/back/").status_code == 302
    assert "Nobody answered" in client.get("/risks/").text
    assert client.post(f"/risks/{silent.pk}/back/").status_code == 422


def test_nobody_judges_what_they_may_not(client_of: Any, stranger: User, viewer: User, silent: Episode) -> None:
    said = {"why": "known", "reason": "", "until": ""}
    assert client_of(stranger).post(f"/risks/{silent.pk}/aside/", said).status_code == 404
    assert client_of(viewer).post(f"/risks/{silent.pk}/aside/", said).status_code == 403
    assert client_of(viewer).post("/risks/aside/", {"row": silent.pk, "apply": 1, **said}).status_code == 403
    assert client_of(stranger).post("/risks/aside/", {"row": silent.pk, "apply": 1, **said}).status_code == 422
    assert not Dismissal.objects.exists()


def test_several_are_put_aside_at_once_and_taken_back(client_of: Any, teammate: User, acme: Account) -> None:
    found = [risk(acme, cause=str(n)) for n in range(3)]
    client, rows = client_of(teammate), {"row": [one.pk for one in found[:2]]}
    assert "Put 2 findings aside" in client.post("/risks/aside/", rows).text
    said = {"apply": 1, "why": "false", "reason": "They answer by phone", "until": ""}
    assert client.post("/risks/aside/", rows | said).status_code == 302
    assert Dismissal.objects.filter(is_false_alarm=True).count() == 2
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert not Dismissal.objects.standing().exists()
    everything = {"all_matching": 1, "whose": "team"} | said
    client.post("/risks/aside/", everything)
    assert Dismissal.objects.standing().count() == 3


def test_nothing_ticked_is_said(client_of: Any, owner: User, silent: Episode) -> None:
    answer = client_of(owner).post("/risks/aside/", {"row": ["x", "99999999999999999999999"]})
    assert answer.status_code == 422 and "tick rows" in answer.text


def test_the_export_holds_what_is_shown(client_of: Any, owner: User, stranger: User, silent: Episode) -> None:
    text = b"".join(client_of(owner).get("/risks/export.csv").streaming_content).decode()
    assert "Acme" in text and "Nobody answered for 40 days" in text and "120000" in text
    assert b"Acme" not in b"".join(client_of(stranger).get("/risks/export.csv").streaming_content)


def test_detectors_say_how_often_they_were_right(client_of: Any, owner: User, stranger: User, acme: Account) -> None:
    for n in range(30):
        one = risk(acme, cause=str(n))
        if n < 3:
            Dismissal.objects.create(
                account=acme, finding=one, is_false_alarm=True, reason="No", author=owner,
                known_at=clock.now(), recorded_at=clock.now(),
            )  # fmt: skip
    row = next(one for one in client_of(owner).get("/risks/detectors/").text.split("<tr>") if "27</a>" in one)
    assert "3 of 30" in row and "90" in row.split("95% interval")[1]
    assert "never found anything" in client_of(stranger).get("/risks/detectors/").text


def test_what_was_open_before_anybody_looked_is_not_counted_as_opened(owner: User, acme: Account) -> None:
    today = clock.today()
    risk(acme, cause="before", first_on=first_day(today), is_reconstructed=True)
    risk(acme, cause="since", first_on=first_day(today) + timedelta(days=7), is_reconstructed=True)
    risk(acme, cause="seen", first_on=today)
    assert records(AccountSet.of(owner), now=clock.now())["silent"].opened == 2
    LookedBack.objects.update(at=clock.now() - timedelta(days=80))  # what it was told of then is older than all that
    assert records(AccountSet.of(owner), now=clock.now())["silent"].opened == 3
    LookedBack.objects.all().delete()  # its past is not told yet
    assert records(AccountSet.of(owner), now=clock.now())["silent"].opened == 0


def test_the_number_of_questions_does_not_follow_the_findings(client_of: Any, owner: User) -> None:
    client, counts = client_of(owner), []
    for names in (["One"], ["Two", "Three"]):
        for name in names:
            risk(open_account(by=owner, name=name, now=clock.now()))
        for path in ("/risks/", "/risks/detectors/"):
            client.get(path)
            with CaptureQueriesContext(connection) as asked:
                client.get(path)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


@pytest.mark.parametrize(
    "page, entry",
    [("/today/", "Today"), ("/health/", "Health"), ("/stages/", "Stages"), ("/stages/funnel/", "Stages"),
     ("/risks/", "Risks"), ("/risks/detectors/", "Risks"), ("/segments/", "Segments"), ("/segments/new/", "Segments"),
     ("/segments/renewing/", "Segments"), ("/segments/renewing/edit/", "Segments"), ("/experiences/", "Segments"),
     ("/experiences/pooled/", "Segments"), ("/studio/pooled/", "Settings"), ("/accounts/acme/health/", "Accounts"),
     ("/settings/definitions/detector/silent/edit/", "Settings")],
)  # fmt: skip
def test_each_page_is_marked_in_the_rail(
    client_of: Any, operations: User, acme: Account, page: str, entry: str
) -> None:
    answer = client_of(operations).get(page)
    (marked,) = re.findall(r'aria-current="page"[^>]*>.*?<span>([^<]*)</span>', answer.text.split("</nav>")[0])
    assert (answer.status_code, marked) == (200, entry)


def test_the_studio_alone_leads_to_the_scorecards(client_of: Any, operations: User) -> None:
    assert client_of(operations).get("/studio/").url == "/settings/definitions/#kind-scorecard"
