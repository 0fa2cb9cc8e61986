"""Put several findings aside for one reason, all or none of them, and take that back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from firstwin.accounts.rules import Actor
from firstwin.core.errors import Refused
from firstwin.people.models import User
from firstwin.people.undo import undoable
from firstwin.signals.actions.dismiss import bring_back, dismiss
from firstwin.signals.models import Dismissal, Episode

SEVERAL = "findings.put_aside"


def dismiss_many(
    *,
    by: Actor,
    findings: Sequence[Episode],
    is_false_alarm: bool,
    now: datetime,
    reason: str = "",
    until_on: date | None = None,
) -> list[Dismissal]:
    """Those that are over or were put aside meanwhile are left as they are. Raises Refused where none is left."""
    with transaction.atomic():
        left = _left(findings)
        if not left:
            raise Refused("Nothing is left to put aside: it is over, or somebody was quicker.")
        return [
            dismiss(
                by=by, finding=finding, is_false_alarm=is_false_alarm, now=now, reason=reason, until_on=until_on
            )
            for finding in left
        ]  # fmt: skip


@undoable(SEVERAL)
def take_back_several(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"dismissals": ids}. Those brought back since stay so."""
    rows = Dismissal.objects.standing().select_related("account").filter(pk__in=payload["dismissals"])
    found = list(rows.order_by("account_id", "pk"))
    if not found:
        raise Refused("They were brought back already.")
    for row in found:
        bring_back(by=by, dismissal=row, now=now)


def _left(findings: Sequence[Episode]) -> list[Episode]:
    """In the order of accounts, so that two who do this at once wait for each other instead of stopping."""
    ids = [finding.pk for finding in findings]
    held = Episode.objects.filter(pk__in=ids, cleared_on__isnull=True, restated_at__isnull=True)
    aside = Dismissal.objects.standing().filter(finding__in=ids).values("finding_id")
    return list(held.exclude(pk__in=aside).select_related("account").order_by("account_id", "pk"))
