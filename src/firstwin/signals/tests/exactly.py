"""A whole company, each account of it by itself: what is made of it alone is what it is among all, and what was
published comes out of its inputs and out of the facts.

    python -m firstwin.signals.tests.exactly FOLDER [ACCOUNTS [READINGS]]

Makes the company in FOLDER where there is none yet (a run that was stopped goes on with it). Tells how far it is, and
ends with what it found; its exit code is 1 where anything differs.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import django
from tests.template import copy_migrated

ACCOUNTS, READINGS = 2_060, 500
"""Some customers of the company left out, two thousand."""

NIGHTS = 3
"""Passes over everybody on days before the last one."""

AT_ONCE, SPOKEN = 20, 10.0
"""Accounts that a process takes up at a time; seconds between two words on how far it is."""

PASSWORD = "walnut-river-ember-42"


@dataclass(frozen=True)
class Company:
    """now: when its last pass was over everybody.  late: touches that were logged after it."""

    now: datetime
    late: tuple[int, ...]


@dataclass
class Differing:
    """Of published readings. explained: those that the facts known now tell otherwise, with a late fact for each.
    named: the facts behind those of the last pass.  wrong: readings with no reason, in words."""

    readings: int = 0
    moments: int = 0
    explained: int = 0
    named: set[tuple[str, int]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


def lived(accounts: int, now: datetime, *, nights: int = 0) -> Company:
    """Customers with contracts, bills, tickets, people, touches, events and judgements, passed over on some nights;
    then somebody remembers calls of some, and those are computed again."""
    from firstwin.core import clock
    from firstwin.demo.judged import judge
    from firstwin.demo.load import load
    from firstwin.signals.refresh.full import full_pass

    load(seed=7, as_of=clock.day_of(now), accounts=accounts, password=PASSWORD, now=now)
    judge(now=now - timedelta(hours=1))
    for ago in range(nights, -1, -1):
        full_pass(now - timedelta(days=ago))
    return Company(now, _told_late(now + timedelta(hours=1), accounts // 3))


def _told_late(now: datetime, n: int) -> tuple[int, ...]:
    from firstwin.accounts.actions.touches import log_touch
    from firstwin.accounts.models import Account, Direction, TouchKind
    from firstwin.signals.refresh.once import refresh_accounts

    touches = [
        log_touch(
            by=None, account=account, kind=TouchKind.CALL, direction=Direction.BOTH, summary="They called",
            occurred_at=now - timedelta(days=1 + account.pk % 9), now=now,
        )
        for account in Account.objects.filter(removed_at=None).order_by("pk")[:n]
    ]  # fmt: skip
    refresh_accounts([touch.account_id for touch in touches], now=now + timedelta(minutes=1))
    return tuple(touch.pk for touch in touches)


def made_of(ids: Collection[int] | None, now: datetime) -> Any:
    """All signals of these accounts, of everybody when None."""
    from firstwin.core.frames import At
    from firstwin.signals.frame.sitting import sitting
    from firstwin.signals.refresh.definitions import definitions_at
    from firstwin.signals.refresh.once import make

    with sitting(ids, now=now) as facts:
        return make(facts, At.of(now), definitions_at())


def said_of(made: Any, place: int) -> dict[str, Any]:
    """All that is made of one account."""
    pk = int(made.accounts[place])
    standings = made.standings
    return {
        "scores": {card: made.row(card, place) for card in made.cards[place]},
        "cards": made.cards[place],
        "experience": made.experience[place],
        "segments": {key: bool(mask[place]) for key, mask in made.segments.items()},
        "stage": (standings.stage[place], standings.overlay[place], made.pace.pace[place]),
        "since": (int(standings.entered_on[place]), int(standings.overlay_on[place])),
        "moves": [one for one in made.moves if one.account == pk],
        "found": [
            (one.key, one.severity, one.words, one.stake_minor, dict(one.evidence))
            for one in made.found
            if one.account == pk
        ],
    }


def differing_alone(together: Any, places: Iterable[int], now: datetime) -> list[tuple[int, str]]:
    """(account, what of it is not the same alone)."""
    found = []
    for place in places:
        pk = int(together.accounts[place])
        mine, theirs = said_of(made_of([pk], now), 0), said_of(together, place)
        found += [(pk, part) for part in mine if mine[part] != theirs[part]]
    return found


def some_readings(n: int) -> list[Any]:
    """So many of all that were published, drawn by lot."""
    from firstwin.signals.models import Reading

    every = list(Reading.objects.order_by("pk").values_list("pk", flat=True))
    chosen = Random(11).sample(every, min(n, len(every)))
    found: list[Any] = []
    for start in range(0, len(chosen), 100):
        found += Reading.objects.filter(pk__in=chosen[start : start + 100])
    return found


def not_of_inputs(readings: Iterable[Any]) -> list[int]:
    """Readings that do not come out of their own inputs to the byte, or do not say what their row says."""
    from firstwin.people.config.store import definition
    from firstwin.signals.scores.again import recomputed
    from firstwin.signals.scores.explain import explained

    wrong = []
    for one in readings:
        again = recomputed(definition("scorecard", one.scorecard, one.version), bytes(one.inputs))
        told = explained(again)
        if again != bytes(one.result) or (told.score, told.band, told.coverage) != (one.score, one.band, one.coverage):
            wrong.append(one.pk)
    return wrong


def not_of_facts(readings: Iterable[Any], company: Company) -> Differing:
    """By what was known when each was published nothing differs; by what is known now, only where a late fact says
    so."""
    from firstwin.core import clock
    from firstwin.core.frames import At
    from firstwin.signals.refresh.late import late_facts

    by_moment: dict[datetime, list[Any]] = {}
    for one in readings:
        by_moment.setdefault(one.at, []).append(one)
    found = Differing(moments=len(by_moment))
    for moment, some in sorted(by_moment.items()):
        found.readings += len(some)
        same = _come_out_otherwise(some, At.of(moment), company)
        found.wrong += [f"{one.pk} of {one.account_id}, as known at {moment}" for one in same]
        later = At(clock.day_of(moment), moment, known_by=company.now + timedelta(hours=2))
        for one in _come_out_otherwise(some, later, company):
            late = [
                fact for fact in late_facts(one.account_id, since=moment, until=later.known_by) if _bears(fact, one)
            ]
            if moment == company.now:
                found.named |= {(fact.table, fact.id) for fact in late}
            found.explained += bool(late)
            found.wrong += [] if late else [f"{one.pk} of {one.account_id} at {moment}, as known now"]
    return found


def _bears(fact: Any, reading: Any) -> bool:
    """Use of days after a reading does not."""
    from firstwin.signals.refresh.late import USE

    return bool(fact.table != USE or fact.id <= int(f"{reading.on:%Y%m%d}"))


def _come_out_otherwise(some: list[Any], at: Any, company: Company) -> list[Any]:
    """Readings that are not what the facts say, to the byte. The ledger is read as it was before they were written."""
    from firstwin.core.frames import At
    from firstwin.signals.frame.sitting import sitting
    from firstwin.signals.refresh.compute import computed
    from firstwin.signals.refresh.definitions import definitions_at
    from firstwin.signals.refresh.state import state_of
    from firstwin.signals.risks.alarms import alarms_of

    before, under = At.of(at.moment - timedelta(microseconds=1)), definitions_at(at.moment)
    with sitting(sorted({one.account_id for one in some}), now=company.now) as facts:
        alarms = alarms_of(facts.accounts, at, under.detectors)
        made = computed(facts.frame(at), under, state_of(facts.accounts, before, under), alarms=alarms)
    places = {pk: place for place, pk in enumerate(made.accounts.tolist())}
    rows = [(one, made.row(one.scorecard, places[one.account_id])) for one in some]
    return [one for one, row in rows if (row.inputs, row.result) != (bytes(one.inputs), bytes(one.result))]


class Run:
    """A company in a folder, looked at by forks of a process that never opens its database."""

    def __init__(self, folder: Path, accounts: int, readings: int) -> None:
        self.folder, self.accounts, self.readings = folder, accounts, readings
        self.began = time.monotonic()

    def says(self, words: str) -> None:
        sys.stdout.write(f"{time.monotonic() - self.began:6.0f} s  {words}\n")
        sys.stdout.flush()

    def all_of_it(self) -> bool:
        kept = self.folder / "company.json"
        if not kept.exists():
            self.says(f"making a company of {self.accounts:,}")
            copy_migrated(self.folder)
            company = self._aside(_begun, self.accounts)
            kept.write_text(json.dumps(asdict(company), default=str))
        told = json.loads(kept.read_text())
        company = Company(datetime.fromisoformat(told["now"]), tuple(told["late"]))
        alone, differing = self._alone(company)
        inputs, facts = self._aside(_published, self.readings, company)
        touches = {(table, pk) for table, pk in facts.named if table != "usage.events"}
        is_named = bool(touches) and touches <= {("accounts.touch", pk) for pk in company.late}
        for wrong in (*(f"account {pk} alone: {part}" for pk, part in differing), *facts.wrong):
            self.says(f"DIFFERS: {wrong}")
        self.says(
            f"{alone:,} accounts alone = in a full pass to the byte but for {len(differing)}; {facts.readings:,} "
            f"readings of {facts.moments} moments recomputed from their inputs to the byte but for {len(inputs)}, from "
            f"the facts but for {len(facts.wrong)}; by what is known now {facts.explained:,} differ, each explained by "
            f"facts that came late (since the last pass {'' if is_named else 'not '}those that were planted)"
        )
        return not differing and not inputs and not facts.wrong and is_named

    def _alone(self, company: Company) -> tuple[int, list[tuple[int, str]]]:
        n: int = self._aside(_how_many, company.now)
        differing: list[tuple[int, str]] = []
        places = list(range(n))
        parts = [places[start : start + AT_ONCE] for start in range(0, n, AT_ONCE)]
        done, spoke = 0, time.monotonic()
        with _forks(os.cpu_count() or 1) as pool:
            for size, found in pool.map(partial(_part, company.now), parts):
                done, differing = done + size, differing + found
                if time.monotonic() - spoke > SPOKEN or done == n:
                    spoke = time.monotonic()
                    self.says(f"{done:,} of {n:,} accounts alone, {len(differing)} differences")
        return n, differing

    def _aside(self, work: Callable[..., Any], *given: Any) -> Any:
        with _forks(1) as pool:
            return pool.submit(work, *given).result()


def _forks(n: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(n, mp_context=get_context("fork"))


def _begun(accounts: int) -> Company:
    from firstwin.core import clock

    return lived(accounts, clock.now(), nights=NIGHTS)


@cache
def _together(now: datetime) -> Any:
    return made_of(None, now)


def _how_many(now: datetime) -> int:
    return len(_together(now).accounts)


def _part(now: datetime, places: list[int]) -> tuple[int, list[tuple[int, str]]]:
    return len(places), differing_alone(_together(now), places, now)


def _published(readings: int, company: Company) -> tuple[list[int], Differing]:
    some = some_readings(readings)
    return not_of_inputs(some), not_of_facts(some, company)


def main() -> int:
    folder, *numbers = sys.argv[1:]
    accounts, readings = [*map(int, numbers), *(ACCOUNTS, READINGS)[len(numbers) :]]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    os.environ["FIRSTWIN_HOME"] = str(Path(folder).resolve())  # it is nobody else's company that is written to
    django.setup()
    return 0 if Run(Path(folder), accounts, readings).all_of_it() else 1


if __name__ == "__main__":
    sys.exit(main())
