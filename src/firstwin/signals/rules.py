"""Who may judge what is computed: whoever may edit the account. Whether they see it is the scope's business."""

from firstwin.accounts import rules
from firstwin.accounts.models import Account
from firstwin.accounts.rules import Actor


def require_judging(by: Actor, account: Account) -> None:
    """Raises NotAllowed when the role may not, NotFound when the account is outside the actor's scope."""
    rules.require_edit(by, [account])
