"""Notes: write, edit, pin, remove, and what a note said before."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstwin.accounts import deeds, queries, rules
from firstwin.accounts.actions.notes import add_note, edit_note, pin_note, remove_note
from firstwin.accounts.forms import NoteForm
from firstwin.accounts.models import Account
from firstwin.accounts.views.answers import account_at, address, attempt, done, in_dialog, is_htmx, reader, undo_of
from firstwin.core.errors import Conflict
from firstwin.people.audit import trail
from firstwin.ui.jinja import fragment, page


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, key: str) -> HttpResponse:
    """Write a note."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    if request.method != "POST":
        return _new(request, account, NoteForm(prefix="new"))
    form = NoteForm(request.POST, prefix="new")
    if form.is_valid():
        given = form.cleaned_data
        made = attempt(
            form,
            lambda: add_note(
                by=asker.user,
                account=account,
                body=given["body"],
                visibility=given["visibility"],
                is_pinned=given["is_pinned"],
                now=asker.now,
            ),
        )
        if made is not None:
            undo = undo_of(request, "note.added", {"note": made.pk}, "Note added")
            return done(request, account, undo, event="note:added")
    return _new(request, account, form)


def _new(request: HttpRequest, account: Account, form: NoteForm) -> HttpResponse:
    status = 422 if form.errors else 200
    if is_htmx(request):
        return fragment(request, "accounts/note_form.html", "form", status=status, form=form, account=account)
    return page(request, "accounts/note_form.html", status=status, form=form, account=account, back=address(account))


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Edit a note. Somebody faster is shown beside what was typed, and nothing is lost."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    stands = queries.get_note(account, pk)
    held = {"body": stands.body, "visibility": stands.visibility, "edition": stands.edition}
    if request.method != "POST":
        return _edit_form(request, account, pk, NoteForm(initial=held))
    form = NoteForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            before = attempt(
                form,
                lambda: edit_note(
                    by=asker.user,
                    note=stands,
                    body=given["body"],
                    visibility=given["visibility"],
                    edition=given["edition"] or 0,
                    now=asker.now,
                ),
            )
        except Conflict as conflict:
            again = NoteForm(initial={**given, "edition": stands.edition})
            return _edit_form(request, account, pk, again, conflict)
        if before is not None:
            undo = undo_of(request, "note.edited", {"note": pk, "before": before}, "Note saved")
            return done(request, account, undo)
    return _edit_form(request, account, pk, form)


def _edit_form(
    request: HttpRequest, account: Account, pk: int, form: NoteForm, conflict: Conflict | None = None
) -> HttpResponse:
    return in_dialog(
        request,
        "accounts/note_edit.html",
        "form",
        status=409 if conflict else 422 if form.errors else 200,
        form=form,
        account=account,
        action=reverse("note", kwargs={"key": account.key, "pk": pk}),
        conflict=conflict,
        back=address(account, "timeline"),
    )


@require_safe
def note_history(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """What was done to a note, newest first."""
    account = account_at(request, key)
    entries = deeds.told(trail(queries.get_note(account, pk))[:100])
    return in_dialog(request, "accounts/note_history.html", "history", account=account, entries=entries)


@require_POST
def pin(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Pin to the summary, or (`pinned=no`) unpin."""
    account, asker = account_at(request, key), reader(request)
    is_pinned = request.POST.get("pinned") != "no"
    pin_note(by=asker.user, note=queries.get_note(account, pk), is_pinned=is_pinned, now=asker.now)
    return done(request, account, "Pinned" if is_pinned else "Unpinned")


@require_POST
def remove(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    account, asker = account_at(request, key), reader(request)
    remove_note(by=asker.user, note=queries.get_note(account, pk), now=asker.now)
    return done(request, account, undo_of(request, "note.removed", {"note": pk}, "Note removed"))
