"""The event debugger: what was turned down and why, and what was taken."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from firstwin.accounts.views.answers import is_htmx
from firstwin.core.errors import NotFound
from firstwin.core.text import counted
from firstwin.ui.jinja import fragment, page
from firstwin.usage.models import Source
from firstwin.usage.screens import debugging
from firstwin.usage.screens.arrivals import Wanted, newest, pretty_bytes
from firstwin.usage.screens.debugging import Filters
from firstwin.usage.screens.unknown import unknown_count
from firstwin.usage.views.shared import go, setter, whole_number
from firstwin.usage.views.tabs import arrival_tabs, tabs

REJECTED, ACCEPTED = "usage/rejected.html", "usage/accepted.html"
MOST_REPLAYED = 50_000


@require_safe
def rejected(request: HttpRequest) -> HttpResponse:
    """What was turned down: by reason, then one by one."""
    filters = _filters(request.GET)
    found = debugging.page_of(filters)
    newest_pk = debugging.newest_number(filters)
    return page(
        request,
        REJECTED,
        **_shell(request, "rejected"),
        **_asked(request, filters),
        found=found,
        reasons=debugging.by_reason(filters),
        older=_query(filters, before=found.older) if found.older else "",
        fresh_query=_query(filters, after=newest_pk, before=None),
        is_first=filters.before is None,
    )


@require_safe
def fresh(request: HttpRequest) -> HttpResponse:
    """How many came after ?after=, asked every few seconds; nothing while none did."""
    setter(request)
    after = whole_number(request.GET.get("after")) or 0
    filters = _filters(request.GET)
    rows = debugging.rejected(filters).filter(pk__gt=after)[:1_000]
    count = len(debugging.page_of(filters).rows) if filters.person else rows.count()
    if not count or not rows.exists():
        return HttpResponse(status=204)
    here = _query(filters, before=None)
    return fragment(request, REJECTED, "fresh", fresh=count, fresh_query=_query(filters, after=after), here=here)


@require_safe
def one_rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them with its body."""
    setter(request)
    found = debugging.one(pk)
    if found is None:
        raise NotFound("It is no longer kept.")
    context: dict[str, Any] = {"one": found, "body": pretty_bytes(bytes(found.row.body))}
    if is_htmx(request):
        return fragment(request, "usage/rejected_one.html", "drawer", **context)
    return page(request, "usage/rejected_one.html", **_shell(request, "rejected"), **context)


@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """Put one back into the inbox (?pk=), or all that the filters mean: the oldest fifty thousand first."""
    from firstwin.usage.compact.replay import replay as put_back

    asker = setter(request)
    filters = _filters(request.POST)
    pk = whole_number(request.POST.get("pk"))
    ids = [pk] if pk is not None else debugging.ids_of(filters)[:MOST_REPLAYED]
    count = put_back(ids, by=asker.user, now=asker.now)
    says = f"{counted(count, 'event')} put back into the inbox"
    return go(request, "usage_debugger", says=says, query=_query(filters, before=None) if pk is None else "")


@require_safe
def accepted(request: HttpRequest) -> HttpResponse:
    """What was taken, the newest first; for htmx the rows alone."""
    asker = setter(request)
    filters = _filters(request.GET)
    wanted = Wanted(filters.source.pk if filters.source else None, filters.event, filters.person)
    context: dict[str, Any] = {
        **_asked(request, filters),
        "arrivals": newest(wanted, asker.scope),
        "now": asker.now,
        "here": _query(filters),
    }
    if is_htmx(request):
        return fragment(request, ACCEPTED, "arrivals", **context)
    return page(request, ACCEPTED, **_shell(request, "accepted"), **context)


def _shell(request: HttpRequest, current: str) -> dict[str, Any]:
    asker = setter(request)
    return {
        "tabs_shown": tabs(asker.user, "debugger"),
        "arrival_tabs": arrival_tabs(current, unknown=unknown_count()),
    }


def _asked(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    names = [("", "Any source"), *Source.objects.order_by("name").values_list("key", "name")]
    return {"filters": filters, "source_options": names}


def _filters(said: Any) -> Filters:
    """From an address or a form. A source nobody knows is no filter."""
    words = {
        name: str(said.get(name) or "").replace("\x00", "").strip() for name in ("source", "code", "event", "person")
    }
    return Filters(
        source=Source.objects.filter(key=words["source"][:64]).first(),
        code=words["code"][:24],
        event=words["event"][:200],
        person=words["person"][:255],
        before=whole_number(said.get("before")),
    )


def _query(filters: Filters, **more: Any) -> str:
    """The filters as the query of an address, with "?"; '' without any."""
    said = {
        "source": filters.source.key if filters.source else "",
        "code": filters.code,
        "event": filters.event,
        "person": filters.person,
        "before": filters.before,
        **more,
    }
    given = {key: value for key, value in said.items() if value not in ("", None)}
    return f"?{urlencode(given)}" if given else ""
