"""Today: what changed in one's accounts, most at stake first."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from firstwin.accounts.listing.whose import LABELS, tabs_of, usual_tab
from firstwin.accounts.views.answers import Reader, reader
from firstwin.core.clock import day_of
from firstwin.signals.today import window as windows
from firstwin.signals.today.page import AT_MOST, GROUPS, IN_VIEW, Told, told
from firstwin.signals.today.ranking import THREATS, Kind
from firstwin.ui.jinja import page

MARKS: dict[Kind, tuple[str, str]] = {
    Kind.RISK: ("risk", "New risk"),
    Kind.FALL: ("risk", "Health"),
    Kind.RENEWAL: ("watch", "Renewal"),
    Kind.STUCK: ("risk", "Stuck"),
    Kind.BEHIND: ("watch", "Behind"),
    Kind.BACK: ("watch", "Went back"),
    Kind.OPPORTUNITY: ("accent", "Opportunity"),
    Kind.UNCLEAR: ("none", "Health"),
    Kind.RISE: ("good", "Health"),
    Kind.CLEARED: ("good", "Cleared"),
    Kind.ONWARD: ("good", "Moved on"),
    Kind.GONE: ("none", "Ended"),
}
"""(tone, word) of a change."""


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    asker = reader(request)
    asked = _asked(request, asker)
    since = windows.window(asked["since"], day_of(asker.now))
    most = AT_MOST if asked["show"] else IN_VIEW
    found = told(asker.user, asked["whose"], since, now=asker.now, group=asked["what"], most=most)
    return page(
        request,
        "signals/today.html",
        found=found,
        window=since,
        what=asked["what"],
        marks=MARKS,
        threats=THREATS,
        tabs_shown=[(LABELS[key], _url(asked, whose=key), None, key == asked["whose"]) for key in tabs_of(asker.user)],
        spans=[(label, _url(asked, since=key), None, key == since.key) for key, label in windows.LABELS.items()],
        groups=_groups(asked, found),
        rest_url=_url(asked, show="all") if found.count > len(found.lines) and not asked["show"] else "",
        all_url=_url(asked, what=""),
        wider=_url(asked, since="week") if since.key == "day" else "",
        may_edit=asker.may_edit,
        now=asker.now,
    )


def _asked(request: HttpRequest, asker: Reader) -> dict[str, str]:
    """What the address asks for; what makes no sense is left at its usual."""
    given, tabs = request.GET, tabs_of(asker.user)
    whose = given.get("whose", "")
    since, what = given.get("since", ""), given.get("what", "")
    return {
        "whose": whose if whose in tabs else usual_tab(asker.user),
        "since": since if since in windows.LABELS else "day",
        "what": what if what in GROUPS else "",
        "show": "all" if given.get("show") == "all" else "",
    }


def _url(asked: dict[str, str], **changes: str) -> str:
    query = {key: value for key, value in ({**asked, "show": ""} | changes).items() if value}
    return f"{reverse('today')}?{urlencode(query)}"


def _groups(asked: dict[str, str], found: Told) -> list[tuple[str, str, Any, bool]]:
    """(label, address, how many, whether it is the one shown), those that hold anything."""
    shown = [(key, label) for key, (label, _) in GROUPS.items() if found.groups.get(key) or key == asked["what"]]
    return [(label, _url(asked, what=key), found.groups.get(key, 0), key == asked["what"]) for key, label in shown]
