"""Sends events over HTTP as hard as it is told, and says as JSON how it went (see `bench.usage_ingest`).

    python -m bench.usage_sender URL KEY --events 100 --seconds 60 --connections 16 [--rate REQUESTS_PER_SECOND]
        [--groups FILE]

Without a rate each connection sends the next request when the last is answered (a closed loop). With one, requests are
due at fixed times whether or not the server keeps up (an open loop), and times count from when they were due. With a
file of groups, an id a line, events are of those customers and of now, and none is sent twice.
"""

import argparse
import asyncio
import base64
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count, cycle
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

_BODIES = 64
_NAMES = ("Report Exported", "Board Opened", "Comment Added", "Invoice Sent", "Search Made")


def body(dice: Random, events: int, groups: Sequence[str] = ()) -> bytes:
    """A batch such as an official client makes; a single call when it is one event. groups: customers it is of, now."""
    made = [event(dice) for _ in range(events)]
    sent = "2026-03-02T10:00:01.000Z"
    if groups:
        sent = datetime.now(UTC).isoformat()
        made = [{**one, "timestamp": sent, "context": {"groupId": dice.choice(groups)}} for one in made]
    told = made[0] if events == 1 else {"batch": made}
    return json.dumps({**told, "sentAt": sent}).encode()


def event(dice: Random) -> dict[str, object]:
    return {
        "type": "track",
        "event": dice.choice(_NAMES),
        "userId": f"user-{dice.randrange(100_000):06}",
        "messageId": f"{dice.getrandbits(128):032x}",
        "timestamp": f"2026-03-02T09:{dice.randrange(60):02}:{dice.randrange(60):02}.000Z",
        "context": {
            "groupId": f"account-{dice.randrange(5_000):05}",
            "library": {"name": "analytics-python", "version": "2.4.0"},
        },
        "integrations": {},
        "properties": {"rows": dice.randrange(1_000), "revenue": dice.randrange(10_000) / 100, "plan": "Pro"},
    }


@dataclass
class Told:
    """What came back. times: milliseconds of each request that was taken."""

    times: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    late: int = 0  # requests of an open loop for which no connection was free within a second
    seconds: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--events", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--groups", type=Path)
    given = parser.parse_args()
    told = asyncio.run(send(given))
    taken = told.statuses["200"]
    times = sorted(told.times) or [0.0]
    print(
        json.dumps(
            {
                "requests": taken,
                "events": taken * given.events,
                "seconds": told.seconds,
                "statuses": told.statuses,
                "late": told.late,
                "p50": times[len(times) // 2],
                "p99": times[len(times) * 99 // 100],
                "longest": times[-1],
            }
        )
    )


async def send(given: argparse.Namespace) -> Told:
    dice = Random(3)
    head = _head(given.url, given.key)
    requests: Iterator[bytes] = cycle([_request(head, body(dice, given.events)) for _ in range(_BODIES)])
    if given.groups:
        groups = given.groups.read_text().split("\n")
        requests = (_request(head, body(dice, given.events, groups)) for _ in count())
    told, due = Told(), asyncio.Queue[float]()
    began = time.perf_counter()
    ends = began + given.seconds
    tasks = [
        _connection(given.url, requests, told, due if given.rate else None, ends) for _ in range(given.connections)
    ]
    if given.rate:
        tasks.append(_clock(due, given.rate, ends))
    await asyncio.gather(*tasks)
    told.seconds = time.perf_counter() - began
    return told


async def _clock(due: "asyncio.Queue[float]", rate: float, ends: float) -> None:
    at = time.perf_counter()
    while at < ends:
        due.put_nowait(at)
        at += 1 / rate
        if (pause := at - time.perf_counter()) > 0:
            await asyncio.sleep(pause)


async def _connection(
    url: str, requests: Iterator[bytes], told: Told, due: "asyncio.Queue[float] | None", ends: float
) -> None:
    there = urlsplit(url)
    reader, writer = await asyncio.open_connection(there.hostname, there.port)
    while (now := time.perf_counter()) < ends:
        if due is not None:
            try:
                began = await asyncio.wait_for(due.get(), ends - now)
            except TimeoutError:
                break
            if time.perf_counter() - began > 1:
                told.late += 1
                continue
        else:
            began = now
        try:
            writer.write(next(requests))
            status = await _answer(reader)
        except (OSError, asyncio.IncompleteReadError):
            told.statuses["broken"] += 1
            reader, writer = await asyncio.open_connection(there.hostname, there.port)
            continue
        told.statuses[status] += 1
        if status == "200":
            told.times.append((time.perf_counter() - began) * 1_000)
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> str:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = next((line.split(":")[1] for line in head.split("\r\n") if line.startswith("content-length:")), None)
    if length is None:
        await reader.readuntil(b"0\r\n\r\n")
    else:
        await reader.readexactly(int(length))
    return head.split(" ", 2)[1]


def _head(url: str, key: str) -> str:
    there = urlsplit(url)
    known = base64.b64encode(f"{key}:".encode()).decode()
    return (
        f"POST /v1/{{path}} HTTP/1.1\r\nHost: {there.netloc}\r\nAuthorization: Basic {known}\r\n"
        "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )


def _request(head: str, sent: bytes) -> bytes:
    path = "batch" if sent.startswith(b'{"batch"') else "track"
    return head.format(path=path, length=len(sent)).encode() + sent


if __name__ == "__main__":
    main()
