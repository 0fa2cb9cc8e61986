"""Who looks after the account: hand it over, add somebody beside, end that."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from firstwin.accounts import queries, rules
from firstwin.accounts.actions.assign import add_owner, assign_owner, end_ownership
from firstwin.accounts.forms import HandOverForm, OtherOwnerForm
from firstwin.accounts.models import Account, OwnershipKind
from firstwin.accounts.scope import AccountSet
from firstwin.accounts.views.answers import account_at, attempt, done, form_answer, gone, reader, undo_of
from firstwin.core.clock import end_of
from firstwin.core.errors import NotFound
from firstwin.people.models import Undo, User
from firstwin.ui.jinja import fragment_html


@require_http_methods(["GET", "HEAD", "POST"])
def owner(request: HttpRequest, key: str) -> HttpResponse:
    """The named owner."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    form = HandOverForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _owner_form(request, account, form)
    new: User | None = form.cleaned_data["owner"]
    before = attempt(
        form, lambda: assign_owner(by=asker.user, accounts=[account], owner=new, now=asker.now), field="owner"
    )
    if before is None:
        return _owner_form(request, account, form)
    if not before:
        return done(request, account, "Nothing changed")
    says = f"{account.name} now belongs to {new.name}" if new else f"{account.name} has no owner now"
    payload = {"before": {str(pk): had for pk, had in before.items()}}
    return _after(request, account, undo_of(request, "account.assigned", payload, says))


def _after(request: HttpRequest, account: Account, undo: Undo) -> HttpResponse:
    """The page again, unless they have just given away their sight of it."""
    scope = AccountSet.of(reader(request).user)
    if scope.only([account.pk]).accounts(removed=True).rows.exists():
        return done(request, account, undo)
    return gone(request, undo, "/")


def _owner_form(request: HttpRequest, account: Account, form: HandOverForm) -> HttpResponse:
    asker = reader(request)
    rows = queries.owners_of(account, asker.now)
    others = [row for row in rows if row.kind != OwnershipKind.NAMED]
    named = next((row.user for row in rows if row.kind == OwnershipKind.NAMED and row.user), None)
    extra = fragment_html(request, "accounts/owners.html", "others", account=account, others=others)
    typed = User.objects.filter(pk=form.data.get("owner") or 0).first() if form.is_bound else None
    return form_answer(
        request,
        form,
        title="Hand over",
        lead=f"{named.name} owns it now." if named else "Nobody owns it now.",
        action=reverse("account_owner", kwargs={"key": account.key}),
        submit="Assign owner",
        account=account,
        chosen={"owner": typed.name if typed else ""},
        extra=extra,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def owners(request: HttpRequest, key: str) -> HttpResponse:
    """A co-owner, a pool or cover beside the named owner."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    form = OtherOwnerForm(request.POST if request.method == "POST" else None)
    added = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        added = attempt(
            form,
            lambda: add_owner(
                by=asker.user,
                accounts=[account],
                kind=OwnershipKind(given["kind"]),
                now=asker.now,
                user=given["user"],
                team=given["team"],
                ends_at=end_of(given["ends_on"]) if given["ends_on"] else None,
            ),
            field="user",
        )
    if added is not None:
        holder = form.cleaned_data["user"] or form.cleaned_data["team"]
        return done(request, account, f"{holder.name} added" if added else "That is so already")
    return form_answer(
        request,
        form,
        title="Add beside the owner",
        lead="Co-owners share the work, cover stands in for an absence, a pool belongs to a team.",
        action=reverse("account_owners", kwargs={"key": key}),
        submit="Add",
        account=account,
    )


@require_POST
def end(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """End a co-ownership, a pool or a cover."""
    account, asker = account_at(request, key), reader(request)
    row = next((one for one in queries.owners_of(account, asker.now) if one.pk == pk), None)
    if row is None or row.kind == OwnershipKind.NAMED:
        raise NotFound("That has ended already.")
    row.account = account
    end_ownership(by=asker.user, ownership=row, now=asker.now)
    holder = row.user or row.team
    says = f"{holder.name if holder else 'That'}: {row.get_kind_display().lower()} ended"
    if not AccountSet.of(asker.user).only([account.pk]).accounts(removed=True).rows.exists():
        return gone(request, says, "/")
    return done(request, account, says)
