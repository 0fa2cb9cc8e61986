"""Two imports at once while somebody works: what each does, how long the person waits, and what undoing one leaves.

python -m firstwin.connectors.tests.together FOLDER
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import django

from firstwin.connectors.tests.killing import Base, forked, problems, started

ROWS = 1_000
CALLS = 20
MAPPING = """
source: {source}
files:
  - name: accounts
    kind: accounts
    path: {source}.csv
    key: id
    fields: {{name: name, tags: tag}}
  - name: lines
    kind: lines
    path: {source}_lines.csv
    key: id
    fields: {{account: account, product: product, starts_on: start, quantity: seats,
             amount: {{column: amount, per: month}}, currency: {{constant: EUR}}}}
"""


def write_files(folder: Path, source: str) -> None:
    accounts = "".join(f"{n},{source} {n},t{n % 7}\n" for n in range(ROWS))
    lines = "".join(f"L{n},{n % ROWS},Core,2024-01-01,{n % 9},{n}\n" for n in range(3 * ROWS))
    (folder / f"{source}.csv").write_text("id,name,tag\n" + accounts)
    (folder / f"{source}_lines.csv").write_text("id,account,product,start,seats,amount\n" + lines)
    (folder / f"{source}.yaml").write_text(MAPPING.format(source=source))


def run_one(folder: Path, source: str) -> dict[str, Any]:
    from firstwin.connectors.actions.run_import import plan_import, run_import
    from firstwin.core import clock

    plan = plan_import(mapping=folder / f"{source}.yaml", paths={})
    report = run_import(plan=plan, by=None, now=clock.now(), rejects=folder / "rejects" / source)
    return {"longest": report.longest, "counts": [dict(file.counts) for file in report.files], "run": report.run}


def work_along(times: int) -> dict[str, Any]:
    """Somebody logs contacts, one after the other, and waits for each."""
    from firstwin.accounts.actions.open_account import open_account
    from firstwin.accounts.actions.touches import log_touch
    from firstwin.accounts.models import Direction, TouchKind
    from firstwin.core import clock

    waits = []
    account = open_account(by=None, name="By hand", now=clock.now())
    for _ in range(times):
        began = time.perf_counter()
        now = clock.now()
        log_touch(
            by=None,
            account=account,
            kind=TouchKind.CALL,
            direction=Direction.BOTH,
            occurred_at=now,
            summary="Call",
            now=now,
        )
        waits.append(time.perf_counter() - began)
        time.sleep(0.02)
    waits.sort()
    return {"written": len(waits), "longest": waits[-1], "median": waits[len(waits) // 2]}


def undo_one(run: int) -> dict[str, Any]:
    from firstwin.accounts.models import Account, Touch
    from firstwin.connectors.actions.undo_import import run_undo, undo_import
    from firstwin.connectors.models import ImportRun
    from firstwin.core import clock

    undo_import(by=None, run=ImportRun.objects.get(pk=run), now=clock.now(), is_enqueued=False)
    done = run_undo(run, now=clock.now())
    sources = sorted(set(Account.objects.values_list("source", flat=True)))
    kept = sorted({one["what"] for one in done.kept})
    return {"kept": kept, "sources": sources, "touches": Touch.objects.count(), "found": problems()}


def main() -> None:
    folder = Path(sys.argv[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    django.setup()
    import firstwin.connectors.actions.run_import  # noqa: F401 - once here, not in every fork

    for source in ("one", "two"):
        write_files(folder, source)
    Base(folder)
    person = started(lambda: work_along(CALLS))
    imports = [started(lambda source=source: run_one(folder, source)) for source in ("one", "two")]  # type: ignore[misc]
    ended = [wait() for wait in imports]
    said: dict[str, Any] = {"imports": ended, "person": person(), "problems": forked(problems)[1]}
    said["undone"] = forked(lambda: undo_one(ended[0][1]["run"]))
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
