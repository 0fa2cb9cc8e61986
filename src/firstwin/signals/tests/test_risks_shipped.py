"""The detectors and the pipeline that ship, asked of real facts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account, Membership, Person, RoleHeld, Touch
from firstwin.core.conditions.mask import mask
from firstwin.core.frames import At, Column
from firstwin.people.config.store import Definition
from firstwin.people.models import User
from firstwin.revenue.models import SubscriptionLine
from firstwin.signals.evidence import number_of
from firstwin.signals.frame.frame import Frame
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.kinds import detector_text, pipeline_text
from firstwin.signals.kinds.shipped import shipped
from firstwin.signals.models import Pulse
from firstwin.signals.refresh import columns
from firstwin.signals.risks.detect import detected
from firstwin.signals.risks.found import Found
from firstwin.signals.risks.silence import silent
from firstwin.signals.risks.words import Teller
from firstwin.signals.stages.fold import moved
from firstwin.signals.stages.pace import paces
from firstwin.signals.stages.pauses import Pauses
from firstwin.signals.stages.standing import Standings

NOW = datetime(2026, 6, 2, 9, tzinfo=UTC)
AT = At.of(NOW)
pytestmark = pytest.mark.django_db


def _defined(kind: str, parse: Any) -> dict[str, Definition]:
    return {key: Definition(kind, key, 1, NOW, parse(key, body)) for key, body in shipped(kind).items()}


def _days(n: int) -> datetime:
    return NOW - timedelta(days=n)


def _known(n: int) -> dict[str, Any]:
    return {"known_at": _days(n), "recorded_at": NOW}


@pytest.fixture
def customer(owner: User) -> Account:
    """Ten seats for 200 days, renewed in 60 days; contact 45 days ago."""
    account = open_account(by=owner, name="Globex", now=_days(220))
    SubscriptionLine.objects.create(
        account=account, quantity=10, currency="EUR", amount_minor=1000, mrr_minor=10_000, arr_minor=120_000,
        billing_interval="year", source="crm", starts_on=_days(200).date(), ends_on=date(2026, 8, 1),
        renews_on=date(2026, 8, 1), external_id="1", stated_at=_days(200), **_known(200),
    )  # fmt: skip
    Touch.objects.create(
        account=account,
        author=owner,
        kind="call",
        direction="both",
        occurred_at=_days(45),
        summary="Hello",
        **_known(45),
    )
    return account


def _person(account: Account, name: str, role: str, left: int | None = None) -> Person:
    person = Person.objects.create(name=name, recorded_at=NOW)
    valid = {"valid_from": _days(150), "valid_to": None if left is None else _days(left), "stated_at": _days(150)}
    Membership.objects.create(account=account, person=person, **valid, **_known(150))
    RoleHeld.objects.create(account=account, person=person, role=role, **valid, **_known(150))
    return person


def _frame(facts: Any) -> Frame:
    """With the signals that stages and findings read, as they are set in a computation."""
    frame: Frame = facts.frame(AT)
    none = np.full(len(frame), "", object)
    frame.set_columns({"experience": Column(none, np.zeros(len(frame), np.bool_))})
    frame.set_columns(silent(frame, {}, none))
    state, _ = moved(frame, _defined("pipeline", pipeline_text.parse), np.full(len(frame), "default", object),
                     Standings.none(len(frame)))  # fmt: skip
    stage = Column(state.stage, np.asarray(state.stage != "", np.bool_))
    pace = Column(np.full(len(frame), "stuck", object), np.ones(len(frame), np.bool_))
    since = Column(state.entered_on, stage.known)
    frame.set_columns({"stage": stage, "stage_on": since, "stage_days": since, "stage_pace": pace})
    frame.set_columns({"stage_late": stage, "stage_late_on": since})
    return frame


def _found(account: Account) -> dict[str, Found]:
    with sitting([account.pk], now=NOW) as facts:
        found = detected(_frame(facts), _defined("detector", detector_text.parse))
    return {one.detector: one for one in found}


def test_every_shipped_detector_can_be_asked_of_facts(customer: Account) -> None:
    found = _found(customer)
    assert {"silent", "stage-stuck", "renewal-unready"} <= set(found)
    assert found["silent"].words == "No two-way contact since 18 Apr"
    assert found["stage-stuck"].words.startswith("Stuck in Setup since 2 Jun")
    assert found["renewal-unready"].words.startswith("Renews on 1 Aug")
    assert not {"payment-overdue", "nobody-there", "seats-near-limit", "usage-falling"} & set(found)


@pytest.mark.parametrize(
    ("below", "over", "words"),
    [
        (420, 42, "Stuck in Outcomes since 8 Apr 2025"),  # of 240 days, of 90
        (100, 95, "Stuck in Renewal since 27 Feb"),
    ],
)
def test_stuck_names_the_stage_that_takes_too_long(customer: Account, below: int, over: int, words: str) -> None:
    state = Standings.none(1)
    state.pipeline[:], state.stage[:], state.overlay[:] = "default", "outcomes", "renewal"
    state.entered_on[:], state.overlay_on[:] = (number_of(_days(n).date()) for n in (below, over))
    with sitting([customer.pk], now=NOW) as facts:
        frame = facts.frame(AT)
        how = paces(frame, _defined("pipeline", pipeline_text.parse), state, Pauses())
        frame.set_columns(columns.stages(state, how))
        stuck = {"stage-stuck": _defined("detector", detector_text.parse)["stage-stuck"]}
        (found,) = detected(frame, stuck)
    assert found.words == words
    assert found.evidence["stage"] == "renewal"  # what lists show is told beside it


def test_a_new_customer_stands_in_setup_and_under_renewal_where_one_is_near(customer: Account) -> None:
    with sitting([customer.pk], now=NOW) as facts:
        pipelines = _defined("pipeline", pipeline_text.parse)
        state, moves = moved(facts.frame(AT), pipelines, np.full(1, "default", object), Standings.none(1))
    assert (state.stage[0], state.overlay[0]) == ("setup", "renewal")
    assert moves[0].evidence == {"commercial_status": "customer"}


def test_a_champion_who_left_is_one_finding_that_names_no_person(customer: Account) -> None:
    gone = _person(customer, "Hedy Lamarr", "champion", left=10)
    _person(customer, "Grace Hopper", "sponsor")
    found = _found(customer)["role-left"]
    assert found.cause == str(gone.pk)
    assert found.words.startswith("Champion left on 23 May, now missing: ")
    assert "Hedy" not in found.words and "Hedy" not in str(found.evidence)
    assert found.severity == 3


def test_a_champion_who_arrives_elsewhere_is_an_opportunity(customer: Account, owner: User) -> None:
    gone = _person(customer, "Hedy Lamarr", "champion", left=30)
    other = open_account(by=owner, name="Initech", now=_days(220))
    Membership.objects.create(
        account=other, person=gone, valid_from=_days(20), stated_at=_days(20), **_known(20)
    )  # fmt: skip
    found = _found(other)["champion-arrived"]
    assert (found.what, found.cause, found.stake_minor) == ("opportunity", str(gone.pk), None)
    assert "champion-arrived" not in _found(customer)


def test_a_worried_success_manager_is_a_risk(customer: Account, owner: User) -> None:
    Pulse.objects.create(account=customer, author=owner, mood="risk", occurred_at=_days(3), **_known(3))
    assert _found(customer)["pulse-worried"].words == "Its success manager is worried since 30 May"


def test_no_finding_stays_open_because_nothing_is_known_any_more(customer: Account) -> None:
    """Of a customer that left there are no seats and no ratings to compare: what waits for them would wait for ever."""
    SubscriptionLine.objects.filter(account=customer).update(ends_on=_days(3).date(), renews_on=None)
    detectors = _defined("detector", detector_text.parse)
    with sitting([customer.pk], now=NOW) as facts:
        frame = _frame(facts)
        assert frame.value("commercial_status", 0) == "churned" and frame.value("seats", 0) is None
        stay = [key for key, one in detectors.items()
                if one.parsed.clears is not None and not mask(one.parsed.clears, frame)[0]]  # fmt: skip
        assert stay == []
        assert not {"licence-unused", "seats-near-limit", "low-satisfaction", "deep-use"} & set(_found(customer))


def test_a_notice_that_is_past_is_not_told_as_one_to_come(customer: Account) -> None:
    detector = _defined("detector", detector_text.parse)["renewal-unready"].parsed
    assert "[, notice by {notice:ahead}]" in detector.words
    with sitting([customer.pk], now=NOW) as facts:
        frame = _frame(facts)
        notice, today = frame.vocabulary.field("notice"), number_of(NOW.date())
        told = [Teller(detector, frame).said(notice, today + days, "ahead") for days in (-1, 0, 59)]
    assert told == [None, "2 Jun", "31 Jul"]
