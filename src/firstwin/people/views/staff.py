from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstwin.core import clock
from firstwin.core.errors import NotAllowed
from firstwin.people import mail, queries, rules
from firstwin.people.actions import invitations
from firstwin.people.actions import staff as actions
from firstwin.people.actions.invitations import Invited
from firstwin.people.forms import AccessForm, InviteForm
from firstwin.people.models import User
from firstwin.people.roles import MEANS, Role, scope_of
from firstwin.people.views.shared import attempt, say, who
from firstwin.ui.jinja import page


@require_safe
def staff_list(request: HttpRequest) -> HttpResponse:
    """Who works here."""
    return _list(request, InviteForm())


@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Make an invitation; its link is shown this once."""
    user, form = who(request), InviteForm(request.POST)
    if not rules.can_manage_people(user):
        raise NotAllowed("Only an admin may invite people.")
    if form.is_valid():
        made = attempt(form, lambda: invitations.invite(by=user, now=clock.now(), **form.cleaned_data))
        if made:
            return _list(request, InviteForm(), made=made)
    return _list(request, form, status=422)


def _list(request: HttpRequest, form: InviteForm, *, made: Invited | None = None, status: int = 200) -> HttpResponse:
    may_manage = rules.can_manage_people(who(request))
    response = page(
        request,
        "people/staff.html",
        status=status,
        staff=[(user, scope_of(user)) for user in queries.staff()],
        pending=queries.pending_invitations(clock.now()) if may_manage else [],
        may_manage=may_manage,
        mail_leaves=mail.delivers(),
        form=form,
        made=made,
        roles=[(role.label, MEANS[role]) for role in Role],
    )
    if made:
        response["Cache-Control"] = "no-store"
    return response


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = queries.get_invitation(pk)
    invitations.revoke_invitation(by=who(request), invitation=invitation, now=clock.now())
    return say(request, f"Invitation of {invitation.email} revoked", "staff")


@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: what they may do and see."""
    user = queries.get_staff_member(pk)
    if request.method != "POST":
        return _member(request, user, AccessForm(user=user))
    form = AccessForm(request.POST, user=user)
    if form.is_valid():
        undo = attempt(
            form,
            lambda: actions.change_access(by=who(request), user=user, now=clock.now(), **form.cleaned_data),
        )
        if form.is_valid():
            return say(request, undo or "Nothing changed", "staff")
    return _member(request, user, form, status=422)


def _member(request: HttpRequest, user: User, form: AccessForm, status: int = 200) -> HttpResponse:
    return page(
        request,
        "people/member.html",
        status=status,
        member=user,
        scope=scope_of(user),
        form=form,
        may_manage=rules.can_manage_people(who(request)),
        is_self=user.pk == who(request).pk,
        roles=[(role.label, MEANS[role]) for role in Role],
    )


@require_POST
def disable(request: HttpRequest, pk: int) -> HttpResponse:
    undo = actions.disable_user(by=who(request), user=queries.get_staff_member(pk), now=clock.now())
    return say(request, undo, "staff")


@require_POST
def enable(request: HttpRequest, pk: int) -> HttpResponse:
    undo = actions.enable_user(by=who(request), user=queries.get_staff_member(pk), now=clock.now())
    return say(request, undo, "staff")
