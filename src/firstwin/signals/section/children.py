"""What the scores of the accounts under a parent say of it, beside its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.rollups import accounts_below
from firstwin.accounts.scope import AccountSet
from firstwin.core.frames import At
from firstwin.core.money import Money
from firstwin.signals.kinds.scorecard import Scorecard
from firstwin.signals.ledger import readings
from firstwin.signals.models.kinds import Band
from firstwin.signals.scores.family import Child, Rolled, rolled_up
from firstwin.signals.section.gather import tone_of

MOST = 12


@dataclass(frozen=True)
class ChildShown:
    key: str
    name: str
    points: float | None
    tone: str
    band: str
    arr: Money | None


@dataclass(frozen=True)
class Family:
    """points: None where none of them is known. unseen: accounts under it that the reader may not see, left out."""

    rolled: Rolled
    points: float | None
    children: Sequence[ChildShown]
    count: int
    unseen: int


def family_of(account: Account, scope: AccountSet, at: At, card: Scorecard | None, currency: str) -> Family | None:
    """None where there is nobody below, or the scorecard rolls nothing up."""
    how = card.roll_up if card is not None else "arr_weighted_mean"
    if not account.now.children_count or how == "none":
        return None
    below = accounts_below(account, scope)
    found = readings.as_of(below.ids, at)
    rows = scope.only(below.ids).now().order_by("name_folded") if below.ids else AccountNow.objects.none()
    named = list(rows.values_list("account_id", "key", "name", "arr_minor"))
    scores = {pk: found[pk].score if pk in found else None for pk, *_ in named}
    rolled = rolled_up(how, [Child(pk, scores[pk], arr) for pk, _, _, arr in named])
    if rolled is None:
        return None
    shown = [
        ChildShown(
            key, name, None if (score := scores[pk]) is None else round(score / 100, 1),
            tone_of(found[pk].band if pk in found else None),
            str(Band(found[pk].band).label) if pk in found else str(Band.UNKNOWN.label),
            None if arr is None else Money(arr, currency),
        )
        for pk, key, name, arr in named
    ]  # fmt: skip
    shown.sort(key=lambda one: (one.points is None, one.points or 0.0))
    points = None if rolled.score is None else round(rolled.score / 100, 1)
    return Family(rolled, points, shown[:MOST], len(shown), below.unseen)
