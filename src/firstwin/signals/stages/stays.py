"""Stays in stages, out of moves: who came when, how long they stayed and how it ended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from firstwin.signals.evidence import number_of
from firstwin.signals.stages.pauses import Pauses
from firstwin.signals.stages.standing import Stored


class End(StrEnum):
    """How a stay ended."""

    ONWARD = "onward"  # to a later stage
    BACK = "back"  # to an earlier one
    LEFT = "left"  # off the pipeline: churned, or served without one
    STILL = "still"  # it has not


@dataclass(frozen=True)
class Stay:
    """days: paused ones left out.  started: the day on which the account came onto the pipeline this time."""

    account: int
    stage: str
    since: date
    until: date | None
    end: End
    days: int
    started: date


def stays(moves: Iterable[Stored], order: Sequence[str], today: date, pauses: Pauses | None = None) -> list[Stay]:
    """moves: of one pipeline or of several, by account and then as they happened.  order: keys of its stages."""
    rank = {key: n for n, key in enumerate(order)}
    by_account: dict[int, list[Stored]] = {}
    for move in moves:
        by_account.setdefault(move.account_id, []).append(move)
    found = []
    for account, mine in by_account.items():
        found += _of_one(account, mine, rank, today, pauses or Pauses())
    return found


def _of_one(account: int, moves: Sequence[Stored], rank: Mapping[str, int], today: date, pauses: Pauses) -> list[Stay]:
    changes = [move for place, move in enumerate(moves) if not place or move.stage != moves[place - 1].stage]
    found, started = [], today
    for place, move in enumerate(changes):
        if not place or not changes[place - 1].stage:
            started = move.on
        if not move.stage:
            continue
        after = changes[place + 1] if place + 1 < len(changes) else None
        until = after.on if after else None
        counted = _days(account, move.on, until or today, pauses)
        found.append(Stay(account, move.stage, move.on, until, _end(move.stage, after, rank), counted, started))
    return found


def _days(account: int, since: date, until: date, pauses: Pauses) -> int:
    if account not in pauses.spans:  # as nearly all
        return max(0, (until - since).days)
    first, last = number_of(since), number_of(until)
    return max(0, last - first - pauses.days(account, first, last))


def _end(stage: str, after: Stored | None, rank: Mapping[str, int]) -> End:
    if after is None:
        return End.STILL
    if not after.stage:
        return End.LEFT
    return End.ONWARD if rank.get(after.stage, -1) > rank.get(stage, -1) else End.BACK
