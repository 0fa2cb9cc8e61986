"""The imports that were run, and those being prepared."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstwin.connectors.models import ImportDraft, ImportRun
from firstwin.connectors.runs_shown import shown
from firstwin.connectors.views.shared import importer
from firstwin.connectors.views.tabs import tabs
from firstwin.core import clock
from firstwin.ui.jinja import page

PER_PAGE = 50


@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """History, newest first."""
    user, now = importer(request), clock.now()
    runs = ImportRun.objects.select_related("by").order_by("-pk")
    is_dry_too = request.GET.get("show") == "all"
    if not is_dry_too:
        runs = runs.filter(is_dry_run=False)
    before = request.GET.get("before", "")
    if before.isdigit() and len(before) < 19:
        runs = runs.filter(pk__lt=int(before))
    found = list(runs[: PER_PAGE + 1])
    listed = [shown(run, now=now) for run in found[:PER_PAGE]]
    return page(
        request,
        "connectors/imports.html",
        tabs_shown=tabs("history"),
        runs=listed,
        drafts=list(ImportDraft.objects.of(user).order_by("-changed_at")[:20]),
        is_dry_too=is_dry_too,
        older=found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None,
        is_first=not before,
    )
