"""Rows of a ledger of some accounts, asked for by the accounts where those are few."""

from typing import Any

from django.db.models import Q, QuerySet

from firstwin.accounts.models import AccountNow
from firstwin.core.conditions import over_all

FEW = 1_000


def of_accounts(ledger: QuerySet[Any], rows: QuerySet[AccountNow], condition: Q) -> QuerySet[Any]:
    """Rows of `ledger` (its account is `account`) that are of these list rows and meet a condition.

    Left to itself SQLite begins with an index of the condition, and looks at what is open of every customer there is to
    find that of a book.
    """
    ids = list(rows.order_by().values_list("account_id", flat=True)[: FEW + 1])
    if len(ids) <= FEW:
        return ledger.filter(over_all(condition), account_id__in=ids)
    return ledger.filter(condition, account_id__in=rows.values("account_id"))
