"""Add an account by hand."""

from typing import cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account
from firstwin.accounts.scope import visible_accounts
from firstwin.accounts.views.asked import go, in_dialog
from firstwin.core import clock
from firstwin.core.errors import FirstwinError, NotFound, Refused
from firstwin.people import rules
from firstwin.people.models import User
from firstwin.ui.toasts import toast_next


class AddForm(forms.Form):
    name = forms.CharField(label="Name", max_length=200)
    owner = forms.ModelChoiceField(label="Owner", queryset=User.objects.none(), empty_label=None)
    parent = forms.SlugField(label="Part of", required=False, max_length=80)
    domain = forms.CharField(label="Domain", required=False, max_length=253)
    tags = forms.CharField(label="Tags", required=False, max_length=400)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["owner"].queryset = User.objects.enabled()  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    rules.require(rules.can_edit_accounts(user), "Your role can read accounts but not add them.")
    form = AddForm(request.POST) if request.method == "POST" else AddForm(initial={"owner": user.pk})
    if request.method == "POST" and form.is_valid():
        account = _open(user, form)
        if account is not None:
            return _opened(request, user, account)
    status = 422 if form.errors else 200
    return in_dialog(request, "accounts/list_new.html", status=status, form=form, parent=_parent_name(user, form))


def _open(user: User, form: AddForm) -> Account | None:
    said = form.cleaned_data
    try:
        return open_account(
            by=user,
            name=said["name"],
            owner=said["owner"],
            parent=_parent(user, said["parent"]),
            domains=[said["domain"]] if said["domain"].strip() else [],
            tags=[tag for tag in said["tags"].split(",") if tag.strip()],
            now=clock.now(),
        )
    except Refused as refused:
        at = {"domains": "domain"}.get(refused.field or "", refused.field)
        form.add_error(at if at in form.fields else None, refused.message)
        return None


def _opened(request: HttpRequest, user: User, account: Account) -> HttpResponse:
    says = f"{account.name} added"
    toast_next(request, says)
    try:
        visible_accounts(user).get_or_404(account.key)
    except NotFound:
        return go(request, reverse("accounts"))  # given straight to a colleague
    return go(request, reverse("account", kwargs={"key": account.key}))


def _parent(user: User, key: str) -> Account | None:
    if not key:
        return None
    try:
        return visible_accounts(user).get_or_404(key)
    except FirstwinError:
        raise Refused("There is no such account, or it is not in your scope.", field="parent") from None


def _parent_name(user: User, form: AddForm) -> str:
    """What the picker shows for the parent chosen before."""
    key = str(form["parent"].value() or "")
    found = visible_accounts(user).rows.filter(key=key).first() if key else None
    return found.name if found else ""
