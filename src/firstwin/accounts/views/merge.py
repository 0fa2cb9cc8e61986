"""Merge two accounts, or two records of one person; look at what was merged, and take it apart."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from firstwin.accounts import merge_page, merged, queries, rules
from firstwin.accounts.actions.merging.accounts import merge_accounts, unmerge_accounts
from firstwin.accounts.actions.merging.people import merge_people, unmerge_people
from firstwin.accounts.forms import OtherAccountForm, OtherPersonForm
from firstwin.accounts.merging import Target
from firstwin.accounts.models import Account, Person
from firstwin.accounts.scope import visible_accounts
from firstwin.accounts.search import matching
from firstwin.accounts.views.answers import account_at, address, form_answer, gone, is_htmx, reader, undo_of
from firstwin.accounts.views.contacts import person_at
from firstwin.accounts.views.options import MOST
from firstwin.core.errors import NotFound, Refused
from firstwin.ui.jinja import fragment, page

_READ_OR_WRITE = ["GET", "HEAD", "POST"]


# --- accounts -----------------------------------------------------------------------------------------


@require_http_methods(_READ_OR_WRITE)
def merge(request: HttpRequest, key: str) -> HttpResponse:
    """?with=KEY shows both side by side; POST makes the other one part of this one."""
    survivor, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [survivor])
    said = request.POST.get("other", "") if request.method == "POST" else request.GET.get("with", "")
    if not said:
        return _choose_account(request, survivor)
    absorbed = account_at(request, said[:80])
    if request.method == "POST" and "apply" in request.POST:
        done = merge_accounts(
            by=asker.user,
            survivor=survivor,
            absorbed=absorbed,
            now=asker.now,
            reason=request.POST.get("reason", "")[:300],
            choices=merge_page.chosen_in(request.POST),
            editions=merge_page.editions_in(request.POST),
        )
        says = f"{absorbed.name} is part of {survivor.name} now"
        return gone(request, undo_of(request, "account.merged", {"merge": str(done.key)}, says), address(survivor))
    if request.method == "POST":
        return _go(request, f"{reverse('account_merge', kwargs={'key': key})}?with={absorbed.key}")
    _refuse_nonsense(survivor, absorbed)
    pair = merge_page.accounts_side_by_side(survivor, absorbed, now=asker.now)
    return page(
        request,
        "accounts/merge.html",
        pair=pair,
        back=address(survivor),
        action=reverse("account_merge", kwargs={"key": survivor.key}),
        swap=f"{reverse('account_merge', kwargs={'key': absorbed.key})}?with={survivor.key}",
        others=address(absorbed),
        trail=[("Accounts", reverse("accounts")), (survivor.name, address(survivor)), ("Merge", "")],
        noun="account",
    )


def _choose_account(request: HttpRequest, survivor: Account) -> HttpResponse:
    return form_answer(
        request,
        OtherAccountForm(),
        title=f"Merge into {survivor.name}",
        lead="Choose the other record of this customer. You see both side by side before anything is changed.",
        action=reverse("account_merge", kwargs={"key": survivor.key}),
        submit="Compare",
        account=survivor,
    )


@require_http_methods(_READ_OR_WRITE)
def merge_of(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """What was merged, and what an un-merge would give back. POST takes it apart."""
    survivor, asker = account_at(request, key), reader(request)
    found = merged.get_merge(Account, survivor.pk, pk)
    if request.method == "POST":
        account = unmerge_accounts(by=asker.user, merge=found, now=asker.now)
        to = account if asker.scope.only([account.pk]).accounts().rows.exists() else survivor
        return gone(request, f"{account.name} stands by itself again", address(to))
    return _merged_page(
        request,
        Account,
        found,
        back=address(survivor),
        action=request.path,
        trail=[("Accounts", reverse("accounts")), (survivor.name, address(survivor)), (found.absorbed.name, "")],
    )


@require_safe
def merge_ticked(request: HttpRequest) -> HttpResponse:
    """From the list: the two that are ticked, side by side. The first stays."""
    keys = list(dict.fromkeys(request.GET.getlist("row")))
    if len(keys) != 2 or request.GET.get("all_matching"):
        raise Refused("Tick the two accounts that are one: press X on each.")
    first, second = (visible_accounts(reader(request).user).get_or_404(key) for key in keys)
    rules.require_edit(reader(request).user, [first, second])
    return _go(request, f"{reverse('account_merge', kwargs={'key': first.key})}?with={second.key}")


# --- people -------------------------------------------------------------------------------------------


@require_http_methods(_READ_OR_WRITE)
def merge_person(request: HttpRequest, person: str) -> HttpResponse:
    """As `merge`, for two records of one human."""
    survivor, asker = person_at(request, person), reader(request)
    rules.require_edit(asker.user, [])
    here = reverse("contact", kwargs={"person": survivor.key})
    action = reverse("contact_merge", kwargs={"person": survivor.key})
    said = request.POST.get("other", "") if request.method == "POST" else request.GET.get("with", "")
    if not said:
        return form_answer(
            request,
            OtherPersonForm(),
            title=f"Merge into {survivor.name}",
            lead="Choose the other record of this person. You see both side by side before anything is changed.",
            action=action,
            submit="Compare",
        )
    absorbed = person_at(request, said[:24])
    if request.method == "POST" and "apply" in request.POST:
        done = merge_people(
            by=asker.user,
            survivor=survivor,
            absorbed=absorbed,
            now=asker.now,
            reason=request.POST.get("reason", "")[:300],
            choices=merge_page.chosen_in(request.POST),
            editions=merge_page.editions_in(request.POST),
        )
        says = f"{absorbed.name} is part of {survivor.name} now"
        return gone(request, undo_of(request, "person.merged", {"merge": str(done.key)}, says), here)
    if request.method == "POST":
        return _go(request, f"{action}?with={absorbed.key}")
    _refuse_nonsense(survivor, absorbed)
    return page(
        request,
        "accounts/merge.html",
        pair=merge_page.people_side_by_side(survivor, absorbed, now=asker.now),
        back=here,
        action=action,
        swap=f"{reverse('contact_merge', kwargs={'person': absorbed.key})}?with={survivor.key}",
        others=reverse("contact", kwargs={"person": absorbed.key}),
        trail=[("People", reverse("contacts")), (survivor.name, here), ("Merge", "")],
        noun="person",
    )


@require_http_methods(_READ_OR_WRITE)
def merge_of_person(request: HttpRequest, person: str, pk: int) -> HttpResponse:
    """As `merge_of`, for a person."""
    survivor, asker = person_at(request, person), reader(request)
    found = merged.get_merge(Person, survivor.pk, pk)
    here = reverse("contact", kwargs={"person": survivor.key})
    if request.method == "POST":
        other = unmerge_people(by=asker.user, merge=found, now=asker.now)
        return gone(request, f"{other.name} stands by themselves again", here)
    trail = [("People", reverse("contacts")), (survivor.name, here), (found.absorbed.name, "")]
    return _merged_page(request, Person, found, back=here, action=request.path, trail=trail)


@require_safe
def person_options(request: HttpRequest) -> HttpResponse:
    """People in scope by name or address, for a field in which one is chosen."""
    text = request.GET.get("q", "").strip()[:200]
    rows = queries.visible_people(reader(request).scope).order_by("name", "pk")
    found = [(one.key, one.name, one.email) for one in (matching(rows, text) if text else rows)[:MOST]]
    return fragment(request, "accounts/options.html", "options", found=found, icon_name="user")


# --- both ---------------------------------------------------------------------------------------------


def _merged_page(request: HttpRequest, target: Target, found: Any, **context: Any) -> HttpResponse:
    return page(
        request,
        "accounts/merged.html",
        merge=found,
        moved=merged.moved_rows(found),
        back_rows=merged.what_goes_back(target, found),
        may_edit=reader(request).may_edit,
        why_not=reader(request).why_not,
        back_url=context.pop("back"),
        **context,
    )


def _refuse_nonsense(survivor: Any, absorbed: Any) -> None:
    if survivor.pk == absorbed.pk:
        raise Refused("That is the same record. Choose another one.")
    for one in (survivor, absorbed):
        if one.removed_at is not None:
            raise NotFound(f"{one.name} is removed.")


def _go(request: HttpRequest, to: str) -> HttpResponse:
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return HttpResponseRedirect(to)
