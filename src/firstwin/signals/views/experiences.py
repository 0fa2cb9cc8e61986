"""Experiences: who is served how, in which order they are asked, and writing them."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstwin.accounts.views.answers import reader
from firstwin.core.conditions import All, Test
from firstwin.core.errors import NotFound
from firstwin.people.config import apply
from firstwin.people.config.guard import TooMuch
from firstwin.people.config.labels import labels
from firstwin.people.config.store import Definition
from firstwin.people.models import ConfigVersion
from firstwin.people.rules import can_configure, require
from firstwin.signals.actions.segments import free_priority, move_experience, write_experience
from firstwin.signals.kinds.experience_text import KEY, TOUCH_MODELS
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.section.portfolio import STAYED, list_of
from firstwin.signals.segments.forms import ExperienceForm, held
from firstwin.signals.segments.overview import Standing, freshness, served
from firstwin.signals.segments.serving import in_order
from firstwin.signals.segments.unreadable import experience_typed, say_why, unreadable
from firstwin.signals.views.defined import Tried, broken_of, guarded, is_meant, much_page, written
from firstwin.signals.views.segments import READ_ONLY, READ_OR_WRITE, versions_of
from firstwin.ui.jinja import page


@require_safe
def experience_list(request: HttpRequest) -> HttpResponse:
    asker = reader(request)
    now, order = served(asker.scope), in_order(definitions_at().experiences)
    moved = [one.key for one in order if one.segment]
    return page(
        request,
        "signals/experiences.html",
        rows=[(one, now.get(one.key, Standing()), accounts_url(one.key)) for one in order],
        nobody=now.get("", Standing()),
        first=next(iter(moved), ""),
        last=next(reversed(moved), ""),
        broken=broken_of(KEY, may_edit=can_configure(asker.user)),
        segments=dict(labels("segment")),
        cards=dict(labels("scorecard")),
        touch=dict(TOUCH_MODELS),
        fresh=freshness(asker.scope),
        may_edit=can_configure(asker.user),
    )


@require_http_methods(READ_OR_WRITE)
def experience_new(request: HttpRequest) -> HttpResponse:
    require(can_configure(reader(request).user), READ_ONLY)
    initial = {"priority": free_priority(), "silent_days": 30, "touch_model": "pooled", "pipeline": "default"}
    form = ExperienceForm(request.POST if request.method == "POST" else None, initial=initial)
    return _edit(request, form, None)


@require_http_methods(READ_OR_WRITE)
def experience(request: HttpRequest, experience: str) -> HttpResponse:
    """One experience: to read, and for those who may to edit."""
    asker, broken = reader(request), unreadable(KEY, experience)
    if request.method == "POST":
        require(can_configure(asker.user), READ_ONLY)
    if broken is not None and not can_configure(asker.user):
        return HttpResponseRedirect(reverse("definition", kwargs={"kind": KEY, "key": experience}))
    if broken is not None:
        form = ExperienceForm(request.POST if request.method == "POST" else experience_typed(broken))
        if request.method != "POST":
            say_why(form, broken)
        return _edit(request, form, broken.stands)
    what = _experience(experience)
    initial = held(what.parsed) | {"based_on": what.number}
    form = ExperienceForm(request.POST if request.method == "POST" else None, initial=initial)
    return _edit(request, form, what)


def _edit(request: HttpRequest, form: ExperienceForm, what: Definition | None) -> HttpResponse:
    asker = reader(request)
    tried: Tried[ConfigVersion] = Tried(None, 422 if request.method == "POST" and form.errors else 200)
    if request.method == "POST" and form.is_valid():
        said = form.experience(what.key if what else "")
        tried = guarded(
            form,
            lambda: write_experience(
                by=asker.user, experience=said, now=asker.now, note=form.cleaned_data["note"],
                based_on=form.cleaned_data["based_on"] if what else None, accept=is_meant(request),
            ),
        )  # fmt: skip
        if tried.done is not None:
            written(request, [tried.done], f"{said.label} saved")
            return HttpResponseRedirect(reverse("experiences"))
    cards = dict(labels("scorecard"))
    return page(
        request,
        "signals/experience.html",
        status=tried.status,
        form=form,
        too_much=tried.too_much,
        experience=what,
        segments=dict(labels("segment")),
        card_words=", ".join(cards.get(card, card) for card in what.parsed.scorecards) if what else "",
        pipelines=dict(labels("pipeline")),
        touch=dict(TOUCH_MODELS),
        standing=served(asker.scope).get(what.key, Standing()) if what else None,
        accounts_url=accounts_url(what.key) if what else "",
        fresh=freshness(asker.scope) if what else None,
        versions=versions_of(KEY, what.key) if what else [],
        may_edit=can_configure(asker.user),
    )


@require_POST
def experience_place(request: HttpRequest, experience: str) -> HttpResponse:
    """Move one place up, or (`to=down`) down."""
    asker, what = reader(request), _experience(experience)
    up = request.POST.get("to") != "down"
    try:
        moved = move_experience(by=asker.user, key=experience, up=up, now=asker.now, accept=is_meant(request))
    except TooMuch as much:
        title = f"Ask {what.parsed.label} {'earlier' if up else 'later'}"
        return _asked(request, much, title, "Move it", {"to": "up" if up else "down"})
    written(request, moved, f"{what.parsed.label} is asked {'earlier' if up else 'later'}")
    return HttpResponseRedirect(reverse("experiences"))


@require_POST
def experience_remove(request: HttpRequest, experience: str) -> HttpResponse:
    asker, broken = reader(request), unreadable(KEY, experience)
    what = broken.stands if broken is not None else _experience(experience)
    try:
        gone = apply.remove(by=asker.user, kind=KEY, key=experience, now=asker.now, accept=is_meant(request))
    except TooMuch as much:
        return _asked(request, much, f"Remove {what.parsed.label}", "Remove")
    written(request, gone, f"{what.parsed.label} removed")
    return HttpResponseRedirect(reverse("experiences"))


def _asked(
    request: HttpRequest, much: TooMuch, title: str, verb: str, hidden: dict[str, str] | None = None
) -> HttpResponse:
    back = reverse("experiences")
    crumbs = [("Experiences", back), (title, "")]
    return much_page(request, much, title=title, verb=verb, crumbs=crumbs, back=back, hidden=hidden)


def accounts_url(key: str) -> str:
    """The list of the accounts it serves, without the customers that left."""
    return list_of(All((Test("experience", "eq", key), STAYED)))


def _experience(key: str) -> Definition:
    found = definitions_at().experiences.get(key)
    if found is None:
        raise NotFound("There is no such experience.")
    return found
