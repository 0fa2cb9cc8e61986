"""One import: how far it is, what came of it, and taking it back."""

from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from firstwin.connectors.actions import drafts
from firstwin.connectors.actions.stage_import import resume_import, stop_import
from firstwin.connectors.actions.undo_import import undo_import
from firstwin.connectors.models import ImportRun
from firstwin.connectors.runs_shown import shown
from firstwin.connectors.views.shared import go, importer, is_htmx, run_at
from firstwin.core import clock
from firstwin.core.errors import NotFound, Refused
from firstwin.ui.jinja import fragment, page

SHOWN = 200
"""Faults on the page of a run; all of them are in the file of rejected rows."""

_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}


@require_safe
def run(request: HttpRequest, run: int) -> HttpResponse:
    importer(request)
    found = run_at(run)
    return page(
        request,
        "connectors/run.html",
        one=shown(found, now=clock.now()),
        files=[
            {**file, "run": found.pk, "may_download": _rejected(found, str(file.get("name", ""))) is not None}
            for file in found.files
        ],
        most=SHOWN,
    )


@require_safe
def progress(request: HttpRequest, run: int) -> HttpResponse:
    """How far it is, asked for again and again until it is done; then the page as a whole."""
    importer(request)
    found = run_at(run)
    one = shown(found, now=clock.now())
    is_row = request.GET.get("in") == "row"
    if not is_htmx(request):
        return go(request, "import_run", run=run)
    if not one.is_going and not is_row:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return fragment(request, "connectors/run.html", "in_row" if is_row else "progress", one=one)


@require_POST
def resume(request: HttpRequest, run: int) -> HttpResponse:
    """Go on where it stopped."""
    resume_import(by=importer(request), run=run_at(run), now=clock.now())
    return go(request, "import_run", run=run, says="The import goes on")


@require_POST
def stop(request: HttpRequest, run: int) -> HttpResponse:
    """Halt it where it is; it can go on, or be undone."""
    stop_import(by=importer(request), run=run_at(run), now=clock.now())
    return go(request, "import_run", run=run, says="The import is stopped")


@require_POST
def undo(request: HttpRequest, run: int) -> HttpResponse:
    """Take back everything it stored, in the background."""
    user = importer(request)
    undo_import(by=user, run=run_at(run), now=clock.now())
    return go(request, "import_run", run=run, says="The import is being undone")


@require_POST
def again(request: HttpRequest, run: int) -> HttpResponse:
    """Begin another import with the mapping of this one."""
    user, found = importer(request), run_at(run)
    if not found.mapping_text:
        raise Refused("This import was made before mappings were kept. Begin a new one.")
    draft = drafts.open_draft(by=user, now=clock.now(), again_of=found)
    return go(request, "import_upload", draft=draft.key)


@require_safe
def rejects(request: HttpRequest, run: int, file: str) -> StreamingHttpResponse:
    """The rejected rows of one file, to mend and import again."""
    importer(request)
    found = run_at(run)
    path = _rejected(found, file)
    if path is None:
        raise NotFound("There is no file of rejected rows. They are kept for 30 days.")
    called = f"{found.source}-{found.pk}-{file}-rejected.csv"
    return StreamingHttpResponse(
        _chunks(path),
        content_type="text/csv; charset=utf-8",
        headers={
            **_HEADERS,
            "Content-Length": str(path.stat().st_size),
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=called) or "attachment",
        },
    )


def _rejected(run: ImportRun, name: str) -> Path | None:
    """Where the rejected rows of a file are: in the run's own folder, under a name the run itself knows."""
    if name not in {str(file.get("name", "")) for file in run.files}:
        return None
    folder = Path(run.rejects_in) if run.rejects_in else run.folder
    return next((path for path in (folder / f"{name}.csv", run.folder / f"{name}.csv") if path.is_file()), None)


def _chunks(path: Path) -> Iterator[bytes]:
    """Opened when the first byte is asked for: an answer nobody reads holds nothing open."""
    with path.open("rb") as file:
        while chunk := file.read(1 << 16):
            yield chunk
