"""Kill the way of events (accepted, taken up, folded, merged) at every failpoint, go on, and tell what was left behind.

    python -m firstwin.usage.tests.lake_killing FOLDER [first | broken | random]

first: only at the first pass of each point.  broken: with a commit disabled, which must be noticed.
random: 300 kills, each at any moment of the work instead of at a named point.
Runs outside of pytest, in forks of a process that has never opened a database. Prints one JSON object per kill.
"""

import hashlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import django

from firstwin.connectors.tests.killing import Base, forked

POINTS = (
    "ingest.stored",
    "ingest.committed",
    "compact.identity.before",
    "compact.identity.after",
    "compact.read",
    "compact.stored",
    "lake.file.before_rename",
    "lake.file.after_rename",
    "lake.store.before_commit",
    "lake.store.after_commit",
    "lake.fold.before_commit",
    "lake.fold.after_commit",
    "lake.merge.before_commit",
    "lake.merge.after_commit",
    "lake.rebuild.before_commit",
    "lake.rebuild.after_commit",
)
BODIES, EVENTS_EACH = 4, 3
KILLS = int(os.environ.get("FIRSTWIN_KILLS", "300"))
FIRST_DAY = datetime(2026, 1, 29, 12, tzinfo=UTC)  # the bodies cross the border of a block
NOW = FIRST_DAY + timedelta(days=10)


def body(n: int) -> bytes:
    """Each speaks of a day of its own, by which its events are found again, and repeats one event of the last."""
    calls = [_call(n, m) for m in range(EVENTS_EACH)] + ([_call(n - 1, 0)] if n else [])
    return json.dumps({"batch": calls}).encode()


def _call(n: int, m: int) -> dict[str, Any]:
    at = (FIRST_DAY + timedelta(days=n, minutes=m)).isoformat()
    return {
        "type": "track",
        "event": f"Did {m}",
        "userId": f"user-{m}",
        "messageId": f"message-{n}-{m}",
        "timestamp": at,
        "context": {"groupId": f"company-{m % 2}"},
    }


def send(acknowledged: Path | None) -> None:
    from firstwin.usage.ingest.accept import accept

    for n in range(BODIES):
        accept(body(n), source_id=1, call="batch", received_at=NOW, events=EVENTS_EACH + bool(n))
        if acknowledged is not None:
            with acknowledged.open("a") as file:
                file.write(f"{n}\n")
        if n % 2:
            take_up()


def take_up() -> None:
    """All that is done with what was accepted."""
    from firstwin.usage.compact.run import compact_once
    from firstwin.usage.lake import fold, merge

    merge.TOGETHER = dict.fromkeys(merge.TOGETHER, 2)
    while compact_once(NOW):
        pass
    while fold.fold(NOW):
        pass
    while merge.merge(NOW):
        pass


def run_here(folder: Path) -> None:
    from firstwin.usage.lake.rebuild import rebuild

    send(folder / "acknowledged")
    rebuild(NOW)


def go_on(folder: Path) -> dict[str, Any]:
    """Take up what is left and see whether all that was acknowledged is there; then the client sends all again."""
    take_up()
    kept = folder / "acknowledged"
    told = [int(line) for line in kept.read_text().split()] if kept.exists() else []
    stored = _events_by_day()
    lost = [n for n in told if stored.get((FIRST_DAY + timedelta(days=n)).date().isoformat()) != EVENTS_EACH]
    send(None)
    return {"lost": lost, "digest": digest(), "problems": problems()}


def problems() -> list[str]:
    from firstwin.core.invariants import verify
    from firstwin.usage.lake import check

    found = [text for finding in verify(now=NOW) for text in finding.problems if "schedule" not in text]
    return found + check.key_problems(NOW, is_whole=True) + check.rollup_problems(NOW, is_whole=True)


def digest() -> str:
    """Of all roll-ups, with names in the place of numbers."""
    from firstwin.usage.store.models import Actor, EventName, Place
    from firstwin.usage.tests.lake_world import read_all

    places = dict(Place.objects.values_list("pk", "key"))
    actors: dict[int, str] = dict(Actor.objects.values_list("pk", "key"))
    features: dict[int, str] = dict(EventName.objects.values_list("pk", "name"))
    told = []
    for table, rows in read_all().items():
        second = {"actor_blocks": actors, "feature_blocks": features, "feature_days": features}.get(table)
        told += [(table, places.get(row[0]), second[row[1]] if second else row[1], *row[2:]) for row in rows]
    return hashlib.sha256("\n".join(sorted(map(repr, told))).encode()).hexdigest()


