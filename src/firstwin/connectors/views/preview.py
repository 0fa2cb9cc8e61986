"""The last steps: the first rows as they would be stored, a dry run over all of them, and doing it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from firstwin.connectors.actions import drafts
from firstwin.connectors.actions.stage_import import stage_import
from firstwin.connectors.mapping.read import ReadMapping
from firstwin.connectors.models import ImportDraft, ImportRun
from firstwin.connectors.runs_shown import shown
from firstwin.connectors.views.shared import draft_at, go, importer, is_htmx
from firstwin.connectors.views.tabs import steps
from firstwin.connectors.wizard.digest import digest_of
from firstwin.connectors.wizard.document import entry_of, working_document
from firstwin.connectors.wizard.guess import Seen, seen
from firstwin.connectors.wizard.preview import previews
from firstwin.connectors.wizard.problems import mapping_problems, open_questions
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.people.models import User
from firstwin.ui.jinja import fragment, page

TEMPLATE = "connectors/preview.html"


@require_safe
def preview(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Twenty rows of each file, and what the dry run said."""
    found = draft_at(importer(request), draft)
    if not found.files:
        return go(request, "import_upload", draft=draft)
    if not found.mapping_text:
        return go(request, "import_mapping", draft=draft)
    read, problems = _checked(found)
    if is_htmx(request) and request.GET.get("part") == "dry-run":
        return fragment(request, TEMPLATE, "dry", **_context(found, problems))
    shown_files = previews(found, read) if read is not None else []
    return page(request, TEMPLATE, previews=shown_files, **_context(found, problems))


@require_POST
def dry_run(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Read every row and store none, in the background."""
    user = importer(request)
    found = draft_at(user, draft)
    _refuse_unready(found)
    now = clock.now()
    run = _stage(user, found, is_dry=True)
    drafts.note_dry_run(by=user, draft=found, run=run, of=digest_of(found), now=now)
    return go(request, "import_preview", draft=draft)


@require_POST
def apply(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Hand it to the worker. The draft is done with."""
    user = importer(request)
    found = draft_at(user, draft)
    _refuse_unready(found)
    run = _stage(user, found, is_dry=False)
    drafts.discard_draft(by=user, draft=found)
    return go(request, "import_run", run=run.pk)


def _stage(user: User, draft: ImportDraft, *, is_dry: bool) -> ImportRun:
    called = {file["name"]: file["file"] for file in draft.files}
    return stage_import(
        by=user,
        mapping_text=draft.mapping_text,
        mapping_name=draft.mapping_name or f"{draft.source}.yaml",
        files={file["name"]: draft.path_of(file) for file in draft.files},
        called=called,
        is_dry=is_dry,
        now=clock.now(),
    )


def _refuse_unready(draft: ImportDraft) -> None:
    if problems := _checked(draft)[1]:
        raise Refused(f"{problems[0]} Mend the mapping first.")


def _checked(draft: ImportDraft) -> tuple[ReadMapping | None, list[str]]:
    """The mapping, and all that stands in the way of running it."""
    files = [seen(draft, one) for one in draft.files]
    read, problems = mapping_problems(draft.mapping_text, files)
    if read is None:
        return None, problems
    problems += _unread(files, read)
    try:
        document = working_document(draft, files)
    except Refused as refusal:
        return None, [refusal.message]
    for one in files:
        entry = entry_of(document, one.name)
        if entry is not None and draft.again_of_id is None:
            problems += open_questions(one, entry)
    for one_preview in previews(draft, read):
        if one_preview.problem:
            problems.append(one_preview.problem)
    return read, problems


def _unread(files: list[Seen], read: ReadMapping) -> list[str]:
    named = {file.name for file in read.mapping.files}
    return [f"The mapping says nothing about {one.file['file']}." for one in files if one.name not in named]


def _context(draft: ImportDraft, problems: list[str]) -> dict[str, Any]:
    run = draft.dry_run
    return {
        "draft": draft,
        "steps_shown": steps(draft, "preview"),
        "problems": problems,
        "dry": shown(run, now=clock.now()) if run is not None else None,
        "is_stale": run is not None and draft.dry_of != digest_of(draft),
        "files": [{**file, "may_download": False, "run": run.pk} for file in run.files] if run is not None else [],
        "most": 20,
    }
