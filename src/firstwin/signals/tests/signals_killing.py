"""Kill the way of signals (computed, written, published, looked back at, passed over) at every failpoint, go on, and
tell what was left behind.

    python -m firstwin.signals.tests.signals_killing FOLDER [days | broken]

days: one installation that is killed several times a day, at the first pass of each point.
broken: with what protects the ledger taken away, which must be noticed.
Runs outside of pytest, in forks of a process that has never opened a database. Prints one JSON object per kill.
"""

import hashlib
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django

from firstwin.connectors.tests.killing import Base, forked

DAYS = (
    ("signals.computed", "signals.before", "signals.within", "signals.after"),
    (
        "signals.past.before", "signals.past.after", "signals.told.before", "signals.told.after",
        "signals.looked_back",
    ),
    (
        "signals.heard.before", "signals.heard.after", "signals.again.before", "signals.again.within",
        "signals.again.after", "signals.pass.done",
    ),
)  # fmt: skip
"""Points of the companions and of the night, in the order in which a day passes them."""

COMPANION = tuple(chain(*DAYS))
BEGINNING = ("signals.past.before", "signals.past.after", "signals.told.before", "signals.told.after", "signals.within")
"""Points that `begin` passes on its own way."""

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ACCOUNTS, WEEKS = 3, 1
AFTER = timedelta(hours=1)
"""How long after it was killed everything is started again."""


def moment(n: int) -> datetime:
    """When day n begins."""
    return START + timedelta(days=n)


def furnish() -> None:
    """Customers nobody computed yet: contracts, people, touches, a bill."""
    from firstwin.accounts.actions.open_account import open_account
    from firstwin.accounts.actions.people import add_person
    from firstwin.accounts.actions.touches import log_touch
    from firstwin.accounts.models import ContactRole, Direction, TouchKind
    from firstwin.revenue.tests.facts import say_line

    today = START.date()
    for n in range(ACCOUNTS):
        account = open_account(by=None, name=f"Company {n}", now=START - timedelta(days=30))
        since = today - timedelta(days=4)
        say_line(account, f"L{n}", START - timedelta(days=4), starts_on=since, ends_on=today + timedelta(days=60))
        roles = [(ContactRole.SPONSOR,), (ContactRole.CHAMPION,), ()][n % 3]
        add_person(by=None, account=account, name=f"Person {n}", now=START - timedelta(days=10), roles_played=roles)
        log_touch(by=None, account=account, kind=TouchKind.CALL, direction=Direction.BOTH, summary="Call",
                  occurred_at=START - timedelta(days=3 + n), now=START - timedelta(days=2))  # fmt: skip
        _bill(n, START - timedelta(days=15))


def _bill(n: int, now: datetime, **said: Any) -> None:
    from firstwin.accounts.models import Account
    from firstwin.revenue.tests.facts import say_invoice

    account, day = Account.objects.get(key=f"company-{n}"), START.date()
    dates = {"issued_on": day - timedelta(days=60), "due_on": day - timedelta(days=30)}
    say_invoice(account, f"I{n}", now, **dates, **said)


def facts_of(n: int) -> None:
    """What day n brings, said once: a customer more, a bill that is paid or is not after all, an end, and that somebody
    began days before it was said at first."""
    from firstwin.accounts.actions.open_account import open_account
    from firstwin.accounts.models import Account
    from firstwin.revenue.tests.facts import say_line

    if not n or Account.objects.filter(key=f"latecomer-{n}").exists():
        return
    now, today = moment(n), moment(n).date()
    paid = {"state": "paid", "paid_minor": 100_00, "settled_at": now} if n % 2 else {}
    _bill(0, now, **paid)
    if n == 1:
        second = Account.objects.get(key="company-1")
        say_line(second, "L1", now, starts_on=START.date() - timedelta(days=4), ends_on=today)
    third, earlier = Account.objects.get(key="company-2"), START.date() - timedelta(days=4 + n)
    say_line(third, "L2", now, starts_on=earlier, ends_on=START.date() + timedelta(days=60))
    late = open_account(by=None, name=f"Latecomer {n}", now=now)
    say_line(late, f"L9{n}", now, starts_on=today - timedelta(days=3), ends_on=today + timedelta(days=50))


@dataclass
class Clock:
    """Later at each look, so that nothing is dated twice; what goes on after a kill begins later still."""

    now: datetime

    def tick(self) -> datetime:
        self.now += timedelta(seconds=10)
        return self.now


def follow(clock: Clock) -> None:
    from firstwin.signals.refresh.again import fold_again_some, hear_some
    from firstwin.signals.refresh.back import look_back_some
    from firstwin.signals.refresh.once import refresh_some

    few_at_once()
    while refresh_some(clock.tick()):
        pass
    while look_back_some(clock.tick(), weeks=WEEKS):
        pass
    while hear_some(clock.tick()) or fold_again_some(clock.tick()):
        pass
    while refresh_some(clock.tick()):
        pass


