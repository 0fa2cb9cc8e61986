"""Reads and writes as people do, until its input closes, and tells how long it had to wait (see `bench.commerce`)."""

import os
import sys
import threading
import time
from collections.abc import Callable


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    import django

    django.setup()
    done = threading.Event()
    waits: dict[str, list[float]] = {"read": [], "write": []}
    workers = [threading.Thread(target=_work, args=(waits[name], work, done)) for name, work in WORK.items()]
    for worker in workers:
        worker.start()
    print("ready", flush=True)
    sys.stdin.read()
    done.set()
    for worker in workers:
        worker.join()
    print(", ".join(f"{name}s {_told(found)}" for name, found in waits.items()), flush=True)


def _work(waits: list[float], work: Callable[[int], None], done: threading.Event) -> None:
    place = 0
    while not done.is_set():
        began = time.perf_counter()
        work(place)
        waits.append(time.perf_counter() - began)
        place += 1
        time.sleep(0.02)
    from django.db import connection

    connection.close()


def _read(place: int) -> None:
    from firstwin.accounts.models import AccountNow

    list(AccountNow.objects.order_by("name_folded", "pk").values_list("name", "arr_minor")[:50])


def _write(place: int) -> None:
    from django.db import transaction
    from django.db.models import F

    from firstwin.accounts.models import Account

    with transaction.atomic():
        pk = Account.objects.order_by("pk").values_list("pk", flat=True)[place % 100]
        Account.objects.filter(pk=pk).update(edition=F("edition") + 1)


WORK: dict[str, Callable[[int], None]] = {"read": _read, "write": _write}


def _told(waits: list[float]) -> str:
    ordered = sorted(waits) or [0.0]
    p99 = ordered[len(ordered) * 99 // 100]
    return f"{len(waits):,}: p99 {p99 * 1_000:.0f} ms, longest {ordered[-1] * 1_000:.0f} ms"


if __name__ == "__main__":
    main()
