"""Risks and opportunities over all accounts one sees, and putting them aside."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from firstwin.accounts import rules
from firstwin.accounts.models import Account
from firstwin.accounts.scope import AccountSet
from firstwin.accounts.views.answers import attempt, gone, in_dialog, reader, undo_of
from firstwin.core.clock import day_of
from firstwin.core.errors import NotFound
from firstwin.signals.actions.dismiss import LONGEST, dismiss
from firstwin.signals.models import Dismissal, Episode
from firstwin.signals.views.came_from import came_from

WHY = (("known", "Known: we are on it, or it is agreed"), ("false", "False alarm: counts against the detector"))
UNTIL = (("", "It cleared and comes anew"), ("7", "In a week"), ("30", "In 30 days"), ("90", "In 90 days"))


class AsideForm(forms.Form):
    """Why a finding is put aside, and when it may come back."""

    why = forms.ChoiceField(label="Why", choices=WHY, initial="known")
    reason = forms.CharField(label="Reason", max_length=LONGEST, required=False, widget=forms.Textarea({"rows": 2}))
    until = forms.ChoiceField(label="It may come back when", choices=UNTIL, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("why") == "false" and not given.get("reason", "").strip():
            self.add_error("reason", "Say why it is a false alarm: it counts against the detector.")
        return given


@require_http_methods(["GET", "HEAD", "POST"])
def aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one finding aside."""
    asker = reader(request)
    finding = _finding(asker.scope, pk)
    rules.require_edit(asker.user, [finding.account])
    form = AsideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        days = int(given["until"] or 0)
        put = attempt(
            form,
            lambda: dismiss(
                by=asker.user, finding=finding, is_false_alarm=given["why"] == "false", now=asker.now,
                reason=given["reason"], until_on=day_of(asker.now) + timedelta(days=days) if days else None,
            ),
            field="reason",
        )  # fmt: skip
        if put is not None:
            return gone(
                request, undo_of(request, _verb(put), {"dismissal": put.pk}, _says(finding, put)), _back(request)
            )
    return in_dialog(
        request, "signals/risks_aside.html", "dialog", status=422 if form.errors else 200,
        form=form, finding=finding, came_from=_back(request),
    )  # fmt: skip


def _finding(scope: AccountSet, pk: int) -> Episode:
    found = Episode.objects.filter(scope.q("account_id"), pk=pk, account__removed_at__isnull=True)
    finding = found.select_related("account").first()
    if finding is None:
        raise NotFound("There is no such finding, or its account is not in your scope.")
    return finding


def _verb(put: Dismissal) -> str:
    return "finding.called_false" if put.is_false_alarm else "finding.put_aside"


def _says(finding: Episode, put: Dismissal) -> str:
    account: Account = finding.account
    return f"{account.name}: {'called a false alarm' if put.is_false_alarm else 'put aside'}"


def _back(request: HttpRequest) -> str:
    return came_from(request, usual=reverse("today"))
