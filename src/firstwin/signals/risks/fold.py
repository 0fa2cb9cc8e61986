"""Findings folded over days into episodes: one open at a time for an account, a detector and a cause.

Someone put an episode aside: it stays open and aside while it is found, comes back on the day named, or when it is
found again after it cleared in between, but never before that day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from firstwin.core.frames import At
from firstwin.people.config.store import Definition
from firstwin.signals.risks.found import FOREVER, Found, Known


@dataclass(frozen=True)
class Kept:
    """An open episode that is found again.  is_changed: in severity, words, stake or evidence."""

    episode: Known
    found: Found
    is_changed: bool


@dataclass(frozen=True)
class Changes:
    """What a day does to the episodes of some accounts.

    opened: to be added with `first_on` today.  kept: open ones found again.  cleared: open ones not found any more.
    held_back: found, but told not to come back yet.
    """

    opened: list[Found]
    kept: list[Kept]
    cleared: list[Known]
    held_back: list[Found]


def folded(
    found: Iterable[Found],
    episodes: Iterable[Known],
    at: At,
    detectors: Mapping[str, Definition] | None = None,
) -> Changes:
    """episodes: of the accounts looked at, those open and, for each key, at least the latest that cleared.

    detectors: whose `quiet_days` hold back what comes again too soon.
    """
    open_now: dict[tuple[int, str, str], Known] = {}
    before: dict[tuple[int, str, str], Known] = {}
    for known in episodes:  # in any order
        if known.cleared_on is None:
            open_now[known.key] = known
        elif known.key not in before or (before[known.key].cleared_on or at.on) < known.cleared_on:
            before[known.key] = known
    opened, kept, held_back = [], [], []
    seen = set()
    for one in found:
        seen.add(one.key)
        if (still := open_now.get(one.key)) is not None:
            kept.append(Kept(still, one, _said(one) != still.said))
        elif one.is_lasting:
            continue  # nothing is open that could last
        elif _is_held_back(before.get(one.key), at, detectors):
            held_back.append(one)
        else:
            opened.append(one)
    cleared = sorted((known for key, known in open_now.items() if key not in seen), key=lambda known: known.key)
    return Changes(opened, kept, cleared, held_back)


def _is_held_back(last: Known | None, at: At, detectors: Mapping[str, Definition] | None) -> bool:
    if last is None or last.cleared_on is None:
        return False
    if last.aside_until not in (None, FOREVER) and last.is_aside(at.on):
        return True  # cleared in between, but put aside until a day that has not come
    definition = (detectors or {}).get(last.detector)
    quiet = definition.parsed.quiet_days if definition else 0
    return at.on < last.cleared_on + timedelta(days=quiet)


def _said(found: Found) -> tuple[object, ...]:
    return found.severity, found.words, found.stake_minor, found.evidence
