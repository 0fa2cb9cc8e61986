"""Definitions on screen: everybody looks, operations and admins write, what was typed is kept, going back is undone."""

from typing import Any

import pytest

from firstwin.core import clock
from firstwin.people.config.guard import Impact
from firstwin.people.config.labels import standing_bodies
from firstwin.people.config.write import add_version
from firstwin.people.models import ConfigDraft, ConfigVersion, Undo, User
from firstwin.people.roles import Role
from firstwin.people.tests.factories import make_user

pytestmark = pytest.mark.django_db

TEXT = "label: Large\nwhere:\n- {field: seats, op: ge, value: 100}\n"
PAGE = "/settings/definitions/segment/large/"


@pytest.fixture
def admin(db: None) -> User:
    """Another one who may write."""
    return make_user("Ada Min", role=Role.ADMIN)


@pytest.fixture(autouse=True)
def large(db: None, operations: User) -> ConfigVersion:
    where = [{"field": "seats", "op": "ge", "value": 100}]
    return add_version(by=operations, kind="segment", key="large", body={"label": "Large", "where": where},
                       now=clock.now(), note="For the spring")  # fmt: skip


def said(text: str = TEXT, **changes: Any) -> dict[str, Any]:
    return {"text": text, "note": "", "based_on": "1", "act": "publish"} | changes


@pytest.mark.parametrize("who", ["owner", "viewer", "operations", "admin"])
def test_everybody_looks(client_of: Any, request: pytest.FixtureRequest, operations: User, who: str) -> None:
    user: User = request.getfixturevalue(who)
    client = client_of(user)
    listed = client.get("/settings/definitions/").text
    assert "Large" in listed and operations.name in listed and "Scorecards" in listed
    text = client.get(PAGE).text
    assert "label: Large" in text and "For the spring" in text and "Accounts for which" in text
    assert ("Edit as text" in text) == (who in ("operations", "admin"))


@pytest.mark.parametrize("who", ["owner", "viewer"])
def test_others_do_not_write(client_of: Any, request: pytest.FixtureRequest, who: str) -> None:
    client = client_of(request.getfixturevalue(who))
    assert client.get(PAGE + "edit/").status_code == 403
    assert client.post(PAGE + "edit/", said()).status_code == 403
    assert client.post(PAGE + "rollback/", {"to": "1"}).status_code == 403
    assert client.post(PAGE + "drop/").status_code == 403
    assert ConfigVersion.objects.filter(key="large").count() == 1


def test_the_list_asks_as_often_for_many(client_of: Any, operations: User, django_assert_max_num_queries: Any) -> None:
    client = client_of(operations)
    client.get("/settings/definitions/")
    with django_assert_max_num_queries(16):
        client.get("/settings/definitions/")


def test_it_is_edited_published_and_undone(client_of: Any, admin: User) -> None:
    client = client_of(admin)
    assert client.post(PAGE + "edit/", said(TEXT.replace("Large", "Huge"), note="Larger")).url == PAGE
    assert standing_bodies("segment")["large"]["label"] == "Huge"
    text = client.get(PAGE).text
    assert "Huge published" in text and "<del>-label: Large</del>" in text and "<ins>+label: Huge</ins>" in text
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert standing_bodies("segment")["large"]["label"] == "Large"
    assert "version 1" in client.get(PAGE + "?from=1&to=2").text
    assert client.get(PAGE + "?from=x&to=99999999999999").status_code == 200


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEXT.replace("seats", "seets"), 'Line 2, <span class="mono">where</span>'),
        (TEXT + "label: Twice\n", "Line 4"),
        ("label: [\n", "This is not YAML"),
        ("key: other\n" + TEXT, "A key does not change in place"),
        ("just words", "Write one definition"),
    ],
)
def test_what_cannot_stand_is_shown_at_its_line_and_kept(
    client_of: Any, operations: User, text: str, message: str
) -> None:
    answer = client_of(operations).post(PAGE + "edit/", said(text, note="Because"))
    assert answer.status_code == 422 and message in answer.text
    assert text.splitlines()[-1].replace("'", "&#39;") in answer.text and "Because" in answer.text
    assert ConfigVersion.objects.filter(key="large").count() == 1


