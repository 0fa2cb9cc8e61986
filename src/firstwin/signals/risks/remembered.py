"""What is remembered of findings: the open episodes, and the latest of each that is over."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from firstwin.accounts.bulk import among
from firstwin.signals.models import Dismissal, Episode
from firstwin.signals.risks.found import FOREVER, Known

_COLUMNS = (
    "pk", "account_id", "detector", "cause", "first_on", "last_on", "cleared_on",
    "severity", "words", "stake_minor", "evidence",
)  # fmt: skip


def known_episodes(account_ids: Collection[int] | None, moment: datetime) -> list[Known]:
    """Of these accounts (all when None), by account, detector and cause, the open one first; put aside as people said
    by `moment`."""
    rows = Episode.objects.filter(restated_at__isnull=True)
    if account_ids is not None:
        rows = among(rows, "account_id", account_ids)
    aside = _aside(account_ids, moment)
    latest: dict[tuple[Any, ...], Known] = {}
    for row in rows.order_by("account_id", "detector", "cause", "first_on", "pk").values_list(*_COLUMNS):
        known = Known(
            pk=row[0], account=row[1], detector=row[2], cause=row[3], first_on=row[4], last_on=row[5],
            cleared_on=row[6], aside_until=aside.get(row[0]), said=tuple(row[7:]),
        )  # fmt: skip
        latest[(*known.key, known.cleared_on is not None)] = known
    return [latest[key] for key in sorted(latest)]


def _aside(account_ids: Collection[int] | None, moment: datetime) -> dict[int, Any]:
    rows = Dismissal.objects.known_by(moment)
    if account_ids is not None:
        rows = among(rows, "account_id", account_ids)
    return {pk: until or FOREVER for pk, until in rows.values_list("finding_id", "until_on")}
