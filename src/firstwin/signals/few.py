"""Rows of a ledger of some accounts, asked for by the accounts where those are few."""

from typing import Any

from django.db.models import Q, QuerySet

from firstwin.accounts.bulk import among, plain_rows
from firstwin.accounts.models import AccountNow
from firstwin.core.conditions import over_all

FEW = 1_000
_MANY = 5_000


def of_accounts(ledger: QuerySet[Any], rows: QuerySet[AccountNow], condition: Q) -> QuerySet[Any]:
    """Rows of `ledger` (its account is `account`) that are of these list rows and meet a condition.

    Left to itself SQLite begins with an index of the condition, and looks at what is open of every customer there is to
    find that of a book.
    """
    ids = list(rows.order_by().values_list("account_id", flat=True)[: FEW + 1])
    if len(ids) <= FEW:
        return ledger.filter(over_all(condition), account_id__in=ids)
    return ledger.filter(condition, account_id__in=rows.values("account_id"))


def dearest_of(ledger: QuerySet[Any], rows: QuerySet[AccountNow], condition: Q, most: int) -> list[int]:
    """Ids of the rows of `of_accounts`, those first whose accounts have the most ARR; `most` of them.

    They are found by themselves and ranked here: rows of both tables are wide, and as good as none of them is wanted.
    """
    ids = list(rows.order_by().values_list("account_id", flat=True)[: FEW + 1])
    # The accounts of a large company lead nowhere: SQLite would go through all their rows.
    asked = ledger.filter(over_all(condition), account_id__in=ids) if len(ids) <= FEW else ledger.filter(condition)
    found = list(asked.order_by().values_list("account_id", "pk"))
    arr = _arr(rows, {account for account, _ in found})
    seen = [pair for pair in found if pair[0] in arr]
    seen.sort(key=lambda pair: (arr[pair[0]] is None, -(arr[pair[0]] or 0), pair))
    return [pk for _, pk in seen[:most]]


def _arr(rows: QuerySet[AccountNow], accounts: set[int]) -> dict[int, int | None]:
    """Account → its ARR, of those of these accounts that are among the rows."""
    if not accounts:
        return {}
    asked = among(rows, "account_id", sorted(accounts)) if len(accounts) <= _MANY else rows
    return dict(plain_rows(asked.order_by().values_list("account_id", "arr_minor")))
