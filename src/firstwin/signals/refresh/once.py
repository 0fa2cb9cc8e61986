"""Bring the signals of some accounts up to date: facts read in one sitting, everything computed, then written."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from firstwin.core.failpoints import failpoint
from firstwin.core.frames import At, ComputedFamily, frame_families
from firstwin.core.turns import Turns
from firstwin.signals.frame.sitting import Sitting, sitting
from firstwin.signals.refresh.compute import Made, computed
from firstwin.signals.refresh.definitions import Definitions, definitions_at
from firstwin.signals.refresh.lag import next_accounts
from firstwin.signals.refresh.state import state_of
from firstwin.signals.refresh.store import Published, publish_made
from firstwin.signals.risks.alarms import alarms_of

AT_ONCE = 200
"""Accounts of one round."""


def refresh_some(now: datetime, *, at_once: int = AT_ONCE) -> int:
    """Compute what lags behind, the most pressing first. Returns how many accounts there were."""
    ids = next_accounts(now, at_once)
    if ids:
        refresh_accounts(ids, now=now)
    return len(ids)


def refresh_in_turn(turns: Turns, *, now: Callable[[], datetime]) -> bool:
    """The same, whoever was quiet first: see `next_accounts`. False: nothing lags behind.

    Those that were marked to be computed again while they were computed have theirs at once: by the next round many
    would stand before them.
    """
    began = now()
    with turns.round():
        ids = next_accounts(began, turns.size, turns=turns)
        if ids:
            missed = set(ids) - set(refresh_accounts(ids, now=began).written)
            if missed:
                refresh_accounts(sorted(missed), now=now())
    return bool(ids)


def refresh_accounts(account_ids: Collection[int], *, now: datetime) -> Published:
    """Compute and publish these accounts as of now."""
    with sitting(account_ids, now=now) as facts:
        made = make(facts, At.of(now), definitions_at())
        revisions = facts.revisions.tolist()
    failpoint("signals.computed")
    return publish_made(made, revisions, now=now)


def make(facts: Sitting, at: At, definitions: Definitions) -> Made:
    """All signals of the accounts of a sitting, by what the ledger remembers."""
    _ahead(facts, at, definitions)
    alarms = alarms_of(facts.accounts, at, definitions.detectors)
    return computed(facts.frame(at), definitions, state_of(facts.accounts, at, definitions), alarms=alarms)


def _ahead(facts: Sitting, at: At, definitions: Definitions) -> None:
    """What is slow to open tells today and the days it is compared with at once."""
    earlier: dict[str, set[int]] = {}
    for key, days in definitions.looked_back.items():
        field = facts.vocabulary.fields.get(key)
        family = frame_families().get((field.frame or "").partition(".")[0]) if field is not None else None
        if isinstance(family, ComputedFamily):
            earlier.setdefault(family.key, set()).update(days)
    for key, several in earlier.items():
        then = [At.close_of(at.on - timedelta(days=n), known_by=at.known_by) for n in sorted(several)]
        facts.prepare([at, *then], family=key)
