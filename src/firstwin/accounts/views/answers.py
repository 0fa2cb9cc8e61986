"""What the views of the account page answer with: the page, or for htmx the parts of it that changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs, urlsplit

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django_htmx.http import trigger_client_event
from markupsafe import Markup

from firstwin.accounts import head, queries
from firstwin.accounts.forms import NoteForm, TouchForm
from firstwin.accounts.models import Account
from firstwin.accounts.moved import moved_account
from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.core.errors import NotFound, Refused
from firstwin.core.panels import Panel, arranged, panels
from firstwin.people import rules
from firstwin.people.models import Undo, User
from firstwin.people.undo import offer_undo
from firstwin.ui.jinja import fragment, fragment_html, page
from firstwin.ui.toasts import toast, toast_next

R = TypeVar("R")
READ_ONLY = "Your role can read accounts but not change them."


@dataclass(frozen=True)
class Reader:
    """Who asks, what they may see, and when. why_not: why they may not edit, '' when they may."""

    user: User
    scope: AccountSet
    now: datetime
    why_not: str

    @property
    def may_edit(self) -> bool:
        return not self.why_not


def reader(request: HttpRequest) -> Reader:
    """Worked out once per request."""
    known: Reader | None = getattr(request, "_reader", None)
    if known is None:
        user, now = cast(User, request.user), clock.now()
        why_not = "" if rules.can_edit_accounts(user) else READ_ONLY
        known = Reader(user, AccountSet.of(user, now=now), now, why_not)
        request._reader = known  # type: ignore[attr-defined]
    return known


def for_paper(request: HttpRequest) -> Reader:
    """The reader as paper knows them: nothing on it can be pressed."""
    asker = replace(reader(request), why_not="Printed")
    request._reader = asker  # type: ignore[attr-defined]
    return asker


def account_at(request: HttpRequest, key: str) -> Account:
    """The account the address names. Raises Moved for one that was merged, NotFound outside the reader's scope."""
    scope = reader(request).scope
    try:
        found: Account | None = queries.account_of(scope, key)
    except NotFound:
        found = None
    if found is not None and found.removed_at is None:
        return found
    if (moved := moved_account(scope, key)) is not None:
        raise moved
    return found or queries.account_of(scope, key)


def is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def attempt(form: Form, act: Callable[[], R], *, field: str = "") -> R | None:
    """What `act` returns; None when it refused, with the reason at the form's field (`field` where it has no such)."""
    try:
        return act()
    except Refused as refusal:
        at = refusal.field if refusal.field in form.fields else field
        form.add_error(at or None, refusal.message)
        return None


# --- the page -----------------------------------------------------------------------------------------


def panel_called(key: str) -> Panel:
    """Raises NotFound."""
    found = next((one for one in panels("account") if one.key == key), None)
    if found is None:
        raise NotFound("There is no such section.")
    return found


def panel_html(request: HttpRequest, account: Account, panel: Panel) -> Markup:
    """One section, drawn by the room it comes from."""
    return fragment_html(
        request, panel.template, "panel", account=account, reader=reader(request), **panel.context(request, account)
    )


def page_context(request: HttpRequest, account: Account, panel: Panel) -> dict[str, Any]:
    asker = reader(request)
    shown, rest = arranged("account", request, account)
    if panel in rest:  # somebody followed a link to it
        shown, rest = [*shown, panel], [one for one in rest if one != panel]
    return {
        "account": account,
        "reader": asker,
        "head": head.head_of(account, scope=asker.scope, now=asker.now),
        "panel": panel,
        "tabs": [
            (one.label, address(account, one.key), one.count(request, account) if one.count else None, one == panel)
            for one in shown
        ],
        "more": [(one.label, address(account, one.key)) for one in rest],
        "section": panel_html(request, account, panel),
        "sheets": list(dict.fromkeys(sheet for one in panels("account") for sheet in one.sheets)),
        "accounts_url": reverse("accounts"),
        "is_oob": False,
    }


def whole(request: HttpRequest, account: Account, panel: Panel) -> HttpResponse:
    """The whole page, or for htmx its article alone."""
    context = page_context(request, account, panel)
    if is_htmx(request):
        answer = fragment(request, "accounts/page.html", "account", **context)
        crumbs = fragment_html(request, "accounts/page.html", "crumbs", **{**context, "is_oob": True})
        answer.content += crumbs.encode()
        return answer
    return page(request, "accounts/page.html", **context, **dialogs(request, account))


def dialogs(request: HttpRequest, account: Account) -> dict[str, Any]:
    """The forms that wait behind `L` and `N`."""
    people = queries.members_of(account, reader(request).now)
    return {"touch_form": TouchForm(people=people, prefix="log"), "note_form": NoteForm(prefix="new")}


def address(account: Account, section: str = "summary") -> str:
    if section == "summary":
        return reverse("account", kwargs={"key": account.key})
    return reverse("account_section", kwargs={"key": account.key, "section": section})


# --- after an action ----------------------------------------------------------------------------------


