"""What a changed detector would find, told before it stands; much of it is stopped until it is meant."""

from typing import Any

import pytest

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account
from firstwin.core import clock
from firstwin.people.config.guard import Impact, TooMuch, impacts
from firstwin.people.config.store import text_of
from firstwin.people.config.together import Change
from firstwin.people.config.write import add_version
from firstwin.people.models import ConfigVersion, User

pytestmark = pytest.mark.django_db

NAMES = ("Acme", "Beta", "Cora", "Dale", "Echo")
EDIT = "/settings/definitions/detector/named/edit/"


def finds(*names: str, **more: Any) -> dict[str, Any]:
    where = {"any": [{"field": "name", "op": "eq", "value": one} for one in names]}
    return {
        "label": "Named",
        "severity": "medium",
        "family": "usage",
        "where": where,
        "words": "Its name says so",
    } | more


@pytest.fixture
def five(owner: User, operations: User) -> list[Account]:
    made = [open_account(by=owner, name=name, now=clock.now()) for name in NAMES]
    add_version(by=operations, kind="detector", key="named", body=finds("Acme", "Beta"), now=clock.now())
    return made


def told(body: dict[str, Any] | None, key: str = "named", by: User | None = None) -> Impact:
    (one,) = impacts([Change("detector", key, body)], clock.now(), by=by)
    return one


def test_what_would_open_and_clear(five: list[Account]) -> None:
    one = told(finds("Beta", "Cora"))
    assert (one.what, one.judged, one.changed, one.is_large) == ("Findings of Named", 5, 2, True)
    assert {(flip.was, flip.now, flip.accounts) for flip in one.flips} == {("Found", "Not found", 1),
                                                                          ("Not found", "Found", 1)}  # fmt: skip
    assert {(mover.name, mover.was, mover.now) for mover in one.movers} == {
        ("Acme", "Its name says so", "clears"), ("Cora", "not found", "Its name says so")
    }  # fmt: skip
    assert (
        one.notes[0] == "With it 2 findings would be open for 2 accounts: 1 opened by it, 1 open already; 1 would clear"
    )


def test_severity_counts_and_words_alone_do_not(five: list[Account]) -> None:
    grades = [{"severity": "high", "where": [{"field": "name", "op": "eq", "value": "Acme"}]}]
    (flip,) = told(finds("Acme", "Beta", grades=grades)).flips
    assert (flip.was, flip.now, flip.accounts) == ("Found, medium", "Found, high", 1)
    assert not told(finds("Acme", "Beta", words="Otherwise")).changed


def test_a_new_one_opens_and_a_removed_one_clears(five: list[Account]) -> None:
    assert told(finds("Dale"), key="other").changed == 1
    assert told(None).changed == 2


def test_what_is_at_stake_is_told(five: list[Account], operations: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from firstwin.signals.risks import detect

    monkeypatch.setattr(detect._Detection, "_stakes", lambda self: lambda place: 1_000_00)
    one = told(finds("Acme", "Beta", "Cora"))
    assert one.words.endswith("at stake") and one.arr_minor == 1_000_00
    assert "3 findings would be open for 3 accounts, $3K at stake" in one.notes[0]


def test_others_are_named_only_to_those_who_see_them(five: list[Account], stranger: User) -> None:
    assert impacts([Change("detector", "named", finds("Cora"))], clock.now(), by=stranger) == []


def test_an_alarm_without_history_says_what_it_is_tried_with(five: list[Account]) -> None:
    body = {key: value for key, value in finds().items() if key not in ("where", "words")} | {"alarm": {"budget": 7}}
    assert "solved from history" in " ".join(told(body).notes)


def test_the_page_tells_and_asks_once_more(five: list[Account], client_of: Any, operations: User) -> None:
    client = client_of(operations)
    given = {"text": text_of(finds(*NAMES)), "based_on": "1", "note": ""}
    page = client.post(EDIT, given | {"act": "check"})
    assert page.status_code == 200 and "Findings of Named would change for 3 of 5 accounts" in page.text
    assert "Its name says so" in page.text and f"/accounts/{five[2].key}/" in page.text
    asked = client.post(EDIT, given | {"act": "publish"})
    assert asked.status_code == 422 and "Publish although 3 accounts change" in asked.text
    assert ConfigVersion.objects.filter(key="named").count() == 1
    assert client.post(EDIT, given | {"act": "publish-anyway"}).status_code == 302


def test_one_that_cannot_be_asked_is_refused_with_the_reason(
    five: list[Account], client_of: Any, operations: User
) -> None:
    body = finds("Acme") | {"after_days": 3, "where": [{"field": "issues", "op": "ge", "value": 1}]}
    page = client_of(operations).post(EDIT, {"text": text_of(body), "based_on": "1", "note": "", "act": "check"})
    assert page.status_code == 422 and "It cannot be asked" in page.text


def test_much_is_stopped_from_the_command_line_too(five: list[Account], operations: User) -> None:
    from firstwin.people.config.apply import apply_plan
    from firstwin.people.config.plan import planned_one

    with pytest.raises(TooMuch, match=r"Findings of Named would change for 3 of 5 accounts \(60%\)"):
        apply_plan(by=operations, plan=planned_one("detector", "named", finds(*NAMES)), now=clock.now())
