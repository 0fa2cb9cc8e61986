"""Edits in place: the name, domains, tags, values, and taking the account out of the lists."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from firstwin.accounts import queries, rules
from firstwin.accounts.actions.edit_account import edit_account
from firstwin.accounts.actions.remove import remove_account, restore_account
from firstwin.accounts.actions.set_attributes import put_columns, set_attributes
from firstwin.accounts.actions.tag import tag_accounts, untag_accounts
from firstwin.accounts.attributes import as_columns
from firstwin.accounts.forms import DomainsForm, NameForm, RemovalForm, TagForm, ValueForm
from firstwin.accounts.models import Account, Attribute
from firstwin.accounts.values import as_typed, in_words
from firstwin.accounts.views.answers import (
    account_at,
    address,
    attempt,
    done,
    form_answer,
    gone,
    in_dialog,
    is_htmx,
    reader,
    undo_of,
)
from firstwin.core.errors import Conflict, NotFound
from firstwin.ui.jinja import fragment, page

_READ_OR_WRITE = ["GET", "HEAD", "POST"]


def _inline(request: HttpRequest, form: Any, *, action: str, label: str, account: Account, **more: Any) -> HttpResponse:
    """A form in place of a value; on a page of its own without htmx."""
    context: dict[str, Any] = {
        "form": form,
        "action": action,
        "label": label,
        "back": address(account),
        "conflict": None,
        **more,
    }
    if context["conflict"]:
        return in_dialog(request, "accounts/inline.html", "versions", status=409, **context)
    status = 422 if form.errors else 200
    if is_htmx(request):
        return fragment(request, "accounts/inline.html", "form", status=status, **context)
    return page(request, "accounts/inline.html", status=status, **context)


@require_http_methods(_READ_OR_WRITE)
def name(request: HttpRequest, key: str) -> HttpResponse:
    """Rename."""
    account = account_at(request, key)
    rules.require_edit(reader(request).user, [account])
    held = {"name": account.name}
    return _edit_record(request, account, "Name", NameForm, held, lambda form: form.cleaned_data["name"])


@require_http_methods(_READ_OR_WRITE)
def domains(request: HttpRequest, key: str) -> HttpResponse:
    """Mail and web domains."""
    account = account_at(request, key)
    rules.require_edit(reader(request).user, [account])
    held = {"domains": " ".join(account.domains.order_by("name").values_list("name", flat=True))}
    return _edit_record(request, account, "Domains", DomainsForm, held, lambda form: form.names())


def _edit_record(
    request: HttpRequest, account: Account, label: str, form_class: Any, held: dict[str, str], read: Any
) -> HttpResponse:
    field = label.lower()
    action = reverse(f"account_{field}", kwargs={"key": account.key})
    if request.method != "POST":
        form = form_class(initial={**held, "edition": account.edition})
        return _inline(request, form, action=action, label=label, account=account)
    form = form_class(request.POST)
    if not form.is_valid():
        return _inline(request, form, action=action, label=label, account=account)
    asker = reader(request)
    changes: dict[str, Any] = {field: read(form)}
    try:
        before = attempt(
            form,
            lambda: edit_account(
                by=asker.user, account=account, now=asker.now, edition=form.cleaned_data["edition"], **changes
            ),
        )
    except Conflict as conflict:
        # The same form again, now knowing the edition it stands beside: saving it is a decision, not an accident.
        again = form_class(initial={**form.cleaned_data, "edition": account.edition})
        return _inline(request, again, action=action, label=label, account=account, conflict=conflict)
    if before is None:
        return _inline(request, form, action=action, label=label, account=account)
    if not before:
        return done(request, account, "")
    says = f"Renamed to {account.name}" if field == "name" else "Domains changed"
    return done(request, account, undo_of(request, "account.edited", {"account": account.pk, "before": before}, says))


@require_http_methods(_READ_OR_WRITE)
def tags(request: HttpRequest, key: str) -> HttpResponse:
    """Add a tag, or several with commas."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    action = reverse("account_tags", kwargs={"key": key})
    form = TagForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _inline(request, form, action=action, label="Tag", account=account)
    added = attempt(
        form,
        lambda: tag_accounts(by=asker.user, accounts=[account], names=form.names(), now=asker.now),
        field="tag",
    )
    if added is None:
        return _inline(request, form, action=action, label="Tag", account=account)
    if not added:
        return done(request, account, "It has that tag already")
    return done(request, account, undo_of(request, "account.tagged", {"tags": added}, f"Tagged {', '.join(added)}"))


@require_POST
def untag(request: HttpRequest, key: str) -> HttpResponse:
    """Take a tag off: ?name=."""
    account, asker = account_at(request, key), reader(request)
    name = request.GET.get("name", "")[:40]
    taken = untag_accounts(by=asker.user, accounts=[account], names=[name], now=asker.now)
    if not taken:
        return done(request, account, "")
    says = f"{', '.join(taken)} taken off"
    return done(request, account, undo_of(request, "account.untagged", {"tags": taken}, says))


