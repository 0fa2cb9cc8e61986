"""Nobody sees anything without signing in, except the few routes named here."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from firstwin.people.models import User

# By name, so that a new route is closed until somebody opens it here on purpose.
OPEN = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "mfa_authenticate",
        "invitation",
        "first_run",
        "healthz",
    }
)


class SignedInMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.time_zone:
            with timezone.override(request.user.zone):
                return self.get_response(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        user = request.user
        if user.is_authenticated and not user.is_active:
            logout(request)
        if request.user.is_authenticated:
            return None
        name = request.resolver_match.url_name if request.resolver_match else None
        if name == "account_login" and not User.objects.exists():
            return HttpResponseRedirect(reverse("first_run"))
        return None if name in OPEN else _ask_to_sign_in(request)


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if not User.objects.exists():
        return HttpResponseRedirect(reverse("first_run"))
    address = reverse("account_login")
    if getattr(request, "htmx", False):
        # A fragment must not be replaced by the sign-in page: the whole page goes there.
        here = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
        return HttpResponse(status=401, headers={"HX-Redirect": f"{address}?{urlencode({'next': here})}"})
    if request.method == "GET" and request.path != "/":
        address = f"{address}?{urlencode({'next': request.get_full_path()})}"
    return HttpResponseRedirect(address)