def _events_by_day() -> dict[str, int]:
    from firstwin.usage.lake.days import day_of
    from firstwin.usage.tests.lake_world import read

    found: dict[str, int] = {}
    for row in read("place_days"):
        day = day_of(row[1]).isoformat()
        found[day] = found.get(day, 0) + row[4]
    return found


class Both(Base):
    """Also the database of the store, which stands in a file of its own beside SQLite, and the files of the lake."""

    def reset(self, *, is_full: bool = False) -> None:
        from django.conf import settings

        super().reset(is_full=is_full)
        for name in self._events():
            for suffix in ("", "-wal", "-shm"):
                Path(f"{name}{suffix}").unlink(missing_ok=True)
            shutil.copy(self._folder / "events-empty.sqlite3", name)
        shutil.rmtree(settings.ENV.home / "lake", ignore_errors=True)
        (settings.ENV.home / "acknowledged").unlink(missing_ok=True)

    def _keep(self, kept: str) -> None:
        super()._keep(kept)
        for name in self._events():
            shutil.copy(name, self._folder / f"events-{kept}.sqlite3")

    def _checkpoint(self) -> None:
        from django.db import connections

        for connection in connections.all():
            with connection.cursor() as cursor:
                cursor.execute("pragma wal_checkpoint(truncate)")
            connection.close()

    def _prepare(self) -> None:
        from django.db import connections

        from firstwin.usage.models import Source

        Source.objects.create(pk=1, key="web", name="Web", recorded_at=NOW)
        connections.close_all()

    def _events(self) -> list[str]:
        from django.conf import settings

        return [settings.DATABASES["events"]["NAME"]] if "events" in settings.DATABASES else []


def kills(folder: Path, base: Base, *, only_first: bool) -> Iterator[dict[str, Any]]:
    for point in POINTS:
        k, is_hit = 0, True
        while is_hit and not (only_first and k):
            k += 1
            base.reset()
            os.environ["FAILPOINT"] = f"{point}:{k}"
            status, _ = forked(lambda: run_here(folder))
            del os.environ["FAILPOINT"]
            is_hit = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            again, said = forked(lambda: go_on(folder))
            yield {"point": point, "k": k, "is_hit": is_hit, "status": status, "again": again, **(said or {})}


def at_random(folder: Path, base: Base) -> Iterator[dict[str, Any]]:
    """Killed after a time drawn anew for each, up to as long as the whole work takes."""
    random = Random(7)
    base.reset()
    began = time.monotonic()
    forked(lambda: run_here(folder))
    whole = time.monotonic() - began
    for n in range(KILLS):
        base.reset()
        status = _killed_after(random.uniform(0.0, whole), lambda: run_here(folder))
        is_hit = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        again, said = forked(lambda: go_on(folder))
        yield {"point": "random", "k": n, "is_hit": is_hit, "status": status, "again": again, **(said or {})}


def _killed_after(seconds: float, work: Callable[[], Any]) -> int:
    """The wait status of a process that does `work` and is killed after so long, unless it has ended by then."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def without_a_commit(folder: Path, base: Base) -> Iterator[dict[str, Any]]:
    """What the same check says when acknowledging, or storing, does not commit."""

    def acknowledging() -> None:
        from firstwin.usage.ingest.writer import writer

        writer.put = lambda arrival: None  # type: ignore[method-assign]

    def storing() -> None:
        from firstwin.usage.lake import pieces

        pieces.add = lambda *written, **more: None

    for disable in (acknowledging, storing):
        base.reset()
        forked(partial(_send_without, disable, folder))
        again, said = forked(lambda: go_on(folder))
        yield {"disabled": disable.__name__, "again": again, **(said or {})}


def _send_without(disable: Callable[[], None], folder: Path) -> None:
    disable()
    send(folder / "acknowledged")


def _whole(folder: Path) -> dict[str, Any]:
    run_here(folder)
    return go_on(folder)


def main() -> None:
    folder, mode = Path(sys.argv[1]), "".join(sys.argv[2:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    django.setup()
    import firstwin.usage.compact.run
    import firstwin.usage.ingest.accept
    import firstwin.usage.lake.check  # noqa: F401 - once here, not in every fork

    base = Both(folder)
    base.reset()
    _say("whole", *forked(lambda: _whole(folder)))
    found: Callable[[], Iterator[dict[str, Any]]] = (
        (lambda: without_a_commit(folder, base))
        if mode == "broken"
        else (lambda: at_random(folder, base))
        if mode == "random"
        else (lambda: kills(folder, base, only_first=mode == "first"))
    )
    for kill in found():
        sys.stdout.write(json.dumps(kill) + "\n")
        sys.stdout.flush()


def _say(word: str, status: int, said: dict[str, Any] | None) -> None:
    sys.stdout.write(json.dumps({"point": word, "status": status, **(said or {})}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
