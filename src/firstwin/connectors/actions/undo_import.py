"""Undo a run: what it brought goes, what it changed is as before, what people did since stays."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from firstwin.accounts.actions.receive import refresh_received, stale_accounts
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.models import Account, ParentLink, Removal
from firstwin.connectors.course import Tell
from firstwin.connectors.hold import Hold, Lost, take
from firstwin.connectors.kinds.usage import USE
from firstwin.connectors.mapping.read import read_mapping
from firstwin.connectors.models import ImportRun, RowChange, State
from firstwin.connectors.models.run import UNDOABLE
from firstwin.connectors.rules import Actor, require_import
from firstwin.connectors.taking_back import TakenBack, take_back
from firstwin.connectors.tasks import undo_task
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.pace import Pace
from firstwin.people.audit import record
from firstwin.usage.actions.receive import take_out

KEPT = 200
"""Things that stayed, told one by one; the rest are counted."""

_TRIES = 4
_SETTLED_AT_ONCE = 20_000
logger = logging.getLogger(__name__)


def undo_import(*, by: Actor, run: ImportRun, now: datetime, is_enqueued: bool = True) -> ImportRun:
    """Begin to undo a run, whether it came to its end or not; with `is_enqueued` the worker does it.

    Raises Refused when it is too late, or a later import of the same source builds on it.
    """
    require_import(by)
    run = ImportRun.objects.get(pk=run.pk)
    if (reason := why_not(run, now=now)) is not None:
        raise Refused(reason)
    with transaction.atomic():
        hold = take(run.pk, states=UNDOABLE, to=State.UNDOING, now=now, is_forced=True)
        if hold is None:
            raise Refused("It cannot be undone any more.")
        run.refresh_from_db()
        if "below" not in run.undo:
            total = RowChange.objects.filter(run=run.pk).count()
            begun: dict[str, Any] = {
                "below": None,
                "total": total,
                "done": 0,
                "deleted": {},
                "restored": {},
                "kept": [],
                "kept_count": 0,
            }
            hold.move(undo=begun, undone_by=by, progress=0.0, worked=0.0)
        # Nobody is at it yet: whoever comes first takes it up.
        hold.move(holder="")
        if is_enqueued:
            undo_task.enqueue(run.pk)
    failpoint("undo.opened")
    run.refresh_from_db()
    return run


def why_not(run: ImportRun, *, now: datetime) -> str | None:
    """Why a run cannot be undone, in a sentence; None when it can."""
    if run.is_dry_run:
        return "A dry run stored nothing."
    if run.state == State.UNDONE:
        return "It is undone already."
    if run.undo_until is None or now > run.undo_until:
        return "It can no longer be undone: its journal is kept for 30 days."
    later = ImportRun.objects.filter(source=run.source, pk__gt=run.pk, is_dry_run=False).exclude(state=State.UNDONE)
    newest = later.order_by("-pk").first()
    if newest is not None and run.state != State.UNDOING:
        return f"A later import of {run.source} builds on it: undo import {newest.pk} first."
    return None


def run_undo(run_id: int, *, now: datetime, tell: Tell = lambda what, rows: None, is_forced: bool = True) -> ImportRun:
    """Undo what is left of a run that is being undone. Raises Refused when it is not, hold.Lost when taken over."""
    hold = take(run_id, states=[State.UNDOING], to=State.UNDOING, now=now, is_forced=is_forced)
    if hold is None:
        raise Refused(f"Import {run_id} is not being undone.")
    run = ImportRun.objects.get(pk=run_id)
    refresh_received(stale_accounts(), now=now)  # what was cut off left behind
    _Undoing(run, hold, now, tell, Pace(), time.perf_counter()).work()
    run.refresh_from_db()
    return run


def continue_undo(run_id: int, *, now: datetime) -> bool:
    """For the worker: undo what is left, unless somebody is at it. Whether it came to its end."""
    try:
        run_undo(run_id, now=now, is_forced=False)
    except (Refused, Lost) as problem:
        logger.info("Undoing import %s does not go on here: %s", run_id, problem)
        return False
    return True


@dataclass
class _Undoing:
    """One sitting over the journal of a run."""

    run: ImportRun
    hold: Hold
    now: datetime
    tell: Tell
    pace: Pace
    began: float

    def work(self) -> None:
        self._take_use_out()
        said: dict[str, Any] = dict(self.run.undo)
        touched: set[int] = set()
        is_left = said["done"] < said["total"]
        while is_left:
            with self.pace.slice(self.pace.size):
                done = self._tried(partial(self._part, said))
            failpoint("undo.slice.after_commit")
            said, is_left = self.run.undo, done.below is not None
            touched |= done.touched
            self.tell(f"{self.run.progress:.0%} of import {self.run.pk}", done.entries)
            if len(touched) >= _SETTLED_AT_ONCE:
                refresh_received(touched, now=self.now)
                touched.clear()
            self.pace.give_way()
        refresh_received(touched | set(stale_accounts()), now=self.now)
        self._finish()

    def _take_use_out(self) -> None:
        """What it brought of use stands in the lake, of which there is no journal: its rows carry the run."""
        files = read_mapping(self.run.mapping_text, source=self.run.source).mapping.files
        if not any(file.kind in USE for file in files):
            return
        if gone := take_out(run=self.run.pk, now=self.now):
            said = dict(self.run.undo)
            said["deleted"] = dict(Counter(said["deleted"]) + Counter({"lake_events": gone}))
            with transaction.atomic():
                self.hold.move(undo=said)
            self.run.undo = said
        failpoint("undo.use_taken_out")

    def _part(self, said: dict[str, Any]) -> TakenBack:
        with transaction.atomic():
            marks = self.run.cursor.get("marks", {})
            done = take_back(self.run.pk, below=said["below"], at_most=self.pace.size, marks=marks)
            _rejoin(done.rejoin, self.now)
            bump_revision(done.touched)
            undo = _with(said, done)
            progress = min(undo["done"] / max(undo["total"], 1), 1.0)
            self.hold.move(undo=undo, progress=progress, worked=self.run.worked + time.perf_counter() - self.began)
            failpoint("undo.slice.before_commit")
        self.run.undo, self.run.progress = undo, progress
        return done

    def _tried(self, part: Callable[[], TakenBack]) -> TakenBack:
        """Somebody may refer to a row in the moment in which it goes: then it is looked at again."""
        for _ in range(_TRIES - 1):
            try:
                return part()
            except (IntegrityError, OperationalError):
                logger.warning("Another writer got in the way of undoing import %s.", self.run.pk)
        return part()

    def _finish(self) -> None:
        now = clock.now()
        with transaction.atomic():
            self.hold.move(state=State.UNDONE, undone_at=now, progress=1.0)
            after = {name: dict(self.run.undo.get(name, {})) for name in ("deleted", "restored")}
            for file in self.run.files or [{}]:
                said = {"file": file.get("file", ""), **after, "kept": self.run.undo.get("kept_count", 0)}
                record(by=self.run.undone_by, did="import.undone", on=self.run, now=now, after=said)
            failpoint("undo.finish.before_commit")
        failpoint("undo.finish.after_commit")


def _with(said: dict[str, Any], done: TakenBack) -> dict[str, Any]:
    return {
        "below": done.below if done.below is not None else said["below"],
        "total": said["total"],
        "done": said["done"] + done.entries if done.below is not None else said["total"],
        "deleted": dict(Counter(said["deleted"]) + done.deleted),
        "restored": dict(Counter(said["restored"]) + done.restored),
        "kept": [*said["kept"], *done.kept][:KEPT],
        "kept_count": said["kept_count"] + len(done.kept),
    }


def _rejoin(accounts: set[int], now: datetime) -> None:
    """Where the dated rows stay as somebody left them since, what is cached of them must not go back."""
    if not accounts:
        return
    parents = ParentLink.objects.standing().true_at(now).filter(account__in=accounts)
    parent_of = dict(parents.values_list("account_id", "parent_id"))
    removed = Removal.objects.standing().true_at(now).filter(account__in=accounts)
    since = dict(removed.values_list("account_id", "valid_from"))
    for pk in sorted(accounts):
        Account.objects.filter(pk=pk).update(parent=parent_of.get(pk), removed_at=since.get(pk))
