"""Time of ARR over all accounts on each day given, as JSON, in a process of its own (see `bench.commerce`)."""

import json
import os
import sys
import time
from datetime import date


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    import django

    django.setup()
    from firstwin.accounts.scope import AccountSet
    from firstwin.revenue.figures import arr_on

    found = []
    for word in sys.argv[1:]:
        on = date.fromisoformat(word)
        began = time.perf_counter()
        totals = arr_on(AccountSet.everyone("bench"), on)
        ms = (time.perf_counter() - began) * 1_000
        told = {"lines": totals.lines, "accounts": totals.accounts, "currency": totals.currency}
        found.append({"on": word, "ms": round(ms), **told, "arr": totals.arr_minor / 100})
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
