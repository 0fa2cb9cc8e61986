"""Logging, correcting and taking back a touch from the page; and the timeline that shows it."""

from datetime import timedelta
from typing import Any

import pytest

from firstwin.accounts import timeline_page
from firstwin.accounts.actions.assign import assign_owner
from firstwin.accounts.actions.notes import add_note
from firstwin.accounts.actions.people import add_person
from firstwin.accounts.actions.touches import log_touch
from firstwin.accounts.models import Account, Direction, Person, Touch, TouchKind
from firstwin.accounts.tests.fixtures import NOW
from firstwin.accounts.tests.page_reader import HTMX, at, toast_of, undo_in, words
from firstwin.accounts.timeline_page import Filters, stream
from firstwin.core import clock
from firstwin.people.models import User

pytestmark = pytest.mark.django_db


def touched(owner: User, acme: Account, summary: str, *, hours: int = 0, **more: Any) -> Touch:
    said: dict[str, Any] = {"kind": TouchKind.CALL, "direction": Direction.BOTH, **more}
    return log_touch(
        by=owner, account=acme, summary=summary, occurred_at=NOW + timedelta(hours=hours), now=clock.now(), **said
    )


def said_in(item: timeline_page.Item) -> str:
    return item.touch.summary if item.touch else item.note.body if item.note else ""


def test_only_the_words_are_needed(client_of: Any, owner: User, acme: Account) -> None:
    done = client_of(owner).post("/accounts/acme/touch/", {"log-summary": "Spoke"}, headers=at("timeline"))
    assert toast_of(done) == "Call logged" and "touch:logged" in done["HX-Trigger"]
    touch = Touch.objects.get()
    assert (touch.kind, touch.direction, touch.minutes) == (TouchKind.CALL, Direction.BOTH, 0)
    assert "Spoke" in words(done) and "Last touch today" in words(done), "timeline and head follow"


def test_everything_else_can_be_said(client_of: Any, owner: User, acme: Account) -> None:
    ines = add_person(by=owner, account=acme, name="Ines Sol", now=NOW)
    client_of(owner).post(
        "/accounts/acme/touch/",
        {
            "log-summary": "Met", "log-kind": "meeting", "log-attendees": [ines.pk], "log-direction": "theirs",
            "log-occurred_at": "2026-03-16T10:30", "log-minutes": "45", "log-is_planned": "on",
            "log-sentiment": "positive", "log-next_step": "Send the plan", "log-next_step_on": "2026-04-01",
        },
        headers=at(),
    )  # fmt: skip
    touch = Touch.objects.get()
    assert (touch.kind, touch.direction, touch.minutes, touch.sentiment) == ("meeting", "theirs", 45, "positive")
    assert (touch.next_step, str(touch.next_step_on)) == ("Send the plan", "2026-04-01")
    assert [person.name for person in touch.attendees.all()] == ["Ines Sol"]


def test_a_touch_in_the_future_is_refused_and_the_text_is_kept(client_of: Any, owner: User, acme: Account) -> None:
    body = {"log-summary": "Long text I do not want to type again", "log-occurred_at": "2999-01-01T10:00"}
    answer = client_of(owner).post("/accounts/acme/touch/", body, headers=at())
    assert answer.status_code == 422
    assert "A touch is something that happened" in words(answer)
    assert "Long text I do not want to type again" in answer.content.decode()
    assert "<details" in answer.content.decode() and " open>" in answer.content.decode(), "the field at fault is seen"
    assert not Touch.objects.exists()


def test_undo_takes_the_touch_back(client_of: Any, owner: User, acme: Account) -> None:
    client = client_of(owner)
    done = client.post("/accounts/acme/touch/", {"log-summary": "Spoke"}, headers=at())
    client.post(undo_in(done))
    assert not Touch.objects.standing().exists()


def test_a_correction_keeps_what_it_said_before(client_of: Any, owner: User, acme: Account) -> None:
    client, touch = client_of(owner), touched(owner, acme, "Spoke with Bo")
    form = client.get(f"/accounts/acme/touch/{touch.key}/", headers=HTMX)
    assert "Spoke with Bo" in form.content.decode()
    body = {"summary": "Spoke with Bao", "kind": "call", "direction": "both", "is_planned": "on"}
    done = client.post(f"/accounts/acme/touch/{touch.key}/", body, headers=at("timeline"))
    assert toast_of(done) == "Corrected" and "corrected" in words(done)
    stands = Touch.objects.standing().get()
    assert (stands.summary, stands.occurred_at) == ("Spoke with Bao", touch.occurred_at)
    history = words(client.get(f"/accounts/acme/touch/{touch.key}/history/", headers=HTMX))
    assert history.index("Spoke with Bao") < history.index("Spoke with Bo ")


