"""Kill merges and un-merges at each of their points, and tell what each left behind.

    python -m firstwin.connectors.tests.merge_killing FOLDER

As `killing`: outside of pytest, every deed in a process of its own. Prints one JSON object per kill.
"""

import hashlib
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import django

from firstwin.connectors.tests.killing import Base, content, forked

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)

POINTS = {
    "merge": ("merge.moved", "merge.before_commit", "merge.after_commit"),
    "unmerge": ("unmerge.moved", "unmerge.before_commit", "unmerge.after_commit"),
    "merge_people": ("merge.people.moved", "merge.people.before_commit", "merge.people.after_commit"),
    "unmerge_people": ("unmerge.people.moved", "unmerge.people.before_commit", "unmerge.people.after_commit"),
}
NEEDS = {"merge": (), "unmerge": ("merge",), "merge_people": (), "unmerge_people": ("merge_people",)}


def furnish() -> None:
    """Two records of one customer and of one human, with something of each kind."""
    from firstwin.accounts.actions.open_account import open_account
    from firstwin.accounts.actions.people import add_person
    from firstwin.accounts.actions.tag import tag_accounts
    from firstwin.accounts.actions.touches import log_touch
    from firstwin.accounts.models import Direction, TouchKind

    acme = open_account(by=None, name="Acme", now=NOW, domains=["acme.example"])
    twin = open_account(by=None, name="Acme AB", now=NOW, domains=["acme.se"], external_ids=[("crm", "B-1")])
    open_account(by=None, name="Acme Malmö", now=NOW, parent=twin)
    people = [add_person(by=None, account=one, name="Ines", email=f"ines@{one.key}.example", now=NOW, title="Head")
              for one in (acme, twin)]  # fmt: skip
    tag_accounts(by=None, accounts=[twin], names=["Beta"], now=NOW)
    for account, person in zip((acme, twin), people, strict=True):
        log_touch(by=None, account=account, kind=TouchKind.CALL, direction=Direction.BOTH, occurred_at=NOW,
                  summary="Call", attendees=[person], now=NOW)  # fmt: skip


def do(deed: str) -> None:
    from firstwin.accounts.actions.merging.accounts import merge_accounts, unmerge_accounts
    from firstwin.accounts.actions.merging.people import merge_people, unmerge_people
    from firstwin.accounts.models import Account, Merge, Person, PersonMerge

    later = NOW + timedelta(days=1 if deed.startswith("merge") else 2)
    accounts = [Account.objects.get(key=key) for key in ("acme", "acme-ab")]
    people = [Person.objects.get(email=f"ines@{one.key}.example") for one in accounts]
    match deed:
        case "merge":
            merge_accounts(by=None, survivor=accounts[0], absorbed=accounts[1], now=later)
        case "unmerge":
            unmerge_accounts(by=None, merge=Merge.objects.open().get(), now=later)
        case "merge_people":
            merge_people(by=None, survivor=people[0], absorbed=people[1], now=later)
        case "unmerge_people":
            unmerge_people(by=None, merge=PersonMerge.objects.open().get(), now=later)


def left_behind() -> dict[str, Any]:
    """A digest of every fact, random keys left out, and what `verify` finds."""
    from firstwin.core.invariants import invariants

    lines = [line for line in content() if not line.startswith(("merge ", "mergemove", "personmerge"))]
    checks = [one for one in invariants() if one.key.startswith("accounts.")]
    problems = [problem for one in checks for problem in one.find(NOW + timedelta(days=5))]
    return {"digest": hashlib.sha256("\n".join(lines).encode()).hexdigest(), "problems": problems}


def _again(deed: str) -> dict[str, Any]:
    do(deed)
    return left_behind()


def kills(base: Base, deed: str) -> Any:
    def begin() -> None:
        base.reset()
        forked(furnish)
        for needed in NEEDS[deed]:
            forked(partial(do, needed))

    begin()
    before = forked(left_behind)[1]
    after = forked(lambda: _again(deed))[1]
    for point in POINTS[deed]:
        begin()
        os.environ["FAILPOINT"] = f"{point}:1"
        status, _ = forked(lambda: do(deed))
        del os.environ["FAILPOINT"]
        is_hit = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        found = forked(left_behind)[1]
        whole = found if point.endswith("after_commit") else forked(lambda: _again(deed))[1]
        yield {"point": point, "is_hit": is_hit, "before": before, "after": after, "found": found, "whole": whole}


def main() -> None:
    folder = Path(sys.argv[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    django.setup()
    base = Base(folder)
    for deed in POINTS:
        for kill in kills(base, deed):
            sys.stdout.write(json.dumps(kill) + "\n")


if __name__ == "__main__":
    main()
