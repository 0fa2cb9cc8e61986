"""`python -m bench frame`: every field of every account of a home, as of now, and of one account alone."""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence

from bench import homes


def run(words: Sequence[str]) -> None:
    parser = ArgumentParser(prog="python -m bench frame")
    parser.add_argument("--inside", action="store_true", help="this process is in the home already")
    if parser.parse_args(words).inside:
        print(json.dumps(measured()))
        return
    with homes.sqlite() as home:
        print(home.run("bench", "frame", "--inside"))


def measured() -> dict[str, object]:
    import django

    django.setup()
    from datetime import timedelta

    from firstwin.accounts.scope import AccountSet
    from firstwin.core import clock
    from firstwin.core.fields import vocabulary
    from firstwin.core.frames import At
    from firstwin.signals.frame.sitting import sitting

    keys = [one.key for one in vocabulary().fields.values() if one.frame and one.room != "signals"]
    now = At.of(clock.now())
    past = At.close_of(clock.today() - timedelta(days=200))

    def asked(accounts: object, *ats: At) -> tuple[float, dict[str, float], int]:
        begun, worked = time.perf_counter(), time.process_time()
        with sitting(accounts) as here:  # type: ignore[arg-type]
            here.prepare(ats)
            for at in ats:
                frame = here.frame(at)
                for key in keys:
                    frame.column(key)
            n = len(here.accounts)
            some = [int(pk) for pk in here.accounts[:: max(n // 20, 1)][:20]]
            timings = {name: round(seconds, 3) for name, seconds in here.timings.items()}
        found.append(some)
        if n > 1:
            print(f"{len(ats)} days: {time.process_time() - worked:.1f} s of processor", file=sys.stderr)
        return round(time.perf_counter() - begun, 3), timings, n

    found: list[list[int]] = []
    seconds, timings, n = asked(AccountSet.everyone("bench"), now)
    both, _, _ = asked(AccountSet.everyone("bench").only(found[0]), now, past)
    asked([found[0][0]], now)
    alone = sorted(asked([pk], now)[0] for pk in found[0])
    before = time.process_time()
    for pk in list(found[0]):
        asked([pk], now)
    computing = (time.process_time() - before) / len(found[0])
    print(json.dumps(asked([found[0][1]], now)[1]), file=sys.stderr)
    return {
        "accounts": n, "seconds": seconds, "by_family": timings, "two_days_seconds": both,
        "one_account_ms": {"median": round(alone[10] * 1e3, 1), "worst": round(alone[-1] * 1e3, 1),
                           "processor": round(computing * 1e3, 1)},
    }  # fmt: skip
