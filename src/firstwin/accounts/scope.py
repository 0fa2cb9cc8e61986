"""Which accounts a question may touch. Every query over customers goes through an `AccountSet`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Q, QuerySet

from firstwin.accounts.models import Account, AccountNow, Ownership
from firstwin.core import clock
from firstwin.core.errors import NotFound
from firstwin.people.models import User
from firstwin.people.roles import Scope, scope_of


@dataclass(frozen=True)
class AccountSet:
    """A set of accounts with the reason it may be seen. Made only by `of` (a user's scope) or `everyone`.

    account_q: a condition over Account; None for all of them.
    """

    reason: str
    account_q: Q | None

    @classmethod
    def of(cls, user: User, *, now: datetime | None = None) -> Self:
        """What `user` may see: their own book, their team's, or all."""
        moment = now or clock.now()
        scope = scope_of(user)
        if not user.is_active:
            return cls(f"{user.pk} is disabled", Q(pk__in=[]))
        if scope == Scope.ALL:
            return cls(f"{user.pk} sees all", None)
        mine = Q(user=user)
        if scope == Scope.TEAM and user.team_id is not None:
            mine |= Q(user__team=user.team_id) | Q(team=user.team_id)
        owned = Ownership.objects.standing().true_at(moment).filter(mine).values("account_id")
        return cls(f"{user.pk} sees {scope.value}", Q(pk__in=owned))

    @classmethod
    def everyone(cls, reason: str) -> Self:
        """All accounts, for work that no person asked for. The reason goes into logs."""
        if not reason:
            raise ValueError("say why every account is needed")
        return cls(reason, None)

    def only(self, ids: Collection[int]) -> Self:
        """The part of this set that has these ids."""
        narrowed = Q(pk__in=list(ids))
        return type(self)(self.reason, narrowed if self.account_q is None else self.account_q & narrowed)

    def q(self, path: str) -> Q:
        """The condition as seen from a row whose account is at `path` (for example "account_id")."""
        if self.account_q is None:
            return Q()
        return Q(**{f"{path}__in": Account.objects.filter(self.account_q).values("pk")})

    def accounts(self, *, removed: bool = False) -> "Accounts":
        """The accounts themselves; removed ones only when asked for."""
        rows = Accounts(Account.objects.filter(self.account_q or Q()))
        return rows if removed else Accounts(rows.rows.filter(removed_at__isnull=True))

    def now(self) -> QuerySet[AccountNow]:
        """Their list rows, removed accounts left out."""
        rows = AccountNow.objects.filter(is_removed=False)
        if self.account_q is None:
            return rows
        return rows.filter(self.q("account_id"))


@dataclass(frozen=True)
class Accounts:
    """Accounts already narrowed to a scope."""

    rows: QuerySet[Account]

    def get_or_404(self, key: str) -> Account:
        """The account called `key`. Raises NotFound when it is not there or not visible: the same answer."""
        account = self.rows.filter(key=key).first()
        if account is None:
            raise NotFound("There is no such account, or it is not in your scope.")
        return account


def visible_accounts(user: User) -> Accounts:
    """The accounts `user` may see, removed ones left out."""
    return AccountSet.of(user).accounts()
