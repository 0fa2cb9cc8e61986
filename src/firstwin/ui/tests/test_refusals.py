"""What a person gets when something cannot be done: the right status, a sentence, and nothing lost."""

import json
from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines

from firstwin.core.errors import Conflict, FirstwinError, NotAllowed, NotFound, Refused, TryAgain
from firstwin.ui import views
from firstwin.ui.middleware import ContentSecurityMiddleware, RefusalMiddleware
from firstwin.ui.tests.conftest import Ask
from firstwin.ui.toasts import toast


def answered(request: HttpRequest, error: Exception) -> HttpResponse | None:
    return RefusalMiddleware(lambda _: HttpResponse()).process_exception(request, error)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("Choose another day."), 422),
        (NotAllowed("Only managers may do this."), 403),
        (NotFound("No such thing."), 404),
        (TryAgain("The queue is full."), 503),
    ],
)
def test_an_error_becomes_a_page_or_for_htmx_a_toast_without_a_swap(
    ask: Ask, error: FirstwinError, status: int
) -> None:
    page = answered(ask(), error)
    assert page is not None and page.status_code == status
    assert error.message in page.content.decode()
    part = answered(ask(htmx=True), error)
    assert part is not None and part.status_code == status
    assert part["HX-Reswap"] == "none" and part.content == b""
    assert json.loads(part["HX-Trigger"])["toast"]["message"] == error.message


def test_a_passing_fault_says_when_to_come_back(ask: Ask) -> None:
    page = answered(ask(), TryAgain("The queue is full."))
    assert page is not None and page["Retry-After"] == "5"


def test_a_conflict_shows_both_versions_in_the_dialog(ask: Ask) -> None:
    error = Conflict("Tom changed this.", mine={"Owner": "<Ada>"}, theirs={"Owner": "Tom"})
    part = answered(ask(htmx=True), error)
    assert part is not None and part.status_code == 409
    assert part["HX-Retarget"] == "#dialog"
    text = part.content.decode()
    assert "&lt;Ada&gt;" in text and "Tom" in text and "<html" not in text
    whole = answered(ask(), error)
    assert whole is not None and whole.status_code == 409 and "<html" in whole.content.decode()


def test_other_errors_are_left_alone(ask: Ask) -> None:
    assert answered(ask(), ValueError("a bug")) is None


@pytest.mark.parametrize(
    ("view", "status"),
    [(views.bad_request, 400), (views.not_allowed, 403), (views.not_found, 404)],
)
def test_error_pages_have_their_status(
    ask: Ask, view: Callable[[HttpRequest, None], HttpResponse], status: int
) -> None:
    assert view(ask(), None).status_code == status
    assert views.broken(ask()).status_code == 500


def test_every_answer_carries_the_strict_policy(ask: Ask) -> None:
    response = ContentSecurityMiddleware(lambda _: HttpResponse())(ask())
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy and "script-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"


def test_a_toast_travels_in_a_header_and_keeps_other_events() -> None:
    response = HttpResponse(headers={"HX-Trigger": json.dumps({"saved": {}})})
    toast(response, "Owner changed to Zoë", undo_url="/undo/3/")
    events = json.loads(response["HX-Trigger"])
    assert events == {"saved": {}, "toast": {"message": "Owner changed to Zoë", "undo": "/undo/3/", "tone": "none"}}
    assert response["HX-Trigger"].isascii()


def test_templates_of_other_apps_are_not_ours_to_read() -> None:
    assert all("firstwin" in str(folder) for folder in engines["jinja"].template_dirs)
