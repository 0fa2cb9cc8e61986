"""Which accounts' signals lag behind: facts that are not in them yet, definitions that changed, a day that ended."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from firstwin.accounts.models import Account
from firstwin.core.clock import day_of
from firstwin.core.turns import Turns
from firstwin.people.config.store import edition
from firstwin.signals.models import LookedBack, Pass, PassKind, Refreshed

_COUNTED = 10_000

_LOOKED_AT = 100_000
"""Accounts with new facts among which the next ones are chosen."""

PAST = 0
"""The edition of an account whose past is being told: what that makes of its present is computed after it."""


@dataclass(frozen=True)
class Lag:
    """Each counted to 10,000. waiting: accounts whose facts are ahead of their signals.  by_day: of the others, those
    still told as of an earlier day, the earliest of which is `oldest_on`.  by_definition: told as of today, but not yet
    by the definitions that stand.  by_past: shown as of now while their past is told.

    oldest_at: when the one that waits longest was last computed; None where one never was, or none waits.  never:
    accounts that were never computed.  last_pass: the last pass over everybody that finished.
    """

    waiting: int
    never: int
    oldest_at: datetime | None
    last_pass: Pass | None
    by_day: int = 0
    oldest_on: date | None = None
    by_definition: int = 0
    by_past: int = 0

    @property
    def drifting(self) -> int:
        """Those no new fact waits for, and that are not told as of now."""
        return self.by_day + self.by_definition

    @property
    def is_first(self) -> bool:
        """Nothing was worked out yet."""
        return bool(self.never) and self.last_pass is None and self.oldest_at is None

    @property
    def is_behind(self) -> bool:
        return bool(self.waiting or self.drifting)


def lag(now: datetime) -> Lag:
    """For screens: how far signals are behind, as of now."""
    behind, never, oldest_at = _waiting()
    today = day_of(now)
    days: Counter[date] = Counter()
    on_day: Counter[bool] = Counter()
    for on, edition_told in _drifted(now):
        if on < today:
            days[on] += 1
        else:
            on_day[edition_told == PAST] += 1
    return Lag(
        waiting=behind + never,
        never=never,
        oldest_at=oldest_at,
        last_pass=Pass.objects.filter(kind=PassKind.NIGHTLY, finished_at__isnull=False).order_by("-started_at").first(),
        by_day=days.total(),
        oldest_on=min(days, default=None),
        by_definition=on_day[False],
        by_past=max(on_day[True], _untold()),
    )


def _waiting() -> tuple[int, int, datetime | None]:
    """(computed and behind, never computed, when the first of those behind was computed). Both tables are gone through
    once: every page asks."""
    lags = Q(refreshed__isnull=True) | Q(refreshed__revision__lt=F("revision"))
    rows = Account.objects.filter(lags, removed_at__isnull=True).order_by()
    found = list(rows.values_list("refreshed__at", flat=True)[: _COUNTED + 1])
    if len(found) <= _COUNTED:
        ats = [at for at in found if at is not None]
        return len(ats), len(found) - len(ats), min(ats, default=None)
    behind = Refreshed.objects.filter(account__removed_at__isnull=True, revision__lt=F("account__revision"))
    oldest_at = behind.order_by("at").values_list("at", flat=True).first()
    return behind.order_by()[:_COUNTED].count(), _never()[:_COUNTED].count(), oldest_at


def _drifted(now: datetime) -> Iterable[tuple[date, int]]:
    """(day, edition) of those no new fact waits for, and that are not told as of now."""
    # Mostly there are none, and each of the two has an index that says so; for both together there is none.
    if not any(Refreshed.objects.filter(one).exists() for one in _stales(now)):
        return ()
    rows = Refreshed.objects.filter(_stale(now), account__removed_at__isnull=True)
    rows = rows.exclude(revision__lt=F("account__revision"))
    return rows.order_by().values_list("on", "edition")[:_COUNTED]


def _untold() -> int:
    """Accounts that are shown and whose past is not told yet."""
    if Refreshed.objects.count() == LookedBack.objects.count():  # as good as always
        return 0
    told = LookedBack.objects.filter(account=OuterRef("account_id"))
    return Refreshed.objects.filter(~Exists(told), account__removed_at__isnull=True).order_by()[:_COUNTED].count()


def next_accounts(now: datetime, most: int, *, turns: Turns | None = None) -> list[int]:
    """What to compute next: what has new facts, longest waiting first, then what was never computed, then what only
    drifted.

    turns: of those with new facts. Without them who was computed longest ago is first: whoever has just been told of
    their past is last, and so many that send all the time stand before them.
    """
    behind = Refreshed.objects.filter(account__removed_at__isnull=True, revision__lt=F("account__revision"))
    rows = behind.order_by("at", "account_id").values_list("account_id", flat=True)
    found = list(rows[:most]) if turns is None else turns.take(rows[:_LOOKED_AT], most)
    if len(found) < most:
        found += _never().order_by("-pk").values_list("pk", flat=True)[: most - len(found)]
    if len(found) < most:
        drifted = Refreshed.objects.filter(_stale(now), account__removed_at__isnull=True).exclude(account_id__in=found)
        found += drifted.order_by("account_id").values_list("account_id", flat=True)[: most - len(found)]
    return found


def _never() -> QuerySet[Account]:
    there = Refreshed.objects.filter(account=OuterRef("pk"))
    return Account.objects.filter(~Exists(there), removed_at__isnull=True)


def _stale(now: datetime) -> Q:
    of_another_day, of_other_definitions = _stales(now)
    return of_another_day | of_other_definitions


def _stales(now: datetime) -> tuple[Q, Q]:
    return Q(on__lt=day_of(now)), Q(edition__lt=edition())