def few_at_once() -> None:
    """Two accounts to a transaction, so that there is something between two of them."""
    from firstwin.core import pace
    from firstwin.signals.refresh import again, first, past, store

    pace.SMALLEST = pace.LARGEST = pace.START = 2
    store._FEWEST = first._FEWEST = again._FEWEST = past._FEWEST = 2


def live(n: int, *, since: timedelta = timedelta(0), is_begun: bool = False) -> None:
    """Day n with its night.  since: how late it is taken up.  is_begun: with the weeks before, told at once."""
    from firstwin.signals.refresh.begin import begin
    from firstwin.signals.refresh.full import full_pass

    few_at_once()
    facts_of(n)
    clock = Clock(moment(n) + since)
    if is_begun:
        begin(now=clock.tick(), weeks=WEEKS)
    follow(clock)
    full_pass(clock.tick())


def run_here(*, since: timedelta = timedelta(0), is_begun: bool = False) -> None:
    """Two days, the one that is over left out: it is when facts of the next one were told."""
    from firstwin.accounts.models import Account

    if not Account.objects.filter(key="latecomer-1").exists():
        live(0, since=since, is_begun=is_begun)
    live(1, since=since)


def go_on(*, is_begun: bool = False) -> dict[str, Any]:
    """What is done after everything was started again; then what is there to see."""
    run_here(since=AFTER, is_begun=is_begun)
    return found(moment(1) + timedelta(hours=8))


def found(now: datetime, *, is_passed: bool = False) -> dict[str, Any]:
    """What all passes found, one more among them unless the last one was just now, and what must never be."""
    from firstwin.signals.models import Pass
    from firstwin.signals.refresh.full import full_pass

    if not is_passed:
        full_pass(now)
    passes = list(Pass.objects.order_by("pk"))
    return {
        "differing": sum(one.differing for one in passes),
        "differences": [told for one in passes for told in one.differences],
        "lost": lost(now),
        "doubled": doubled(),
        "problems": problems(now),
        "digest": digest(),
    }


def lost(now: datetime) -> list[str]:
    """Accounts whose signals do not stand where their facts stand, that show nothing, or whose past still waits."""
    from firstwin.accounts.models import Account
    from firstwin.signals.models import LookedBack, Reading, Refreshed

    done = dict(Refreshed.objects.values_list("account_id", "revision"))
    scored = set(Reading.objects.values_list("account_id", flat=True))
    waits = LookedBack.objects.filter(again_from__lt=now.date()).values("pk")
    told = set(LookedBack.objects.exclude(pk__in=waits).values_list("account_id", flat=True))
    return [
        key
        for pk, key, revision in Account.objects.filter(removed_at=None).values_list("pk", "key", "revision")
        if done.get(pk) != revision or pk not in scored or pk not in told
    ]


def doubled() -> list[str]:
    """Readings that say again what the one before them said, and moves, stays and findings that stand twice."""
    from firstwin.signals.models import Episode, Reading, SegmentStay, StageMove

    told: list[str] = []
    last: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for one in Reading.objects.order_by("at", "id"):
        who = (one.account_id, one.scorecard)
        says = (one.version, one.engine, one.is_primary, bytes(one.inputs), bytes(one.result))
        if last.get(who) == says:
            told.append(f"reading {one.pk} of {who}")
        last[who] = says
    for model, names in (
        (StageMove, ("account_id", "pipeline", "stage", "overlay", "previous", "on")),
        (SegmentStay, ("account_id", "segment", "entered_on")),
        (Episode, ("account_id", "detector", "cause", "first_on")),
    ):
        rows: Any = model._default_manager.filter(restated_at=None).values_list(*names)
        told += [f"{model.__name__} {row}" for row, n in Counter(rows).items() if n > 1]
    return told


def problems(now: datetime) -> list[str]:
    """What `firstwin verify` says of signals."""
    from firstwin.core.invariants import verify

    checks = [one for one in verify(now=now) if one.invariant.key.startswith(("signals.", "accounts."))]
    told = [text for one in checks for text in one.problems]
    return [text for text in told if "differs from the facts" not in text]  # bills said without their import


def digest() -> str:
    """Of everything that signals say: what lists show, and the trail in days, without the moments of its writing."""
    from firstwin.accounts.models import Account, AccountNow
    from firstwin.signals.models import Episode, Reading, SegmentStay, StageMove
    from firstwin.signals.published import COLUMNS

    keys = dict(Account.objects.values_list("pk", "key"))
    told: list[Any] = [("now", *row) for row in AccountNow.objects.values_list("account__key", *COLUMNS)]
    for model, names in (
        (Reading, ("scorecard", "version", "on", "is_primary", "is_reconstructed", "score", "band", "coverage")),
        (StageMove, ("pipeline", "stage", "overlay", "previous", "on")),
        (SegmentStay, ("segment", "entered_on", "left_on")),
        (Episode, ("detector", "cause", "words", "severity", "first_on", "last_on", "cleared_on")),
    ):
        rows: Any = model._default_manager.all()
        if model is not Reading:
            rows = rows.filter(restated_at=None)
        told += [(model.__name__, keys[pk], *row) for pk, *row in rows.values_list("account_id", *names)]
    return hashlib.sha256("\n".join(sorted(map(repr, told))).encode()).hexdigest()


