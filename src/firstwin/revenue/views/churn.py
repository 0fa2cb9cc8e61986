"""Record a loss, correct it, take it back."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from firstwin.accounts import rules
from firstwin.accounts.models import Account
from firstwin.accounts.views.answers import account_at, address, attempt, done, in_dialog, reader, undo_of
from firstwin.core.errors import NotFound
from firstwin.revenue.actions.record_churn import STAFF, correct_churn, record_churn, retract_churn
from firstwin.revenue.forms import ChurnForm
from firstwin.revenue.models import ChurnRecord

_READ_OR_WRITE = ["GET", "HEAD", "POST"]


@require_http_methods(_READ_OR_WRITE)
def new(request: HttpRequest, key: str) -> HttpResponse:
    """A new record; the day and the ARR in force come filled in."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    action = reverse("account_churn_new", kwargs={"key": account.key})
    if request.method != "POST":
        return _form(request, account, ChurnForm(initial=_usual(account)), action)
    form = ChurnForm(request.POST)
    if form.is_valid():
        loss = form.loss()
        row = attempt(form, lambda: record_churn(by=asker.user, account=account, loss=loss, now=asker.now))
        if row is not None:
            return done(
                request, account, undo_of(request, "churn.recorded", {"record": row.external_id}, "Churn recorded")
            )
    return _form(request, account, form, action)


@require_http_methods(_READ_OR_WRITE)
def correct(request: HttpRequest, key: str, record: str) -> HttpResponse:
    """Say what it really was."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    row = _record(account, record)
    action = reverse("account_churn_correction", kwargs={"key": account.key, "record": record})
    if request.method != "POST":
        return _form(request, account, ChurnForm(initial=ChurnForm.held(row)), action, row)
    form = ChurnForm(request.POST)
    if form.is_valid():
        loss = form.loss(row)
        fixed = attempt(form, lambda: correct_churn(by=asker.user, row=row, loss=loss, now=asker.now))
        if fixed is not None and fixed.pk == row.pk:
            return done(request, account, "Nothing changed")
        if fixed is not None:
            payload = {"record": row.external_id, "version": row.pk, "became": fixed.pk}
            return done(request, account, undo_of(request, "churn.corrected", payload, "Churn corrected"))
    return _form(request, account, form, action, row)


@require_POST
def retract(request: HttpRequest, key: str, record: str) -> HttpResponse:
    """Say that it was no loss."""
    account, asker = account_at(request, key), reader(request)
    row = _record(account, record)
    retract_churn(by=asker.user, row=row, now=asker.now)
    payload = {"record": row.external_id, "version": row.pk}
    return done(request, account, undo_of(request, "churn.retracted", payload, "Churn record taken back"))


def _record(account: Account, record: str) -> ChurnRecord:
    rows = ChurnRecord.objects.standing().filter(account=account, source=STAFF, external_id=f"~{record}")
    row = rows.select_related("account", "product").first()
    if row is None:
        raise NotFound("There is no such record.")
    return row


def _usual(account: Account) -> dict[str, object]:
    """What a loss most often is: everything, as of the day the account counts as gone."""
    return {"effective_on": account.now.churned_on} if account.now.churned_on else {}


def _form(
    request: HttpRequest, account: Account, form: ChurnForm, action: str, row: ChurnRecord | None = None
) -> HttpResponse:
    return in_dialog(
        request,
        "revenue/churn_form.html",
        "form",
        status=422 if form.errors else 200,
        form=form,
        account=account,
        action=action,
        row=row,
        back=address(account, "commercial"),
    )
