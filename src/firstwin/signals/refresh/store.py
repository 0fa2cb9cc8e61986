"""Write what was made into the ledger and the list rows. The only writer of the ledger.

In short transactions, each over some accounts, each whole: killed between two of them, the accounts that are left are
still marked and are computed again. Where somebody else computed an account meanwhile, theirs stands.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from firstwin.accounts.bulk import among, insert_many, update_many
from firstwin.accounts.models import Account
from firstwin.accounts.published import show
from firstwin.core.failpoints import failpoint
from firstwin.core.frames import At
from firstwin.core.pace import Pace
from firstwin.signals.models import Episode, Reading, Refreshed, SegmentStay, StageMove
from firstwin.signals.published import FAMILY, signal_columns
from firstwin.signals.refresh.compute import Made
from firstwin.signals.refresh.definitions import Definitions
from firstwin.signals.refresh.due import Due, due_of
from firstwin.signals.refresh.marks import mark_again
from firstwin.signals.refresh.said import write_first_said, write_said
from firstwin.signals.refresh.shown import shown_of
from firstwin.signals.risks.fold import Kept
from firstwin.signals.scores import ENGINE

_FEWEST = 50


@dataclass(frozen=True)
class Published:
    """written: accounts whose rows were written, changed or not.  readings: that were added.  longest: seconds."""

    written: tuple[int, ...]
    readings: int
    moves: int
    longest: float


def publish_made(
    made: Made,
    revisions: Sequence[int],
    *,
    now: datetime,
    due: Mapping[int, Due] | None = None,
    leave: Collection[int] = (),
) -> Published:
    """revisions: of the accounts, as the facts stood that it was made of.  due: what is to be written, where that was
    found out already.  leave: accounts that stand as they were made."""
    if due is None:
        due = due_of(made)
    at_revision = dict(zip(made.accounts.tolist(), map(int, revisions), strict=True))
    written: list[int] = []
    pace = Pace(smallest=_FEWEST)
    ids, readings, moves = [pk for pk in at_revision if pk not in leave], 0, 0
    shown = shown_of(made, due, ids)
    for part in pace.parts(ids):
        failpoint("signals.before")
        with pace.slice(len(part)), transaction.atomic():
            there = _unmoved(made, part)
            mine = {pk: at_revision[pk] for pk in part if pk in there}
            some = {pk: due[pk] for pk in mine if pk in due}
            write(some, made, mine)
            _mark(mine, made)
            _settle_later(some, made)
            _show({pk: shown[pk] for pk in mine}, [pk for pk in mine if there[pk] != mine[pk]], now)
            failpoint("signals.within")
        failpoint("signals.after")
        written += mine
        readings += sum(len(one.readings) for one in some.values())
        moves += sum(len(one.moves) for one in some.values())
    return Published(tuple(written), readings, moves, pace.longest)


def write(due: Mapping[int, Due], made: Made, revisions: Mapping[int, int]) -> None:
    """In the caller's transaction. revisions: of the accounts, as they were read."""
    write_readings(due, made.at, revisions, is_reconstructed=False)
    write_moves(due, made.at)
    _turn_over(due, made.at, made.definitions)
    _episodes(due, made)


def _unmoved(made: Made, part: Sequence[int]) -> dict[int, int]:
    """Those nobody else computed since the state was read, and the revision of their facts. Nobody changes either until
    the transaction ends."""
    rows = among(Account.objects.order_by("pk"), "id", part)
    if connection.features.has_select_for_update:
        list(rows.select_for_update().values_list("pk"))
    there = dict(among(Refreshed.objects.all(), "account_id", part).values_list("account_id", "at"))
    seen = made.state.refreshed
    return {
        pk: revision
        for pk, revision in rows.values_list("pk", "revision")
        if (seen[pk][0] if pk in seen else None) == there.get(pk)
    }


def _show(columns: Mapping[int, Mapping[str, Any]], moved: Sequence[int], now: datetime) -> None:
    """In the list rows. moved: whose facts changed meanwhile; of those the ledger is asked, as people may have judged
    what was found."""
    show(FAMILY, {**columns, **signal_columns(moved, now)} if moved else columns, now=now)


