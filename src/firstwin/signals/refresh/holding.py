"""Accounts whose signals one writes, held against everybody else who would."""

from collections.abc import Collection

from django.db import connection

from firstwin.accounts.bulk import among
from firstwin.accounts.models import Account


def hold(account_ids: Collection[int]) -> None:
    """In a transaction, before what is written is read: nobody else writes signals of these until it ends."""
    if connection.features.has_select_for_update:  # else one writes at a time anyway
        list(among(Account.objects.select_for_update(), "id", list(account_ids)).order_by("pk").values_list("pk"))
