"""The queue of rows that may mean a record we have."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstwin.connectors.actions.decide_match import SURE, decide_match
from firstwin.connectors.matching.shown import candidates_of
from firstwin.connectors.models import MatchCase, MatchState
from firstwin.connectors.views.shared import go, importer
from firstwin.connectors.views.tabs import tabs
from firstwin.core import clock
from firstwin.core.errors import NotFound, Refused
from firstwin.core.text import counted, shorten
from firstwin.people.undo import offer_undo
from firstwin.ui.jinja import fragment, page
from firstwin.ui.toasts import toast_next

PAGE = 100
WORDS = {"same": "is the same record", "new": "is a new record", "ignored": "is left alone"}


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the surest first; the one chosen stands beside it."""
    importer(request)
    waiting = MatchCase.objects.waiting().order_by("-best", "pk")
    cases = list(waiting[:PAGE])
    return page(
        request,
        "connectors/matches.html",
        tabs_shown=tabs("matches"),
        cases=[(case, _called(case), candidates_of(case)[:1]) for case in cases],
        count=waiting.count(),
        sure=waiting.filter(best__gte=SURE).count(),
        sure_from=SURE,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One row beside the records it may mean. POST ?is=same|new|ignored decides."""
    user = importer(request)
    found = MatchCase.objects.select_related("run").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such question.")
    if request.method != "POST":
        context: dict[str, Any] = {"case": found, "called": _called(found), "candidates": candidates_of(found)}
        if getattr(request, "htmx", False):
            return fragment(request, "connectors/match.html", "sides", **context)
        return page(request, "connectors/match.html", tabs_shown=tabs("matches"), **context)
    said = request.POST.get("is", "")
    if said not in WORDS:
        raise Refused("Say who it is: the same, a new record, or leave it alone.")
    target = request.POST.get("target", "")
    problems = decide_match(
        by=user,
        cases=[found],
        state=MatchState(said),
        target=int(target) if target.isdigit() and len(target) < 18 else None,
        now=clock.now(),
    )
    return _decided(request, [found.pk], f"{_called(found)} {WORDS[said]}", problems)


@require_POST
def accept_sure(request: HttpRequest) -> HttpResponse:
    """Take every case for its best candidate that is sure enough."""
    user = importer(request)
    cases = list(MatchCase.objects.waiting().filter(best__gte=SURE).order_by("pk")[:500])
    if not cases:
        raise Refused("Nothing in the queue is that sure.")
    problems = decide_match(by=user, cases=cases, state=MatchState.SAME, now=clock.now())
    return _decided(request, [one.pk for one in cases], f"{counted(len(cases), 'row')} matched", problems)


def _decided(request: HttpRequest, cases: list[int], says: str, problems: list[str]) -> HttpResponse:
    undo = offer_undo(by=importer(request), verb="match.decided", payload={"cases": cases}, says=says, now=clock.now())
    more = f". Not taken in: {shorten(problems[0], 120)}" if problems else ""
    toast_next(request, f"{says}{more}", undo_url=reverse("undo", kwargs={"pk": undo.pk}))
    return go(request, "matches")


def _called(case: MatchCase) -> str:
    return str(case.said.get("Name") or case.said.get("Email") or case.external_id)