class Furnished(Base):
    """A migrated database with customers nobody computed yet."""

    def _prepare(self) -> None:
        furnish()


def day_by_day(base: Base) -> Iterator[dict[str, Any]]:
    """One installation that is killed several times a day, each time a little further."""
    forked(partial(live, 0))
    for n, points in enumerate(DAYS, start=1):
        restarts = [partial(live, n, since=k * AFTER / len(points)) for k in range(len(points))]
        hit = [point for point, restart in zip(points, restarts, strict=True) if killed_at(f"{point}:1", restart)]
        again, said = forked(partial(_live_on, n))
        yield {"hit": hit, "again": again, **(said or {})}


def _live_on(n: int) -> dict[str, Any]:
    live(n, since=AFTER)
    return found(moment(n) + timedelta(hours=8), is_passed=True)


def kills(base: Base) -> Iterator[dict[str, Any]]:
    """Each pass of each point, from the start each time."""
    for is_begun, points in ((False, COMPANION), (True, BEGINNING)):
        for point in points:
            k, is_hit = 0, True
            while is_hit:
                k += 1
                base.reset()
                is_hit = killed_at(f"{point}:{k}", partial(run_here, is_begun=is_begun))
                again, said = forked(partial(go_on, is_begun=is_begun))
                yield {"is_begun": is_begun, "point": point, "k": k, "is_hit": is_hit, "again": again, **(said or {})}


def killed_at(point: str, run: Callable[[], None]) -> bool:
    os.environ["FAILPOINT"] = point
    status, _ = forked(run)
    del os.environ["FAILPOINT"]
    return was_killed(status)


def was_killed(status: int) -> bool:
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def broken(base: Base) -> Iterator[dict[str, Any]]:
    """What the same checks say of a second day whose refresh is not as careful."""
    forked(partial(live, 0))
    base.keep_full()
    for run in (marks_first, marks_first_alone, nothing_written, forgetful):
        base.reset(is_full=True)
        status, _ = forked(run)
        again, said = forked(partial(_live_on, 1))
        yield {"broken": run.__name__, "is_hit": was_killed(status), "again": again, **(said or {})}


def marks_first() -> None:
    """An account is marked as done, and the process dies before its rows are written. All in one transaction still."""
    from firstwin.signals.refresh import store

    mark = store._mark

    def dies(due: Any, made: Any, revisions: Any) -> None:
        mark(revisions, made)
        os.kill(os.getpid(), signal.SIGKILL)

    store.write = dies
    live(1)


def marks_first_alone() -> None:
    """The same without the transaction."""
    from django.db import connection

    from firstwin.signals.refresh import store

    @contextmanager
    def nothing() -> Iterator[None]:
        yield

    connection.features.has_select_for_update = False
    store.transaction = SimpleNamespace(atomic=nothing)  # type: ignore[attr-defined, assignment]
    marks_first()


def nothing_written() -> None:
    """What was computed is marked as done and never stored."""
    from firstwin.signals.refresh import store

    store.write = lambda *_: None
    live(1)


def forgetful() -> None:
    """What was published before is not remembered."""
    from firstwin.signals.refresh import once
    from firstwin.signals.refresh.state import state_of

    once.state_of = lambda *given: replace(state_of(*given), readings={})  # type: ignore[attr-defined]
    live(1)


def main() -> None:
    folder, mode = Path(sys.argv[1]), "".join(sys.argv[2:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    django.setup()
    import firstwin.signals.refresh.begin
    import firstwin.signals.refresh.once
    import firstwin.signals.risks.alarms  # noqa: F401 - once here, not in every fork

    base = Furnished(folder)
    for one in {"": whole_and_kills, "days": day_by_day, "broken": broken}[mode](base):
        sys.stdout.write(json.dumps(one) + "\n")
        sys.stdout.flush()


def whole_and_kills(base: Base) -> Iterator[dict[str, Any]]:
    for is_begun in (False, True):
        base.reset()
        status, said = forked(partial(_whole, is_begun=is_begun))
        yield {"is_begun": is_begun, "status": status, **(said or {})}
    yield from kills(base)


def _whole(*, is_begun: bool) -> dict[str, Any]:
    run_here(is_begun=is_begun)
    return go_on()


if __name__ == "__main__":
    main()