def test_a_draft_is_kept_gone_on_with_and_dropped(client_of: Any, operations: User, admin: User) -> None:
    client = client_of(operations)
    client.post(PAGE + "edit/", said("label: Half", act="keep"))
    assert ConfigDraft.objects.get().text == "label: Half"
    assert "label: Half" in client.get(PAGE + "edit/").text
    assert "your draft" in client.get("/settings/definitions/").text
    assert "label: Half" not in client_of(admin).get(PAGE + "edit/").text
    client.post(PAGE + "drop/")
    assert not ConfigDraft.objects.exists()


def test_publishing_forgets_the_draft(client_of: Any, operations: User) -> None:
    client = client_of(operations)
    client.post(PAGE + "edit/", said("label: Half", act="keep"))
    client.post(PAGE + "edit/", said(TEXT.replace("Large", "Huge")))
    assert not ConfigDraft.objects.exists()


def test_somebody_who_began_from_an_older_version_is_told(client_of: Any, operations: User, admin: User) -> None:
    client_of(admin).post(PAGE + "edit/", said(TEXT.replace("Large", "Huge")))
    answer = client_of(operations).post(PAGE + "edit/", said(TEXT.replace("Large", "Whales")))
    assert answer.status_code == 409 and "changed this segment meanwhile" in answer.text and "Whales" in answer.text
    begun = answer.text.split('name="based_on" value="')[1].split('"')[0]
    again = said(TEXT.replace("Large", "Whales"), based_on=begun)
    assert begun == "2" and client_of(operations).post(PAGE + "edit/", again).url == PAGE


def test_much_asks_once_more(client_of: Any, operations: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from firstwin.people.config import guard

    found = [Impact("Membership of Large", 10, 10, (guard.Flip("In it", "Not in it", 4, 0),))]
    monkeypatch.setattr(guard, "impacts", lambda *_, **__: found)
    client = client_of(operations)
    changed = said(TEXT.replace("100", "5"))
    answer = client.post(PAGE + "edit/", changed)
    assert answer.status_code == 422 and "Publish although 4 accounts change" in answer.text
    assert ConfigVersion.objects.filter(key="large").count() == 1
    assert client.post(PAGE + "edit/", changed | {"act": "publish-anyway"}).url == PAGE
    answer = client.post(PAGE + "rollback/", {"to": "1"})
    assert answer.status_code == 422 and "Go back although 4 accounts change" in answer.text
    assert client.post(PAGE + "rollback/", {"to": "1", "act": "publish-anyway"}).url == PAGE
    assert standing_bodies("segment")["large"]["where"][0]["value"] == 100


def test_one_goes_back_and_a_removed_one_comes_back(client_of: Any, operations: User) -> None:
    add_version(by=operations, kind="segment", key="large", body=None, now=clock.now())
    client = client_of(operations)
    assert "was removed" in client.get(PAGE).text
    assert client.post(PAGE + "rollback/", {"to": "1"}).url == PAGE
    assert "Back to version 1" in client.get(PAGE).text
    assert client.post(PAGE + "rollback/", {"to": "77"}).status_code == 404
    assert client.post(PAGE + "rollback/", {"to": "1"}).status_code == 422


def test_what_would_change_is_told_without_keeping_anything(client_of: Any, operations: User, acme: Any) -> None:
    answer = client_of(operations).post(PAGE + "edit/", said(TEXT.replace("100", "5"), act="check"))
    assert answer.status_code == 200 and "No account would change" in answer.text and "value: 5" in answer.text
    assert ConfigVersion.objects.filter(key="large").count() == 1


def test_what_is_not_there(client_of: Any, operations: User) -> None:
    client = client_of(operations)
    assert client.get("/settings/definitions/segment/nowhere/").status_code == 404
    assert client.get("/settings/definitions/colour/large/").status_code == 404
