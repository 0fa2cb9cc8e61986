"""What the forms of definitions share: saying what was written with its undo, and stopping where much would change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from firstwin.accounts.views.answers import attempt, reader, say_next, undo_of
from firstwin.core.errors import Conflict
from firstwin.people.config.guard import Impact, TooMuch
from firstwin.people.config.kinds import kind_of
from firstwin.people.config.labels import standing_bodies
from firstwin.people.config.together import label_of
from firstwin.people.config.write import WRITTEN
from firstwin.people.models import ConfigVersion
from firstwin.people.views.shared import begin_again
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.ui.jinja import page

_MENDED = {"segment": "segment_edit", "experience": "experience", "scorecard": "studio"}
"""Kind → the route of its form, whose parameter is called as the kind; others are mended as text."""

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


def broken_of(kind: str, *, may_edit: bool) -> list[tuple[str, str, str]]:
    """Of each definition that cannot be read any more: that and why, what can be done, and where."""
    what, bodies, told = kind_of(kind), standing_bodies(kind), []
    for one in definitions_at().broken:
        if one.kind == kind:
            words = (
                f"{what.label} {label_of(bodies.get(one.key, {}), one.key)} cannot be read any more and has no effect."
            )
            href = mend_url(kind, one.key) if may_edit else reverse("definition", kwargs={"kind": kind, "key": one.key})
            told.append((f"{words} {one.reason}", "Mend it" if may_edit else "Look at it", href))
    return told


def mend_url(kind: str, key: str) -> str:
    """Where a definition is edited."""
    if kind in _MENDED:
        return reverse(_MENDED[kind], kwargs={kind: key})
    return reverse("definition_edit", kwargs={"kind": kind, "key": key})


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