# --- values -------------------------------------------------------------------------------------------


def attribute_called(key: str) -> Attribute:
    """Raises NotFound for what is not defined or archived."""
    found = Attribute.objects.filter(key=key, is_archived=False).first()
    if found is None:
        raise NotFound("There is no such attribute.")
    return found


@require_http_methods(_READ_OR_WRITE)
def value(request: HttpRequest, key: str, attribute: str) -> HttpResponse:
    """One value. Saved only against the statement that was seen; otherwise both are shown, with both choices."""
    account, asker, what = account_at(request, key), reader(request), attribute_called(attribute)
    rules.require_edit(asker.user, [account])
    action = reverse("account_value", kwargs={"key": key, "attribute": attribute})
    said = queries.said_about(account, [what], asker.now)[0]
    seen = said.counts.pk if said.counts else 0
    if request.method != "POST":
        form = ValueForm(initial={"value": as_typed(what, said.counts), "seen": seen}, attribute=what)
        return _inline(request, form, action=action, label=what.label, account=account)
    form = ValueForm(request.POST, attribute=what)
    if not form.is_valid():
        return _inline(request, form, action=action, label=what.label, account=account)
    typed = form.cleaned_data["value"]
    columns = attempt(form, lambda: as_columns(what, typed), field="value")
    if form.errors:
        return _inline(request, form, action=action, label=what.label, account=account)
    if form.cleaned_data["seen"] != seen and columns != queries.columns(said.counts):
        conflict = Conflict(
            "This value changed while you were editing.",
            mine={what.label: typed or "not known"},
            theirs={what.label: said.words or "not known"},
        )
        again = ValueForm(initial={"value": typed, "seen": seen}, attribute=what)
        return _inline(request, again, action=action, label=what.label, account=account, conflict=conflict)
    before = set_attributes(by=asker.user, accounts=[account], values={what: typed}, now=asker.now)
    if not before:
        return done(request, account, "")
    payload = {"before": _keyed(before)}
    return done(request, account, undo_of(request, "account.described", payload, f"{what.label} saved"))


def _keyed(before: dict[int, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {str(pk): values for pk, values in before.items()}


@require_http_methods(_READ_OR_WRITE)
def sources(request: HttpRequest, key: str, attribute: str) -> HttpResponse:
    """Where a value comes from, what others say and what it was. POST settles on one statement."""
    account, asker, what = account_at(request, key), reader(request), attribute_called(attribute)
    said = queries.said_about(account, [what], asker.now)[0]
    if request.method == "POST":
        return _settle(request, account, what, said)
    return in_dialog(
        request,
        "accounts/sources.html",
        "sources",
        account=account,
        attribute=what,
        said=said,
        others=[(row, in_words(what, row)) for row in said.others],
        before=[(row, in_words(what, row)) for row in queries.values_before(account, what)[:50]],
        value_form=ValueForm(initial={"value": ""}, attribute=what),
        may_edit=asker.may_edit,
    )


def _settle(request: HttpRequest, account: Account, what: Attribute, said: queries.Said) -> HttpResponse:
    """Staff say which of the statements is right."""
    asker = reader(request)
    chosen = request.POST.get("statement", "")
    rows = [*([said.counts] if said.counts else []), *said.others]
    row = next((one for one in rows if str(one.pk) == chosen), None)
    if row is None:
        raise NotFound("That statement is not there any more.")
    columns = queries.columns(row)
    before = put_columns(by=asker.user, values={account: {what: columns}}, now=asker.now)
    says = f"{what.label} is {in_words(what, row)}"
    if not before:
        return done(request, account, says)
    return done(request, account, undo_of(request, "account.described", {"before": _keyed(before)}, says))


# --- removal ------------------------------------------------------------------------------------------


@require_http_methods(_READ_OR_WRITE)
def removal(request: HttpRequest, key: str) -> HttpResponse:
    """Take the account out of the lists."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    form = RemovalForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return form_answer(
            request,
            form,
            title=f"Remove {account.name}",
            lead="It leaves the lists and totals. Nothing is deleted, and it can be restored here at any time.",
            action=reverse("account_removal", kwargs={"key": key}),
            submit="Remove account",
            danger=True,
            account=account,
        )
    if not remove_account(by=asker.user, account=account, reason=form.cleaned_data["reason"], now=asker.now):
        return done(request, account, "It was removed already")
    says = f"{account.name} removed"
    return gone(request, undo_of(request, "account.removed", {"account": account.pk}, says), address(account))


@require_POST
def restoration(request: HttpRequest, key: str) -> HttpResponse:
    """Bring it back."""
    account, asker = account_at(request, key), reader(request)
    restore_account(by=asker.user, account=account, now=asker.now)
    return gone(request, f"{account.name} restored", address(account))
