"""Pausing the clock of a stage: who may, what it needs, how it is taken back, and what was known when."""

from datetime import UTC, datetime, timedelta

import pytest

from firstwin.accounts.models import Account
from firstwin.core.errors import NotAllowed, NotFound, Refused
from firstwin.core.frames import At
from firstwin.people.models import AuditRow, User
from firstwin.people.undo import offer_undo, use_undo
from firstwin.signals.actions.pause_stage import go_on, pause
from firstwin.signals.evidence import number_of
from firstwin.signals.models import StagePause
from firstwin.signals.stages.pauses import pauses

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=6)
pytestmark = pytest.mark.django_db


def _days(account: Account, moment: datetime) -> int:
    return pauses([account.pk], At.of(moment)).days(account.pk, 0, number_of(moment.date()))


def test_a_pause_stops_the_clock_until_it_goes_on(owner: User, acme: Account) -> None:
    revision = acme.revision
    pause(by=owner, account=acme, reason=" waits for  their security review ", now=NOW)
    acme.refresh_from_db()
    assert acme.revision == revision + 1
    assert StagePause.objects.open().get().reason == "waits for their security review"
    assert _days(acme, NOW + timedelta(days=3)) == 3
    go_on(by=owner, account=acme, now=LATER)
    assert _days(acme, LATER + timedelta(days=10)) == 6
    assert set(AuditRow.objects.values_list("did", flat=True)) >= {"stage.paused", "stage.went_on"}


def test_a_past_day_sees_what_was_known_then(owner: User, acme: Account) -> None:
    pause(by=owner, account=acme, reason="summer", now=NOW)
    go_on(by=owner, account=acme, now=LATER)
    before = At(NOW.date(), NOW, NOW - timedelta(minutes=1))
    assert pauses([acme.pk], before).spans == {}
    then = pauses(None, At.of(NOW + timedelta(days=2)))
    assert then.is_open(acme.pk, number_of(NOW.date()) + 2)


def test_it_needs_a_reason_and_is_not_paused_twice(owner: User, acme: Account) -> None:
    for reason in ("", "   ", "x" * 301, "\x00"):
        with pytest.raises(Refused):
            pause(by=owner, account=acme, reason=reason, now=NOW)
    pause(by=owner, account=acme, reason="summer", now=NOW)
    with pytest.raises(Refused, match="stands still already"):
        pause(by=owner, account=acme, reason="winter", now=NOW)
    go_on(by=owner, account=acme, now=LATER)
    with pytest.raises(Refused, match="running already"):
        go_on(by=owner, account=acme, now=LATER)


def test_strangers_and_viewers_cannot(stranger: User, viewer: User, acme: Account) -> None:
    with pytest.raises(NotFound):
        pause(by=stranger, account=acme, reason="summer", now=NOW)
    with pytest.raises(NotAllowed):
        pause(by=viewer, account=acme, reason="summer", now=NOW)
    assert not StagePause.objects.exists()


def test_a_pause_can_be_undone(owner: User, acme: Account) -> None:
    row = pause(by=owner, account=acme, reason="summer", now=NOW)
    undo = offer_undo(by=owner, verb="stage.paused", payload={"pause": row.pk}, says="Paused", now=NOW)
    use_undo(by=owner, pk=undo.pk, now=NOW + timedelta(minutes=1))
    assert _days(acme, LATER) == 0


def test_going_on_can_be_undone(owner: User, acme: Account) -> None:
    pause(by=owner, account=acme, reason="summer", now=NOW)
    row = go_on(by=owner, account=acme, now=LATER)
    undo = offer_undo(by=owner, verb="stage.went_on", payload={"pause": row.pk}, says="Goes on", now=LATER)
    use_undo(by=owner, pk=undo.pk, now=LATER + timedelta(minutes=1))
    assert StagePause.objects.open().get().valid_from == NOW
    assert _days(acme, LATER + timedelta(days=2)) == 8
