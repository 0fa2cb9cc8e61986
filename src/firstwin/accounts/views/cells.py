"""Edit a value where it stands in the list or in the preview."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from firstwin.accounts import rules
from firstwin.accounts.actions.assign import assign_owner
from firstwin.accounts.actions.edit_account import edit_account
from firstwin.accounts.actions.set_attributes import set_attributes
from firstwin.accounts.actions.set_tags import set_tags
from firstwin.accounts.forms import NameForm, OwnerForm, ValueForm
from firstwin.accounts.listing.row import cell_of
from firstwin.accounts.listing.shape import is_editable
from firstwin.accounts.models import Account, Attribute, Ownership, OwnershipKind, Tag, Tagging
from firstwin.accounts.queries import said_about
from firstwin.accounts.scope import visible_accounts
from firstwin.accounts.values import as_typed
from firstwin.core import clock
from firstwin.core.errors import NotFound, Refused
from firstwin.core.fields import Field, vocabulary
from firstwin.people.models import User
from firstwin.people.undo import offer_undo
from firstwin.ui.jinja import fragment
from firstwin.ui.toasts import toast

Saved = tuple[str, dict[str, Any], str] | None
"""(verb, payload, sentence) of an undo; None when nothing changed."""


class TagsForm(forms.Form):
    tags = forms.CharField(label="Tags", required=False, max_length=400)


@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: HttpRequest, key: str, field: str) -> HttpResponse:
    """The form for one value; a POST saves it and answers with the value as it is then."""
    user = cast(User, request.user)
    account = visible_accounts(user).get_or_404(key)
    about = vocabulary().fields.get(field)
    if about is None or not is_editable(about):
        raise NotFound("There is no such value to edit.")
    rules.require_edit(user, [account])
    form = _form(request, account, about)
    if request.method != "POST":
        return _editor(request, account, about, form)
    if not form.is_valid():
        return _editor(request, account, about, form, status=422)
    try:
        saved = _SAVE.get(about.key, _save_value)(user, account, form, about)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return _editor(request, account, about, form, status=422)
    return _answer(request, account, about, saved)


def _form(request: HttpRequest, account: Account, field: Field) -> forms.Form:
    given = request.POST if request.method == "POST" else None
    match field.key:
        case "name":
            return NameForm(given, initial={"name": account.name, "edition": account.edition})
        case "owner":
            form = OwnerForm(given, initial={"owner": _owner_id(account)})
            form.fields["owner"].empty_label = "Nobody"  # type: ignore[attr-defined]
            return form
        case "tags":
            return TagsForm(given, initial={"tags": ", ".join(_tag_names(account))})
    attribute = _attribute(field)
    value = ValueForm(given, attribute=attribute, initial={"value": _typed(account, attribute)})
    del value.fields["seen"]  # the list shows one value of many and asks nobody to choose between two
    return value


def _save_name(user: User, account: Account, form: forms.Form, field: Field) -> Saved:
    said = form.cleaned_data
    old = account.name
    before = edit_account(by=user, account=account, now=clock.now(), edition=said["edition"], name=said["name"])
    payload = {"account": account.pk, "before": before}
    return ("account.edited", payload, f"{old} is now {account.name}") if before else None


def _save_owner(user: User, account: Account, form: forms.Form, field: Field) -> Saved:
    owner = form.cleaned_data["owner"]
    before = assign_owner(by=user, accounts=[account], owner=owner, now=clock.now())
    says = f"{account.name} is {owner.name}’s now" if owner else f"{account.name} has no owner now"
    return ("account.assigned", {"before": {str(pk): was for pk, was in before.items()}}, says) if before else None


def _save_tags(user: User, account: Account, form: forms.Form, field: Field) -> Saved:
    names = form.cleaned_data["tags"].split(",")
    payload = set_tags(by=user, account=account, names=names, now=clock.now())
    return ("account.retagged", payload, f"Tags of {account.name} changed") if any(payload.values()) else None


def _save_value(user: User, account: Account, form: forms.Form, field: Field) -> Saved:
    values = {_attribute(field): form.cleaned_data["value"]}
    before = set_attributes(by=user, accounts=[account], values=values, now=clock.now())
    payload = {"before": {str(pk): was for pk, was in before.items()}}
    return ("account.described", payload, f"{field.label} of {account.name} changed") if before else None


_SAVE: dict[str, Callable[[User, Account, forms.Form, Field], Saved]] = {
    "name": _save_name,
    "owner": _save_owner,
    "tags": _save_tags,
}


def _editor(request: HttpRequest, account: Account, field: Field, form: forms.Form, status: int = 200) -> HttpResponse:
    at = "drawer" if request.GET.get("at") == "drawer" else ""
    return fragment(
        request,
        "accounts/list_cell.html",
        "editor",
        status=status,
        form=form,
        bound=form["value" if "value" in form.fields else field.key],
        field=field,
        action=reverse("account_cell", kwargs={"key": account.key, "field": field.key}) + (f"?at={at}" if at else ""),
        suggestions=list(Tag.objects.order_by("name_folded").values_list("name", flat=True)[:200])
        if field.key == "tags"
        else [],
    )


def _answer(request: HttpRequest, account: Account, field: Field, saved: Saved) -> HttpResponse:
    now = clock.now()
    response = fragment(
        request,
        "accounts/list_cell.html",
        "saved",
        cell=cell_of(account.pk, field, clock.day_of(now)),
        account=account,
        at="drawer" if request.GET.get("at") == "drawer" else "",
    )
    if saved is None:
        return response
    verb, payload, says = saved
    undo = offer_undo(by=cast(User, request.user), verb=verb, payload=payload, says=says, now=now)
    return toast(response, says, reverse("undo", kwargs={"pk": undo.pk}))


def _attribute(field: Field) -> Attribute:
    found = Attribute.objects.filter(key=str(field.display).removeprefix("attributes__"), is_archived=False).first()
    if found is None:
        raise NotFound("There is no such attribute.")
    return found


def _typed(account: Account, attribute: Attribute) -> str:
    return as_typed(attribute, said_about(account, [attribute], clock.now())[0].counts)


def _owner_id(account: Account) -> int | None:
    rows = Ownership.objects.standing().true_at(clock.now()).filter(account=account, kind=OwnershipKind.NAMED)
    return rows.values_list("user_id", flat=True).first()


def _tag_names(account: Account) -> list[str]:
    rows = Tagging.objects.standing().true_at(clock.now()).filter(account=account)
    return list(rows.order_by("tag__name_folded").values_list("tag__name", flat=True))
