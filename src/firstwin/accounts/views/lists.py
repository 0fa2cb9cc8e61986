"""The account list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from firstwin.accounts.listing.chips import chips_of
from firstwin.accounts.listing.links import Links
from firstwin.accounts.listing.query import Listing, all_totals, listing_of
from firstwin.accounts.listing.shape import foot_of, head_of, shapes_of
from firstwin.accounts.listing.state import SIZES, ListState
from firstwin.accounts.listing.totals import Totals
from firstwin.accounts.listing.view import may_change
from firstwin.accounts.listing.whose import LABELS, MINE, tabs_of
from firstwin.accounts.models import Account
from firstwin.accounts.views.asked import Asked, asked
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.people import rules
from firstwin.ui.filters import number
from firstwin.ui.jinja import fragment, page

MOST_TABS = 7

BULK = (
    ("owner", "Assign", "user", "a"),
    ("tag", "Tag", "tag", "t"),
    ("untag", "Untag", "tag", ""),
    ("value", "Set a field", "edit", ""),
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The list is home."""
    return HttpResponseRedirect(reverse("accounts"))


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """Accounts: those in a tab, filtered, searched, sorted, one page at a time."""
    wanted = asked(request, request.GET)
    state, user = wanted.state, wanted.user
    listing, problem = _listing(wanted, clock.now())
    return page(
        request,
        "accounts/list.html",
        status=400 if problem else 200,
        state=state,
        listing=listing,
        problem=problem,
        chips=chips_of(state, wanted.vocabulary),
        head=head_of(state),
        **_counted(listing.totals if listing else None, state),
        totals_url=f"{reverse('list_totals')}?{urlencode(state.pairs())}" if listing and not listing.totals else "",
        shapes=shapes_of(state.columns),
        tabs=[(LABELS[one], state.url(whose=one), None, one == state.whose) for one in tabs_of(user)],
        views=wanted.views,
        view_tabs=_view_tabs(wanted),
        may_edit=rules.can_edit_accounts(user),
        may_change_view=state.view is not None and may_change(user, state.view),
        emptiness=_emptiness(wanted, listing),
        page_words=_page_words(listing) if listing else "",
        sizes=SIZES,
        bulk_deeds=BULK,
        addresses=_addresses(state),
        links=Links(),
    )


@require_safe
def totals(request: HttpRequest) -> HttpResponse:
    """What the list comes to, where that takes longer than the page may."""
    wanted = asked(request, request.GET)
    found = all_totals(wanted.state, wanted.user, wanted.vocabulary, clock.now())
    parts = _counted(found, wanted.state)
    may_edit = rules.can_edit_accounts(wanted.user)
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(wanted.state.here)
    return fragment(request, "accounts/list.html", "totals", may_edit=may_edit, totals_url="", **parts)


def _counted(found: Totals | None, state: ListState) -> dict[str, Any]:
    """What the foot, the pager and the bulk bar say; empty until it is known."""
    return {"foot": foot_of(found, state.columns), "count": found.count if found else None}


def _listing(wanted: Asked, now: datetime) -> tuple[Listing | None, str]:
    try:
        return listing_of(wanted.state, wanted.user, wanted.vocabulary, now), ""
    except Refused as refused:
        return None, refused.message


def _view_tabs(wanted: Asked) -> list[tuple[str, str, None, bool]]:
    """(label, address, no count, is it where they are): the first few views, and the one that is open."""
    here, base = wanted.state.view, reverse("accounts")
    shown = [view for place, view in enumerate(wanted.views) if place < MOST_TABS or view == here]
    tabs = [(view.name, f"{base}?{urlencode({'view': view.key})}", None, view == here) for view in shown]
    return [("Overview", base, None, here is None), *tabs]


def _addresses(state: ListState) -> Mapping[str, str]:
    """Where the buttons around the list lead; each carries the list as it stands."""
    query = urlencode(state.pairs())
    return {
        "filter": f"{reverse('list_filter')}?{query}",
        "columns": f"{reverse('list_columns')}?{query}",
        "save": f"{reverse('views')}?{query}",
        "csv": f"{reverse('account_export', kwargs={'form': 'csv'})}?{query}",
        "xlsx": f"{reverse('account_export', kwargs={'form': 'xlsx'})}?{query}",
        "bare": state.url(chips=(), q="", problem=""),
    }


def _page_words(listing: Listing) -> str:
    of = f" of {number(listing.totals.count)}" if listing.totals else ""
    return f"{number(listing.page.first)} to {number(listing.page.last)}{of}"


@dataclass(frozen=True)
class Emptiness:
    """Why nothing is listed, and the one thing to do about it."""

    title: str
    text: str
    icon: str
    action: str = ""
    href: str = ""
    example: str = ""
    is_dialog: bool = False


def _emptiness(wanted: Asked, listing: Listing | None) -> Emptiness | None:
    state, user = wanted.state, wanted.user
    bare = state.url(chips=(), q="", problem="")
    if listing is None:
        text = "Nothing is listed, so that nothing is mistaken for an answer."
        return Emptiness("This filter cannot be read", text, "filter", "Remove the filter", bare)
    if listing.lines:
        return None
    if state.is_narrowed:
        text = "Loosen the filter, or look among more accounts."
        return Emptiness("No account matches", text, "search", "Remove the filter", bare)
    widest = tabs_of(user)[-1]
    if state.whose != widest:
        mine = state.whose == MINE
        title = "You have no accounts yet" if mine else "Your team has no accounts yet"
        who = "you own, share or cover" if mine else "anyone in your team owns or covers"
        text = f"Accounts that {who} stand here."
        return Emptiness(title, text, "accounts", f"Look at {LABELS[widest].lower()}", state.url(whose=widest))
    if Account.objects.filter(removed_at__isnull=True).exists():
        text = "You see the accounts that you own, share or cover. A colleague can hand some over, an admin can widen "
        return Emptiness("You see no accounts yet", f"{text}your view.", "lock")
    return _no_accounts(rules.can_edit_accounts(user))


def _no_accounts(may_add: bool) -> Emptiness:
    text = "An account is a customer you look after. Bring them from your CRM with an import, or add the first by hand."
    example = "To look around first, load the made-up company: firstwin demo"
    action = ("Add account", reverse("account_new")) if may_add else ("", "")
    return Emptiness("No accounts yet", text, "accounts", *action, example=example, is_dialog=may_add)