def write_readings(due: Mapping[int, Due], at: At, revisions: Mapping[int, int], *, is_reconstructed: bool) -> None:
    names = (
        "account_id", "scorecard", "version", "engine", "on", "at", "revision", "is_primary", "is_reconstructed",
        "score", "band", "coverage", "inputs", "result",
    )  # fmt: skip
    insert_many(
        Reading,
        names,
        [
            (pk, one.scorecard, one.version, ENGINE, at.on, at.moment, revisions[pk], one.is_primary, is_reconstructed,
             one.row.score, one.row.band, one.row.coverage, one.row.inputs, one.row.result)
            for pk, some in due.items()
            for one in some.readings
        ],
    )  # fmt: skip


def write_moves(due: Mapping[int, Due], at: At | None = None) -> None:
    """at: when they were seen; None: they are dated by the end of the day they speak of."""
    names = ("account_id", "pipeline", "version", "stage", "overlay", "previous", "on", "at", "evidence")
    insert_many(
        StageMove,
        names,
        [
            (pk, move.pipeline, move.version, move.stage, move.overlay, move.previous, move.on,
             (at or At.close_of(move.on)).moment,
             dict(move.evidence))
            for pk, some in due.items()
            for move in some.moves
        ],
    )  # fmt: skip


def _turn_over(due: Mapping[int, Due], at: At, definitions: Definitions) -> None:
    insert_many(
        SegmentStay,
        ("account_id", "segment", "version", "entered_on", "at"),
        [
            (pk, key, definitions.segments[key].number, at.on, at.moment)
            for pk, some in due.items()
            for key in some.entered
        ],
    )
    left = [stay.id for some in due.values() for stay in some.left]
    if left:
        among(SegmentStay.objects.all(), "id", left).update(left_on=at.on, left_at=at.moment)


def _episodes(due: Mapping[int, Due], made: Made) -> None:
    at = made.at
    _clear(due, made)
    names = (
        "account_id", "detector", "version", "cause", "what", "severity", "words", "stake_minor", "evidence",
        "first_on", "at", "last_on",
    )  # fmt: skip
    insert_many(
        Episode,
        names,
        [
            (pk, one.detector, one.version, one.cause, one.what, one.severity, one.words, one.stake_minor,
             dict(one.evidence), at.on, at.moment, at.on)
            for pk, some in due.items()
            for one in some.opened
        ],
    )  # fmt: skip
    write_first_said([one for some in due.values() for one in some.opened], at.on, at.moment)
    _keep([kept for some in due.values() for kept in some.kept], at.on, at.moment)


def _clear(due: Mapping[int, Due], made: Made) -> None:
    """What is open was found whenever its account was looked at: only now it is written until when that was."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for pk, some in due.items():
        for one in some.cleared:
            if one.pk is not None:
                _, looked_on = made.state.refreshed.get(pk, (None, one.last_on))
                by_day[max(one.last_on, looked_on)].append(one.pk)
    for last_on, ids in by_day.items():
        rows = among(Episode.objects.all(), "id", ids)
        rows.update(cleared_on=made.at.on, cleared_at=made.at.moment, last_on=last_on)


def _keep(kept: Sequence[Kept], on: date, at: datetime) -> None:
    """What changed says what it says now. What it said before stays."""
    now = {one.episode.pk: one.found for one in kept}
    update_many(
        Episode,
        ("severity", "words", "stake_minor", "evidence", "said_at", "last_on"),
        [(one.severity, one.words, one.stake_minor, dict(one.evidence), at, on, pk) for pk, one in now.items()],
    )
    write_said([(pk, on, at, one) for pk, one in now.items() if pk is not None])


def _mark(revisions: Mapping[int, int], made: Made) -> None:
    """How far each is computed."""
    insert_many(
        Refreshed,
        ("account_id", "revision", "edition", "on", "at"),
        [(pk, revision, made.definitions.edition, made.at.on, made.at.moment) for pk, revision in revisions.items()],
        on_conflict="on conflict (account_id) do update set revision = excluded.revision, "
        'edition = excluded.edition, "on" = excluded."on", at = excluded.at',
    )


def _settle_later(due: Mapping[int, Due], made: Made) -> None:
    """A move is dated by the day on which it was seen. Since when it holds is folded again when that day is over, from
    the last one on which anybody looked. So is who entered or left a segment since an earlier day."""
    looked = {pk: on for pk, (_, on) in made.state.refreshed.items() if pk in due}
    turned = {pk for pk, on in looked.items() if on < made.at.on and (due[pk].entered or due[pk].left)}
    mark_again({pk: on for pk, on in looked.items() if due[pk].moves or pk in turned})
