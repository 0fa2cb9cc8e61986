"""Accounts and people in the command bar."""

from collections.abc import Iterable, Iterator
from typing import cast

from django.http import HttpRequest
from django.urls import reverse

from firstwin.accounts.listing.view import views_of
from firstwin.accounts.queries import visible_people
from firstwin.accounts.scope import AccountSet
from firstwin.accounts.search import matching
from firstwin.core.text import fold
from firstwin.people.models import User
from firstwin.people.rules import can_edit_accounts
from firstwin.ui.commands import MOST_PER_SOURCE, Command

_LEAST = 2
"""Letters before accounts are looked for (people need one more): a single letter matches nearly all of them."""

_LOOKED_AT = 200
"""Matches that are put in order. A word that thousands of names hold is answered as fast as a rare one."""


def account_commands(request: HttpRequest, query: str) -> Iterator[Command]:
    """Accounts in scope by name, key, domain or external id."""
    if len(query.strip()) < _LEAST:
        return
    scope = AccountSet.of(cast(User, request.user))
    found = matching(scope.now(), query).values_list("key", "name", "owner_name")[:_LOOKED_AT]
    for key, name, owner in _nearest(found, query):
        url = reverse("account", kwargs={"key": key})
        yield Command(label=name, hint=owner or "No owner", url=url, icon="accounts", group="Accounts")


def people_commands(request: HttpRequest, query: str) -> Iterator[Command]:
    """People at customers in scope by name or address."""
    if len(query.strip()) <= _LEAST:
        return
    people = visible_people(AccountSet.of(cast(User, request.user)))
    found = matching(people, query).values_list("key", "name", "email")[:_LOOKED_AT]
    for key, name, email in _nearest(found, query):
        url = reverse("contact", kwargs={"person": key})
        yield Command(label=name, hint=email or "", url=url, icon="user", group="People")


def view_commands(request: HttpRequest, query: str) -> Iterator[Command]:
    """Views of the list, and what one does there."""
    user, words = cast(User, request.user), query.casefold().split()
    if can_edit_accounts(user) and all(word in "add account" for word in words):
        yield Command(label="Add account", url=reverse("account_new"), icon="plus", group="Do")
    if not words:
        return
    for view in views_of(user):
        if all(word in view.name.casefold() for word in words):
            yield Command(label=view.name, url=f"{reverse('accounts')}?view={view.key}", icon="view", group="Views")


def _nearest(found: Iterable[tuple[str, str, str | None]], query: str) -> list[tuple[str, str, str | None]]:
    """Names that begin with what was typed first, then by name."""
    wanted = fold(query)

    def rank(one: tuple[str, str, str | None]) -> tuple[bool, str, str]:
        name = fold(one[1])
        return not name.startswith(wanted), name, one[0]

    return sorted(found, key=rank)[:MOST_PER_SOURCE]
