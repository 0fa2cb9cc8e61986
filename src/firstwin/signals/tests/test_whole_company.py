"""A company of customers with contracts, bills, tickets, people, touches, events and judgements: what is published of
everybody at once is what each account gives alone, and what comes out of the stored inputs and out of the facts."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import transaction

from firstwin.core import clock
from firstwin.signals.refresh.late import USE
from firstwin.signals.tests.exactly import (
    Company,
    differing_alone,
    lived,
    made_of,
    not_of_facts,
    not_of_inputs,
    some_readings,
)
from firstwin.signals.tests.lived import own_lake, shown
from firstwin.usage.store.router import EVENTS

ACCOUNTS, ALONE, READINGS = 60, 12, 500


@pytest.fixture(scope="module")
def company(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Company]:
    home = tmp_path_factory.mktemp("company")
    with django_db_blocker.unblock(), own_lake(home), transaction.atomic(using=EVENTS), transaction.atomic():
        yield lived(ACCOUNTS, clock.now(), nights=1)
        transaction.set_rollback(True, using=EVENTS)
        transaction.set_rollback(True)


@pytest.mark.once
@pytest.mark.django_db
def test_one_account_alone_is_what_it_is_among_all(company: Company) -> None:
    """To the byte of inputs and results, and in everything else."""
    together = made_of(None, company.now)
    places = list(range(len(together.accounts)))
    assert len(places) >= ACCOUNTS * 0.9
    chosen = sorted(Random(7).sample(places, ALONE))
    assert shown(differing_alone(together, chosen, company.now)) == []
    assert sum(bool(together.cards[place]) for place in chosen) >= len(chosen) / 2


@pytest.mark.once
@pytest.mark.django_db
def test_readings_come_out_of_their_inputs_to_the_byte(company: Company) -> None:
    readings = some_readings(READINGS)
    assert len(readings) >= ACCOUNTS * 0.9
    assert not_of_inputs(readings) == []


@pytest.mark.once
@pytest.mark.django_db
def test_readings_come_out_of_the_facts_to_the_byte_unless_a_late_fact_says_why_not(company: Company) -> None:
    """By what was known when each was published, and by what is known now."""
    found = not_of_facts(some_readings(READINGS), company)
    assert shown(found.wrong) == []
    assert found.explained
    touches = {(table, pk) for table, pk in found.named if table != USE}
    assert touches and touches <= {("accounts.touch", pk) for pk in company.late}


@pytest.mark.slow
def test_each_of_two_thousand_accounts_alone_and_five_hundred_readings(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """With passes on several days. It takes long and says how far it is."""
    with capfd.disabled():
        done = subprocess.run([sys.executable, "-m", "firstwin.signals.tests.exactly", str(tmp_path)], check=False)
    assert done.returncode == 0
