"""The second step: how each file is written and what its rows are."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstwin.connectors.actions import drafts
from firstwin.connectors.files import FORMATS
from firstwin.connectors.models import ImportDraft
from firstwin.connectors.views.shared import draft_at, go, importer, is_htmx
from firstwin.connectors.views.tabs import steps
from firstwin.connectors.wizard.guess import KINDS, seen
from firstwin.core import clock
from firstwin.core.errors import NotFound, Refused
from firstwin.ui.jinja import fragment, page

ROWS_SHOWN = 5
ENCODINGS = ("utf-8", "cp1252", "utf-16", "iso8859-1", "cp1250", "mac-roman")
DELIMITERS = ((",", "Comma"), (";", "Semicolon"), ("tab", "Tab"), ("|", "Bar"))
TEMPLATE = "connectors/files.html"


@require_safe
def files(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Every file with its first rows."""
    found = draft_at(importer(request), draft)
    if not found.files:
        return go(request, "import_upload", draft=draft)
    return _page(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, draft: UUID, file: str) -> HttpResponse:
    """Read one file in another way than was detected, or as another kind of record."""
    user = importer(request)
    found = draft_at(user, draft)
    if found.file_called(file) is None:
        raise NotFound("There is no such file in this import.")
    if request.method != "POST":
        return go(request, "import_files", draft=draft)
    said = {key: str(request.POST.get(key, ""))[:100] for key in drafts.CHOICES}
    said["delimiter"] = "\t" if said["delimiter"] == "tab" else said["delimiter"]
    if said["kind"] and said["kind"] not in KINDS:
        raise Refused("There is no such kind of record.")
    problem = ""
    try:
        with drafts.in_turn(by=user, draft=found, turn=str(request.POST.get("turn", ""))) as is_latest:
            if is_latest:
                drafts.set_file(by=user, draft=found, name=file, chosen=said, now=clock.now())
    except Refused as refusal:
        problem = refusal.message
    found.refresh_from_db()
    if not is_htmx(request):
        return _page(request, found, file, problem) if problem else go(request, "import_files", draft=draft)
    status = 422 if problem else 200
    return fragment(
        request, TEMPLATE, "file", status=status, one=_shown(found, file), problem=problem, **_options(found)
    )


@require_POST
def remove(request: HttpRequest, draft: UUID, file: str) -> HttpResponse:
    user = importer(request)
    found = draft_at(user, draft)
    drafts.drop_file(by=user, draft=found, name=file, now=clock.now())
    return go(request, "import_files", draft=draft)


def _page(request: HttpRequest, draft: ImportDraft, name: str = "", problem: str = "") -> HttpResponse:
    return page(
        request,
        TEMPLATE,
        status=422 if problem else 200,
        shown=[(_shown(draft, one["name"]), problem if one["name"] == name else "") for one in draft.files],
        steps_shown=steps(draft, "files"),
        **_options(draft),
    )


def _shown(draft: ImportDraft, name: str) -> object:
    held = draft.file_called(name)
    if held is None:
        raise NotFound("There is no such file in this import.")
    return seen(draft, held)


def _options(draft: ImportDraft) -> dict[str, object]:
    return {
        "draft": draft,
        "formats": FORMATS,
        "encodings": ENCODINGS,
        "delimiters": DELIMITERS,
        "kinds": list(KINDS.items()),
        "rows_shown": ROWS_SHOWN,
    }
