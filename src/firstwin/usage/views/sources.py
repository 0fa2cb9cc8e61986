"""Sources of events: what sends, by which write keys."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from firstwin.accounts.views.answers import attempt, reader, undo_of
from firstwin.core.errors import NotFound
from firstwin.people.rules import require
from firstwin.ui.jinja import page
from firstwin.usage.actions.begin_source import begin_source
from firstwin.usage.actions.sources import archive_source, edit_source, make_key, revoke_key, told
from firstwin.usage.forms import KeyForm, SourceForm
from firstwin.usage.models import Source, WriteKey
from firstwin.usage.rules import can_set_up_usage
from firstwin.usage.screens.health import health_of
from firstwin.usage.views.shared import go, setter, source_at
from firstwin.usage.views.tabs import tabs

_READ_OR_WRITE = ["GET", "HEAD", "POST"]
READ_ONLY = "Only operations and admins set up sources."


@require_http_methods(_READ_OR_WRITE)
def sources(request: HttpRequest) -> HttpResponse:
    """All of them, with how they are. POST opens one."""
    asker = reader(request)
    form = SourceForm(request.POST) if request.method == "POST" else SourceForm()
    if request.method == "POST":
        require(can_set_up_usage(asker.user), READ_ONLY)
        if form.is_valid():
            said = {key: form.cleaned_data[key] for key in ("name", "kind", "adds_people", "adds_accounts")}
            made = attempt(form, lambda: begin_source(by=asker.user, now=asker.now, **said))
            if made is not None:
                says = undo_of(request, "source.opened", {"source": made.pk}, f"{made.name} added")
                return go(request, "usage_start", says=says, source=made.key)
    listed = list(Source.objects.order_by("is_archived", "name", "pk"))
    return page(
        request,
        "usage/sources.html",
        status=422 if form.errors else 200,
        tabs_shown=tabs(asker.user, "sources"),
        sources=health_of(listed, now=asker.now),
        now=asker.now,
        form=form,
        may_edit=can_set_up_usage(asker.user),
    )


@require_http_methods(_READ_OR_WRITE)
def source(request: HttpRequest, source: str) -> HttpResponse:
    """One source: its keys, and what its calls may add."""
    asker, what = reader(request), source_at(source)
    if request.method != "POST":
        return _page(request, what)
    require(can_set_up_usage(asker.user), READ_ONLY)
    form = SourceForm(request.POST)
    if form.is_valid():
        said = {key: form.cleaned_data[key] for key in ("name", "kind", "adds_people", "adds_accounts")}
        edition, before = form.cleaned_data["edition"] or 0, told(what)
        done = attempt(form, lambda: edit_source(by=asker.user, source=what, edition=edition, now=asker.now, **said))
        if done is not None:
            payload = {"source": what.pk, "before": before, "edition": done.edition}
            changed = done.edition != edition
            says = undo_of(request, "source.edited", payload, f"{done.name} saved") if changed else "Nothing changed"
            return go(request, "usage_source", says=says, source=what.key)
    return _page(request, what, form=form)


@require_POST
def archive(request: HttpRequest, source: str) -> HttpResponse:
    """It sends no more. POST ?is=active takes it back."""
    asker, what = setter(request), source_at(source)
    is_archived = request.POST.get("is") != "active"
    archive_source(by=asker.user, source=what, now=asker.now, is_archived=is_archived)
    verb, words = ("source.archived", "archived") if is_archived else ("source.restored", "restored")
    says = undo_of(request, verb, {"source": what.pk}, f"{what.name} {words}")
    return go(request, "usage_source", says=says, source=what.key)


@require_POST
def keys(request: HttpRequest, source: str) -> HttpResponse:
    """A new write key."""
    asker, what = setter(request), source_at(source)
    form = KeyForm(request.POST)
    if form.is_valid():
        label = form.cleaned_data["label"]
        made = attempt(form, lambda: make_key(by=asker.user, source=what, label=label, now=asker.now), field="label")
        if made is not None:
            says = undo_of(request, "write_key.made", {"key": made.pk}, "Write key made")
            return go(request, "usage_source", says=says, source=what.key)
    return _page(request, what, key_form=form)


@require_POST
def revoke(request: HttpRequest, source: str, pk: int) -> HttpResponse:
    """Calls with this key are refused from now on."""
    asker, what = setter(request), source_at(source)
    key = WriteKey.objects.filter(source=what, pk=pk).first()
    if key is None:
        raise NotFound("There is no such write key.")
    revoke_key(by=asker.user, key=key, now=asker.now)
    says = undo_of(request, "write_key.revoked", {"key": key.pk}, "Write key revoked")
    return go(request, "usage_source", says=says, source=what.key)


def _page(request: HttpRequest, what: Source, **forms: Any) -> HttpResponse:
    asker = reader(request)
    shown = {"form": SourceForm(initial=told(what) | {"edition": what.edition}), "key_form": KeyForm(), **forms}
    held = list(what.keys.select_related("made_by").order_by("-made_at", "-pk"))
    return page(
        request,
        "usage/source.html",
        status=422 if any(form.errors for form in shown.values()) else 200,
        tabs_shown=tabs(asker.user, "sources"),
        source=what,
        health=health_of([what], now=asker.now)[0],
        now=asker.now,
        live=[key for key in held if key.revoked_at is None],
        revoked=[key for key in held if key.revoked_at is not None],
        may_edit=can_set_up_usage(asker.user),
        **shown,
    )
