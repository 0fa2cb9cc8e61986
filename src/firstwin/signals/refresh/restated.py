"""Write a folded history of stages beside the one that is stored: what is not so any more stands down and stays in the
trail, what was missing is added."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from firstwin.accounts.bulk import among
from firstwin.core.frames import At
from firstwin.signals.ledger.standing import Moved
from firstwin.signals.models import StageMove
from firstwin.signals.refresh.due import Due
from firstwin.signals.refresh.holding import hold, let_be_computed
from firstwin.signals.refresh.store import write_moves
from firstwin.signals.stages.restate import restate
from firstwin.signals.stages.standing import Move


def stored_moves(account_ids: Collection[int], until: date) -> list[Moved]:
    """Those that stand, up to a day, in the order in which they happened."""
    rows = among(StageMove.objects.filter(restated_at__isnull=True, on__lte=until), "account_id", account_ids)
    return [Moved(*row) for row in rows.order_by("account_id", "on", "id").values_list(*Moved._fields)]


def write_restated(
    folded: Mapping[int, Sequence[Move]], since: Mapping[int, date], *, today: date, now: datetime, is_first: bool
) -> int:
    """In the caller's transaction. Returns how many moves were added.

    folded: by account, its moves from `since` to yesterday; accounts without any have an empty history from then on.
    Today's moves stand, unless they began from where the account does not stand any more: then they are found again.
    is_first: nobody watched, so moves are dated by the days they speak of, as if somebody had; else by now, so that
    what was said as of then stays as it was.
    """
    hold(folded)
    stored = defaultdict[int, list[Moved]](list)
    for move in stored_moves(folded, today):
        stored[move.account_id].append(move)
    stand_down, added = list[int](), defaultdict[int, Due](Due)
    for pk, moves in folded.items():
        changed = restate([one for one in stored[pk] if since[pk] <= one.on < today], moves)
        stand_down += [one.id for one in changed.stand_down]
        added[pk].moves += changed.added
        if _end(one for one in stored[pk] if one.on < today) != _end([*_before(stored[pk], since[pk]), *moves]):
            stand_down += [one.id for one in stored[pk] if one.on >= today]
    among(StageMove.objects.all(), "id", stand_down).update(restated_at=now)
    write_moves(added, None if is_first else At.of(now))
    changed_ids = {pk for pk, one in added.items() if one.moves}
    changed_ids |= set(among(StageMove.objects.all(), "id", stand_down).values_list("account_id", flat=True))
    let_be_computed(changed_ids, now)  # it was computed from another past
    return sum(len(one.moves) for one in added.values())


def _before(moves: Iterable[Moved], day: date) -> list[Moved]:
    return [one for one in moves if one.on < day]


def _end(moves: Iterable[Moved | Move]) -> tuple[str, ...]:
    """Where an account stands after these."""
    last = next(reversed(list(moves)), None)
    return (last.pipeline if last.stage else "", last.stage, last.overlay) if last is not None else ("", "", "")
