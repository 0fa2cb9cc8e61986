"""`firstwin usage ACCOUNT --as-of DATE --json`: what is said about the use of one account on a day."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from firstwin.accounts.models import Account
from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.core.asked import asked_day, asked_moment
from firstwin.core.errors import FirstwinError, Refused


class Command(BaseCommand):
    help = (
        "Adoption of one account at the close of a day: active people, licence use, habit, depth, trend, first win. "
        "Windows hold the day itself; days are those of the installation's time zone. What is not known is left empty "
        "and has its reason beside it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", metavar="ACCOUNT", help="its key, as in its address")
        parser.add_argument("--as-of", metavar="DATE", help="the day, such as 2026-03-31; today when left out")
        parser.add_argument("--known-by", metavar="MOMENT", help="as it was known then: a day (its end) or a moment")
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            account = AccountSet.everyone("command line").accounts(removed=True).get_or_404(options["account"])
            now = clock.now()
            on = _day(options["as_of"], now)
            known_by = asked_moment(options["known_by"]) if options["known_by"] else None
            told = _told(account, on, known_by, now)
        except FirstwinError as problem:
            raise CommandError(problem.message) from problem
        self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) if options["json"] else _text(told))


def _told(account: Account, on: date, known_by: datetime | None, now: datetime) -> dict[str, Any]:
    from firstwin.usage.metrics.account import usage_for

    usage = asdict(usage_for(account.pk, on, known_by=known_by, now=now))
    plain: dict[str, Any] = _plain(usage | {"account": account.key})
    return {"name": account.name, "time_zone": str(clock.zone())} | plain


def _plain(value: Any) -> Any:
    """Days and moments as text."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _text(told: dict[str, Any]) -> str:
    reasons = told["reasons"]
    lines = [f"{told['name']} at the close of {told['on']} ({told['time_zone']}), from {told['basis']}"]
    for key, value in told.items():
        if key in ("name", "on", "time_zone", "basis", "account", "products", "reasons") or value == "":
            continue
        lines.append(f"  {key:17} {'–  ' + reasons.get(key, '') if value is None else value}".rstrip())
    for one in told["products"]:
        won = f", first win {one['first_win_on'] or 'not yet'}" if one["can_win"] else ""
        seats = f"{one['active_28']} of {one['bought']} seats in 28 days, at most {one['peak']}"
        lines.append(f"  {one['name']}: {seats}{won}")
    return "\n".join(lines)


def _day(text: str | None, now: datetime) -> date:
    if not text:
        return clock.day_of(now)
    on = asked_day(text)
    if on > clock.day_of(now):
        raise Refused("A day to come is not known yet.")
    return on
