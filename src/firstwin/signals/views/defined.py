"""What the forms of definitions share: saying what was written with its undo, and stopping where much would change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.forms import Form
from django.http import HttpRequest, HttpResponse

from firstwin.accounts.views.answers import attempt, reader, say_next, undo_of
from firstwin.core.errors import Conflict
from firstwin.people.config.guard import Impact, TooMuch
from firstwin.people.config.write import WRITTEN
from firstwin.people.models import ConfigVersion
from firstwin.people.views.shared import begin_again
from firstwin.ui.jinja import page

R = TypeVar("R")
ANYWAY = "publish-anyway"
"""What the second button says: that it is meant."""


@dataclass(frozen=True)
class Tried(Generic[R]):
    """What came of an attempt. done: None where it did not stand.  status: of the page as it was typed."""

    done: R | None
    status: int
    too_much: Sequence[Impact] = ()


def is_meant(request: HttpRequest) -> bool:
    return request.POST.get("act") == ANYWAY


def guarded(form: Form, act: Callable[[], R], *, field: str = "") -> Tried[R]:
    """Try it; what refuses it stands in the form, and what was typed stays."""
    try:
        done = attempt(form, lambda: _stopped(act), field=field)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
        begin_again(form, conflict)
        return Tried(None, conflict.status)
    if isinstance(done, TooMuch):
        return Tried(None, done.status, done.impacts)
    return Tried(done, 200 if done is not None else 422)


def _stopped(act: Callable[[], R]) -> R | TooMuch:
    try:
        return act()
    except TooMuch as much:
        return much


def much_page(
    request: HttpRequest, much: TooMuch, *, title: str, verb: str, crumbs: list[tuple[str, str]], back: str,
    hidden: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """A page that asks once more, for a deed that is a button. verb: what the button says before the number."""
    return page(
        request, "people/definition_much.html", status=much.status, title=title, verb=verb, crumb_pairs=crumbs,
        back=back, action=request.path, hidden=hidden or {}, too_much=much.impacts,
    )  # fmt: skip


def written(request: HttpRequest, versions: Iterable[ConfigVersion], says: str) -> None:
    """Say it on the next page, with its undo where something was written."""
    added = [version.pk for version in versions if version.at == reader(request).now]
    if added:
        say_next(request, undo_of(request, WRITTEN, {"versions": added}, says))
    else:
        say_next(request, "It says so already")
