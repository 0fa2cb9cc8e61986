"""Inside one installation, for `bench.signals`: `python -m bench.signals_probe PART [arguments]` prints its lines."""

import json
import os
import sys
import time
from datetime import datetime, timedelta
from statistics import median
from typing import Any

TEN_PARTS = {
    "all": [
        {"field": "arr", "op": "ge", "value": 5_000},
        {"field": "commercial_status", "op": "eq", "value": "customer"},
        {"any": [
            {"field": "tickets_open", "op": "ge", "value": 1},
            {"field": "overdue_days", "op": "gt", "value": 14},
            {"field": "last_two_way", "op": "gt", "value": 30},
        ]},
        {"not": {"any": [
            {"field": "people", "op": "lt", "value": 2},
            {"field": "tags", "op": "has_any", "value": ["pilot"]},
        ]}},
        {"field": "renews", "op": "in_next", "value": 300},
        {"any": [
            {"field": "seats", "op": "between", "value": [10, 5_000]},
            {"field": "industry", "op": "contains", "value": "e"},
        ]},
    ]
}  # fmt: skip
"""Ten tests, nested, over what four rooms know."""


def main(part: str, *words: str) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    django.setup()
    PARTS[part](*words)


def passes() -> None:
    """Everybody's signals, twice. The first one is what it is called only where none was computed before."""
    from firstwin.core import clock
    from firstwin.signals.models import Refreshed
    from firstwin.signals.refresh.full import full_pass

    before = Refreshed.objects.count()
    for label in ("again" if before else "for the first time", "again, at once"):
        began = time.perf_counter()
        found = full_pass(clock.now())
        took = time.perf_counter() - began
        _say(f"full pass, {label}", took, f"{found.accounts:,} accounts, {found.differing} differ")
        # Two processes share the work, so the parts may add up to twice the time of the clock.
        total = sum(found.timings.get(name, 0) for name in ("population", "all computing", "comparing", "writing"))
        for name, spent in sorted(found.timings.items(), key=lambda one: -one[1])[:16]:
            print(f"    {name:30}{spent / 1000:8.2f} s   {100 * spent / max(total, 1):5.1f} %", flush=True)


def facts() -> None:
    """How large the company is: accounts, rows of dated facts, events in the lake."""
    from django.apps import apps
    from django.db.models import Sum

    from firstwin.accounts.models import Account
    from firstwin.usage.store.models import Piece

    dated = [
        model
        for model in apps.get_models()
        if {"known_at", "known_until"} <= {one.attname for one in model._meta.concrete_fields}
    ]
    rows = sum(model._default_manager.count() for model in dated)
    events = Piece.objects.filter(table="events", retired_at=None).aggregate(n=Sum("rows"))["n"] or 0
    accounts = Account.objects.filter(removed_at=None).count()
    print(f"{accounts:,} accounts, {rows:,} rows of dated facts, {events:,} events in the lake", flush=True)


def fill(events: str) -> None:
    """So many events of all customers, up to yesterday, into a lake that is empty."""
    from bench.usage_lake_made import fill_lake
    from firstwin.accounts.models import AccountNow
    from firstwin.core import clock

    ids = list(AccountNow.objects.filter(is_removed=False).order_by("account_id").values_list("account_id", flat=True))
    mb = fill_lake(int(events), ids, clock.today() - timedelta(days=1))
    print(f"{int(events):,} events of {len(ids):,} accounts, {mb:,} MB", flush=True)


def condition() -> None:
    """Ten parts over everybody, asked of the columns of a frame and of the database."""
    from firstwin.accounts.models import AccountNow
    from firstwin.core import clock
    from firstwin.core.conditions import check, over_all, parse, to_q
    from firstwin.core.conditions.mask import mask
    from firstwin.core.fields import vocabulary
    from firstwin.core.frames import At
    from firstwin.signals.frame.sitting import sitting

    tree, words, now = parse(TEN_PARTS), vocabulary(), clock.now()
    check(tree, words)
    rows = AccountNow.objects.filter(over_all(to_q(tree, words, clock.day_of(now))))
    there, count = _best(rows.count)
    with sitting(None, now=now) as here:
        frame = here.frame(At.of(now))
        began = time.perf_counter()
        mask(tree, frame)
        first = time.perf_counter() - began
        masked, held = _best(lambda: mask(tree, frame))
        n = len(frame)
    _say("ten parts, mask over a frame", masked, f"{int(held.sum()):,} of {n:,}; {first:.1f} s with reading the facts")
    _say("ten parts, database", there, f"{count:,} of {n:,}")


