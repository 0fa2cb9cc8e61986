"""What the database does for one address: `python -m bench.explain URL [EMAIL]`, in the environment of a home.

Prints every statement with its time and, for those over a few milliseconds, the plan.
"""

import os
import sys
import time
from typing import Any

WORTH_A_PLAN = 5.0
"""Milliseconds."""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    import django

    django.setup()
    from bench.measure import Browser
    from bench.requests import Ask
    from firstwin.people.models import User

    url, email = sys.argv[1], (sys.argv[2:] or ["ada@fernhill.example"])[0]
    browser = Browser(User.objects.get(email=email))
    ask = Ask(email, url, is_part="/list/" in url)
    browser.ask(ask)
    statements = _watched(browser, ask)
    for sql, params, ms in statements:
        print(f"-- {ms:.1f} ms")
        if ms > WORTH_A_PLAN:
            print(sql, params)
            _print_plan(sql, params)
    print(f"-- {len(statements)} statements, {sum(ms for *_, ms in statements):.1f} ms together")


def _watched(browser: Any, ask: Any) -> list[tuple[str, Any, float]]:
    from django.db import connection

    seen: list[tuple[str, Any, float]] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            seen.append((sql, params, (time.perf_counter() - began) * 1_000))

    with connection.execute_wrapper(watch):
        ms, cpu = browser.ask(ask)
    print(f"-- {ask.url}: {ms:.1f} ms, of which we computed {cpu:.1f} ms")
    return seen


def _print_plan(sql: str, params: Any) -> None:
    from django.db import connection

    ask = "explain (analyze, buffers) " if connection.vendor == "postgresql" else "explain query plan "
    with connection.cursor() as cursor:
        cursor.execute(ask + sql, params)
        for row in cursor.fetchall():
            print("   ", row[-1])


if __name__ == "__main__":
    main()
