"""Segments: what there is, who is in one and who moved, and writing them."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstwin.accounts.views.answers import reader
from firstwin.core.clock import day_of
from firstwin.core.conditions import Test, to_query
from firstwin.core.errors import NotFound, Refused
from firstwin.core.fields import Vocabulary, vocabulary
from firstwin.people.config import apply
from firstwin.people.config.guard import TooMuch
from firstwin.people.config.store import Definition
from firstwin.people.config.together import Dependant, dependants, referred, used_by
from firstwin.people.config.write import latest
from firstwin.people.models import ConfigVersion
from firstwin.people.rules import can_configure, require
from firstwin.signals.actions.segments import write_segment
from firstwin.signals.kinds.segment_text import KEY
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.segments.forms import SegmentForm, read_condition
from firstwin.signals.segments.overview import Standing, by_week, freshness, members, moves, standings
from firstwin.signals.segments.preview import MOST, preview, some
from firstwin.signals.segments.unreadable import say_why, segment_typed, unreadable
from firstwin.signals.segments.wording import said, typed
from firstwin.signals.views.defined import Tried, broken_of, guarded, is_meant, much_page, written
from firstwin.ui.jinja import fragment, page

READ_OR_WRITE = ["GET", "HEAD", "POST"]
READ_ONLY = "Only operations and admins change segments and experiences."


@require_safe
def segment_list(request: HttpRequest) -> HttpResponse:
    asker = reader(request)
    known, now = vocabulary(), standings(asker.scope, day_of(asker.now))
    used = referred()
    rows = [
        (one, said(one.parsed.where, known), now.get(key, Standing()), members_url(key), used.get((KEY, key), []))
        for key, one in _by_label(definitions_at().segments.values())
    ]
    return page(
        request,
        "signals/segments.html",
        rows=rows,
        broken=broken_of(KEY, may_edit=can_configure(asker.user)),
        fresh=freshness(asker.scope),
        may_edit=can_configure(asker.user),
    )


@require_safe
def segment(request: HttpRequest, segment: str) -> HttpResponse:
    if unreadable(KEY, segment) is not None:
        return HttpResponseRedirect(reverse("definition", kwargs={"kind": KEY, "key": segment}))
    asker, what = reader(request), _segment(segment)
    today, used = day_of(asker.now), dependants(KEY, segment)
    fresh = freshness(asker.scope)
    is_pending = fresh.until is not None and what.at > fresh.until
    return page(
        request,
        "signals/segment.html",
        segment=what,
        sentence=said(what.parsed.where, vocabulary()),
        text=typed(what.parsed.where),
        standing=standings(asker.scope, today).get(segment, Standing()),
        members=some(members(segment, asker.scope), most=MOST),
        members_url=members_url(segment),
        weeks=by_week(segment, asker.scope, today),
        moves=moves(segment, asker.scope),
        used=named(used),
        held_by=used_by(used) if used else "",
        versions=versions_of(KEY, segment),
        fresh=fresh,
        is_pending=is_pending,
        is_new=is_pending and what.number == 1,
        may_edit=can_configure(asker.user),
    )


@require_http_methods(READ_OR_WRITE)
def segment_new(request: HttpRequest) -> HttpResponse:
    asker = reader(request)
    require(can_configure(asker.user), READ_ONLY)
    form = SegmentForm(request.POST if request.method == "POST" else None, initial={"based_on": 0})
    return _edit(request, form, "")


@require_http_methods(READ_OR_WRITE)
def segment_edit(request: HttpRequest, segment: str) -> HttpResponse:
    asker, broken = reader(request), unreadable(KEY, segment)
    require(can_configure(asker.user), READ_ONLY)
    if broken is not None:
        form = SegmentForm(request.POST if request.method == "POST" else segment_typed(broken))
        if request.method != "POST":
            say_why(form, broken)
        return _edit(request, form, segment, broken.stands)
    what = _segment(segment)
    held = {
        "label": what.parsed.label, "help": what.parsed.help, "condition": typed(what.parsed.where),
        "based_on": what.number,
    }  # fmt: skip
    form = SegmentForm(request.POST if request.method == "POST" else None, initial=held)
    return _edit(request, form, segment, what)


def _edit(request: HttpRequest, form: SegmentForm, key: str, what: Definition | None = None) -> HttpResponse:
    asker = reader(request)
    tried: Tried[ConfigVersion] = Tried(None, 422 if request.method == "POST" and form.errors else 200)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        tried = guarded(
            form,
            lambda: write_segment(
                by=asker.user, key=key, label=given["label"], where=given["condition"], help=given["help"],
                now=asker.now, note=given["note"], based_on=given["based_on"] if key else None,
                accept=is_meant(request),
            ),
            field="condition",
        )  # fmt: skip
        if tried.done is not None:
            written(request, [tried.done], f"{given['label']} saved")
            return HttpResponseRedirect(reverse("segment", kwargs={"segment": tried.done.key}))
    known = vocabulary()
    return page(
        request,
        "signals/segment_edit.html",
        status=tried.status,
        form=form,
        segment=what,
        too_much=tried.too_much,
        groups=_fields(known),
        collections=list(known.collections.values()),
        found=_preview(request, form["condition"].value() or "", key),
    )


@require_POST
def segment_preview(request: HttpRequest) -> HttpResponse:
    """What the condition being typed would hold; nothing is kept."""
    require(can_configure(reader(request).user), READ_ONLY)
    found = _preview(request, request.POST.get("condition", ""), request.POST.get("segment", ""))
    return fragment(request, "signals/segment_edit.html", "preview", found=found)


def _preview(request: HttpRequest, text: str, key: str) -> dict[str, Any]:
    """sentence, preview and problem: the last in words where it cannot be asked."""
    asker = reader(request)
    found: dict[str, Any] = {"sentence": "", "preview": None, "problem": ""}
    if not text.strip():
        return found
    try:
        tree = read_condition(text)
        found["sentence"] = said(tree, vocabulary())
        found["preview"] = preview(tree, asker.scope, asker.now, standing=key)
    except Refused as refused:
        found["problem"] = refused.message
    return found


@require_POST
def segment_remove(request: HttpRequest, segment: str) -> HttpResponse:
    asker, broken = reader(request), unreadable(KEY, segment)
    what = broken.stands if broken is not None else _segment(segment)
    label, place = what.parsed.label, reverse("segment", kwargs={"segment": segment})
    try:
        gone = apply.remove(by=asker.user, kind=KEY, key=segment, now=asker.now, accept=is_meant(request))
    except TooMuch as much:
        crumbs = [("Segments", reverse("segments")), (label, place), ("Remove", "")]
        return much_page(request, much, title=f"Remove {label}", verb="Remove", crumbs=crumbs, back=place)
    written(request, gone, f"{label} removed")
    return HttpResponseRedirect(reverse("segments"))


def members_url(key: str) -> str:
    """The list of its accounts."""
    return f"{reverse('accounts')}?{urlencode(to_query(Test('segments', 'has', key)))}"


def versions_of(kind: str, key: str) -> list[ConfigVersion]:
    rows = ConfigVersion.objects.filter(kind=kind, key=key).select_related("author")
    return list(rows.order_by("-number")[:20])


def named(found: Iterable[Dependant]) -> list[tuple[Dependant, str]]:
    """Each with the address of its page, if it has one here."""
    return [(one, _address(one)) for one in found]


def _address(one: Dependant) -> str:
    if one.kind in ("segment", "experience"):
        return reverse(one.kind, kwargs={one.kind: one.key})
    return ""


def _segment(key: str) -> Definition:
    found = definitions_at().segments.get(key)
    if found is None:
        raise NotFound("There is no such segment." if latest(KEY, key) is None else "This segment was removed.")
    return found


def _by_label(found: Iterable[Definition]) -> list[tuple[str, Definition]]:
    return [(one.key, one) for one in sorted(found, key=lambda one: (one.parsed.label.casefold(), one.key))]


def _fields(known: Vocabulary) -> dict[str, list[Any]]:
    """What one can speak of, by group."""
    groups: dict[str, list[Any]] = {}
    for field in known.fields.values():
        groups.setdefault(field.group or "Other", []).append(field)
    return groups
