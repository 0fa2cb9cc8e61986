"""The preview beside the list: who, how well covered, what was last said, and the quickest things to do."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import trigger_client_event

from firstwin.accounts import rules
from firstwin.accounts.actions.touches import log_touch
from firstwin.accounts.listing.preview import preview_of
from firstwin.accounts.models import Account, Direction, TouchKind
from firstwin.accounts.scope import visible_accounts
from firstwin.accounts.views.asked import in_dialog
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.core.fields import vocabulary
from firstwin.people.models import User
from firstwin.people.rules import can_edit_accounts
from firstwin.people.undo import offer_undo
from firstwin.ui.jinja import fragment, page
from firstwin.ui.toasts import toast, toast_next


class QuickTouchForm(forms.Form):
    """What is needed to say that contact happened just now."""

    kind = forms.ChoiceField(label="Kind", choices=TouchKind.choices, initial=TouchKind.CALL)
    direction = forms.ChoiceField(label="Direction", choices=Direction.choices, initial=Direction.BOTH)
    summary = forms.CharField(
        label="What happened",
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say in a word what it was about."},
    )


@require_safe
def preview(request: HttpRequest, key: str) -> HttpResponse:
    account = visible_accounts(_user(request)).get_or_404(key)
    if getattr(request, "htmx", False):
        return fragment(request, "accounts/list_preview.html", "preview", **_context(request, account))
    return page(request, "accounts/list_preview.html", **_context(request, account))


@require_http_methods(["GET", "HEAD", "POST"])
def touch(request: HttpRequest, key: str) -> HttpResponse:
    """Log a contact that just happened, without leaving the list."""
    user = _user(request)
    account = visible_accounts(user).get_or_404(key)
    rules.require_edit(user, [account])
    form = QuickTouchForm(request.POST) if request.method == "POST" else QuickTouchForm()
    if request.method != "POST" or not form.is_valid():
        return _touch_form(request, account, form)
    now, said = clock.now(), form.cleaned_data
    try:
        logged = log_touch(
            by=user,
            account=account,
            kind=TouchKind(said["kind"]),
            direction=Direction(said["direction"]),
            occurred_at=now,
            summary=said["summary"],
            now=now,
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return _touch_form(request, account, form)
    says = f"{logged.get_kind_display()} with {account.name} logged"
    undo = offer_undo(by=user, verb="touch.logged", payload={"touch": str(logged.key)}, says=says, now=now)
    return _logged(request, account, says, reverse("undo", kwargs={"pk": undo.pk}))


def _logged(request: HttpRequest, account: Account, says: str, undo_url: str) -> HttpResponse:
    if not getattr(request, "htmx", False):
        toast_next(request, says, undo_url)
        return page(request, "accounts/list_preview.html", **_context(request, account))
    response = fragment(request, "accounts/list_preview.html", "preview", **_context(request, account))
    response["HX-Retarget"], response["HX-Reswap"] = "#drawer", "innerHTML"
    return toast(trigger_client_event(response, "dialog:close", {}), says, undo_url)


def _touch_form(request: HttpRequest, account: Account, form: forms.Form) -> HttpResponse:
    status = 422 if form.errors else 200
    return in_dialog(request, "accounts/list_touch.html", status=status, form=form, account=account)


def _context(request: HttpRequest, account: Account) -> dict[str, Any]:
    return {
        "account": account,
        "preview": preview_of(account, vocabulary(), clock.now()),
        "may_edit": can_edit_accounts(_user(request)),
    }


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
