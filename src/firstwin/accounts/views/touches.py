"""Log a touch, correct it, see what it said before, take it back."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstwin.accounts import queries, rules, timeline_page
from firstwin.accounts.actions.touches import correct_touch, log_touch, retract_touch
from firstwin.accounts.forms import TouchForm
from firstwin.accounts.models import Account, Person, Touch
from firstwin.accounts.views.answers import (
    account_at,
    address,
    attempt,
    done,
    in_dialog,
    is_htmx,
    reader,
    undo_of,
)
from firstwin.core.text import shorten
from firstwin.ui.jinja import fragment, page


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, key: str) -> HttpResponse:
    """Log a touch."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    people = queries.members_of(account, asker.now)
    if request.method != "POST":
        return _log_form(request, account, TouchForm(people=people, prefix="log"))
    form = TouchForm(request.POST, people=people, prefix="log")
    if form.is_valid():
        touch = attempt(form, lambda: log_touch(by=asker.user, account=account, now=asker.now, **form.said(asker.now)))
        if touch is not None:
            undo = undo_of(request, "touch.logged", {"touch": str(touch.key)}, f"{touch.get_kind_display()} logged")
            return done(request, account, undo, event="touch:logged")
    return _log_form(request, account, form)


def _log_form(request: HttpRequest, account: Account, form: TouchForm) -> HttpResponse:
    status = 422 if form.errors else 200
    if is_htmx(request):
        return fragment(request, "accounts/touch_form.html", "form", status=status, form=form, account=account)
    return page(request, "accounts/touch_form.html", status=status, form=form, account=account, back=address(account))


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, key: str, touch: UUID) -> HttpResponse:
    """Say what the touch really was. The row before stays in its history."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    stands = queries.get_touch(account, touch)
    people = queries.members_of(account, asker.now) | Person.objects.filter(attendance__touch=stands)
    people = people.distinct()
    if request.method != "POST":
        return _correction(request, account, stands, TouchForm(initial=_held(stands), people=people))
    form = TouchForm(request.POST, people=people)
    if form.is_valid():
        said = form.said(stands.occurred_at)
        # The field shows minutes only: a moment that was not touched keeps its seconds.
        if said["occurred_at"] == stands.occurred_at.replace(second=0, microsecond=0):
            said["occurred_at"] = stands.occurred_at
        if not is_same(stands, said):
            fixed = attempt(form, lambda: correct_touch(by=asker.user, touch=stands, now=asker.now, **said))
        else:
            fixed = stands
        if fixed is not None:
            return done(request, account, "Corrected" if fixed.pk != stands.pk else "Nothing changed")
    return _correction(request, account, stands, form)


def is_same(touch: Touch, said: dict[str, object]) -> bool:
    """Whether `said` is what the touch says already."""
    held: dict[str, object] = {name: getattr(touch, name) for name in said if name != "attendees"}
    wanted = {name: value for name, value in said.items() if name != "attendees"}
    attended = {person.pk for person in touch.attendees.all()}
    given = said["attendees"]
    return held == wanted and isinstance(given, list) and attended == {person.pk for person in given}


def _held(touch: Touch) -> dict[str, object]:
    names = ("kind", "direction", "minutes", "is_planned", "sentiment", "summary", "next_step", "next_step_on")
    return {
        **{name: getattr(touch, name) for name in names},
        "occurred_at": timezone.localtime(touch.occurred_at).replace(tzinfo=None),
        "attendees": [person.pk for person in touch.attendees.all()],
    }


def _correction(request: HttpRequest, account: Account, touch: Touch, form: TouchForm) -> HttpResponse:
    return in_dialog(
        request,
        "accounts/touch_correction.html",
        "form",
        status=422 if form.errors else 200,
        form=form,
        account=account,
        touch=touch,
        back=address(account, "timeline"),
    )


@require_safe
def touch_history(request: HttpRequest, key: str, touch: UUID) -> HttpResponse:
    """What the touch said before each correction."""
    account = account_at(request, key)
    queries.get_touch(account, touch)
    rows = timeline_page.attended(Touch.objects.filter(account=account, key=touch)).order_by("-pk")
    return in_dialog(request, "accounts/touch_history.html", "history", account=account, rows=list(rows))


@require_POST
def retract(request: HttpRequest, key: str, touch: UUID) -> HttpResponse:
    """Say that it did not happen."""
    account, asker = account_at(request, key), reader(request)
    stands = queries.get_touch(account, touch)
    retract_touch(by=asker.user, touch=stands, now=asker.now)
    says = f"Taken back: {shorten(stands.summary, 60)}"
    return done(request, account, undo_of(request, "touch.retracted", {"touch": str(stands.key)}, says))
