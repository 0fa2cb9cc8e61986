"""The account among others: its parent, the accounts below, and what they come to."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from firstwin.accounts import queries, rollups, rules
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.set_parent import set_parent
from firstwin.accounts.forms import ChildForm, ParentForm
from firstwin.accounts.models import Account
from firstwin.accounts.models.kinds import RollUp
from firstwin.accounts.values import shown_in_words
from firstwin.accounts.views.answers import account_at, attempt, done, form_answer, in_dialog, reader, undo_of
from firstwin.accounts.views.edit import attribute_called
from firstwin.core.errors import NotFound
from firstwin.ui.jinja import fragment


def _chosen(request: HttpRequest, key: str) -> Account | None:
    """The account picked in a form; None for an empty or unknown key."""
    try:
        return reader(request).scope.accounts().get_or_404(key) if key else None
    except NotFound:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def parent(request: HttpRequest, key: str) -> HttpResponse:
    """Move the account under another, or let it stand alone."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    form = ParentForm(
        request.POST if request.method == "POST" else None,
        initial={"parent": account.parent.key if account.parent else ""},
    )
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["parent"]
        above = _chosen(request, wanted)
        if wanted and above is None:
            form.add_error("parent", "There is no such account, or it is not in your scope.")
        else:
            moved: list[int | None] = []
            attempt(
                form,
                lambda: moved.append(set_parent(by=asker.user, account=account, parent=above, now=asker.now)),
                field="parent",
            )
            if moved:
                return _moved(request, account, above, moved[0])
    typed = _chosen(request, form.data.get("parent", "")) if form.is_bound else account.parent
    return form_answer(
        request,
        form,
        title=f"Move {account.name}",
        lead="Choose the account it belongs to. What stands below it moves along.",
        action=reverse("account_parent", kwargs={"key": key}),
        submit="Move",
        account=account,
        chosen={"parent": typed.name if typed else ""},
    )


def _moved(request: HttpRequest, account: Account, above: Account | None, before: int | None) -> HttpResponse:
    if before == (above.pk if above else None):
        return done(request, account, "Nothing changed")
    says = f"{account.name} moved under {above.name}" if above else f"{account.name} stands alone now"
    return done(request, account, undo_of(request, "account.moved", {"account": account.pk, "before": before}, says))


@require_http_methods(["GET", "HEAD", "POST"])
def child(request: HttpRequest, key: str) -> HttpResponse:
    """A new account below this one, or one that is there already."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    form = ChildForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["name"]:
            name = form.cleaned_data["name"]
            made = attempt(form, lambda: open_account(by=asker.user, name=name, parent=account, now=asker.now))
            if made is not None:
                return done(request, account, f"{made.name} added below {account.name}")
        elif (below := _chosen(request, form.cleaned_data["child"])) is None:
            form.add_error("child", "There is no such account, or it is not in your scope.")
        else:
            moved: list[int | None] = []
            attempt(
                form,
                lambda: moved.append(set_parent(by=asker.user, account=below, parent=account, now=asker.now)),
                field="child",
            )
            if moved:
                payload = {"account": below.pk, "before": moved[0]}
                says = f"{below.name} moved under {account.name}"
                return done(request, account, undo_of(request, "account.moved", payload, says))
    return form_answer(
        request,
        form,
        title=f"Add below {account.name}",
        action=reverse("account_child", kwargs={"key": key}),
        submit="Add",
        account=account,
    )


@require_safe
def branch(request: HttpRequest, key: str) -> HttpResponse:
    """The accounts directly below, as rows of the tree. ?after= goes on, ?depth= indents."""
    account, asker = account_at(request, key), reader(request)
    depth = request.GET.get("depth", "0")
    rows = queries.children_of(account.pk, asker.scope, after=request.GET.get("after", ""))
    return fragment(
        request,
        "accounts/children.html",
        "branch",
        account=account,
        rows=rows[: queries.BRANCH],
        more=len(rows) > queries.BRANCH,
        depth=min(int(depth), 12) if depth.isdigit() else 0,
    )


@require_safe
def rollup(request: HttpRequest, key: str, attribute: str) -> HttpResponse:
    """Why a rolled-up figure is what it is: the accounts it is made of."""
    account, asker, what = account_at(request, key), reader(request), attribute_called(attribute)
    if what.roll_up == RollUp.NONE:
        raise NotFound("This attribute is not rolled up.")
    with_itself = request.GET.get("itself") == "1"
    below = rollups.accounts_below(account, asker.scope, with_itself=with_itself)
    outcome = rollups.rolled_up([what], below.ids, now=asker.now)[0]
    return in_dialog(
        request,
        "accounts/rollup.html",
        "why",
        account=account,
        outcome=outcome,
        below=below,
        with_itself=with_itself,
        parts=[(part, shown_in_words(what, part.value)) for part in outcome.parts[: queries.BRANCH]],
        moment_now=asker.now,
    )
