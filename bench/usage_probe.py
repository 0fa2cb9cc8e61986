"""One measurement of `bench.usage_metrics` in a process of its own; the last line printed is JSON."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")


def main(word: str, *rest: str) -> None:
    measures: dict[str, Callable[..., dict[str, Any]]] = {
        "scan": scan, "make": make, "all": everything, "objects": objects, "one": one, "weeks": weeks, "check": check,
    }  # fmt: skip
    said = measures[word](*rest)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"mb": used.ru_maxrss // 1024, "processor": used.ru_utime + used.ru_stime, **said}))


def scan(column: str) -> dict[str, Any]:
    """The sum of one column of all events, as DuckDB does it by itself."""
    import duckdb

    folder = os.path.join(os.environ["FIRSTWIN_HOME"], "lake", "events")  # noqa: PTH118 - no other import in this time
    began = time.perf_counter()
    connection = duckdb.connect(config={"threads": 2})
    value = "epoch_us(ts)" if column == "ts" else column
    connection.execute(f"select sum({value}), count(*) from read_parquet('{folder}/*.parquet')").fetchall()
    return {"seconds": time.perf_counter() - began}


def _set_up() -> None:
    import django

    django.setup()


def make(events: str, accounts: str) -> dict[str, Any]:
    _set_up()
    from django.core.management import call_command

    from bench.usage_lake_made import make_lake

    call_command("migrate", verbosity=0)
    return {"mb": make_lake(int(events), int(accounts))}


def everything(back: str) -> dict[str, Any]:
    """All metrics of all accounts as columns; the engines and the lake cold."""
    _set_up()
    began = time.perf_counter()
    from bench.usage_lake_made import LAST_ON, NOW, timedelta
    from firstwin.usage.metrics.population import columns_of

    found = columns_of(None, LAST_ON - timedelta(days=int(back)), now=NOW)
    return {"seconds": time.perf_counter() - began, "accounts": len(found)}


def objects() -> dict[str, Any]:
    _set_up()
    from bench.usage_lake_made import LAST_ON, NOW
    from firstwin.usage.metrics.population import usage_of

    began = time.perf_counter()
    usage_of(None, LAST_ON, now=NOW)
    return {"seconds": time.perf_counter() - began}


def weeks(accounts: str) -> dict[str, Any]:
    """A year of some accounts, each week as it was known then."""
    _set_up()
    from bench.usage_lake_made import LAST_ON, NOW, timedelta
    from firstwin.core.clock import end_of
    from firstwin.usage.metrics.many import columns_on

    days = [LAST_ON - timedelta(days=7 * week + 3) for week in range(52)]
    began = time.perf_counter()
    columns_on(range(1, int(accounts) + 1), days, known_by=[end_of(day) for day in days], now=NOW)
    return {"seconds": time.perf_counter() - began}


def one() -> dict[str, Any]:
    """An event comes, then its account is read whole; the first time in the process apart."""
    _set_up()
    from bench.usage_lake_made import LAST_ON, NOW, add_one_event
    from firstwin.usage.metrics.account import usage_for

    took = []
    for account in range(1, 402, 20):
        add_one_event(account)
        began = time.perf_counter()
        usage_for(account, LAST_ON, now=NOW)
        took.append(time.perf_counter() - began)
    later = sorted(took[1:])
    return {"first": took[0], "median": later[len(later) // 2], "slowest": later[-1], "n": len(later)}


def check() -> dict[str, Any]:
    """One account of a hundred, asked of the raw events in plain SQL, on three days."""
    _set_up()
    from bench.usage_lake_made import LAST_ON, NOW, timedelta
    from bench.usage_plain import difference_of, plain_answers
    from firstwin.accounts.models import Account
    from firstwin.usage.metrics.population import columns_of

    ids = list(Account.objects.order_by("pk").values_list("pk", flat=True))[::100]
    examples: list[str] = []
    for back in (0, 45, 300):
        on = LAST_ON - timedelta(days=back)
        examples += difference_of(columns_of(None, on, now=NOW), plain_answers(ids, on))
    return {"accounts": len(ids), "days": 3, "differences": len(examples), "examples": examples[:5]}


if __name__ == "__main__":
    main(*sys.argv[1:])
