from allauth.mfa.models import Authenticator
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstwin.core import clock
from firstwin.core.errors import NotAllowed, Refused
from firstwin.people import mail, notifications, queries, rules
from firstwin.people.actions import settings as actions
from firstwin.people.forms import AppearanceForm, AuditFilterForm, NotificationsForm, ProfileForm
from firstwin.people.models import Channel, Density, Theme, User
from firstwin.people.roles import scope_of
from firstwin.people.views.shared import say, settings_page, who

_FORM_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_FORM_METHODS)
def profile(request: HttpRequest) -> HttpResponse:
    user = who(request)
    form = ProfileForm(request.POST or None, initial={"name": user.name, "time_zone": user.time_zone})
    if form.is_valid():
        actions.change_profile(by=user, now=clock.now(), **form.cleaned_data)
        return say(request, "Profile saved", "settings")
    return settings_page(
        request,
        "people/profile.html",
        "profile",
        status=_status(form.is_bound),
        form=form,
        me=user,
        scope=scope_of(user),
    )


@require_http_methods(_FORM_METHODS)
def appearance(request: HttpRequest) -> HttpResponse:
    user = who(request)
    initial = {"theme": user.theme, "density": user.density, "shortcuts_on": user.shortcuts_on}
    form = AppearanceForm(request.POST or None, initial=initial)
    if form.is_valid():
        actions.change_appearance(by=user, now=clock.now(), **form.cleaned_data)
        return say(request, "Appearance saved", "settings_appearance")
    return settings_page(request, "people/appearance.html", "appearance", status=_status(form.is_bound), form=form)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme chosen in the menu; the page has changed already."""
    wanted, user = request.POST.get("theme"), who(request)
    if wanted not in Theme.values:
        raise Refused("There is no such theme.")
    density, shortcuts_on = Density(user.density), user.shortcuts_on
    actions.change_appearance(by=user, theme=Theme(wanted), density=density, shortcuts_on=shortcuts_on, now=clock.now())
    return HttpResponse(status=204)


@require_http_methods(_FORM_METHODS)
def notification_choices(request: HttpRequest) -> HttpResponse:
    user = who(request)
    posted: MultiValueDict[str, str] | None = request.POST if request.method == "POST" else None
    form = NotificationsForm(posted, chosen=notifications.choices_of(user))
    if form.is_valid():
        notifications.choose(user=user, choices=form.choices(), now=clock.now())
        return say(request, "Notifications saved", "settings_notifications")
    return settings_page(
        request,
        "people/notification_choices.html",
        "notifications",
        status=_status(form.is_bound),
        form=form,
        channels=list(Channel),
        mail_leaves=mail.delivers(),
    )


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """How one signs in: password, second step, sessions."""
    kinds = set(Authenticator.objects.filter(user=who(request)).values_list("type", flat=True))
    return settings_page(request, "people/security.html", "security", has_totp=Authenticator.Type.TOTP in kinds)


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    user = actions.sign_out_everywhere(by=who(request), now=clock.now())
    update_session_auth_hash(request, user)  # this one stays
    return say(request, "Signed out everywhere else", "settings_security")


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """The audit trail."""
    if not rules.can_read_audit(who(request)):
        raise NotAllowed("Only operations and admins may read the audit trail.")
    form = AuditFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    before = request.GET.get("before", "")
    found = queries.audit_trail(before=int(before) if before.isdecimal() and len(before) < 19 else None, **wanted)
    kept = request.GET.copy()
    kept.pop("before", None)
    return settings_page(
        request,
        "people/audit.html",
        "audit",
        status=_status(not form.is_valid()),
        form=form,
        trail=found,
        people=[("", "Anybody"), *User.objects.values_list("id", "name")],
        query=kept.urlencode(),
    )


def _status(is_wrong: bool) -> int:
    return 422 if is_wrong else 200
