"""Files kept with an account."""

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstwin.accounts import queries, rules
from firstwin.accounts.actions.files import TYPES, keep_file, remove_file, show_file_to
from firstwin.accounts.forms import FileForm
from firstwin.accounts.models import Account, File, Visibility
from firstwin.accounts.views.answers import account_at, address, attempt, done, is_htmx, reader, undo_of
from firstwin.core.errors import NotFound
from firstwin.ui.jinja import fragment, page

# A file is handed over to be kept, never to be run here.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, key: str) -> HttpResponse:
    """Keep a file."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    form = FileForm()
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            content, visibility = form.cleaned_data["content"], form.cleaned_data["visibility"]
            kept = attempt(
                form,
                lambda: keep_file(
                    by=asker.user,
                    account=account,
                    name=content.name or "",
                    content=content,
                    visibility=visibility,
                    now=asker.now,
                ),
                field="content",
            )
            if kept is not None:
                return done(request, account, undo_of(request, "file.kept", {"file": kept.pk}, f"{kept.name} added"))
    return _form(request, account, form)


def _form(request: HttpRequest, account: Account, form: FileForm) -> HttpResponse:
    context = {"form": form, "account": account, "endings": sorted(TYPES), "back": address(account, "files")}
    status = 422 if form.errors else 200
    if is_htmx(request):
        return fragment(request, "accounts/file_form.html", "form", status=status, **context)
    return page(request, "accounts/file_form.html", status=status, **context)


@require_safe
def download(request: HttpRequest, key: str, file: UUID) -> StreamingHttpResponse:
    """The bytes, always as a download."""
    found = queries.get_file(account_at(request, key), file)
    if not found.content.storage.exists(str(found.content.name)):
        raise NotFound("The file is missing from the store. Ask an admin to look at the backup.")
    return StreamingHttpResponse(
        _chunks(found),
        content_type=found.content_type,
        headers={
            **_HEADERS,
            "Content-Length": str(found.size),
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=found.name) or "attachment",
        },
    )


def _chunks(file: File) -> Iterator[bytes]:
    """Opened when the first byte is asked for: an answer nobody reads holds nothing open."""
    with file.content.open("rb") as content:
        yield from content.chunks()


@require_POST
def visibility(request: HttpRequest, key: str, file: UUID) -> HttpResponse:
    """Say who may see it."""
    account, asker = account_at(request, key), reader(request)
    found = queries.get_file(account, file)
    wanted = Visibility.CUSTOMER if request.POST.get("visibility") == "customer" else Visibility.INTERNAL
    if not show_file_to(by=asker.user, file=found, visibility=wanted, now=asker.now):
        return done(request, account, "")
    says = f"{found.name}: {'the customer can see it' if wanted == Visibility.CUSTOMER else 'internal'}"
    payload = {"file": found.pk, "before": found.visibility}
    return done(request, account, undo_of(request, "file.shown_to", payload, says))


@require_POST
def remove(request: HttpRequest, key: str, file: UUID) -> HttpResponse:
    account, asker = account_at(request, key), reader(request)
    found = queries.get_file(account, file)
    remove_file(by=asker.user, file=found, now=asker.now)
    return done(request, account, undo_of(request, "file.removed", {"file": found.pk}, f"{found.name} removed"))
