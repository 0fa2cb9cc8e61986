"""Mine, my team's, everybody's: the tabs of the list, inside what a person may see at all."""

from datetime import datetime

from django.db.models import Q, QuerySet

from firstwin.accounts.models import AccountNow, Ownership
from firstwin.accounts.scope import AccountSet
from firstwin.people.models import User
from firstwin.people.roles import Role, Scope, scope_of

MINE, TEAM, ALL = "mine", "team", "all"
LABELS = {MINE: "My book", TEAM: "My team", ALL: "All"}


def tabs_of(user: User) -> list[str]:
    """The tabs a person has, narrowest first. The last one is all they may see."""
    match scope_of(user):
        case Scope.ALL:
            return [MINE, TEAM, ALL] if user.team_id else [MINE, ALL]
        case Scope.TEAM if user.team_id:
            return [MINE, TEAM]
    return [MINE]


def usual_tab(user: User) -> str:
    """Where the list opens: the narrowest tab in which this role works."""
    tabs = tabs_of(user)
    if user.role == Role.CSM:
        return MINE
    return TEAM if user.role == Role.MANAGER and TEAM in tabs else tabs[-1]


def rows_of(user: User, whose: str, now: datetime) -> QuerySet[AccountNow]:
    """The list rows of one tab, inside the person's scope."""
    rows = AccountSet.of(user, now=now).now()
    tabs = tabs_of(user)
    if whose not in tabs or whose == tabs[-1]:
        return rows  # their whole scope: nothing to narrow
    mine = Q(user=user)
    if whose == TEAM:
        mine |= Q(user__team=user.team_id) | Q(team=user.team_id)
    owned = Ownership.objects.standing().true_at(now).filter(mine)
    return rows.filter(account_id__in=owned.values("account_id"))
