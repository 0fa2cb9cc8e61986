"""What people set instead of what is computed: overrides in force on a day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from firstwin.accounts.bulk import among, plain_rows
from firstwin.core.frames import At
from firstwin.signals.models import Override

ORDER = {"measure": 0, "group": 1, "overall": 2}


@dataclass(frozen=True, order=True)
class InForce:
    """pk: of the override, for who set it and why.  points: 0 to 100."""

    scorecard: str
    level: str
    target: str
    points: int
    pk: int


@dataclass(frozen=True)
class Judged:
    """By account; within one, by level and target."""

    by_account: Mapping[int, tuple[InForce, ...]] = field(default_factory=dict)

    def of(self, account_id: int, scorecard: str) -> tuple[InForce, ...]:
        return tuple(one for one in self.by_account.get(account_id, ()) if one.scorecard == scorecard)


def judged(account_ids: Collection[int] | None, at: At) -> Judged:
    """What is in force on the day, among what was known by then. account_ids: None for every account."""
    rows = Override.objects.known_by(at.known_by).filter(starts_on__lte=at.on, expires_on__gt=at.on)
    if account_ids is not None:
        rows = among(rows, "account_id", account_ids)
    found: dict[int, list[InForce]] = {}
    names = ("account_id", "scorecard", "level", "target", "points", "pk")
    told: list[tuple[Any, ...]] = list(plain_rows(rows.order_by("account_id", "pk").values_list(*names)))
    for account, *values in told:
        found.setdefault(account, []).append(InForce(*values))
    return Judged({account: tuple(sorted(some, key=_place)) for account, some in found.items()})


def _place(one: InForce) -> tuple[int, str, int]:
    return ORDER[one.level], one.target, one.pk
