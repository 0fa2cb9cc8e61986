from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from firstwin.core import clock
from firstwin.core.errors import NotAllowed, NotFound
from firstwin.core.text import counted
from firstwin.outreach import carrier
from firstwin.outreach.actions import holds, messages
from firstwin.outreach.models import Hold, OutboxMessage, State
from firstwin.people import rules
from firstwin.people.views.shared import say, settings_page, who

PAGE = 50


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """What leaves the house, and what waits for somebody to decide."""
    _admins_only(request)
    shown = request.GET.get("show", "")
    found = OutboxMessage.objects.defer("text", "html")
    if shown == "decide":
        found = found.for_a_person()
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        found = found.filter(id__lt=int(before))
    rows = list(found[: PAGE + 1])
    return settings_page(
        request,
        "outreach/outbox.html",
        "outbox",
        messages=rows[:PAGE],
        older=rows[PAGE - 1].pk if len(rows) > PAGE else None,
        to_decide=OutboxMessage.objects.for_a_person().count(),
        shown=shown,
        hold=Hold.objects.standing().first(),
        leaves=carrier.leaves_the_house(),
    )


@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message with its text."""
    return settings_page(
        request,
        "outreach/message.html",
        "outbox",
        message=_get(request, pk),
        leaves=carrier.leaves_the_house(),
        State=State,
    )


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    found = messages.send_again(by=who(request), message=_get(request, pk), now=clock.now())
    return say(request, f"Message to {found.to} will be sent", "outbox")


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    found = messages.discard_message(by=who(request), message=_get(request, pk), now=clock.now())
    return say(request, f"Message to {found.to} discarded", "outbox")


@require_POST
def release(request: HttpRequest) -> HttpResponse:
    _admins_only(request)
    released = holds.release(by=who(request), now=clock.now())
    waiting = f"; {counted(released.to_decide, 'message')} to decide about" if released.to_decide else ""
    return say(request, f"Mail is sent again{waiting}", "outbox")


def _get(request: HttpRequest, pk: int) -> OutboxMessage:
    _admins_only(request)
    found = OutboxMessage.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such message.")
    return found


def _admins_only(request: HttpRequest) -> None:
    if not rules.can_handle_outbox(who(request)):
        raise NotAllowed("Only an admin may see the outbox.")
