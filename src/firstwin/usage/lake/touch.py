"""Accounts whose usage changed other than by new events: their published figures are to be made again."""

from collections.abc import Collection, Iterable
from datetime import datetime

from firstwin.usage.store.models import Place, Touched


def everybody(now: datetime) -> None:
    _mark(Place.objects.exclude(account=None).values_list("account", flat=True), now)


def at_places(places: Collection[int], now: datetime) -> None:
    """Accounts that these places mean. Events of place 0 may mean anybody."""
    if 0 in places:
        everybody(now)
        return
    known = Place.objects.exclude(account=None).values_list("pk", "account")
    _mark([account for place, account in known if place in places], now)


def _mark(accounts: Iterable[int | None], now: datetime) -> None:
    marks = [Touched(account=account, at=now) for account in sorted({account for account in accounts if account})]
    Touched.objects.bulk_create(
        marks, batch_size=500, update_conflicts=True, unique_fields=["account"], update_fields=["at"]
    )
