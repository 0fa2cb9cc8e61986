"""Health of usage: how each source is, what waits or is held, how large the lake is and how long it is kept."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from firstwin.accounts.views.answers import attempt, reader, undo_of
from firstwin.core.errors import Refused
from firstwin.core.text import counted
from firstwin.people.rules import require
from firstwin.ui.jinja import page
from firstwin.usage.actions.upkeep import (
    BOUNDS,
    drop_batch,
    in_words,
    keep_events,
    lake_setting,
    retry_batch,
    set_limits,
)
from firstwin.usage.forms import LimitsForm, RetentionForm
from firstwin.usage.models import Source
from firstwin.usage.rules import can_set_up_usage
from firstwin.usage.screens.health import health_of, held_elsewhere
from firstwin.usage.screens.lake import lake_now, limits_now
from firstwin.usage.views.shared import go, setter
from firstwin.usage.views.tabs import tabs

READ_ONLY = "Only operations and admins say how long events are kept."


@require_http_methods(["GET", "HEAD", "POST"])
def health(request: HttpRequest) -> HttpResponse:
    """The page. POST says how long events are kept, or with `most_names` where the limits are."""
    asker = reader(request)
    setting = lake_setting()
    form = RetentionForm(initial={"retention_days": setting.retention_days, "edition": setting.edition})
    bounds = LimitsForm(initial={name: getattr(setting, name) for name in (*BOUNDS, "edition")})
    if request.method == "POST" and "most_names" in request.POST:
        require(can_set_up_usage(asker.user), READ_ONLY)
        bounds = LimitsForm(request.POST)
        if bounds.is_valid():
            limits = {name: bounds.cleaned_data[name] or 0 for name in (*BOUNDS, "edition")}
            done = attempt(bounds, lambda: set_limits(by=asker.user, now=asker.now, **limits), field="most_names")
            if done is not None:
                return go(request, "usage_health", says=_says_limits(request, setting, done))
    elif request.method == "POST":
        require(can_set_up_usage(asker.user), READ_ONLY)
        form = RetentionForm(request.POST)
        if form.is_valid():
            said = {"retention_days": form.cleaned_data["retention_days"], "edition": form.cleaned_data["edition"] or 0}
            done = attempt(form, lambda: keep_events(by=asker.user, now=asker.now, **said), field="retention_days")
            if done is not None:
                return go(request, "usage_health", says=_says(request, setting.retention_days, done))
    return page(
        request,
        "usage/health.html",
        status=422 if form.errors or bounds.errors else 200,
        tabs_shown=tabs(asker.user, "health"),
        sources=health_of(list(Source.objects.order_by("is_archived", "name", "pk")), now=asker.now),
        held_elsewhere=held_elsewhere(),
        lake=lake_now(),
        kept=in_words(setting.retention_days),
        form=form,
        limits=limits_now(setting),
        bounds=bounds,
        now=asker.now,
        may_edit=can_set_up_usage(asker.user),
    )


@require_POST
def held(request: HttpRequest, pk: int) -> HttpResponse:
    """A batch that could not be taken up: POST ?is=again lets it be tried again, ?is=dropped throws it away."""
    asker = setter(request)
    said = request.POST.get("is", "")
    if said == "again":
        retry_batch(by=asker.user, batch=pk, now=asker.now)
        return go(request, "usage_health", says="It is taken up again")
    if said == "dropped":
        gone = drop_batch(by=asker.user, batch=pk, now=asker.now)
        return go(request, "usage_health", says=f"{counted(gone, 'event')} dropped")
    raise Refused("Say what becomes of it: again, or dropped.")


def _says(request: HttpRequest, before: int | None, done: Any) -> Any:
    if done.retention_days == before:
        return "Nothing changed"
    payload = {"before": before, "edition": done.edition}
    return undo_of(request, "lake.retention_set", payload, f"Events are kept for {in_words(done.retention_days)}")


def _says_limits(request: HttpRequest, before: Any, done: Any) -> Any:
    if done.edition == before.edition:
        return "Nothing changed"
    payload = {"before": {name: getattr(before, name) for name in BOUNDS}, "edition": done.edition}
    return undo_of(request, "lake.limits_set", payload, "The limits were changed")