def undo_of(request: HttpRequest, verb: str, payload: dict[str, Any], says: str) -> Undo:
    asker = reader(request)
    return offer_undo(by=asker.user, verb=verb, payload=payload, says=says, now=asker.now)


def done(
    request: HttpRequest, account: Account, says: Undo | str, *, event: str = "", is_about_people: bool = False
) -> HttpResponse:
    """The page as it is now, on the section the reader is on, saying what was done.

    event: for the page's scripts. is_about_people: somebody joined or left, so the waiting form offers others.
    """
    where = _section(request)
    if not is_htmx(request):
        say_next(request, says)
        return HttpResponseRedirect(_back(request, account))
    if _is_elsewhere(request):
        say_next(request, says)
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    answer = whole(request, queries.account_of(reader(request).scope, account.key), panel_called(where))
    if is_about_people:
        answer.content += _who(request, account).encode()
    answer["HX-Retarget"] = "#account"
    answer["HX-Reswap"] = "outerHTML"
    return _close_dialog(say(answer, says), event)


def _who(request: HttpRequest, account: Account) -> Markup:
    form = dialogs(request, account)["touch_form"]
    return fragment_html(request, "accounts/touch_form.html", "who", form=form, is_oob=True)


def gone(request: HttpRequest, says: Undo | str, to: str) -> HttpResponse:
    """Leave for another page: what the reader looked at is no longer theirs to see."""
    say_next(request, says)
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return HttpResponseRedirect(to)


def say(answer: HttpResponse, says: Undo | str) -> HttpResponse:
    if isinstance(says, Undo):
        return toast(answer, says.says, undo_url(says))
    return toast(answer, says) if says else answer


def say_next(request: HttpRequest, says: Undo | str) -> None:
    if isinstance(says, Undo):
        toast_next(request, says.says, undo_url(says))
    elif says:
        toast_next(request, says)


def undo_url(undo: Undo) -> str:
    return reverse("undo", kwargs={"pk": undo.pk})


def _close_dialog(answer: HttpResponse, event: str) -> HttpResponse:
    trigger_client_event(answer, "dialog:close", {})
    return trigger_client_event(answer, event, {}) if event else answer


def _standing(request: HttpRequest) -> ResolverMatch | None:
    """The page the reader looks at: htmx says where it stands."""
    try:
        return resolve(urlsplit(request.headers.get("HX-Current-URL", "")).path or "/")
    except Resolver404:
        return None


def _is_elsewhere(request: HttpRequest) -> bool:
    """Whether a form was opened from a page of its own, such as why a measure counts, which is shown again then."""
    match = _standing(request) if request.headers.get("HX-Current-URL") else None
    return match is not None and match.url_name not in ("account", "account_section")


def _section(request: HttpRequest) -> str:
    """The section the reader looks at."""
    match = _standing(request)
    if match is None:
        return "summary"
    key = match.kwargs.get("section", "summary") if match.url_name == "account_section" else "summary"
    return key if any(one.key == key for one in panels("account")) else "summary"


def current_query(request: HttpRequest) -> dict[str, str]:
    """The query the reader's page stands on: its own, or for htmx that of the page it was sent from."""
    if not is_htmx(request) or request.method == "GET":
        return {key: str(value) for key, value in request.GET.items()}
    query = urlsplit(request.headers.get("HX-Current-URL", "")).query
    return {key: values[-1] for key, values in parse_qs(query).items()}


def _back(request: HttpRequest, account: Account) -> str:
    """Where they came from, if that is this account's page."""
    came_from = urlsplit(request.headers.get("Referer", "")).path
    here = address(account)
    sections = {address(account, one.key) for one in panels("account")}
    return came_from if came_from in sections else here


# --- forms --------------------------------------------------------------------------------------------


def form_answer(
    request: HttpRequest,
    form: Form,
    *,
    title: str,
    action: str,
    submit: str,
    account: Account | None = None,
    lead: str = "",
    danger: bool = False,
    draft: str = "",
    chosen: Mapping[str, str] | None = None,
    note: str = "",
    extra: Markup | str = "",
) -> HttpResponse:
    """A form: in the dialog for htmx, else on a page of its own. 422 once it holds mistakes.

    chosen: field → the words a picker shows for its value. draft: what was typed is kept under this name.
    """
    context = {
        "form": form,
        "title": title,
        "action": action,
        "submit": submit,
        "lead": lead,
        "danger": danger,
        "draft": draft,
        "chosen": dict(chosen or {}),
        "note": note,
        "extra": extra,
        "back": address(account) if account is not None else "/",
    }
    status = 422 if form.errors else 200
    return in_dialog(request, "accounts/form.html", "form", status=status, **context)


def in_dialog(request: HttpRequest, template: str, block: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A block in the dialog; without htmx the page it is part of."""
    if not is_htmx(request):
        return page(request, template, status=status, **context)
    answer = fragment(request, template, block, status=status, **context)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#dialog", "innerHTML"
    return answer
