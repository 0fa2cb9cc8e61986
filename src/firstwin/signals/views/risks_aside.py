"""Putting findings aside, one or several, and bringing one back."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from firstwin.accounts import rules
from firstwin.accounts.listing.whose import rows_of, tabs_of
from firstwin.accounts.scope import AccountSet
from firstwin.accounts.views.answers import attempt, gone, in_dialog, is_htmx, reader, undo_of
from firstwin.core.clock import day_of
from firstwin.core.errors import NotFound, Refused
from firstwin.core.text import counted
from firstwin.people.rules import can_edit_accounts, require
from firstwin.signals.actions.dismiss import LONGEST, bring_back, dismiss
from firstwin.signals.actions.dismiss_many import SEVERAL, dismiss_many
from firstwin.signals.models import Dismissal, Episode
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.risks import open as questions
from firstwin.signals.risks.open import Asked
from firstwin.signals.views.came_from import came_from
from firstwin.signals.views.risks import asked_of
from firstwin.ui.jinja import page

WHY = (("known", "Known: we are on it, or it is agreed"), ("false", "False alarm: counts against the detector"))
UNTIL = (("", "It cleared and comes anew"), ("7", "In a week"), ("30", "In 30 days"), ("90", "In 90 days"))
READ_ONLY = "Your role can read accounts but not change them."


class AsideForm(forms.Form):
    """Why a finding is put aside, and when it may come back."""

    why = forms.ChoiceField(label="Why", choices=WHY, initial="known")
    reason = forms.CharField(
        label="Reason", max_length=LONGEST, required=False, widget=forms.Textarea({"rows": 2, "maxlength": LONGEST})
    )
    until = forms.ChoiceField(label="It may come back when", choices=UNTIL, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("why") == "false" and not given.get("reason", "").strip():
            self.add_error("reason", "Say why it is a false alarm: it counts against the detector.")
        return given

    def said(self, today: date) -> dict[str, Any]:
        """What the actions take."""
        days = int(self.cleaned_data["until"] or 0)
        return {
            "is_false_alarm": self.cleaned_data["why"] == "false",
            "reason": self.cleaned_data["reason"],
            "until_on": today + timedelta(days=days) if days else None,
        }


@require_http_methods(["GET", "HEAD", "POST"])
def aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one finding aside."""
    asker = reader(request)
    finding = _finding(asker.scope, pk)
    rules.require_edit(asker.user, [finding.account])
    form = AsideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.said(day_of(asker.now))
        put = attempt(form, lambda: dismiss(by=asker.user, finding=finding, now=asker.now, **said), field="reason")
        if put is not None:
            verb = "finding.called_false" if put.is_false_alarm else "finding.put_aside"
            undo = undo_of(request, verb, {"dismissal": put.pk}, f"{finding.account.name}: {_did(put.is_false_alarm)}")
            return gone(request, undo, _back(request))
    return _dialog(request, form, [finding])


@require_POST
def aside_several(request: HttpRequest) -> HttpResponse:
    """The dialog for those ticked, or all that match; with `apply`, the deed."""
    asker = reader(request)
    require(can_edit_accounts(asker.user), READ_ONLY)
    findings = _ticked(request)
    if not findings:
        raise Refused("Choose findings first: tick rows, or press X on one.")
    form = AsideForm(request.POST if "apply" in request.POST else None)
    if "apply" in request.POST and form.is_valid():
        said = form.said(day_of(asker.now))
        put = attempt(
            form, lambda: dismiss_many(by=asker.user, findings=findings, now=asker.now, **said), field="reason"
        )
        if put is not None:
            says = f"{counted(len(put), 'finding')} {_did(said['is_false_alarm'])}"
            return gone(
                request, undo_of(request, SEVERAL, {"dismissals": [one.pk for one in put]}, says), _back(request)
            )
    return _dialog(request, form, findings, is_several=True)


@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring one back: it counts again."""
    asker = reader(request)
    finding = _finding(asker.scope, pk)
    put = Dismissal.objects.standing().select_related("account").filter(finding=finding).first()
    if put is None:
        raise Refused("It was brought back already.")
    bring_back(by=asker.user, dismissal=put, now=asker.now)
    return gone(request, f"{finding.account.name}: counts again", _back(request))


def _ticked(request: HttpRequest) -> list[Episode]:
    """Of what the person sees and nobody put aside, those named, or as many of all that match as go at once."""
    asker, definitions = reader(request), definitions_at()
    whose, asked = asked_of(request.POST, asker, definitions)
    is_all = "all_matching" in request.POST
    if not is_all:  # those named, wherever in one's scope
        whose, asked = tabs_of(asker.user)[-1], Asked()
    held = questions.found(rows_of(asker.user, whose, asker.now), asked, definitions, day_of(asker.now))
    if not is_all:
        named = [int(row) for row in request.POST.getlist("row") if row.isdecimal() and len(row) < 19]
        held = held.filter(pk__in=named[: questions.AT_ONCE])
    return list(held[: questions.AT_ONCE])


def _dialog(
    request: HttpRequest, form: AsideForm, findings: list[Episode], *, is_several: bool = False
) -> HttpResponse:
    status, context = 422 if form.errors else 200, {
        "form": form,
        "findings": findings,
        "is_several": is_several,
        "came_from": _back(request),
        "action": reverse("risks_aside") if is_several else reverse("risk_aside", kwargs={"pk": findings[0].pk}),
    }  # fmt: skip
    if is_htmx(request):
        return in_dialog(request, "signals/risks_aside.html", "dialog", status=status, **context)
    return page(request, "signals/risks_aside.html", status=status, **context)


def _finding(scope: AccountSet, pk: int) -> Episode:
    found = Episode.objects.filter(scope.q("account_id"), pk=pk, account__removed_at__isnull=True)
    finding = found.select_related("account").first()
    if finding is None:
        raise NotFound("There is no such finding, or its account is not in your scope.")
    return finding


def _did(is_false_alarm: bool) -> str:
    return "called a false alarm" if is_false_alarm else "put aside"


def _back(request: HttpRequest) -> str:
    return came_from(request, usual=reverse("risks"))
