"""New definitions on screen, from a copy to publishing, and taking one away: who uses it is said, and the way back."""

from html import unescape
from typing import Any

import pytest

from firstwin.core import clock
from firstwin.core.errors import NotAllowed
from firstwin.people.config import drafts
from firstwin.people.config.labels import standing_bodies
from firstwin.people.config.write import add_version
from firstwin.people.models import ConfigDraft, ConfigVersion, Undo, User
from firstwin.people.roles import Role
from firstwin.people.tests.factories import make_user

pytestmark = pytest.mark.django_db

NEW = "/settings/definitions/new/scorecard/"
LIST = "/settings/definitions/"
MEANT = {"act": "publish-anyway"}


@pytest.fixture
def admin(db: None) -> User:
    """Another one who may write."""
    return make_user("Ada Min", role=Role.ADMIN)


def page_of(key: str, kind: str = "scorecard") -> str:
    return f"/settings/definitions/{kind}/{key}/"


def said(**changes: str) -> dict[str, str]:
    return {"label": "Start-ups", "like": "pooled", "key": ""} | changes


@pytest.mark.parametrize("who", ["owner", "teammate", "stranger", "viewer"])
def test_others_neither_begin_nor_remove(client_of: Any, request: pytest.FixtureRequest, who: str) -> None:
    user: User = request.getfixturevalue(who)
    client = client_of(user)
    assert client.get(NEW).status_code == client.post(NEW, said()).status_code == 403
    assert client.post(page_of("first-value", "detector") + "remove/").status_code == 403
    text = client.get(LIST).text + client.get(page_of("pooled")).text
    assert "New scorecard" not in text and "Remove" not in text and "Copy" not in text
    with pytest.raises(NotAllowed):
        drafts.begin(by=user, kind="scorecard", label="Mine", now=clock.now())


def test_a_new_one_begins_as_a_copy_is_tried_and_published(client_of: Any, operations: User, admin: User) -> None:
    client = client_of(operations)
    assert "Start from" in client.get(NEW).text
    begun = client.post(NEW, said())
    assert begun.url == page_of("start-ups") + "edit/"
    draft = ConfigDraft.objects.get()
    assert draft.text.startswith("label: Start-ups\n") and draft.based_on == 0
    text = client.get(begun.url).text
    assert "a draft of yours that nobody else sees" in text and "New scorecard" in text
    assert "start-ups" in client.get(LIST).text and "start-ups" not in client_of(admin).get(LIST).text
    assert client_of(admin).get(begun.url).status_code == 404
    given = {"text": draft.text, "note": "For the young", "based_on": "0"}
    tried = client.post(begun.url, given | {"act": "check"})
    assert tried.status_code == 200 and "+label: Start-ups" in tried.text
    assert client.post(begun.url, given | {"act": "publish"}).url == page_of("start-ups")
    version = ConfigVersion.objects.get(kind="scorecard", key="start-ups")
    assert (version.number, version.author, version.note) == (1, operations, "For the young")
    assert standing_bodies("scorecard")["start-ups"]["groups"] == standing_bodies("scorecard")["pooled"]["groups"]
    assert not ConfigDraft.objects.exists()
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert "start-ups" not in standing_bodies("scorecard")


@pytest.mark.parametrize("kind", ["segment", "experience", "scorecard", "pipeline", "detector"])
def test_every_kind_begins_from_each_that_stands(client_of: Any, operations: User, kind: str) -> None:
    client = client_of(operations)
    for key in list(standing_bodies(kind))[:3]:
        assert f'value="{key}" selected' in client.get(f"/settings/definitions/new/{kind}/?from={key}").text
        begun = client.post(f"/settings/definitions/new/{kind}/", said(like=key, label=f"{kind} of {key}"))
        assert begun.status_code == 302 and client.get(begun.url).status_code == 200


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": ""}, "required"),
        ({"label": "…"}, ""),
        ({"key": "pooled"}, "There is a scorecard 'pooled' already"),
        ({"key": "Not A Key"}, "such as high-touch"),
        ({"key": "gone"}, "that was removed: bring it back"),
        ({"key": "mine"}, "You have a draft"),
        ({"like": "nowhere"}, "Select a valid choice"),
    ],
)
def test_what_cannot_begin_is_said_in_place_and_kept(
    client_of: Any, operations: User, change: dict[str, str], message: str
) -> None:
    body = dict(standing_bodies("scorecard")["pooled"])
    add_version(by=operations, kind="scorecard", key="gone", body=body, now=clock.now())
    add_version(by=operations, kind="scorecard", key="gone", body=None, now=clock.now())
    drafts.begin(by=operations, kind="scorecard", label="Mine", now=clock.now())
    answer = client_of(operations).post(NEW, said(**change))
    if message:
        assert answer.status_code == 422 and message in unescape(answer.text)
        assert all(f'value="{value}"' in answer.text for value in said(**change).values() if value != "nowhere")
    assert ConfigDraft.objects.count() == (1 if message else 2)