def replay(weeks: str, accounts: str) -> None:
    """History of some accounts again, as of the end of each week."""
    from firstwin.accounts.models import Account
    from firstwin.core import clock
    from firstwin.signals.refresh.definitions import definitions_at
    from firstwin.signals.refresh.replay import replay as replayed

    now = clock.now()
    every = list(Account.objects.filter(removed_at=None).order_by("pk").values_list("pk", flat=True))
    ids = every[:: max(len(every) // int(accounts), 1)][: int(accounts)]
    days = [clock.day_of(now) - timedelta(days=7 * n) for n in range(int(weeks), 0, -1)]
    began, differing = time.perf_counter(), 0
    for _, some in replayed(ids, days, now=now, under=lambda at: definitions_at(at.moment)):
        differing += len(some)
    took = time.perf_counter() - began
    _say("replay", took, f"{weeks} weeks of {len(ids):,} accounts, {differing} differ")


def furnish(wanted: str) -> None:
    """A key to send events with, a session to look with, and accounts: some to watch, others for what else arrives.

    Watched are accounts nothing was ever sent of, so that the first event changes what their score is made of: new ones
    where all have use already.
    """
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.urls import reverse

    from firstwin.accounts.models import AccountExternalId, AccountNow
    from firstwin.core import clock
    from firstwin.people.models import User
    from firstwin.usage.actions.sources import make_key, open_source
    from firstwin.usage.metrics.reach import may_have_use

    now = clock.now()
    source = open_source(by=None, name=f"Bench {now:%Y%m%d%H%M%S}", kind="server", now=now)
    key = make_key(by=None, source=source, label="", now=now).token
    user = User.objects.get(email="ada@fernhill.example")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    rows = AccountNow.objects.filter(commercial_status="customer", account__refreshed__isnull=False).order_by("?")
    some = list(rows.values_list("account_id", flat=True)[:5_500])
    used = set(may_have_use(some))
    ids: dict[int, str] = {}
    for account, external_id in AccountExternalId.objects.filter(account__in=some).values_list(
        "account", "external_id"
    ):
        ids.setdefault(account, external_id)
    quiet = [pk for pk in some if pk in ids and pk not in used][: int(wanted)]
    if len(quiet) < int(wanted):
        newcomers = _newcomers(int(wanted) - len(quiet), now)
        quiet, ids = [*quiet, *newcomers], ids | newcomers
    keys = dict(AccountNow.objects.filter(pk__in=quiet).values_list("pk", "key"))
    watched = [{"group": ids[pk], "page": reverse("account", kwargs={"key": keys[pk]})} for pk in quiet]
    others = [ids[pk] for pk in some if pk in ids and pk not in set(quiet)][:5_000]
    told = {"key": key, "session": session.session_key, "cookie": settings.SESSION_COOKIE_NAME}
    print("JSON" + json.dumps({**told, "watched": watched, "others": others}))


def _newcomers(n: int, now: datetime) -> dict[int, str]:
    """So many customers with a contract of which nothing was ever sent, shown already: account → its id outside."""
    from firstwin.accounts.actions.open_account import open_account
    from firstwin.accounts.actions.refresh_now import refresh_now
    from firstwin.core.clock import day_of
    from firstwin.revenue.tests.facts import say_line
    from firstwin.signals.refresh.once import refresh_accounts

    found: dict[int, str] = {}
    for k in range(n):
        outside = f"bench-{now:%Y%m%d%H%M%S}-{k}"
        account = open_account(by=None, name=f"Newcomer {outside}", now=now, external_ids=[("crm", outside)])
        say_line(
            account, outside, now, starts_on=day_of(now) - timedelta(days=60), ends_on=day_of(now) + timedelta(300)
        )
        found[account.pk] = outside
    refresh_now(list(found), now=now)
    refresh_accounts(list(found), now=now)
    return found


def _best(ask: Any) -> tuple[float, Any]:
    """The median of nine, after one that is not counted."""
    found, took = ask(), []
    for _ in range(9):
        began = time.perf_counter()
        found = ask()
        took.append(time.perf_counter() - began)
    return median(took), found


def _say(what: str, took: float, more: str) -> None:
    told = f"{took:8.2f} s " if took >= 1 else f"{took * 1000:8.1f} ms"
    print(f"{what:34}{told}   {more}", flush=True)


PARTS = {one.__name__: one for one in (passes, facts, fill, condition, replay, furnish)}

if __name__ == "__main__":
    main(*sys.argv[1:])
