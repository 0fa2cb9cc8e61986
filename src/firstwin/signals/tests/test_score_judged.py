"""What people judge beside a score: who may, what is refused, what counts on which day, and taking it back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firstwin.accounts.models import Account
from firstwin.accounts.tests.fixtures import NOW
from firstwin.core.clock import day_of
from firstwin.core.errors import NotAllowed, NotFound, Refused
from firstwin.core.fields import vocabulary
from firstwin.core.frames import At
from firstwin.people.audit import trail_of_account
from firstwin.people.models import ConfigVersion, User
from firstwin.people.undo import offer_undo, use_undo
from firstwin.signals.actions.override import override, take_back
from firstwin.signals.actions.pulse import give_pulse, retract_pulse
from firstwin.signals.frame.one import frame_of
from firstwin.signals.models import Override, Pulse
from firstwin.signals.pulses import VALID_DAYS
from firstwin.signals.scores.judged import InForce, judged

TODAY = day_of(NOW)
TEXT = """
label: Test
groups:
  - {key: use, label: Use, weight: 1, measures: [
      {key: weekly, label: Weekly, field: weekly_share, weight: 1, linear: {from: 0, to: 1}}]}
"""
GOOD: dict[str, Any] = {
    "scorecard": "test", "level": "measure", "target": "weekly", "points": 80, "reason": "They said so",
    "expires_on": TODAY + timedelta(days=30), "now": NOW,
}  # fmt: skip


@pytest.fixture(autouse=True)
def scorecard(db: None) -> None:
    ConfigVersion.objects.create(kind="scorecard", key="test", number=1, text=TEXT, at=NOW)


def in_force(account: Account, moment: datetime) -> tuple[InForce, ...]:
    return judged([account.pk], At.of(moment)).of(account.pk, "test")


def test_an_override_counts_from_its_day_until_it_expires(owner: User, acme: Account) -> None:
    revision = Account.objects.get(pk=acme.pk).revision
    row = override(by=owner, account=acme, **GOOD)
    [found] = in_force(acme, NOW)
    assert (found.level, found.target, found.points, found.pk) == ("measure", "weekly", 80, row.pk)
    assert not in_force(acme, NOW - timedelta(hours=1))
    assert in_force(acme, NOW + timedelta(days=29))
    assert not in_force(acme, NOW + timedelta(days=30))
    assert Account.objects.get(pk=acme.pk).revision == revision + 1
    assert trail_of_account(acme.pk)[0].did == "score.overridden"


def test_a_new_one_replaces_it_and_what_was_believed_can_be_asked_again(owner: User, acme: Account) -> None:
    override(by=owner, account=acme, **GOOD)
    later = NOW + timedelta(hours=2)
    override(by=owner, account=acme, **(GOOD | {"points": 20, "now": later}))
    assert [one.points for one in in_force(acme, later)] == [20]
    assert [one.points for one in in_force(acme, NOW)] == [80]
    assert Override.objects.count() == 2


def test_taken_back_the_computed_points_count_again_and_undo_puts_it_back(owner: User, acme: Account) -> None:
    row = override(by=owner, account=acme, **GOOD)
    later = NOW + timedelta(hours=2)
    take_back(by=owner, row=row, now=later)
    assert not in_force(acme, later)
    undo = offer_undo(
        by=owner, verb="score.override_taken_back", payload={"override": row.pk}, says="Taken back", now=later
    )  # fmt: skip
    use_undo(by=owner, pk=undo.pk, now=later)
    [found] = in_force(acme, later)
    assert (found.points, Override.objects.get(pk=found.pk).author) == (80, owner)
    with pytest.raises(Refused):
        take_back(by=owner, row=row, now=later)


def test_undo_of_an_override_brings_back_what_it_replaced(owner: User, acme: Account) -> None:
    first = override(by=owner, account=acme, **GOOD)
    later = NOW + timedelta(hours=2)
    second = override(by=owner, account=acme, **(GOOD | {"points": 20, "now": later}))
    payload = {"override": second.pk, "before": first.pk}
    undo = offer_undo(by=owner, verb="score.overridden", payload=payload, says="Set", now=later)
    use_undo(by=owner, pk=undo.pk, now=later)
    assert [one.points for one in in_force(acme, later)] == [80]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"scorecard": "tests"}, "scorecard"), ({"level": "all"}, "level"), ({"target": "wekly"}, "target"),
        ({"level": "overall"}, "target"), ({"level": "group"}, "target"), ({"points": 101}, "points"),
        ({"points": -1}, "points"), ({"points": True}, "points"), ({"reason": "  "}, "reason"),
        ({"reason": "x" * 501}, "reason"), ({"reason": "a\x00b"}, "reason"), ({"expires_on": TODAY}, "expires_on"),
        ({"expires_on": TODAY + timedelta(days=400)}, "expires_on"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_its_field(
    owner: User, acme: Account, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        override(by=owner, account=acme, **(GOOD | change))
    assert refused.value.field == field
    assert not Override.objects.exists()


def test_only_who_works_the_account_judges_it(
    owner: User, teammate: User, stranger: User, viewer: User, acme: Account
) -> None:
    override(by=teammate, account=acme, **GOOD)
    give_pulse(by=teammate, account=acme, mood="good", now=NOW)
    for by, error in ((stranger, NotFound), (viewer, NotAllowed)):
        with pytest.raises(error):
            override(by=by, account=acme, **GOOD)
        with pytest.raises(error):
            give_pulse(by=by, account=acme, mood="good", now=NOW)
        with pytest.raises(error):
            take_back(by=by, row=Override.objects.get(), now=NOW)
        with pytest.raises(error):
            retract_pulse(by=by, pulse=Pulse.objects.get(), now=NOW)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"mood": "fine"}, "mood"), ({"reasons": ["sponser"]}, "reasons"), ({"comment": "x" * 501}, "comment"),
     ({"comment": "\x00"}, "comment")],
)  # fmt: skip
def test_a_pulse_that_makes_no_sense_is_refused(owner: User, acme: Account, change: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        give_pulse(by=owner, account=acme, now=NOW, **({"mood": "good"} | change))
    assert refused.value.field == field


def pulse_at(account: Account, moment: datetime) -> tuple[Any, Any]:
    with frame_of(account.pk, At.of(moment)) as frame:
        return frame.value("pulse", 0), frame.value("pulse_on", 0)


def test_the_latest_pulse_holds_for_its_days(owner: User, acme: Account) -> None:
    give_pulse(by=owner, account=acme, mood="good", reasons=["value"], now=NOW)
    later = NOW + timedelta(days=5)
    row = give_pulse(by=owner, account=acme, mood="risk", reasons=["sponsor", "sponsor"], comment=" Left ", now=later)
    assert (row.reasons, row.comment) == (["sponsor"], "Left")
    day = (TODAY - datetime(1970, 1, 1, tzinfo=UTC).date()).days
    assert pulse_at(acme, NOW - timedelta(days=1)) == (None, None)
    assert pulse_at(acme, NOW) == ("good", day)
    assert pulse_at(acme, later) == ("risk", day + 5)
    assert pulse_at(acme, later + timedelta(days=VALID_DAYS - 1))[0] == "risk"
    assert pulse_at(acme, later + timedelta(days=VALID_DAYS)) == (None, None)


def test_a_pulse_taken_back_lets_the_one_before_hold(owner: User, acme: Account) -> None:
    give_pulse(by=owner, account=acme, mood="good", now=NOW)
    later = NOW + timedelta(days=5)
    row = give_pulse(by=owner, account=acme, mood="risk", now=later)
    undo = offer_undo(by=owner, verb="pulse.given", payload={"pulse": row.pk}, says="Given", now=later)
    use_undo(by=owner, pk=undo.pk, now=later + timedelta(minutes=1))
    assert pulse_at(acme, later + timedelta(minutes=2))[0] == "good"
    assert pulse_at(acme, later)[0] == "risk"


def test_the_pulse_is_part_of_the_vocabulary() -> None:
    assert dict(vocabulary().field("pulse").options()) == {"good": "Good", "watch": "Unsure", "risk": "Worried"}
