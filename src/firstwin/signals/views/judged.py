"""What people say beside what is computed: overrides, pulses, pauses. Each can be taken back."""

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from firstwin.accounts import rules
from firstwin.accounts.models import Account
from firstwin.accounts.views.answers import account_at, attempt, done, form_answer, reader, undo_of
from firstwin.core.clock import day_of
from firstwin.core.errors import NotFound
from firstwin.revenue.section.asof import AsOf
from firstwin.signals.actions.override import override as set_by_hand
from firstwin.signals.actions.override import take_back
from firstwin.signals.actions.pause_stage import go_on, pause
from firstwin.signals.actions.pulse import give_pulse
from firstwin.signals.models import Level, Override
from firstwin.signals.section.forms import OverrideForm, PauseForm, PulseForm
from firstwin.signals.section.gather import Told, told_of
from firstwin.signals.section.lines import named
from firstwin.ui.filters import score

READ_OR_WRITE = ["GET", "HEAD", "POST"]


@require_http_methods(READ_OR_WRITE)
def override(request: HttpRequest, key: str) -> HttpResponse:
    """Set what a measure, a group or the score counts as."""
    account, asker = _judged(request, key), reader(request)
    told = told_of(account, AsOf.of({}, asker.now))
    if told is None:
        raise NotFound("There is no score yet to be set.")
    if request.method != "POST":
        level, target = request.GET.get("level", ""), request.GET.get("target", "")
        start = {
            "level": level,
            "target": target,
            "scorecard": told.kept.scorecard,
            **_held(account, told, level, target),
        }
        form = OverrideForm(initial=OverrideForm.usual(day_of(asker.now)) | start)
        return _override_form(request, account, told, form, level, target)
    form = OverrideForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        place = {name: given[name] for name in ("scorecard", "level", "target")}
        before = Override.objects.standing().filter(account=account, **place).values_list("pk", flat=True).first()
        row = attempt(
            form,
            lambda: set_by_hand(
                by=asker.user, account=account, points=given["points"], reason=given["reason"],
                expires_on=given["expires_on"], now=asker.now, **place,
            ),
        )  # fmt: skip
        if row is not None:
            payload = {"override": row.pk, "before": before}
            says = f"{named(told, row.level, row.target)} set to {row.points}"
            return done(request, account, undo_of(request, "score.overridden", payload, says))
    return _override_form(request, account, told, form, form["level"].value() or "", form["target"].value() or "")


@require_POST
def override_removal(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    account, asker = account_at(request, key), reader(request)
    row = Override.objects.standing().filter(account=account, pk=pk).select_related("account").first()
    if row is None:
        raise NotFound("It no longer stands.")
    take_back(by=asker.user, row=row, now=asker.now)
    says = undo_of(request, "score.override_taken_back", {"override": row.pk}, "What is computed counts again")
    return done(request, account, says)


@require_http_methods(READ_OR_WRITE)
def pulse(request: HttpRequest, key: str) -> HttpResponse:
    """Say how the account feels."""
    account, asker = _judged(request, key), reader(request)
    form = PulseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        row = attempt(form, lambda: give_pulse(by=asker.user, account=account, now=asker.now, **given))
        if row is not None:
            return done(request, account, undo_of(request, "pulse.given", {"pulse": row.pk}, "Pulse given"))
    return form_answer(
        request, form, title=f"Pulse of {account.name}", action=_to("account_pulse", account), submit="Give it",
        account=account, lead="It counts in the score for 90 days, or until somebody gives another.",
        draft=f"pulse:{account.key}",
    )  # fmt: skip


@require_http_methods(READ_OR_WRITE)
def stage_pause(request: HttpRequest, key: str) -> HttpResponse:
    """Let the clock of its stage stand still."""
    account, asker = _judged(request, key), reader(request)
    form = PauseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        row = attempt(form, lambda: pause(by=asker.user, account=account, reason=reason, now=asker.now))
        if row is not None:
            return done(request, account, undo_of(request, "stage.paused", {"pause": row.pk}, "Its clock stands still"))
    return form_answer(
        request, form, title="Pause its stage", action=_to("account_stage_pause", account), submit="Pause",
        account=account, lead="Paused days do not count towards behind or stuck.",
    )  # fmt: skip


@require_POST
def stage_go_on(request: HttpRequest, key: str) -> HttpResponse:
    account, asker = account_at(request, key), reader(request)
    row = go_on(by=asker.user, account=account, now=asker.now)
    return done(request, account, undo_of(request, "stage.went_on", {"pause": row.pk}, "Its clock goes on"))


def _judged(request: HttpRequest, key: str) -> Account:
    """The account, where the reader may say something about it."""
    account = account_at(request, key)
    rules.require_edit(reader(request).user, [account])
    return account


def _held(account: Account, told: Told, level: str, target: str) -> dict[str, object]:
    """What stands already, to be changed rather than typed anew."""
    rows = Override.objects.standing().filter(
        account=account, scorecard=told.kept.scorecard, level=level, target=target
    )
    row = rows.first()
    return {} if row is None else {"points": row.points, "reason": row.reason, "expires_on": row.expires_on}


def _override_form(
    request: HttpRequest, account: Account, told: Told, form: Form, level: str, target: str
) -> HttpResponse:
    return form_answer(
        request, form, title=f"Set {named(told, level, target).lower()} by hand", submit="Set it", account=account,
        lead=_computed(told, level, target), action=_to("account_override", account),
        draft=f"override:{account.key}:{level}:{target}",
    )  # fmt: skip


def _computed(told: Told, level: str, target: str) -> str:
    """What counts now."""
    if level == Level.OVERALL:
        points = told.tree.score
    elif level == Level.GROUP:
        points = next((one.points for one in told.tree.groups if one.key == target), None)
    else:
        points = next((one.points for one in told.tree.measures if one.key == target), None)
    return "It has no points now." if points is None else f"It counts as {score(points / 100)} now."


def _to(name: str, account: Account) -> str:
    return reverse(name, kwargs={"key": account.key})
