"""`firstwin replay`: recompute history from facts and list what differs from what was published."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.core.asked import asked_day
from firstwin.core.errors import FirstwinError, Refused

MOST_DAYS = 4_000


class Command(BaseCommand):
    help = (
        "Recompute scores of past days from facts, as they were known then, and list each difference from what was "
        "published with the late or corrected fact that made it. Exit code 0 also where something differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="since", required=True, metavar="DAY", help="the first day")
        parser.add_argument("--to", dest="until", required=True, metavar="DAY", help="the last day")
        parser.add_argument("--account", action="append", default=[], metavar="KEY", help="only this account (again)")
        parser.add_argument("--every", type=int, default=7, metavar="DAYS", help="days between two looks (default 7)")
        parser.add_argument(
            "--definitions", default="then", metavar="then|now|FILE",
            help="under the versions of then, those of now, or those of now with what a YAML file says instead",
        )  # fmt: skip
        parser.add_argument("--hindsight", action="store_true", help="by what is known now, not by what was known then")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        from firstwin.signals.refresh.replay import replay

        now = clock.now()
        try:
            days = _days(options["since"], options["until"], options["every"], clock.day_of(now))
            keys = _accounts(options["account"])
            under = _under(options["definitions"])
        except FirstwinError as problem:
            raise CommandError(problem.message) from problem
        told: list[dict[str, Any]] = []
        looked = 0
        for _, found in replay(list(keys), days, now=now, under=under, with_hindsight=options["hindsight"]):
            looked += 1
            for one in found:
                told.append(_plain(one, keys[one.account_id]))
                if not options["json"]:
                    self.stdout.write(_line(told[-1]))
        if options["json"]:
            report = {"days": looked, "accounts": len(keys), "differences": told}
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self.stdout.write(f"{len(keys):,} accounts on {looked} days: {len(told):,} differences")


def _days(since: str, until: str, every: int, today: date) -> list[date]:
    first, last = asked_day(since), asked_day(until)
    if first > last:
        raise Refused(f"{first} is after {last}.")
    if last > today:
        raise Refused(f"{last} lies ahead.")
    if not 1 <= every <= 366:
        raise Refused("--every takes 1 to 366 days.")
    count = (last - first).days // every + 1
    if count > MOST_DAYS:
        raise Refused(f"That is {count:,} days; look at {MOST_DAYS:,} at most.")
    return [first + timedelta(days=every * n) for n in range(count)]


def _accounts(keys: list[str]) -> dict[int, str]:
    """Id → key."""
    scope = AccountSet.everyone("replay")
    if keys:
        return {account.pk: account.key for account in (scope.accounts().get_or_404(key) for key in keys)}
    return dict(scope.accounts().rows.order_by("pk").values_list("pk", "key"))


def _under(word: str) -> Any:
    from firstwin.signals.refresh.definitions import definitions_at

    if word == "then":
        return lambda at: definitions_at(at.moment)
    found = definitions_at() if word == "now" else _from_file(Path(word))
    return lambda at: found


def _from_file(path: Path) -> Any:
    """Kind → key → body, over what stands."""
    import yaml

    from firstwin.people.config.kinds import kind_of
    from firstwin.people.config.labels import planning, standing_bodies
    from firstwin.people.config.store import Definition
    from firstwin.signals.refresh.definitions import KINDS, definitions_at

    try:
        told = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise Refused(f"{path.name} cannot be read: {problem}") from problem
    if not isinstance(told, Mapping) or not all(isinstance(some, Mapping) for some in told.values()):
        raise Refused(f"{path.name} should say kinds of definitions, each with definitions by key.")
    if unknown := [kind for kind in told if kind not in KINDS]:
        raise Refused(f"{unknown[0]!r} is no kind of definition: {', '.join(KINDS)}.")
    found = definitions_at()
    with planning({kind: {**standing_bodies(kind), **told.get(kind, {})} for kind in KINDS}):
        for kind, bodies in told.items():
            for key, body in bodies.items():
                parsed = kind_of(kind).parse(key, body)
                found = found.with_one(Definition(kind, key, 0, clock.now(), parsed))
    return found


def _plain(one: Any, key: str) -> dict[str, Any]:
    def side(of: Any) -> dict[str, Any] | None:
        if of is None:
            return None
        return {"version": of.version, "score": of.score / 100 if of.score is not None else None, "band": of.band}

    return {
        "account": key,
        "on": one.on.isoformat(),
        "scorecard": one.scorecard,
        "published": side(one.published),
        "published_at": one.published_at.isoformat() if one.published_at else None,
        "replayed": side(one.replayed),
        "why": one.why,
        "inputs": {name: {"then": was, "now": now} for name, (was, now) in one.inputs.items()},
        "facts": [
            {"table": late.table, "id": late.id, "known_at": late.known_at.isoformat(),
             "known_until": late.known_until.isoformat() if late.known_until else None,
             "recorded_at": late.recorded_at.isoformat()}
            for late in one.facts
        ],
    }  # fmt: skip


def _line(told: dict[str, Any]) -> str:
    def said(side: dict[str, Any] | None) -> str:
        if side is None:
            return "nothing"
        return f"{side['score'] if side['score'] is not None else 'unknown'} (v{side['version']})"

    facts = ", ".join(f"{one['table']} {one['id']} of {one['recorded_at'][:10]}" for one in told["facts"][:5])
    inputs = ", ".join(f"{key} {one['then']} → {one['now']}" for key, one in list(told["inputs"].items())[:5])
    return "  ".join(
        part
        for part in (
            f"{told['on']} {told['account']} {told['scorecard']}: {said(told['published'])} → {said(told['replayed'])}",
            told["why"],
            inputs,
            facts,
        )
        if part
    )
