"""All steps of one load of `bench.usage_bounds`; the last line printed is JSON."""

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from itertools import islice
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)
BATCH = 100
AT_ONCE = 12
"""Requests that send, as many as the server lets in."""

COMPANIES, PEOPLE, NAMES = 2_000, 50_000, 60


STEPS: dict[str, tuple[str, ...]] = {
    "day": ("fold", "merge", "metrics"),
    "people": ("fold", "merge", "metrics", "account", "page"),
    "names": ("fold", "merge", "metrics", "account", "page", "catalogue", "health"),
}
SLICE = 250_000
"""Events that are received before they are taken up, as both go on at once in life."""


def main(kind: str, size: str) -> None:
    """Every step in a fork of this process, which itself opens nothing."""
    import django

    django.setup()
    import firstwin.usage.compact.run
    import firstwin.usage.lake.fold  # noqa: F401 - once here, not in every fork

    events = int(float(size) * 2**30 / bytes_of_one()) if kind == "day" else int(float(size))
    found: dict[str, tuple[int, float, str]] = {}
    _in_a_fork(partial(begin, kind))
    for first in range(0, events, SLICE):
        last = min(first + SLICE, events)
        for name, step in (("receive", partial(receive, kind, first, last)), ("compact", compact)):
            mb, seconds, said = _in_a_fork(step)
            before = found.get(name, (0, 0.0, ""))
            found[name] = max(before[0], mb), before[1] + seconds, said
    for name in STEPS[kind]:
        found[name] = _in_a_fork(globals()[name])
    print(json.dumps([(name, *told) for name, told in found.items()]))


def _in_a_fork(step: Callable[[], str]) -> tuple[int, float, str]:
    """Megabytes at the most, of it or of a child of its own; seconds; what it said."""
    reader, writer = os.pipe()
    began = time.monotonic()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            os.write(writer, step().encode())
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode()
    _, status, used = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{step} failed")
    return used.ru_maxrss // 1024, round(time.monotonic() - began, 1), said


def begin(kind: str) -> str:
    from firstwin.accounts.actions.open_account import open_account
    from firstwin.people.models import User
    from firstwin.people.roles import Role, Scope
    from firstwin.usage.models import Source

    by = User.objects.create(name="Bench", email="bench@x.example", role=Role.ADMIN, scope=Scope.ALL, joined_at=NOW)
    Source.objects.create(pk=1, key="bench", name="Bench", recorded_at=NOW)
    for n in range(50):
        open_account(by=by, name=f"Company {n}", now=NOW, external_ids=[("bench", f"company-{n}")])
    return kind


def receive(kind: str, first: int, last: int) -> str:
    """As the server does: some requests at once, whose commits go together."""
    from firstwin.usage.ingest.accept import accept

    def take(body: bytes) -> int:
        accept(body, source_id=1, call="batch", received_at=NOW, events=BATCH)
        return len(body)

    size, made = 0, bodies(kind, first, last)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        while some := list(islice(made, 4 * AT_ONCE)):
            size += sum(threads.map(take, some))
    return f"{size / 2**20:,.0f} MB"


def bodies(kind: str, first: int, last: int) -> Iterator[bytes]:
    for start in range(first, last, BATCH):
        calls = ", ".join([one(kind, n) for n in range(start, min(start + BATCH, last))])
        yield f'{{"batch": [{calls}], "sentAt": "{NOW.isoformat()}"}}'.encode()


def one(kind: str, n: int) -> str:
    """A tracking call as the official clients write it."""
    who = n if kind == "people" else n * 7919 % PEOPLE
    event = f"Saw order {n}" if kind == "names" else f"Feature {n * 31 % NAMES} used"
    company = 0 if kind == "people" else who % COMPANIES
    return (
        f'{{"type": "track", "event": "{event}", "messageId": "message-{n}", "userId": "user-{who}", '
        f'"timestamp": "{_clock(n % 80_000)}", "properties": {{"button": "save", "n": {n % 100}}}, '
        f'"context": {{"groupId": "company-{company}", "library": {{"name": "bench", "version": "1"}}}}}}'
    )


@lru_cache(maxsize=80_000)
def _clock(second: int) -> str:
    return (NOW - timedelta(seconds=80_000 - second)).isoformat(timespec="milliseconds")


def bytes_of_one() -> float:
    return len(next(bodies("day", 1_000_000, 1_000_000 + BATCH))) / BATCH


def compact() -> str:
    from firstwin.usage.compact import companion
    from firstwin.usage.store.models import Inbox

    while companion.compact():  # as the worker does
        pass
    return f"{Inbox.objects.count()} left"


def fold() -> str:
    from firstwin.usage.lake.fold import fold

    times = 0
    while fold(NOW):
        times += 1
    return f"{times} times"


def merge() -> str:
    from firstwin.usage.lake.merge import merge

    times = 0
    while merge(NOW):
        times += 1
    return f"{times} times"


def metrics() -> str:
    from firstwin.usage.compact.refresh import refresh_touched
    from firstwin.usage.metrics.population import columns_of

    found = columns_of(None, NOW.date(), now=NOW)
    while refresh_touched(NOW):
        pass
    return f"{len(found)} accounts"


def account() -> str:
    from firstwin.usage.metrics.account import usage_for
    from firstwin.usage.metrics.crowd import crowd_of
    from firstwin.usage.metrics.features import heat

    pk = _account().pk
    usage = usage_for(pk, NOW.date(), now=NOW)
    people = crowd_of(pk, NOW.date(), by="-days", most=25)
    rows = heat(pk, NOW.date()).rows
    return f"{usage.active_28} active, {people.all} people, {len(rows)} names"


def page() -> str:
    return _get(f"/accounts/{_account().key}/usage/?whole=1")


def catalogue() -> str:
    return _get("/usage/events/")


def health() -> str:
    return _get("/usage/health/")


def _account() -> Any:
    from firstwin.accounts.models import Account

    return Account.objects.get(name="Company 0")


def _get(address: str) -> str:
    from django.conf import settings
    from django.test import Client

    from firstwin.people.models import User

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get())
    answer = client.get(address)
    return f"{answer.status_code}, {len(answer.content) >> 10} KB"


if __name__ == "__main__":
    main(*sys.argv[1:])
