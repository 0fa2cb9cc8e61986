"""A company of customers with contracts, bills, tickets, people, touches, events and judgements: what is published of
everybody at once is what each account gives alone, and what comes out of the stored inputs and out of the facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from tests.examples import few, thorough

from firstwin.accounts.actions.touches import log_touch
from firstwin.accounts.models import Account, Direction, TouchKind
from firstwin.core import clock
from firstwin.core.frames import At
from firstwin.demo.judged import judge
from firstwin.demo.load import load
from firstwin.people.config.store import definition
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.models import Reading
from firstwin.signals.refresh.compute import Made, computed
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.full import full_pass
from firstwin.signals.refresh.late import late_facts
from firstwin.signals.refresh.once import make, refresh_accounts
from firstwin.signals.refresh.state import state_of
from firstwin.signals.risks.alarms import alarms_of
from firstwin.signals.scores.again import recomputed
from firstwin.signals.scores.explain import explained
from firstwin.signals.tests.lived import own_lake, shown
from firstwin.usage.store.router import EVENTS

pytestmark = [pytest.mark.django_db, pytest.mark.once, thorough]

ACCOUNTS = few(60, many=2_000)
ALONE = few(12, many=2_000)
READINGS = 500


@dataclass(frozen=True)
class Company:
    """now: when its last pass was over everybody.  late: touches that were logged after it."""

    now: datetime
    late: tuple[int, ...]


@pytest.fixture(scope="module")
def company(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Company]:
    """Passed over once; then somebody remembers calls of some accounts, and those are computed again."""
    home = tmp_path_factory.mktemp("company")
    with django_db_blocker.unblock(), own_lake(home), transaction.atomic(using=EVENTS), transaction.atomic():
        now = clock.now()
        load(seed=7, as_of=clock.day_of(now), accounts=ACCOUNTS, password="walnut-river-ember-42", now=now)
        judge(now=now)
        full_pass(now)
        yield Company(now, _told_late(now + timedelta(hours=1)))
        transaction.set_rollback(True, using=EVENTS)
        transaction.set_rollback(True)


def _told_late(now: datetime) -> tuple[int, ...]:
    some = Account.objects.filter(removed_at=None).order_by("pk")[: ACCOUNTS // 3]
    touches = [
        log_touch(
            by=None, account=account, kind=TouchKind.CALL, direction=Direction.BOTH, summary="They called",
            occurred_at=now - timedelta(days=1 + account.pk % 9), now=now,
        )
        for account in some
    ]  # fmt: skip
    refresh_accounts([touch.account_id for touch in touches], now=now + timedelta(minutes=1))
    return tuple(touch.pk for touch in touches)


def said_of(made: Made, place: int) -> dict[str, Any]:
    """All that is made of one account."""
    pk = int(made.accounts[place])
    standings = made.standings
    return {
        "scores": {card: made.scores[card].row(place) for card in made.cards[place]},
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


def test_one_account_alone_is_what_it_is_among_all(company: Company) -> None:
    """To the byte of inputs and results, and in everything else."""
    at, under = At.of(company.now), definitions_at()
    with sitting(None, now=company.now) as facts:
        together = make(facts, at, under)
    places = list(range(len(together.accounts)))
    assert len(places) >= ACCOUNTS * 0.9
    chosen = sorted(Random(7).sample(places, min(ALONE, len(places))))
    differing = []
    for place in chosen:
        with sitting([int(together.accounts[place])], now=company.now) as facts:
            alone = make(facts, at, under)
        mine, theirs = said_of(alone, 0), said_of(together, place)
        differing += [(int(together.accounts[place]), part) for part in mine if mine[part] != theirs[part]]
    assert shown(differing) == [], (len(differing), len(chosen))
    assert sum(bool(together.cards[place]) for place in chosen) >= len(chosen) / 2


def _some_readings() -> list[Reading]:
    every = list(Reading.objects.order_by("pk").values_list("pk", flat=True))
    chosen = Random(11).sample(every, min(READINGS, len(every)))
    found: list[Reading] = []
    for start in range(0, len(chosen), 100):
        found += Reading.objects.filter(pk__in=chosen[start : start + 100])
    return found


def test_readings_come_out_of_their_inputs_to_the_byte(company: Company) -> None:
    readings = _some_readings()
    assert len(readings) >= min(READINGS, ACCOUNTS * 0.9)
    for one in readings:
        again = recomputed(definition("scorecard", one.scorecard, one.version), bytes(one.inputs))
        assert again == bytes(one.result), one.pk
        told = explained(again)
        assert (told.score, told.band, told.coverage) == (one.score, one.band, one.coverage), one.pk


def test_readings_come_out_of_the_facts_to_the_byte_unless_a_late_fact_says_why_not(company: Company) -> None:
    """By what was known when each was published, and by what is known now."""
    by_moment: dict[datetime, list[Reading]] = {}
    for one in _some_readings():
        by_moment.setdefault(one.at, []).append(one)
    named: set[tuple[str, int]] = set()
    for moment, some in by_moment.items():
        on, ids = clock.day_of(moment), sorted({one.account_id for one in some})
        before = At.of(moment - timedelta(microseconds=1))  # the ledger, before it was written to
        for at in (At.of(moment), At(on, moment, known_by=company.now + timedelta(hours=2))):
            differing = _differing(some, ids, at, before, company)
            if at.known_by == moment:
                assert shown(differing) == []
            for pk in differing:
                late = list(late_facts(pk, since=moment, until=at.known_by))
                assert late, pk
                named |= {(fact.table, fact.id) for fact in late}
    assert named and named <= {("accounts.touch", pk) for pk in company.late}


def _differing(some: list[Reading], ids: list[int], at: At, before: At, company: Company) -> list[int]:
    """Accounts whose reading does not come out to the byte."""
    under = definitions_at(at.moment)
    with sitting(ids, now=company.now) as facts:
        alarms = alarms_of(facts.accounts, at, under.detectors)
        made = computed(facts.frame(at), under, state_of(facts.accounts, before, under), alarms=alarms)
    places = {pk: place for place, pk in enumerate(made.accounts.tolist())}
    rows = [(one, made.scores[one.scorecard].row(places[one.account_id])) for one in some]
    return [one.account_id for one, row in rows if (row.inputs, row.result) != (bytes(one.inputs), bytes(one.result))]
