"""The address of something that was merged leads to what it is part of now."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse

from firstwin.accounts.merged import survivors
from firstwin.accounts.models import Account, Person
from firstwin.accounts.scope import AccountSet
from firstwin.core.errors import NotFound, Refused
from firstwin.ui.refusals import refused


class Moved(NotFound):
    """What was asked for stands within something the asker may see: `key`, under the URL parameter `parameter`."""

    def __init__(self, was: str, name: str, parameter: str, key: str) -> None:
        super().__init__(f"{was} was merged into {name}.")
        self.parameter, self.key = parameter, key


def moved_account(scope: AccountSet, key: str) -> Moved | None:
    """Where the account called `key` stands now; None when it stands for itself, or out of sight."""
    account = Account.objects.filter(key=key, removed_at__isnull=False).first()
    if account is None:
        return None
    into = survivors(Account, [account.pk]).get(account.pk)
    holder = scope.only([into]).accounts(removed=True).rows.first() if into else None
    return Moved(account.name, holder.name, "key", holder.key) if holder else None


def moved_person(scope: AccountSet, key: str) -> Moved | None:
    """Whom the person called `key` is part of now."""
    from firstwin.accounts.queries import visible_people

    person = Person.objects.filter(key=key, removed_at__isnull=False).first()
    if person is None:
        return None
    into = survivors(Person, [person.pk]).get(person.pk)
    holder = visible_people(scope).filter(pk=into).first() if into else None
    return Moved(person.name, holder.name, "person", holder.key) if holder else None


GetResponse = Callable[[HttpRequest], HttpResponseBase]


class MovedMiddleware:
    """Reading goes on at the new address; what was sent to the old one is refused with a word on where to do it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Moved):
            return None
        there = _there(request, exception)
        if request.method in ("GET", "HEAD") and there:
            return HttpResponseRedirect(there)
        return refused(request, Refused(f"{exception.message} Nothing was saved: do it there."))


def _there(request: HttpRequest, moved: Moved) -> str:
    match = request.resolver_match
    if match is None or match.url_name is None:
        return ""
    try:
        address = reverse(match.url_name, kwargs={**match.kwargs, moved.parameter: moved.key})
    except NoReverseMatch:
        return ""
    query = urlsplit(request.get_full_path()).query
    return f"{address}?{query}" if query else address