def test_a_correction_that_changes_nothing_writes_nothing(client_of: Any, owner: User, acme: Account) -> None:
    touch = touched(owner, acme, "Spoke")
    body = {"summary": "Spoke", "kind": "call", "direction": "both", "is_planned": "on"}
    done = client_of(owner).post(f"/accounts/acme/touch/{touch.key}/", body, headers=at("timeline"))
    assert toast_of(done) == "Nothing changed" and Touch.objects.count() == 1


def test_taken_back_it_is_gone_and_undo_brings_it_back(client_of: Any, owner: User, acme: Account) -> None:
    client, touch = client_of(owner), touched(owner, acme, "Spoke with Bo")
    done = client.post(f"/accounts/acme/touch/{touch.key}/retraction/", headers=at("timeline"))
    assert "Spoke with Bo" not in words(done)
    client.post(undo_in(done))
    assert "Spoke with Bo" in words(client.get("/accounts/acme/timeline/"))


def test_strangers_find_nothing_and_viewers_change_nothing(
    client_of: Any, owner: User, stranger: User, viewer: User, acme: Account
) -> None:
    touch = touched(owner, acme, "Spoke")
    for path in ("touch/", f"touch/{touch.key}/", f"touch/{touch.key}/retraction/"):
        body = {"log-summary": "x", "summary": "x"}
        assert client_of(stranger).post(f"/accounts/acme/{path}", body).status_code == 404
        assert client_of(viewer).post(f"/accounts/acme/{path}", body).status_code == 403


def test_the_stream_is_complete_in_pages_whatever_stands_at_the_same_moment(
    owner: User, acme: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline_page, "PAGE", 3)
    for n in range(5):
        touched(owner, acme, f"touch {n}")
        add_note(by=owner, account=acme, body=f"note {n}", now=NOW)
    seen: list[str] = []
    before = ""
    for _ in range(4):
        page = stream(acme, Filters(with_changes=False), before=before, now=clock.now())
        seen += [said_in(item) for item in page.items]
        before = page.earlier
    assert before == ""
    expected = [f"touch {n}" for n in range(4, -1, -1)] + [f"note {n}" for n in range(4, -1, -1)]
    assert seen == expected


def test_filters_narrow_by_kind_person_author_words_and_day(
    client_of: Any, owner: User, teammate: User, acme: Account
) -> None:
    ines = add_person(by=owner, account=acme, name="Ines Sol", now=NOW)
    touched(owner, acme, "alpha call", attendees=[ines])
    touched(teammate, acme, "beta mail", kind=TouchKind.EMAIL, direction=Direction.OURS, hours=48)
    add_note(by=owner, account=acme, body="gamma note", now=NOW)

    def shown(**query: Any) -> list[str]:
        page = words(client_of(owner).get("/accounts/acme/timeline/", query))
        return [word for word in ("alpha", "beta", "gamma") if f"{word} " in page]

    assert shown() == ["alpha", "beta", "gamma"]
    assert shown(kind="email") == ["beta"]
    assert shown(kind="notes") == ["gamma"]
    assert shown(direction="both") == ["alpha"]
    assert shown(person=ines.pk) == ["alpha"]
    assert shown(author=teammate.pk) == ["beta"]
    assert shown(q="GAMMA") == ["gamma"]
    assert shown(since="2026-03-18") == ["beta"]
    assert shown(until="2026-03-16") == ["alpha", "gamma"]
    assert shown(kind="nonsense") == ["alpha", "beta", "gamma"]


def test_changes_stand_between_as_small_lines_and_can_be_left_out(
    client_of: Any, owner: User, teammate: User, acme: Account
) -> None:
    assign_owner(by=None, accounts=[acme], owner=teammate, now=NOW + timedelta(days=1))
    client = client_of(teammate)
    assert "Mina Ruiz became the owner" in words(client.get("/accounts/acme/timeline/"))
    assert "Mina Ruiz became the owner" not in words(client.get("/accounts/acme/timeline/?changes=no"))


def test_htmx_asks_for_the_stream_or_the_next_page_alone(client_of: Any, owner: User, acme: Account) -> None:
    touched(owner, acme, "Spoke")
    client = client_of(owner)
    alone = client.get("/accounts/acme/timeline/", headers={**HTMX, "HX-Target": "stream"}).content.decode()
    assert "Spoke" in alone and 'id="account"' not in alone
    rows = client.get("/accounts/acme/timeline/", headers={**HTMX, "HX-Target": "stream-more"}).content.decode()
    assert "Spoke" in rows and 'id="stream"' not in rows


def test_people_who_took_part_and_left_stay_on_the_form(client_of: Any, owner: User, acme: Account) -> None:
    ines = add_person(by=owner, account=acme, name="Ines Sol", now=NOW)
    touch = touched(owner, acme, "Spoke", attendees=[ines])
    Person.objects.filter(pk=ines.pk).update(name="Ines Gone")
    form = client_of(owner).get(f"/accounts/acme/touch/{touch.key}/", headers=HTMX).content.decode()
    assert f'value="{ines.pk}" checked' in form
