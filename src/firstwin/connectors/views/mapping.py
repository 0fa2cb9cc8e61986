"""The third step: which column means what. As a form, or as text for those who prefer it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from firstwin.connectors.actions import drafts
from firstwin.connectors.kinds.fields import FIELDS, NEEDED
from firstwin.connectors.models import ImportDraft, ImportRun
from firstwin.connectors.views.shared import draft_at, go, importer, is_htmx
from firstwin.connectors.views.tabs import steps
from firstwin.connectors.wizard import columns
from firstwin.connectors.wizard.document import (
    column_of,
    entry_of,
    is_same,
    working_document,
    write_document,
)
from firstwin.connectors.wizard.guess import KINDS, Seen, seen
from firstwin.connectors.wizard.problems import mapping_problems, open_questions
from firstwin.core import clock
from firstwin.core.errors import NotFound, Refused
from firstwin.core.text import listing
from firstwin.people.models import User
from firstwin.ui.jinja import fragment, page

TEMPLATE = "connectors/mapping.html"


@require_safe
def first(request: HttpRequest, draft: UUID) -> HttpResponse:
    """To the first file."""
    found = draft_at(importer(request), draft)
    if not found.files:
        return go(request, "import_upload", draft=draft)
    return go(request, "import_mapping_file", draft=draft, file=found.files[0]["name"])


@require_http_methods(["GET", "HEAD", "POST"])
def one_file(request: HttpRequest, draft: UUID, file: str) -> HttpResponse:
    """The columns of one file. Every change is kept at once."""
    user = importer(request)
    found = draft_at(user, draft)
    if found.file_called(file) is None:
        raise NotFound("There is no such file in this import.")
    files = [seen(found, one) for one in found.files]
    try:
        document = working_document(found, files)
    except Refused:
        return go(request, "import_text", draft=draft)
    problem = ""
    if request.method == "POST":
        said = {key: str(value)[:500] for key, value in request.POST.items()}
        with drafts.in_turn(by=user, draft=found, turn=said.get("turn", "")) as is_latest:
            problem = _keep(user, found, files, file, said) if is_latest else ""
        found.refresh_from_db()
        files = [seen(found, one) for one in found.files]
        document = working_document(found, files)
        if "next" in said and not problem:
            return _onward(request, found, document, files, file)
    status = 422 if problem else 200
    context = _context(found, document, files, file, problem)
    if is_htmx(request) and request.method == "POST":
        return fragment(request, TEMPLATE, "form", status=status, **context)
    return page(request, TEMPLATE, status=status, **context)


@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, draft: UUID) -> HttpResponse:
    """The whole mapping as text."""
    user = importer(request)
    found = draft_at(user, draft)
    files = [seen(found, one) for one in found.files]
    if request.method != "POST":
        return _text(request, found, files, _whole(found, files))
    said = str(request.POST.get("text", "")).replace("\r\n", "\n")
    _, problems = mapping_problems(said, files)
    if not problems or "next" not in request.POST:
        try:
            drafts.set_mapping(by=user, draft=found, text=said, now=clock.now())
        except Refused as refusal:
            problems = problems or [refusal.message]
    if problems:
        return _text(request, found, files, said, problems)
    return go(request, "import_preview", draft=draft)


def _keep(user: User, draft: ImportDraft, files: list[Seen], name: str, said: dict[str, str]) -> str:
    """Keep what the form says. What is wrong with it, else ''."""
    now = clock.now()
    try:
        document = working_document(draft, files)
        if said.get("source", draft.source) != draft.source:
            drafts.set_source(by=user, draft=draft, source=said["source"], now=now)
            document["source"] = drafts.checked_source(said["source"])
        one = next(one for one in files if one.name == name)
        made = columns.apply_form(document, one, said, settings.FIRSTWIN_CURRENCY)
        if not is_same(made, draft.mapping_text):
            drafts.set_mapping(by=user, draft=draft, text=write_document(made), now=now)
    except Refused as refusal:
        return refusal.message
    return ""


def _onward(
    request: HttpRequest, draft: ImportDraft, document: dict[str, Any], files: list[Seen], name: str
) -> HttpResponse:
    """To the next file, else to the preview; not before what is asked here is answered."""
    context = _context(draft, document, files, name, "")
    if context["questions"] or context["missing"]:
        return page(request, TEMPLATE, status=422, **{**context, "is_asked": True})
    names = [one.name for one in files]
    place = names.index(name) + 1
    if place < len(names):
        return go(request, "import_mapping_file", draft=draft.key, file=names[place])
    return go(request, "import_preview", draft=draft.key)


def _context(
    draft: ImportDraft, document: dict[str, Any], files: list[Seen], name: str, problem: str
) -> dict[str, Any]:
    one = next(one for one in files if one.name == name)
    entry = entry_of(document, name) or {"fields": {}}
    at = {"draft": draft.key}
    header = [(column, column) for column in one.peek.header if column]
    return {
        "draft": draft,
        "one": one,
        "steps_shown": steps(draft, "mapping"),
        "files_shown": [
            (f.file["file"], reverse("import_mapping_file", kwargs={**at, "file": f.name}), None, f is one)
            for f in files
        ],
        "source": document["source"],
        "sources": sorted({*ImportRun.objects.order_by().values_list("source", flat=True).distinct()[:50]}),
        "kind_words": KINDS[one.kind].partition(":")[0].lower(),
        "lines": columns.lines_of(one, entry),
        "elsewhere": columns.elsewhere(entry),
        "targets": columns.targets(one, document),
        "new": columns.NEW,
        "keys": [("", "Choose a column" if _needs_key(one) else "Nothing"), *header],
        "moments": [("", "No column: when it is imported"), *header],
        "key": column_of(entry.get("key", "")),
        "known_at": column_of(entry.get("known_at", "")),
        "options": [
            (option, LABELS[option], values, entry.get(option, values[0][0]))
            for option, (kinds, values) in columns.OPTIONS.items()
            if one.kind in kinds
        ],
        "questions": open_questions(one, entry),
        "missing": _missing(one, entry),
        "problem": problem,
        "is_asked": False,
        "is_last": one is files[-1],
    }


LABELS = {
    "ends": "An end in the file is",
    "changes": "Changed quantities and prices",
    "duplicates": "A key that stands twice with other content",
}


def _needs_key(one: Seen) -> bool:
    return one.kind in {"accounts", "contracts", "lines", "invoices", "tickets"}


def _missing(one: Seen, entry: dict[str, Any]) -> list[str]:
    """What this kind of record needs and nothing fills."""
    held = set(dict(entry.get("fields") or {}))
    found = [
        f"{KINDS[one.kind].partition(':')[0]} need {listing([columns.words(field).lower() for field in group], 'or')}."
        for group in NEEDED[one.kind]
        if not held & set(group)
    ]
    if _needs_key(one) and not entry.get("key"):
        found.insert(0, "Choose the column that names a record: its id in that system.")
    if not held:
        found.append(f"Choose what at least one column means: {listing(list(FIELDS[one.kind])[:3], 'or')} …")
    return found


def _whole(draft: ImportDraft, files: list[Seen]) -> str:
    """The text as it stands, with what is suggested for files it does not name."""
    try:
        document = working_document(draft, files)
        return draft.mapping_text if is_same(document, draft.mapping_text) else write_document(document)
    except Refused:
        return draft.mapping_text


def _text(
    request: HttpRequest, draft: ImportDraft, files: list[Seen], said: str, problems: list[str] | None = None
) -> HttpResponse:
    found = problems if problems is not None else mapping_problems(said, files)[1]
    return page(
        request,
        "connectors/text.html",
        status=422 if problems else 200,
        draft=draft,
        text=said,
        problems=found,
        steps_shown=steps(draft, "mapping"),
    )
