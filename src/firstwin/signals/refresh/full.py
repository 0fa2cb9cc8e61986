"""The nightly pass over everybody: it must find what the refresh by facts published, and says where it does not."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any

import numpy as np

from firstwin.accounts.models import Account
from firstwin.accounts.timeline import batched
from firstwin.core import clock
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

SLICE = 20_000
"""Accounts of one sitting: what it holds in memory grows with them."""

MOST_TOLD = 300
"""Differences kept in words; all are counted."""


@dataclass
class _Tally:
    """What a pass found so far. timings: milliseconds by family or phase."""

    accounts: int = 0
    differing: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def of(self, phase: str) -> Iterator[None]:
        began = perf_counter()
        yield
        self.timings[phase] += (perf_counter() - began) * 1000

    def differ(self, keys: Mapping[int, str], due: Mapping[int, Due]) -> None:
        self.differing += len(due)
        room = MOST_TOLD - len(self.told)
        self.told += [{"account": keys[pk], "what": due[pk].words} for pk in sorted(due)[:room]]


def full_pass(now: datetime, *, kind: str = PassKind.NIGHTLY) -> Pass:
    """Compute everybody, tell what differs from what was published for this day from the same facts, and publish it."""
    row = Pass.objects.create(kind=kind, on=clock.day_of(now), started_at=now)
    tally, definitions = _Tally(), definitions_at()
    ids = list(Account.objects.filter(removed_at__isnull=True).order_by("pk").values_list("pk", flat=True))
    with tally.of("population"):
        snapshot_population(np.array(ids, np.int64), At.of(now), definitions.detectors)
    for some in batched(ids, SLICE):
        _slice(list(some), now, definitions, tally)
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


def _slice(ids: list[int], now: datetime, definitions: Definitions, tally: _Tally) -> None:
    with sitting(ids, now=now) as facts:
        with tally.of("all computing"):
            made = make(facts, At.of(now), definitions)
        revisions = facts.revisions.tolist()
    for name, seconds in facts.timings.items():
        tally.timings[name] += seconds * 1000
    with tally.of("comparing"):
        due = due_of(made)
        differing = _differing(made, due, dict(zip(made.accounts.tolist(), revisions, strict=True)), definitions)
    if differing:
        keys = dict(Account.objects.filter(pk__in=list(differing)[:MOST_TOLD]).values_list("pk", "key"))
        tally.differ(defaultdict(str, keys), differing)
    with tally.of("writing"):
        tally.accounts += len(publish_made(made, revisions, now=now, due=due).written)


def _differing(
    made: Made, due: Mapping[int, Due], revisions: Mapping[int, int], definitions: Definitions
) -> dict[int, Due]:
    """Of accounts that were up to date for this day, what is not as published."""
    current = {
        pk
        for pk, revision, edition, on in Refreshed.objects.filter(on=made.at.on).values_list(
            "account_id", "revision", "edition", "on"
        )
        if revisions.get(pk) == revision and edition == definitions.edition
    }
    return _not_by_the_hour(exactly({pk: one for pk, one in due.items() if pk in current}), made, definitions)


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
