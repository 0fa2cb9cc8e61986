"""The dialogs that change the list: a filter's chip, and its columns. They only lead to another address."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from firstwin.accounts.listing import columns as shown
from firstwin.accounts.listing.filter_form import condition_of, form_for, form_of
from firstwin.accounts.listing.state import ListState
from firstwin.accounts.views.asked import asked, go, in_dialog
from firstwin.core.conditions import Condition
from firstwin.core.errors import Refused
from firstwin.core.fields import Field, vocabulary
from firstwin.core.text import fold
from firstwin.ui.jinja import fragment

_MOST_OPTIONS = 12


@require_safe
def filter_chip(request: HttpRequest) -> HttpResponse:
    """Choose a field, an operator and a value. `edit` is the place of the chip that is changed."""
    wanted = asked(request, request.GET)
    given = dict(request.GET.lists())
    place, problem = _place(request, wanted.state), ""
    if "apply" in given:
        try:
            test = condition_of(given, wanted.vocabulary)
        except Refused as refused:
            problem = refused.message
        else:
            return go(request, wanted.state.url(chips=_with(wanted.state, place, test), problem=""))
    if "field" in given or place is None:
        form = form_for(
            wanted.vocabulary,
            key=request.GET.get("field", ""),
            op=request.GET.get("op", ""),
            values=given.get("value", []) if _is_same_question(request) else [],
            problem=problem,
        )
    else:
        form = form_of(wanted.state.chips[place], wanted.vocabulary)
    status = 422 if problem else 200
    trigger = getattr(getattr(request, "htmx", None), "trigger", None)
    return in_dialog(
        request,
        "accounts/list_filter.html",
        status=status,
        form=form,
        place=place,
        pairs=wanted.state.pairs(),
        here=f"{reverse('list_filter')}?{urlencode(wanted.state.pairs())}",
        is_value_focused=trigger != "filter-op",  # who walks through the conditions stays among them
    )


@require_safe
def fields(request: HttpRequest) -> HttpResponse:
    """Fields a filter can ask about, by the words typed."""
    words = fold(request.GET.get("q", "")).split()
    found = [
        (field.key, field.label, field.group)
        for field in vocabulary().fields.values()
        if field.stored and all(word in fold(f"{field.label} {field.group} {field.key}") for word in words)
    ]
    # The label itself counts for more than the group it stands in.
    found.sort(key=lambda one: not fold(one[1]).startswith(words[0] if words else ""))
    return fragment(request, "accounts/options.html", "options", found=found[:_MOST_OPTIONS], icon_name="filter")


def _is_same_question(request: HttpRequest) -> bool:
    """Whether the values were typed for the field and operator now chosen."""
    asked_for = request.GET.get("for", "")
    return not asked_for or asked_for == f"{request.GET.get('field', '')} {request.GET.get('op', '')}"


def _place(request: HttpRequest, state: ListState) -> int | None:
    text = request.GET.get("edit", "")
    return int(text) if text.isascii() and text.isdigit() and int(text[:4]) < len(state.chips) else None


def _with(state: ListState, place: int | None, test: Condition) -> tuple[Condition, ...]:
    if place is None:
        return (*state.chips, test)
    return (*state.chips[:place], test, *state.chips[place + 1 :])


@require_safe
def columns(request: HttpRequest) -> HttpResponse:
    """Choose columns and their order. `move` is `up:key` or `down:key`."""
    wanted = asked(request, request.GET)
    known = shown.offered(wanted.vocabulary)
    given = request.GET.getlist("column")
    chosen = [key for key in given if key in known] or [field.key for field in wanted.state.columns]
    if "apply" in request.GET:
        return go(request, wanted.state.url(columns=tuple(shown.chosen(chosen, wanted.vocabulary))))
    chosen, moved = _moved(chosen, request.GET.get("move", ""))
    rest: dict[str, list[Field]] = {}
    for key, field in known.items():
        if key not in chosen:
            rest.setdefault(field.group or "Other", []).append(field)
    return in_dialog(
        request,
        "accounts/list_columns.html",
        chosen=[known[key] for key in chosen],
        rest=list(rest.items()),
        moved=moved,
        pairs=[(name, value) for name, value in wanted.state.pairs() if name != "columns"],
        most=shown.MOST,
    )


def _moved(chosen: list[str], move: str) -> tuple[list[str], str]:
    """The keys with one of them a step up or down (the name stays first), and which one that was."""
    way, _, key = move.partition(":")
    if key not in chosen or way not in ("up", "down"):
        return chosen, ""
    at = chosen.index(key)
    to = at - 1 if way == "up" else at + 1
    if at > 0 and 0 < to < len(chosen):
        chosen[at], chosen[to] = chosen[to], chosen[at]
    return chosen, key
