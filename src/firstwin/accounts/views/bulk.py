"""Change what is ticked, or everything that matches."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from firstwin.accounts.actions.bulk import continue_bulk_edit, enqueue, start_bulk_edit
from firstwin.accounts.forms import ValueForm
from firstwin.accounts.listing.query import matching_rows
from firstwin.accounts.models import Attribute, Tag
from firstwin.accounts.models.bulk import BulkEdit
from firstwin.accounts.scope import AccountSet
from firstwin.accounts.views.asked import Asked, asked, go, in_dialog
from firstwin.core import clock
from firstwin.core.errors import NotFound, Refused
from firstwin.core.text import counted
from firstwin.people import rules
from firstwin.people.models import User
from firstwin.ui.toasts import toast_next

PATIENCE = timedelta(seconds=1)
"""So long a person waits for the answer itself; what is not done by then is left to the worker and watched."""


class WhoForm(forms.Form):
    """A colleague, or nobody; nothing is chosen beforehand."""

    owner = forms.ChoiceField(label="Owner")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.enabled().order_by("name", "pk").values_list("pk", "name")
        choices = [("", "Choose a colleague"), *((str(pk), name) for pk, name in staff), ("nobody", "Nobody")]
        self.fields["owner"].choices = choices  # type: ignore[attr-defined]

    def clean_owner(self) -> User | None:
        said = self.cleaned_data["owner"]
        return None if said == "nobody" else User.objects.get(pk=int(said))


class NamedTagForm(forms.Form):
    name = forms.CharField(label="Tag", max_length=40)


class HeldTagForm(forms.Form):
    name = forms.ModelChoiceField(
        label="Tag", queryset=Tag.objects.order_by("name_folded"), to_field_name="name_folded"
    )


class WhichAttributeForm(forms.Form):
    attribute = forms.ModelChoiceField(
        label="Field",
        queryset=Attribute.objects.filter(is_archived=False).order_by("position", "pk"),
        to_field_name="key",
        empty_label="Choose a field",
    )


TITLES = {"owner": "Assign an owner", "tag": "Add a tag", "untag": "Remove a tag", "value": "Set a field"}
VERBS = {"owner": "Assign", "tag": "Tag", "untag": "Untag", "value": "Change"}


@require_POST
def bulk(request: HttpRequest, deed: str) -> HttpResponse:
    """The dialog for a deed; with `apply`, the deed itself."""
    if deed not in TITLES:
        raise NotFound("There is no such thing to do to accounts.")
    wanted = asked(request, request.POST)
    rules.require(rules.can_edit_accounts(wanted.user), "Your role can read accounts but not change them.")
    ids = _ids(request, wanted)
    if not ids:
        raise Refused("Choose accounts first: tick rows, or press X on one.")
    is_applied = "apply" in request.POST
    which, form = _forms(request, deed, is_applied)
    if is_applied and form is not None and form.is_valid() and (which is None or which.is_valid()):
        params, says = _said(deed, which, form, len(ids))
        try:
            edit = start_bulk_edit(
                by=wanted.user, deed=deed, params=params, account_ids=ids, says=says, now=clock.now()
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            return _run(request, wanted, edit)
    return in_dialog(
        request,
        "accounts/list_bulk.html",
        status=422 if is_applied else 200,
        deed=deed,
        title=TITLES[deed],
        verb=f"{VERBS[deed]} {counted(len(ids), 'account')}",
        which=which,
        form=form,
        rows=[] if _is_all(request) else request.POST.getlist("row"),
        is_all=_is_all(request),
        pairs=wanted.state.pairs(cursor=wanted.state.cursor),
        suggestions=list(Tag.objects.order_by("name_folded").values_list("name", flat=True)[:200])
        if deed == "tag"
        else [],
    )


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a bulk edit has come. Once it is done, the list is shown again."""
    edit = BulkEdit.objects.filter(pk=pk, user=cast(User, request.user)).first()
    if edit is None:
        raise NotFound("There is no such edit.")
    if edit.finished_at is not None and getattr(request, "htmx", False):
        _say(request, edit)
        return go(request, _came_from(request))
    return in_dialog(request, "accounts/list_progress.html", edit=edit)


def _run(request: HttpRequest, wanted: Asked, edit: BulkEdit) -> HttpResponse:
    edit = continue_bulk_edit(edit=edit, now=clock.now, until=clock.now() + PATIENCE)
    if edit.finished_at is None:
        enqueue(edit)
        return in_dialog(request, "accounts/list_progress.html", edit=edit)
    _say(request, edit)
    return go(request, wanted.state.here)


def _say(request: HttpRequest, edit: BulkEdit) -> None:
    undo_url = reverse("undo", kwargs={"pk": edit.undo_id}) if edit.undo_id else None
    if edit.problem:
        says = f"Stopped after {edit.done:,} of {counted(edit.total, 'account')}: {edit.problem}"
        toast_next(request, says, undo_url, tone="risk")
    elif not edit.changed:
        toast_next(request, "Nothing changed: it was so already")
    else:
        toast_next(request, edit.says, undo_url)


def _ids(request: HttpRequest, wanted: Asked) -> Sequence[int]:
    """Ids of what is meant, inside the person's scope; what is not in it is left out without a word."""
    now = clock.now()
    if _is_all(request):
        rows = matching_rows(wanted.state, wanted.user, wanted.vocabulary, now)
    else:
        keys = request.POST.getlist("row")[:1000]
        rows = AccountSet.of(wanted.user, now=now).now().filter(key__in=keys)
    return list(rows.order_by("account_id").values_list("account_id", flat=True))


def _is_all(request: HttpRequest) -> bool:
    return request.POST.get("all_matching") == "1"


def _forms(request: HttpRequest, deed: str, is_applied: bool) -> tuple[forms.Form | None, forms.Form | None]:
    """(which field, the value): the second is missing until the first is chosen."""
    given = request.POST if is_applied else None
    match deed:
        case "owner":
            return None, WhoForm(given)
        case "tag":
            return None, NamedTagForm(given)
        case "untag":
            return None, HeldTagForm(given)
    which = WhichAttributeForm(request.POST if "attribute" in request.POST else None)
    if not which.is_bound or not which.is_valid():
        return WhichAttributeForm(), None
    form = ValueForm(given, attribute=which.cleaned_data["attribute"])
    del form.fields["seen"]
    return which, form


def _said(deed: str, which: forms.Form | None, form: forms.Form, count: int) -> tuple[Mapping[str, Any], str]:
    """(what is stored, the sentence when it is done)."""
    accounts, said = counted(count, "account"), form.cleaned_data
    match deed:
        case "owner":
            owner = said["owner"]
            says = f"{accounts} given to {owner.name}" if owner else f"{accounts} left without an owner"
            return {"owner": owner.pk if owner else None}, says
        case "tag":
            return {"name": said["name"]}, f"{accounts} tagged {said['name']}"
        case "untag":
            return {"name": said["name"].name}, f"{said['name'].name} taken off {accounts}"
    attribute = cast(forms.Form, which).cleaned_data["attribute"]
    return {"attribute": attribute.key, "value": said["value"]}, f"{attribute.label} of {accounts} changed"


def _came_from(request: HttpRequest) -> str:
    """The list they look at, as htmx tells it."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    base = reverse("accounts")
    if parts.path != base:
        return base
    return f"{base}?{parts.query}" if parts.query else base
