"""Small things every view of this room does alike."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from firstwin.core.errors import Conflict, Refused
from firstwin.people.models import Undo, User
from firstwin.people.tabs import tabs_for
from firstwin.ui.jinja import page
from firstwin.ui.toasts import toast_next

R = TypeVar("R")


def who(request: HttpRequest) -> User:
    """The person signed in: the middleware lets nobody else this far."""
    return cast(User, request.user)


def attempt(form: Form, act: Callable[[], R]) -> R | None:
    """What `act` returns; None when it refused, with the reason at the form's field."""
    try:
        return act()
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None


def begin_again(form: Form, conflict: Conflict) -> None:
    """What was typed stays; whoever saves once more has been told, and begins from the version that stands."""
    typed: Any = form.data.copy()  # type: ignore[attr-defined]  # of a request: it keeps lists
    typed["based_on"] = conflict.theirs["Version"]
    form.data = typed


def say(request: HttpRequest, what: Undo | str | None, then: str, **kwargs: object) -> HttpResponseRedirect:
    """Go to the route `then` and say `what` there, with an undo where there is one."""
    if isinstance(what, Undo):
        toast_next(request, what.says, reverse("undo", kwargs={"pk": what.pk}))
    elif what:
        toast_next(request, what)
    return HttpResponseRedirect(reverse(then, kwargs=kwargs))


def settings_page(request: HttpRequest, template: str, tab: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the settings, with its tabs."""
    return page(request, template, status=status, section=tabs_for(who(request), tab), **context)
