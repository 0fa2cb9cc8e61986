"""The rows behind the figures that count tickets and roles, as one knows them: a ticket by what it is about, a role by
who plays it."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from django.db.models import Q
from django.urls import reverse

from firstwin.accounts.models import Account
from firstwin.accounts.models.kinds import MUST_BE_COVERED
from firstwin.accounts.models.person import RoleHeld
from firstwin.core.frames import At
from firstwin.support import queries
from firstwin.support.section.shown import Shown, shown
from firstwin.ui.filters import day, plural

_TICKETS: Mapping[str, Callable[[Shown], bool]] = {
    "tickets_open": lambda one: True,
    "tickets_ageing": lambda one: one.is_ageing,
    "tickets_breached": lambda one: one.kept.is_breached,
}
"""Fields that count open tickets, and which of them."""


def rows_named(field: str, account: Account, at: At, most: int, query: str = "") -> list[tuple[str, str, str]]:
    """(what it is, what is known of it, its address or nothing) of each row that a field counts; none for fields that
    count other things. query: keeps the day in an address."""
    if field == "roles_covered":
        return _roles(account, at)
    return _tickets(account, at, _TICKETS[field], most, query) if field in _TICKETS else []


def _tickets(
    account: Account, at: At, counts: Callable[[Shown], bool], most: int, query: str
) -> list[tuple[str, str, str]]:
    """The latest first; how many more there are stands last."""
    rows = queries.of_account(account).at(at.moment, known_by=at.known_by).undone().order_by("-opened_at", "-pk")
    found = [one for one in (shown(ticket, at.moment) for ticket in rows) if counts(one)]
    told = [(str(one.ticket), _words(one), _address(account, one) + query) for one in found[:most]]
    return [*told, ("", f"and {len(found) - most:,} more", "")] if len(found) > most else told


def _words(one: Shown) -> str:
    ticket = one.ticket
    told = [
        f"{ticket.get_priority_display()} priority",
        str(ticket.get_status_display()).lower(),
        f"opened {day(ticket.opened_at)}",
        plural(one.age, "day"),
        one.late_words.lower(),
    ]
    return ", ".join(filter(None, told))


def _address(account: Account, one: Shown) -> str:
    return reverse("account_ticket", kwargs={"key": account.key, "pk": one.ticket.pk})


def _roles(account: Account, at: At) -> list[tuple[str, str, str]]:
    """Each role that must be covered, with who plays it."""
    was_there = Q(person__removed_at__isnull=True) | Q(person__removed_at__gt=min(at.moment, at.known_by))
    rows = RoleHeld.objects.known_by(at.known_by).true_at(at.moment).filter(was_there, account=account)
    names: dict[str, list[str]] = defaultdict(list)
    for one in rows.select_related("person").order_by("valid_from", "pk"):
        names[one.role].append(one.person.name)
    return [(str(role.label), ", ".join(dict.fromkeys(names[role])) or "nobody known", "") for role in MUST_BE_COVERED]
