"""Saved views: keep the list as it stands, rename, share, delete."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from firstwin.accounts.actions.views import change_view, delete_view, save_view
from firstwin.accounts.models import SavedView
from firstwin.accounts.views.asked import Asked, asked, go, in_dialog
from firstwin.core import clock
from firstwin.core.errors import NotFound, Refused
from firstwin.people.models import User
from firstwin.people.rules import can_share_views
from firstwin.people.undo import offer_undo
from firstwin.ui.toasts import toast_next


class ViewForm(forms.Form):
    name = forms.CharField(label="Name", max_length=80)
    is_shared = forms.BooleanField(label="Share with everybody", required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def views(request: HttpRequest) -> HttpResponse:
    """A new view of the list as it stands."""
    given = request.POST if request.method == "POST" else request.GET
    wanted = asked(request, given)
    form = ViewForm(request.POST) if request.method == "POST" else ViewForm()
    if request.method != "POST" or not form.is_valid():
        return _dialog(request, wanted, form, "Save view", reverse("views"))
    state = wanted.state
    if state.problem:
        raise Refused(state.problem)
    try:
        saved = save_view(
            by=wanted.user,
            condition=state.condition,
            columns=[field.key for field in state.columns],
            sort=state.order.text,
            now=clock.now(),
            **form.cleaned_data,
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return _dialog(request, wanted, form, "Save view", reverse("views"))
    toast_next(request, f"{saved.name} saved")
    return go(request, f"{reverse('accounts')}?view={saved.key}")


@require_http_methods(["GET", "HEAD", "POST"])
def view(request: HttpRequest, key: str) -> HttpResponse:
    """Rename or share a view (with a name), or let it list what is on the screen (without one)."""
    wanted = asked(request, request.POST if request.method == "POST" else request.GET)
    saved = _saved(wanted.user, key)
    here = reverse("view", kwargs={"key": key})
    if request.method == "POST" and "name" not in request.POST:
        return _keep(request, wanted, saved)
    initial = {"name": saved.name, "is_shared": saved.is_shared}
    form = ViewForm(request.POST) if request.method == "POST" else ViewForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        before = change_view(by=wanted.user, view=saved, now=clock.now(), **form.cleaned_data)
        _say(request, wanted.user, saved, before, f"{saved.name} changed")
        return go(request, f"{reverse('accounts')}?view={saved.key}")
    return _dialog(request, wanted, form, "Rename or share", here)


@require_POST
def removal(request: HttpRequest, key: str) -> HttpResponse:
    wanted = asked(request, request.POST)
    saved, now = _saved(wanted.user, key), clock.now()
    name = saved.name
    kept = delete_view(by=wanted.user, view=saved, now=now)
    undo = offer_undo(by=wanted.user, verb="view.deleted", payload=kept, says=f"{name} deleted", now=now)
    toast_next(request, undo.says, reverse("undo", kwargs={"pk": undo.pk}))
    return go(request, reverse("accounts"))


def _keep(request: HttpRequest, wanted: Asked, saved: SavedView) -> HttpResponse:
    state = wanted.state
    if state.problem:
        raise Refused(state.problem)
    before = change_view(
        by=wanted.user,
        view=saved,
        now=clock.now(),
        condition=state.condition,
        columns=[field.key for field in state.columns],
        sort=state.order.text,
    )
    _say(request, wanted.user, saved, before, f"{saved.name} saved")
    return go(request, f"{reverse('accounts')}?view={saved.key}")


def _say(request: HttpRequest, user: User, saved: SavedView, before: dict[str, object], says: str) -> None:
    if not before:
        toast_next(request, "Nothing changed")
        return
    payload = {"view": saved.pk, "before": before}
    undo = offer_undo(by=user, verb="view.changed", payload=payload, says=says, now=clock.now())
    toast_next(request, says, reverse("undo", kwargs={"pk": undo.pk}))


def _saved(user: User, key: str) -> SavedView:
    """Raises NotFound for what the person may not see."""
    saved = SavedView.objects.filter(key=key).first()
    if saved is None or not (saved.is_shared or saved.owner_id == user.pk):
        raise NotFound("There is no such view.")
    return saved


def _dialog(request: HttpRequest, wanted: Asked, form: ViewForm, title: str, action: str) -> HttpResponse:
    return in_dialog(
        request,
        "accounts/list_view.html",
        status=422 if form.errors else 200,
        form=form,
        title=title,
        action=action,
        may_share=can_share_views(wanted.user),
        pairs=wanted.state.pairs(),
    )
