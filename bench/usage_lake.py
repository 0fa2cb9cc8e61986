"""Events a second taken up by a lake that knows very many keys; seconds to fold and merge a day of a million events."""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.homes import run as run_in

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)
BATCH = 100
REPEATED = 5
"""One event in so many repeats another."""

COMPANIES, PEOPLE, NAMES = 2_000, 50_000, 60


def run(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench usage_lake", description=__doc__)
    parser.add_argument("--stored", type=int, default=50_000_000, help="keys of events stored before")
    parser.add_argument("--events", type=int, default=1_000_000, help="events taken up, and folded")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="firstwin-bench-") as made:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
        os.environ["FIRSTWIN_HOME"] = made
        run_in({"FIRSTWIN_HOME": made, "FIRSTWIN_DATABASE_URL": ""}, "firstwin.cli", "migrate", "-v0")
        import django

        django.setup()
        print(f"{given.stored:,} keys stored, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        _measure(given.stored, given.events)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"largest memory{peak:36,.0f} MB")


def _measure(stored: int, events: int) -> None:
    from firstwin.usage.models import Source

    Source.objects.create(pk=1, key="bench", name="Bench", recorded_at=NOW)
    _told("stored keys, written", stored, lambda: _write_keys(stored))
    _told("stored keys, merged", stored, _merge_all)
    _fill_inbox(events)
    taken = _told("compaction", events, _compact)
    print(f"  of which stored {taken:,}, repetitions dropped {events - taken:,}")
    _told("fold", taken, _fold)
    _told("merge", taken, _merge_all)
    days = _day(events)
    _told("storing a day without reading JSON", events, lambda: _store(days))
    began = time.monotonic()
    _told("fold of that day", events, _fold)
    _told("merges of that day", events, _merge_all)
    seconds = time.monotonic() - began
    print(f"a day of {events:,} events folded and merged{seconds:12.2f} s (bound: 5 s for a million)")


def _told(label: str, events: int, work: Callable[[], Any]) -> Any:
    began = time.monotonic()
    result = work()
    seconds = time.monotonic() - began
    print(f"{label:38}{events / seconds:12,.0f} events/s {seconds:10.2f} s", flush=True)
    return result


def _write_keys(stored: int) -> None:
    """As a history of merges leaves them: files of very different sizes."""
    import numpy as np
    from django.db import transaction

    from firstwin.usage.lake import keys, pieces
    from firstwin.usage.store.router import EVENTS

    random = np.random.default_rng(1)
    left, size = stored, 12_000_000
    while left:
        rows = min(left, size)
        k1, k2 = (random.integers(0, 2**64, rows, dtype=np.uint64) for _ in range(2))
        with transaction.atomic(using=EVENTS):
            pieces.add([keys.write_keys(k1, k2)], now=NOW)
        left, size = left - rows, size if left > 3 * size else max(size // 2, 200_000)


def _fill_inbox(events: int) -> None:
    """Batches of tracking calls, some of them sent twice."""
    from firstwin.usage.store.models import Inbox

    Inbox.objects.bulk_create(
        (
            Inbox(source=1, call="batch", received_at=NOW, body=body, events=BATCH, size=len(body))
            for body in (_body(n * BATCH) for n in range(events // BATCH))
        ),
        batch_size=500,
    )


def _body(first: int) -> bytes:
    return json.dumps({"batch": list(_calls(first)), "sentAt": NOW.isoformat()}).encode()


def _calls(first: int) -> Iterator[dict[str, Any]]:
    for n in range(first, first + BATCH):
        number = n if n % REPEATED else max(0, n - 7 * BATCH - 1)
        who = number * 7919 % PEOPLE
        yield {
            "type": "track",
            "event": f"Feature {number * 31 % NAMES} used",
            "messageId": f"message-{number}",
            "userId": f"user-{who}",
            # As the official clients write it, and older events first, as they come.
            "timestamp": (NOW - timedelta(seconds=80_000 - number % 80_000)).isoformat(timespec="milliseconds"),
            "properties": {"button": "save", "n": number % 100},
            "context": {"groupId": f"company-{who % COMPANIES}", "library": {"name": "bench", "version": "1"}},
        }


def _compact() -> int:
    from firstwin.usage.compact.run import Compactor
    from firstwin.usage.lake import pieces

    compactor = Compactor()
    while compactor.once(NOW):
        pass
    return sum(piece.rows for piece in pieces.unrolled())


def _fold() -> None:
    from firstwin.usage.lake.fold import fold

    while fold(NOW):
        pass


def _merge_all() -> None:
    from firstwin.usage.lake.merge import merge

    while merge(NOW):
        pass


def _day(events: int) -> list[Any]:
    """One day's events as tables, made before the clock runs."""
    import numpy as np
    import pyarrow as pa

    from firstwin.usage.lake.days import number_at
    from firstwin.usage.lake.schema import EVENTS

    random, tables = np.random.default_rng(2), []
    day = number_at(NOW) + 1
    for rows in [min(200_000, events - start) for start in range(0, events, 200_000)]:
        actor = random.integers(1, PEOPLE, rows)
        ts = pa.array(day * 86_400_000_000 + random.integers(0, 86_400_000_000, rows)).cast(pa.timestamp("us"))
        told: dict[str, Any] = {name: np.zeros(rows, np.int64) for name in ("known_on", "run", "line", "what")}
        told |= {
            "place": actor % COMPANIES + 1,
            "actor": actor,
            "feature": random.integers(1, NAMES, rows),
            "source": np.ones(rows, np.int64),
            "ts": ts,
            "day": np.full(rows, day),
            "received": ts,
            "k1": random.integers(0, 2**64, rows, dtype=np.uint64),
            "k2": random.integers(0, 2**64, rows, dtype=np.uint64),
            "count": np.ones(rows, np.int64),
            "people": pa.nulls(rows),
            "value_micro": pa.nulls(rows),
            "props": pa.array(['{"button":"save"}'] * rows),
        }
        tables.append(pa.table({name: told[name] for name in EVENTS.names}).cast(EVENTS))
    return tables


def _store(tables: Sequence[Any]) -> None:
    from firstwin.usage.lake.commit import store

    for table in tables:
        store(table, inbox_ids=[], extra=lambda: None, now=NOW)