def test_a_draft_of_a_new_one_is_dropped_or_sent_again(client_of: Any, operations: User) -> None:
    client = client_of(operations)
    begun = client.post(NEW, said())
    text = ConfigDraft.objects.get().text
    assert client.post(page_of("start-ups") + "drop/").url == LIST
    assert client.get(begun.url).status_code == 404
    # An editor that was open meanwhile keeps what was typed.
    answer = client.post(begun.url, {"text": text + "colour: red\n", "note": "", "based_on": "0", "act": "publish"})
    assert answer.status_code == 422 and "colour: red" in answer.text
    answer = client.post(begun.url, {"text": text, "note": "", "based_on": "0", "act": "publish"})
    assert answer.url == page_of("start-ups")


def test_two_who_begin_under_one_key_are_told(client_of: Any, operations: User, admin: User) -> None:
    for user in (operations, admin):
        client_of(user).post(NEW, said())
    given = {"text": ConfigDraft.objects.get(author=admin).text, "note": "", "based_on": "0", "act": "publish"}
    assert client_of(operations).post(page_of("start-ups") + "edit/", given).status_code == 302
    mine = given | {"text": given["text"].replace("Start-ups", "Young ones")}
    late = client_of(admin).post(page_of("start-ups") + "edit/", mine)
    assert late.status_code == 409 and "label: Young ones" in late.text


def test_what_is_used_is_not_removed_and_says_by_whom(client_of: Any, operations: User) -> None:
    client = client_of(operations)
    text = client.get(page_of("pooled")).text
    assert "Still used by the experience Pooled" in text and "scorecards[0]" in text
    answer = client.post(page_of("pooled") + "remove/", MEANT)
    assert answer.status_code == 422 and "It is still used by the experience Pooled" in answer.text
    assert "pooled" in standing_bodies("scorecard")


def test_what_nobody_uses_goes_with_its_undo_and_its_way_back(client_of: Any, operations: User) -> None:
    body = dict(standing_bodies("scorecard")["pooled"]) | {"label": "Spare"}
    add_version(by=operations, kind="scorecard", key="spare", body=body, now=clock.now())
    client = client_of(operations)
    assert client.post(page_of("spare") + "remove/").url == LIST
    listed = client.get(LIST).text
    assert "Spare removed" in listed and page_of("spare") in listed.split("Removed:")[1]
    assert "spare" not in standing_bodies("scorecard")
    assert client.post(page_of("spare") + "remove/").status_code == 404
    assert "was removed" in client.get(page_of("spare")).text
    assert client.post(page_of("spare") + "rollback/", {"to": "1"}).url == page_of("spare")
    assert standing_bodies("scorecard")["spare"]["label"] == "Spare"


def test_taking_away_what_serves_many_asks(client_of: Any, operations: User, acme: Any) -> None:
    client = client_of(operations)
    remove = page_of("pooled", "experience") + "remove/"
    asked = client.post(remove)
    assert asked.status_code == 422 and "Remove although 1 account changes" in asked.text
    assert "pooled" in standing_bodies("experience")
    assert client.post(remove, MEANT).url == LIST
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert "pooled" in standing_bodies("experience")


def test_what_is_not_there(client_of: Any, operations: User) -> None:
    client = client_of(operations)
    assert client.get("/settings/definitions/new/colour/").status_code == 404
    assert client.get("/settings/definitions/colour/large/edit/").status_code == 404
    assert client.post(page_of("nowhere") + "remove/").status_code == 404
    assert client.post(page_of("nowhere") + "drop/").status_code == 404


def test_the_command_bar_offers_a_new_one(client_of: Any, operations: User, owner: User) -> None:
    assert NEW in client_of(operations).get("/commands/?q=new score").text
    assert NEW not in client_of(owner).get("/commands/?q=new score").text
