"""The score studio: a draft of a scorecard in a form, tried on accounts, published."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstwin.accounts.views.answers import Reader, reader, say_next
from firstwin.core.errors import Conflict, NotFound, Refused
from firstwin.core.money import Money
from firstwin.people.config import apply, drafts
from firstwin.people.config.documents import Problem
from firstwin.people.config.guard import SAMPLE, TooMuch
from firstwin.people.config.write import READ_ONLY, latest
from firstwin.people.models import ConfigVersion
from firstwin.people.rules import can_configure, require
from firstwin.people.views.shared import begin_again
from firstwin.signals.studio.forms import KIND, Draft, StudioForm, draft
from firstwin.signals.views.defined import written
from firstwin.ui.jinja import fragment, page


@require_safe
def studios(request: HttpRequest) -> HttpResponse:
    """The scorecards stand among the definitions."""
    return HttpResponseRedirect(f"{reverse('definitions')}#kind-{KIND}")


@require_http_methods(["GET", "HEAD", "POST"])
def studio(request: HttpRequest, scorecard: str) -> HttpResponse:
    """`act`: keep (the draft), publish, publish-anyway. Others look at what stands."""
    asker, last = reader(request), _standing(scorecard)
    if request.method != "POST":
        kept = drafts.draft_of(asker.user, KIND, scorecard) if can_configure(asker.user) else None
        text, based_on = (kept.text, kept.based_on) if kept else (last.text, last.number)
        form = StudioForm(initial={"text": text, "based_on": based_on})
        return _shown(request, last, form, draft(scorecard, text), kept=kept)
    require(can_configure(asker.user), READ_ONLY)
    form = StudioForm(request.POST)
    tried = _typed(request, scorecard)
    if not form.is_valid():
        return _shown(request, last, form, tried, status=422)
    act = request.POST.get("act", "publish")
    if act == "keep":
        given = form.cleaned_data["based_on"]
        drafts.keep_draft(by=asker.user, kind=KIND, key=scorecard, text=tried.text, based_on=given, now=asker.now)
        say_next(request, "Draft kept")
        return HttpResponseRedirect(reverse("studio", kwargs={"scorecard": scorecard}))
    if tried.body is None or tried.problems:
        return _shown(request, last, form, tried, status=422)
    return _publish(request, asker, last, form, tried, is_meant=act == "publish-anyway")


def _publish(
    request: HttpRequest, asker: Reader, last: ConfigVersion, form: StudioForm, tried: Draft, *, is_meant: bool
) -> HttpResponse:
    assert tried.body is not None
    try:
        versions = apply.publish(
            by=asker.user, kind=KIND, key=tried.key, body=tried.body, based_on=form.cleaned_data["based_on"],
            now=asker.now, note=form.cleaned_data["note"], accept=is_meant,
        )  # fmt: skip
    except TooMuch as much:
        return _shown(request, last, form, tried, status=422, too_much=much.impacts)
    except (Refused, Conflict) as refused:
        if isinstance(refused, Conflict):
            begin_again(form, refused)
        tried.problems = [Problem("", 0, "", refused.message)]
        return _shown(request, last, form, tried, status=refused.status)
    written(request, versions, f"{tried.body['label']} published")
    return HttpResponseRedirect(reverse("studio", kwargs={"scorecard": tried.key}))


@require_POST
def studio_try(request: HttpRequest, scorecard: str) -> HttpResponse:
    """What the draft would say; nothing is kept."""
    from firstwin.signals.studio.trial import trial  # numpy and the readers of facts

    asker = reader(request)
    require(can_configure(asker.user), READ_ONLY)
    _standing(scorecard)
    tried = _typed(request, scorecard)
    if tried.body is None or tried.problems:
        return fragment(
            request,
            "signals/studio.html",
            "trial",
            status=422,
            trial=None,
            draft=tried,
            scorecard=scorecard,
            may_edit=True,
        )
    found = trial(
        scorecard, tried.body, asker.scope, asker.now, search=request.POST.get("search", "")[:100], most=SAMPLE
    )
    return fragment(
        request, "signals/studio.html", "trial", trial=found, draft=tried, scorecard=scorecard, money_of=_money,
        at=asker.now, may_edit=True,
    )  # fmt: skip


def _typed(request: HttpRequest, scorecard: str) -> Draft:
    typed = {key: str(value) for key, value in request.POST.items() if len(str(value)) <= 200}
    return draft(scorecard, request.POST.get("text", ""), typed)


def _shown(
    request: HttpRequest, last: ConfigVersion, form: StudioForm, tried: Draft, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"kept": None, "too_much": []} | more
    return page(
        request,
        "signals/studio.html",
        status=status,
        scorecard=last.key,
        last=last,
        form=form,
        draft=tried,
        card=tried.form,
        label=str((tried.body or {}).get("label") or last.key),
        trial=None,
        may_edit=can_configure(reader(request).user),
        **context,
    )


def _money(minor: int) -> Money:
    return Money(minor, str(settings.FIRSTWIN_CURRENCY))


def _standing(key: str) -> ConfigVersion:
    last = latest(KIND, key)
    if last is None or last.is_removed:
        raise NotFound("There is no such scorecard.")
    return last
