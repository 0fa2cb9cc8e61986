"""The first step: send files. They are written to disk as they arrive."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstwin.connectors import sample as sample_file
from firstwin.connectors.actions import drafts
from firstwin.connectors.models import ImportDraft
from firstwin.connectors.peek import ENDINGS
from firstwin.connectors.uploads import LARGEST_UPLOAD, MOST_FILES, ToDisk, has_room_for, incoming_folder
from firstwin.connectors.views.shared import draft_at, go, importer, is_htmx
from firstwin.connectors.views.tabs import steps
from firstwin.connectors.wizard.begin import fit_to_mapping
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.people.models import User
from firstwin.ui.filters import size as size_in_words
from firstwin.ui.jinja import page
from firstwin.ui.toasts import toast

TOO_LARGE = f"That is more than {size_in_words(LARGEST_UPLOAD)}. Split it, or import it on the server: firstwin import."
NO_ROOM = "The disk has too little room for that. Free some space, or ask an admin to."
NOTHING = "Choose at least one file."
FIRST_STEPS = [("Files", "", "current"), *((label, "", "ahead") for label in ("Check files", "Mapping", "Preview"))]


@csrf_exempt  # checked inside: before that the body must not be touched, else it would be held in memory
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin an import with its files."""
    user = importer(request)
    if request.method != "POST":
        return _form(request, None)
    return _take(request, user, None)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def more(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Add files to an import that was begun."""
    user = importer(request)
    found = draft_at(user, draft)
    if request.method != "POST":
        return _form(request, found)
    return _take(request, user, found)


@require_POST
def sample(request: HttpRequest) -> HttpResponse:
    """Begin an import with a small file of ours, to see how it goes."""
    user, now = importer(request), clock.now()
    draft = drafts.open_draft(by=user, now=now)
    folder = incoming_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{draft.key.hex}.part"
    path.write_text(sample_file.TEXT, encoding="utf-8")
    drafts.add_file(by=user, draft=draft, called=sample_file.NAME, path=path, sha256="", now=now)
    return go(request, "import_files", draft=draft.key)


@require_safe
def resume(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Go on where it was left."""
    found = draft_at(importer(request), draft)
    if not found.files:
        return go(request, "import_upload", draft=draft)
    return go(request, "import_preview" if found.dry_run_id else "import_files", draft=draft)


@require_POST
def discard(request: HttpRequest, draft: UUID) -> HttpResponse:
    user = importer(request)
    drafts.discard_draft(by=user, draft=draft_at(user, draft))
    return go(request, "imports", says="Import discarded")


def _take(request: HttpRequest, user: User, draft: ImportDraft | None) -> HttpResponse:
    """Refuse what is too much before it is read, then read it on its way to the disk."""
    said = request.META.get("CONTENT_LENGTH") or ""
    size = int(said) if said.isdigit() else 0
    if size > LARGEST_UPLOAD + (1 << 20):
        return _refuse(request, draft, TOO_LARGE, 413)
    if not has_room_for(size):
        return _refuse(request, draft, NO_ROOM, 413)
    handler = ToDisk(request)
    request.upload_handlers = [handler]
    try:
        return _received(request, user, draft, handler)
    finally:
        handler.forget()


@csrf_protect
def _received(request: HttpRequest, user: User, draft: ImportDraft | None, handler: ToDisk) -> HttpResponse:
    arrived = request.FILES.getlist("files")
    if handler.is_too_large:
        return _refuse(request, draft, TOO_LARGE, 413)
    if not arrived:
        return _refuse(request, draft, NOTHING, 422)
    now, problems = clock.now(), []
    kept = draft or drafts.open_draft(by=user, now=now)
    for one in handler.kept:
        try:
            drafts.add_file(by=user, draft=kept, called=one.name or "", path=one.path, sha256=one.sha256, now=now)
        except Refused as problem:
            problems.append(problem.message)
    kept.refresh_from_db()
    if draft is None and not kept.files:
        drafts.discard_draft(by=user, draft=kept)
        return _refuse(request, None, " ".join(problems), 422)
    if problems:
        return _refuse(request, kept, " ".join(problems), 422)
    is_ready = fit_to_mapping(by=user, draft=kept, now=now)
    return go(request, "import_preview" if is_ready else "import_files", draft=kept.key)


def _refuse(request: HttpRequest, draft: ImportDraft | None, problem: str, status: int) -> HttpResponse:
    if is_htmx(request):
        return toast(HttpResponse(status=status, headers={"HX-Reswap": "none"}), problem, tone="risk")
    return _form(request, draft, problem=problem, status=status)


def _form(request: HttpRequest, draft: ImportDraft | None, *, problem: str = "", status: int = 200) -> HttpResponse:
    return page(
        request,
        "connectors/upload.html",
        status=status,
        draft=draft,
        steps_shown=steps(draft, "upload") if draft is not None else FIRST_STEPS,
        action=reverse("import_upload", kwargs={"draft": draft.key}) if draft else reverse("import_new"),
        endings=ENDINGS,
        most=MOST_FILES,
        largest=LARGEST_UPLOAD,
        largest_words=size_in_words(LARGEST_UPLOAD),
        problem=problem,
    )
