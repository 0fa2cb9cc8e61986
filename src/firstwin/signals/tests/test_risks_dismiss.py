"""Putting a finding aside: as known, or as a false alarm that counts against its detector."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from firstwin.accounts.models import Account
from firstwin.accounts.scope import AccountSet
from firstwin.core.errors import NotAllowed, NotFound, Refused
from firstwin.core.frames import At
from firstwin.people.models import User
from firstwin.people.undo import offer_undo, use_undo
from firstwin.signals.actions.dismiss import bring_back, dismiss
from firstwin.signals.models import Dismissal, Episode
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.state import State, state_of
from firstwin.signals.risks.precision import precision

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
TODAY = date(2026, 3, 4)
pytestmark = pytest.mark.django_db


def _episode(account: Account, detector: str = "silent", **more: Any) -> Episode:
    return Episode.objects.create(
        account=account, detector=detector, version=1, what="risk", severity=2, words="No contact for 31 days",
        evidence={"last_two_way": "2026-02-01"}, at=NOW, **({"first_on": TODAY, "last_on": TODAY} | more),
    )  # fmt: skip


def _state(account: Account) -> State:
    return state_of(np.array([account.pk]), At.of(NOW), definitions_at(None))


def test_put_aside_until_a_day(owner: User, acme: Account) -> None:
    episode = _episode(acme)
    revision = acme.revision
    dismiss(by=owner, finding=episode, is_false_alarm=False, until_on=TODAY + timedelta(days=30), now=NOW)
    acme.refresh_from_db()
    assert acme.revision == revision + 1
    (known,) = _state(acme).episodes
    assert known.is_aside(TODAY + timedelta(days=29)) and not known.is_aside(TODAY + timedelta(days=30))
    assert known.said == (2, "No contact for 31 days", None, {"last_two_way": "2026-02-01"})


def test_a_false_alarm_says_why(owner: User, acme: Account) -> None:
    episode = _episode(acme)
    with pytest.raises(Refused, match="false alarm"):
        dismiss(by=owner, finding=episode, is_false_alarm=True, now=NOW)
    with pytest.raises(Refused, match="tomorrow"):
        dismiss(by=owner, finding=episode, is_false_alarm=False, until_on=TODAY, now=NOW)
    dismiss(by=owner, finding=episode, is_false_alarm=True, reason="They moved to Slack", now=NOW)
    with pytest.raises(Refused, match="aside already"):
        dismiss(by=owner, finding=episode, is_false_alarm=False, now=NOW)


def test_what_is_over_cannot_be_put_aside(owner: User, acme: Account) -> None:
    with pytest.raises(Refused, match="over already"):
        dismiss(by=owner, finding=_episode(acme, cleared_on=TODAY), is_false_alarm=False, now=NOW)


def test_strangers_and_viewers_cannot(stranger: User, viewer: User, acme: Account) -> None:
    episode = _episode(acme)
    with pytest.raises(NotFound):
        dismiss(by=stranger, finding=episode, is_false_alarm=False, now=NOW)
    with pytest.raises(NotAllowed):
        dismiss(by=viewer, finding=episode, is_false_alarm=False, now=NOW)


def test_it_can_be_undone_once(owner: User, acme: Account) -> None:
    row = dismiss(by=owner, finding=_episode(acme), is_false_alarm=True, reason="wrong", now=NOW)
    undo = offer_undo(by=owner, verb="finding.called_false", payload={"dismissal": row.pk}, says="Aside", now=NOW)
    use_undo(by=owner, pk=undo.pk, now=NOW + timedelta(minutes=1))
    assert not Dismissal.objects.standing().exists()
    with pytest.raises(Refused, match="brought back already"):
        bring_back(by=owner, dismissal=row, now=NOW)


def test_precision_is_measured_by_false_alarms_and_says_when_there_are_too_few(owner: User, acme: Account) -> None:
    for n in range(9):
        _episode(acme, cleared_on=TODAY, first_on=TODAY - timedelta(days=30 + n))
    dismiss(by=owner, finding=_episode(acme), is_false_alarm=True, reason="wrong", now=NOW)
    _episode(acme, "rare")
    found = precision(AccountSet.everyone("a test"), now=NOW)
    assert (found["silent"].episodes, found["silent"].false_alarms) == (10, 1)
    assert found["silent"].share.value == pytest.approx(0.9)
    low, high = found["silent"].share.interval or (0, 0)
    assert low == pytest.approx(0.5958, abs=1e-3) and high == pytest.approx(0.9821, abs=1e-3)
    assert not found["silent"].share.is_few and found["rare"].share.is_few


def test_precision_counts_only_accounts_one_may_see(stranger: User, acme: Account) -> None:
    _episode(acme)
    assert precision(AccountSet.of(stranger), now=NOW) == {}
