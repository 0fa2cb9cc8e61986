"""Before anybody is signed in: the first admin, and accepting an invitation."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from firstwin.core import clock
from firstwin.people.actions.invitations import accept_invitation, open_invitation
from firstwin.people.forms import JoinForm
from firstwin.people.models import User
from firstwin.people.views.shared import attempt
from firstwin.ui.jinja import page


@require_safe
def first_run(request: HttpRequest) -> HttpResponse:
    """How to make the first admin. Never a form: whoever finds a new installation first must not own it."""
    if User.objects.exists():
        return HttpResponseRedirect(reverse("account_login"))
    return page(request, "people/first_run.html")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Join: a name and a password."""
    now = clock.now()
    found = open_invitation(token=token, now=now)
    form = JoinForm(request.POST if request.method == "POST" else None, email=found.email, initial={"name": found.name})
    if form.is_valid():
        user = attempt(form, lambda: accept_invitation(token=token, now=now, **form.cleaned_data))
        if user:
            get_adapter().login(request, user)
            return HttpResponseRedirect("/")
    response = page(
        request, "people/invitation.html", status=422 if form.is_bound else 200, invitation=found, form=form
    )
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response
