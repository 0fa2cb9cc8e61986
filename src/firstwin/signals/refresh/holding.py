"""Accounts whose signals one writes, held against everybody else who would."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max

from firstwin.accounts.bulk import among
from firstwin.accounts.models import Account
from firstwin.signals.models import Refreshed


def hold(account_ids: Collection[int]) -> None:
    """In a transaction, before what is written is read: nobody else writes signals of these until it ends."""
    if connection.features.has_select_for_update:  # else one writes at a time anyway
        list(among(Account.objects.select_for_update(), "id", list(account_ids)).order_by("pk").values_list("pk"))


def let_be_computed(account_ids: Collection[int], now: datetime) -> datetime:
    """In a transaction: these are computed again, and whoever computes them meanwhile finds them changed.

    Returns the moment that is written: after `now`, and after whatever was computed since then, which whoever computes
    as of it knows.
    """
    hold(account_ids)
    rows = among(Refreshed.objects.all(), "account_id", account_ids)
    latest = rows.aggregate(latest=Max("at"))["latest"]
    moment = max(now, latest or now) + timedelta(microseconds=1)
    rows.update(edition=0, at=moment)
    return moment
