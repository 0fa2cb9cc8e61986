"""The few views of the sign-in package that need a guard of ours."""

from allauth.mfa.base.views import authenticate as _authenticate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse


def authenticate(request: HttpRequest) -> HttpResponseBase:
    """The second step. A post without a code is an empty form, not a security key: we offer none."""
    if request.method == "POST" and "code" not in request.POST:
        return HttpResponseRedirect(reverse("mfa_authenticate"))
    response: HttpResponse = _authenticate(request)
    return response
