"""Who may do what to an account. Whether they may see it at all is the scope's business (`scope.AccountSet`)."""

from collections.abc import Collection

from firstwin.accounts.models import Account
from firstwin.accounts.scope import AccountSet
from firstwin.core.errors import NotFound
from firstwin.people import rules
from firstwin.people.models import User

Actor = User | None
"""Who does a thing. None is the installation itself: an import, a schedule, the demo company."""


def require_edit(by: Actor, accounts: Collection[Account]) -> None:
    """Raises NotAllowed when the role may not edit, NotFound when an account is outside the actor's scope."""
    if by is None:
        return
    rules.require(rules.can_edit_accounts(by), "Your role can read accounts but not change them.")
    ids = {account.pk for account in accounts}
    scope = AccountSet.of(by)
    if scope.account_q is None:
        return
    if scope.only(ids).accounts(removed=True).rows.count() != len(ids):
        raise NotFound("There is no such account, or it is not in your scope.")


def require_configure(by: Actor) -> None:
    """Raises NotAllowed unless the actor sets up the installation."""
    if by is not None:
        rules.require(rules.can_configure(by), "Only operations and admins change the set-up.")
