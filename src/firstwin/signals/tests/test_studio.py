"""The score studio: a draft in a form, tried beside what is published, published with its note."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account
from firstwin.core import clock
from firstwin.people.config.labels import standing_bodies
from firstwin.people.config.store import text_of
from firstwin.people.config.write import add_version, latest
from firstwin.people.models import ConfigDraft, ConfigVersion, User
from firstwin.people.roles import Role
from firstwin.people.tests.factories import make_user
from firstwin.signals.kinds.scorecard_text import parsed
from firstwin.signals.kinds.shipped import shipped
from firstwin.signals.studio.leaves import changed, form_of, get, leaves_of, said

pytestmark = pytest.mark.django_db

PAGE = "/studio/pooled/"
OTHERWISE = "groups[0].measures[0].holds.otherwise"


def card(points: int) -> dict[str, Any]:
    """Everybody whose name is not Acme gets `points`."""
    holds = {"when": [{"field": "name", "op": "eq", "value": "Acme"}], "points": 100, "otherwise": points}
    measure = {"key": "m", "label": "Named Acme", "weight": 1, "holds": holds}
    group = {"key": "g", "label": "Group", "weight": 1, "measures": [measure]}
    return {"label": "Pooled", "amber_from": 50, "green_from": 75, "least_coverage": 0.5, "groups": [group]}


@pytest.fixture
def admin(db: None) -> User:
    """Another one who may write."""
    return make_user("Ada Min", role=Role.ADMIN)


@pytest.fixture
def five(db: None, owner: User, operations: User) -> list[Account]:
    add_version(by=operations, kind="scorecard", key="pooled", body=card(90), now=clock.now())
    return [open_account(by=owner, name=name, now=clock.now()) for name in ("Acme", "Beta", "Cora", "Dale", "Echo")]


def typed(**changes: str) -> dict[str, str]:
    last = latest("scorecard", "pooled")
    assert last is not None
    return {"text": last.text, "based_on": str(last.number), "note": "", "search": "", "act": "publish"} | changes


@pytest.mark.parametrize("who", ["owner", "viewer", "operations", "admin"])
def test_everybody_looks(client_of: Any, request: pytest.FixtureRequest, five: list[Account], who: str) -> None:
    text = client_of(request.getfixturevalue(who)).get(PAGE).text
    assert "Named Acme" in text and OTHERWISE in text and 'value="90"' in text
    assert text.count('name="text"') == 1 and text.count('name="based_on"') == 1 and "label: Pooled" in text
    assert ("Publish" in text) == (who in ("operations", "admin"))
    assert ("Press Try" in text) == (who in ("operations", "admin"))


@pytest.mark.parametrize("who", ["owner", "viewer"])
def test_others_do_not_write(client_of: Any, request: pytest.FixtureRequest, five: list[Account], who: str) -> None:
    client = client_of(request.getfixturevalue(who))
    assert client.post(PAGE, typed()).status_code == 403
    assert client.post(PAGE + "try/", typed()).status_code == 403


def test_a_draft_is_tried_beside_what_is_published(client_of: Any, operations: User, five: list[Account]) -> None:
    before = ConfigVersion.objects.count()
    answer = client_of(operations).post(PAGE + "try/", typed(**{OTHERWISE: "60"}, search="bet"))
    assert answer.status_code == 200
    assert "Health band by Pooled would change for 4 of 5 accounts (80%)" in answer.text
    assert "Green → Amber: 4 accounts" in answer.text
    row = answer.text.split("searched for")[1].split("</li>")[0]
    assert "90 green" in row and "60 amber" in row and "Named Acme no -30.0" in row.replace("−", "-")
    assert ConfigVersion.objects.count() == before and not ConfigDraft.objects.exists()


def test_only_accounts_one_sees_are_named(client_of: Any, operations: User, five: list[Account]) -> None:
    operations.scope = "own"
    operations.save()
    answer = client_of(operations).post(PAGE + "try/", typed(**{OTHERWISE: "60"}, search="bet"))
    assert "Beta" not in answer.text


def test_publishing_much_asks_once_more(client_of: Any, operations: User, five: list[Account]) -> None:
    client = client_of(operations)
    given = typed(**{OTHERWISE: "60"}, note="Stricter")
    answer = client.post(PAGE, given)
    assert answer.status_code == 422 and "Publish although 4 accounts change" in answer.text
    assert 'value="60"' in answer.text and "Stricter" in answer.text
    assert client.post(PAGE, given | {"act": "publish-anyway"}).url == PAGE
    last = latest("scorecard", "pooled")
    assert last is not None and (last.note, last.author) == ("Stricter", operations)
    assert get(standing_bodies("scorecard")["pooled"], OTHERWISE) == 60


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("amber_from", "80", "green begins higher"),
        ("least_coverage", "much", "a number from 0 to 1"),
        (OTHERWISE, "101", "from 0 to 100"),
        ("groups[0].weight", "0", "would count"),
        ("groups[0].measures[0].weight", "-1", "is a number"),
        ("label", "", "missing"),
    ],
)
def test_what_makes_no_sense_is_shown_at_its_field_and_kept(
    client_of: Any, operations: User, five: list[Account], path: str, value: str, message: str
) -> None:
    client = client_of(operations)
    answer = client.post(PAGE, typed(**{path: value}, note="Because"))
    assert answer.status_code == 422 and message in answer.text
    assert f'name="{path}" value="{value}"' in answer.text and "Because" in answer.text
    assert client.post(PAGE + "try/", typed(**{path: value})).status_code == 422


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("groups[0].measures[0].weight", "-1", "Group, Named Acme, Weight"),
        (OTHERWISE, "101", "Group, Named Acme, Otherwise"),
        ("groups[0].weight", "much", "Group, Weight"),
        ("least_coverage", "7", "Coverage needed"),
    ],
)
def test_a_draft_that_cannot_be_tried_says_where_in_the_words_of_the_form(
    client_of: Any, operations: User, five: list[Account], path: str, value: str, where: str
) -> None:
    text = client_of(operations).post(PAGE + "try/", typed(**{path: value})).text
    assert f"<b>{where}</b>: " in text and "groups[" not in text


def test_a_scorecard_takes_no_name_of_another(client_of: Any, operations: User, five: list[Account]) -> None:
    answer = client_of(operations).post(PAGE, typed(label="Health, digital"))
    assert answer.status_code == 422 and "called “Health, digital” already" in answer.text
    assert 'value="Health, digital"' in answer.text
    assert client_of(operations).post(PAGE, typed(label="Health, shared")).url == PAGE


@pytest.mark.parametrize("text", ["", "a: [", "label: 7", "groups: 3", "groups: [1]", "groups:\n- measures: [x]\n"])
def test_a_text_that_is_no_scorecard_is_refused(
    client_of: Any, operations: User, five: list[Account], text: str
) -> None:
    client = client_of(operations)
    assert client.post(PAGE, typed(text=text)).status_code == 422
    assert client.post(PAGE + "try/", typed(text=text)).status_code == 422


def test_a_draft_is_kept_for_both_editors(client_of: Any, operations: User, five: list[Account]) -> None:
    client = client_of(operations)
    assert client.post(PAGE, typed(**{OTHERWISE: "61"}, act="keep")).url == PAGE
    assert 'value="61"' in client.get(PAGE).text and "Your draft" in client.get(PAGE).text
    assert "otherwise: 61" in client.get("/settings/definitions/scorecard/pooled/edit/").text


def test_a_scorecard_that_is_not_there(client_of: Any, operations: User) -> None:
    assert client_of(operations).get("/studio/nowhere/").status_code == 404


@pytest.mark.parametrize("key", sorted(shipped("scorecard")))
def test_what_is_left_as_it_was_changes_nothing(key: str) -> None:
    body = shipped("scorecard")[key]
    form = form_of(body, {}, {}, {}, {})
    shown = [*form.head]
    for group in form.groups:
        shown.append(group.weight)
        for measure in group.measures:
            shown += [*measure.leaves, *(leaf for shape in measure.shapes for row in shape.rows for leaf in row)]
    assert {leaf.path for leaf in shown} == set(leaves_of(body))
    assert text_of(changed(body, {leaf.path: leaf.value for leaf in shown})) == text_of(body)


@settings(deadline=None)
@given(st.data())
def test_a_number_typed_into_any_field_is_what_the_text_says(data: Any) -> None:
    body = shipped("scorecard")["pooled"]
    paths = [path for path in leaves_of(body) if path.rsplit(".", 1)[-1] in ("weight", "points")]
    path, value = data.draw(st.sampled_from(paths)), data.draw(st.integers(1, 100))
    made = changed(body, {path: str(value)})
    assert get(made, path) == value and parsed("pooled", made)
    assert {other: said(get(made, other)) for other in leaves_of(made) if other != path} == {
        other: said(get(body, other)) for other in leaves_of(body) if other != path
    }


def test_weights_that_are_all_zero_are_told_at_the_first(client_of: Any, operations: User, five: list[Account]) -> None:
    answer = client_of(operations).post(PAGE, typed(**{"groups[0].weight": "0"}))
    assert answer.status_code == 422 and "All weights here are 0" in answer.text
    at = answer.text.split('name="groups[0].weight"', 1)[1].split("</label>", 1)[0]
    assert "All weights here are 0" in at and 'value="0"' in at
    assert "Account is “Acme”" in answer.text  # what a measure looks at is said all the same


def test_how_old_data_may_be_is_a_field_where_a_measure_says_so() -> None:
    body = card(90)
    body["groups"][0]["measures"][0]["fresh"] = {"by": "usage_heard", "days": 3}
    path = "groups[0].measures[0].fresh.days"
    assert path in leaves_of(body) and path not in leaves_of(card(90))
    made = parsed("pooled", changed(body, {path: "5"}))
    assert made.measures[0].fresh is not None and made.measures[0].fresh.days == 5
    shown = form_of(body, {}, {}, {}, {}).groups[0].measures[0].leaves[-1]
    assert (shown.path, shown.value, shown.label) == (path, "3", "Data no older than, days")
