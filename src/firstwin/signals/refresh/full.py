"""The nightly pass over everybody: it must find what the refresh by facts published, and says where it does not."""

import gc
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import F

from firstwin.accounts.bulk import among
from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.timeline import batched
from firstwin.core import clock
from firstwin.core.beside import in_two
from firstwin.core.failpoints import failpoint
from firstwin.core.frames import At
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.models import Pass, PassKind, Refreshed
from firstwin.signals.refresh.compute import Made
from firstwin.signals.refresh.definitions import Definitions, definitions_at
from firstwin.signals.refresh.due import Due, due_of, exactly
from firstwin.signals.refresh.once import make
from firstwin.signals.refresh.store import publish_made
from firstwin.signals.risks.alarms import snapshot_population
from firstwin.usage.store.models import Touched

SLICE = 10_000
"""Accounts of one sitting: what it holds in memory grows with them. Two processes share the slices."""

_TOGETHER: list[int] = []
"""Instead of a slice: what everybody says together."""

MOST_TOLD = 300
"""Differences kept in words; all are counted."""


def _no_timings() -> dict[str, float]:
    return defaultdict(float)


@dataclass
class _Tally:
    """What a pass found so far. timings: milliseconds by family or phase, those of two processes added up."""

    accounts: int = 0
    differing: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=_no_timings)

    @contextmanager
    def of(self, phase: str) -> Iterator[None]:
        began = perf_counter()
        yield
        self.timings[phase] += (perf_counter() - began) * 1000

    def add(self, other: "_Tally") -> None:
        self.accounts += other.accounts
        self.differing += other.differing
        self.told = (self.told + other.told)[:MOST_TOLD]
        for name, spent in other.timings.items():
            self.timings[name] += spent

    def differ(self, keys: Mapping[int, str], due: Mapping[int, Due]) -> None:
        self.differing += len(due)
        room = MOST_TOLD - len(self.told)
        self.told += [{"account": keys[pk], "what": due[pk].words} for pk in sorted(due)[:room]]


def full_pass(now: datetime, *, kind: str = PassKind.NIGHTLY) -> Pass:
    """Compute everybody, tell what differs from what was published for this day from the same facts, and publish it."""
    row = Pass.objects.create(kind=kind, on=clock.day_of(now), started_at=now)
    tally, one_part = _Tally(), partial(_part, now=now)
    # What all of them say together counts from tomorrow on: none of the slices waits for it.
    parts = [*map(list, batched(_everybody(), SLICE)), _TOGETHER]
    # Within a transaction nobody else sees what was written so far; few are computed sooner than a process starts.
    is_alone = connection.in_atomic_block or len(parts) < 3
    for found in map(one_part, parts) if is_alone else in_two(parts, one_part, one_part):
        tally.add(found)
    failpoint("signals.pass.done")
    Pass.objects.filter(pk=row.pk).update(
        finished_at=clock.now(),
        accounts=tally.accounts,
        differing=tally.differing,
        differences=tally.told,
        timings={name: round(spent) for name, spent in tally.timings.items()},
    )
    row.refresh_from_db()
    return row


def _everybody() -> list[int]:
    return list(Account.objects.filter(removed_at__isnull=True).order_by("pk").values_list("pk", flat=True))


def _part(ids: list[int], *, now: datetime) -> _Tally:
    if ids != _TOGETHER:
        with _uncollected():
            return _slice(ids, now=now)
    tally = _Tally()
    with tally.of("population"):
        snapshot_population(np.array(_everybody(), np.int64), At.of(now), definitions_at().detectors)
    return tally


@contextmanager
def _uncollected() -> Iterator[None]:
    """A slice makes objects by the million and hardly a circle: looking for those takes as long as scoring does."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
            gc.collect()


def _slice(ids: list[int], *, now: datetime) -> _Tally:
    tally, definitions = _Tally(), definitions_at()
    with sitting(ids, now=now) as facts:
        with tally.of("all computing"):
            made = make(facts, At.of(now), definitions)
        revisions = facts.revisions.tolist()
    for name, seconds in facts.timings.items():
        tally.timings[name] += seconds * 1000
    with tally.of("comparing"):
        due = due_of(made)
        current = _current(made, dict(zip(made.accounts.tolist(), revisions, strict=True)))
        differing = _not_by_the_hour(exactly({pk: due[pk] for pk in current if pk in due}), made, definitions)
    if differing:
        keys = dict(Account.objects.filter(pk__in=list(differing)[:MOST_TOLD]).values_list("pk", "key"))
        tally.differ(defaultdict(str, keys), differing)
    with tally.of("writing"):
        stand = _shown([pk for pk in current if pk not in due])
        written = publish_made(made, revisions, now=now, due=due, leave=stand).written
    tally.accounts = len(written) + len(stand)
    return tally


def _current(made: Made, revisions: Mapping[int, int]) -> list[int]:
    """Accounts that were computed for this day, of the same facts and definitions, and not since the pass began. Those
    with use that was taken up but not told yet are behind, although their revision does not say so."""
    same = Refreshed.objects.filter(
        on=made.at.on, edition=made.definitions.edition, revision=F("account__revision"), at__lte=made.at.moment
    )  # fmt: skip
    rows = among(same, "account_id", revisions).values_list("account_id", "revision")
    touched = set(Touched.objects.values_list("account", flat=True))
    return [pk for pk, revision in rows if revisions[pk] == revision and pk not in touched]


def _shown(account_ids: Collection[int]) -> set[int]:
    """Those whose list rows were written since they were computed."""
    rows = among(AccountNow.objects.filter(refreshed_at__gte=F("account__refreshed__at")), "account_id", account_ids)
    return set(rows.values_list("account_id", flat=True))


def _not_by_the_hour(due: dict[int, Due], made: Made, definitions: Definitions) -> dict[int, Due]:
    """Without what only the hour changed: computed for the moment at which it was published it comes out the same."""
    by_moment: dict[datetime, list[int]] = defaultdict(list)
    for pk in due:
        by_moment[made.state.refreshed[pk][0]].append(pk)
    left: dict[int, Due] = {}
    for moment, ids in by_moment.items():
        with sitting(ids) as facts:
            again = make(facts, At.of(moment), definitions)
        left |= due_of(again, is_exact=True)
    return left
