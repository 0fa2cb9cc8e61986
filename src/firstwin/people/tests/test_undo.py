from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firstwin.core.errors import NotFound, Refused
from firstwin.people import undo
from firstwin.people.models import AuditRow, Undo, User
from firstwin.people.tests.factories import make_user
from firstwin.people.tests.fixtures import ClientOf
from firstwin.people.undo import offer_undo, undoable, use_undo

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    monkeypatch.setattr(undo, "_ways", dict(undo._ways))
    calls: list[Any] = []

    @undoable("test.done")
    def _back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
        calls.append((by, payload))
        if payload.get("fails"):
            raise Refused("It changed since.")

    yield calls


def _offer(user: User, **payload: Any) -> Undo:
    return offer_undo(by=user, verb="test.done", payload=payload, says="Done", now=NOW)


def test_it_is_used_once(taken_back: list[Any]) -> None:
    user = make_user()
    offered = _offer(user, what=1)
    use_undo(by=user, pk=offered.pk, now=NOW)
    assert taken_back == [(user, {"what": 1})]
    with pytest.raises(Refused):
        use_undo(by=user, pk=offered.pk, now=NOW)
    assert AuditRow.objects.filter(did="undo.used", actor=user).count() == 1


def test_it_belongs_to_one_person(taken_back: list[Any]) -> None:
    offered = _offer(make_user())
    with pytest.raises(NotFound):
        use_undo(by=make_user(), pk=offered.pk, now=NOW)


def test_it_lasts_an_hour(taken_back: list[Any]) -> None:
    user = make_user()
    offered = _offer(user)
    with pytest.raises(Refused):
        use_undo(by=user, pk=offered.pk, now=NOW + timedelta(hours=1))
    assert taken_back == []


def test_one_that_cannot_be_taken_back_may_be_tried_again(taken_back: list[Any]) -> None:
    user = make_user()
    offered = _offer(user, fails=True)
    with pytest.raises(Refused, match="changed since"):
        use_undo(by=user, pk=offered.pk, now=NOW)
    offered.refresh_from_db()
    assert offered.used_at is None


def test_nobody_registers_a_verb_twice(taken_back: list[Any]) -> None:
    with pytest.raises(RuntimeError):
        undoable("test.done")(lambda **_: None)


def test_an_unknown_verb_is_refused_when_offered() -> None:
    with pytest.raises(RuntimeError):
        offer_undo(by=make_user(), verb="test.unknown", payload={}, says="", now=NOW)


def test_the_button_takes_back_and_shows_the_screen_anew(client_of: ClientOf, taken_back: list[Any]) -> None:
    user = make_user()
    fresh = offer_undo(by=user, verb="test.done", payload={}, says="Done", now=datetime.now(UTC))
    answer = client_of(user).post(f"/undo/{fresh.pk}/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")
    assert len(taken_back) == 1
    assert client_of(user).post(f"/undo/{fresh.pk}/", headers={"HX-Request": "true"}).status_code == 422


def test_without_script_it_goes_back_to_our_page_only(client_of: ClientOf, taken_back: list[Any]) -> None:
    user = make_user()
    for came_from, lands in [
        ("http://testserver/people/teams/?a=1", "/people/teams/?a=1"),
        ("https://evil.example/", "/"),
    ]:
        fresh = offer_undo(by=user, verb="test.done", payload={}, says="Done", now=datetime.now(UTC))
        answer = client_of(user).post(f"/undo/{fresh.pk}/", headers={"Referer": came_from})
        assert (answer.status_code, answer.headers["Location"]) == (302, lands)


def test_another_persons_undo_is_a_404(client_of: ClientOf, taken_back: list[Any]) -> None:
    offered = _offer(make_user())
    assert client_of(make_user()).post(f"/undo/{offered.pk}/").status_code == 404
