"""Subscription lines by what a source calls them: whose they are, and which days they cover."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from firstwin.accounts.merged import survivors
from firstwin.accounts.models import Account
from firstwin.accounts.timeline import batched
from firstwin.connectors.kinds.intake import Intake
from firstwin.connectors.kinds.values import LineReference
from firstwin.revenue.models import SubscriptionLine

_AT_ONCE = 1_000
_AT_HAND = 200_000


@dataclass
class Covered:
    """account: below zero for what a dry run pretends.  days: (first day, first day without service or None)."""

    account: int
    days: list[tuple[date, date | None]] = field(default_factory=list)

    def covers(self, day: date) -> bool:
        return any(start <= day and (end is None or day < end) for start, end in self.days)


def lines_called(wanted: Collection[LineReference], intake: Intake) -> dict[LineReference, Covered]:
    """Each reference → its line, as far as there is one. Rows of a file often name the same: they are kept at hand."""
    known: dict[LineReference, Covered] = intake.lines
    missing = {one for one in wanted if one not in known}
    if len(known) + len(missing) > _AT_HAND:
        known.clear()
        missing = set(wanted)
    known |= _looked_up(missing, intake)
    return known


def _looked_up(wanted: Collection[LineReference], intake: Intake) -> dict[LineReference, Covered]:
    found: dict[LineReference, Covered] = {}
    by_source: dict[str, dict[str, LineReference]] = {}
    for one in wanted:
        by_source.setdefault(one.source, {})[one.value] = one
    for source, asked in by_source.items():
        for some in batched(sorted(asked), _AT_ONCE):
            rows = SubscriptionLine.objects.standing().filter(source=source, external_id__in=some)
            for external_id, account, start, end in rows.values_list(
                "external_id", "account_id", "starts_on", "ends_on"
            ):
                found.setdefault(asked[external_id], Covered(account)).days.append((start, end))
    into = survivors(Account, {line.account for line in found.values()})
    for line in found.values():
        line.account = into.get(line.account, line.account)
    for one in wanted:
        if one not in found and (pretended := intake.pretended.lines.get((one.source, one.value))) is not None:
            account, start, end = pretended
            found[one] = Covered(account, [(start, end)])
    return found
