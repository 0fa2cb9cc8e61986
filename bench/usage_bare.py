"""The least that taking in events can cost: one process, no HTTP, no Django; parse each batch and commit its bytes.

Prints {how: events a second} as JSON. On whichever database FIRSTWIN_DATABASE_URL names.
"""

import argparse
import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import msgspec

from bench.usage_sender import body

Commit = Callable[[Sequence[bytes]], None]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5)
    given = parser.parse_args()
    dice = Random(3)
    bodies = [body(dice, 100) for _ in range(64)]
    with tempfile.TemporaryDirectory(dir=os.environ["FIRSTWIN_HOME"]) as made:
        commit = _postgresql() if os.environ.get("FIRSTWIN_DATABASE_URL") else _sqlite(Path(made) / "bare.sqlite3")
        found = {f"{n} batch{'es' if n > 1 else ''} a commit": _rate(bodies, commit, n, given.seconds) for n in (1, 4)}
    print(json.dumps(found))


def _rate(bodies: list[bytes], commit: Commit, together: int, seconds: float) -> float:
    decode = msgspec.json.Decoder().decode
    began, done = time.perf_counter(), 0
    while (took := time.perf_counter() - began) < seconds:
        some = [bodies[(done + n) % len(bodies)] for n in range(together)]
        for one in some:
            decode(one)
        commit(some)
        done += together
    return done * 100 / took


def _sqlite(path: Path) -> Commit:
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE inbox (body BLOB)")

    def commit(bodies: Sequence[bytes]) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO inbox VALUES (?)", [(one,) for one in bodies])
        database.execute("COMMIT")

    return commit


def _postgresql() -> Commit:
    import psycopg

    database = psycopg.connect(os.environ["FIRSTWIN_DATABASE_URL"])
    database.execute("CREATE TABLE bare_inbox (body bytea)")
    database.commit()

    def commit(bodies: Sequence[bytes]) -> None:
        with database.cursor() as cursor:
            cursor.executemany("INSERT INTO bare_inbox VALUES (%s)", [(one,) for one in bodies])
        database.commit()

    return commit


if __name__ == "__main__":
    main()
