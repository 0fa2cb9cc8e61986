"""The first day with the demo company: what Today calls new is new."""

from datetime import datetime, timedelta

import pytest

from firstwin.accounts.models import AccountNow
from firstwin.core.clock import day_of
from firstwin.demo.judged import judge
from firstwin.demo.load import Loaded
from firstwin.signals.models import Episode, SegmentStay
from firstwin.signals.refresh.back import look_back_some
from firstwin.signals.refresh.begin import begin
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.full import full_pass
from firstwin.signals.today.found import findings
from firstwin.signals.today.ranking import Kind
from firstwin.signals.today.window import window

pytestmark = pytest.mark.django_db


def test_most_findings_of_the_first_day_are_not_new(fernhill: Loaded, now: datetime) -> None:
    today = day_of(now)
    judge(now=now)
    begin(now=now)
    seen = Episode.objects.filter(cleared_on=None).count()
    while look_back_some(now):
        pass
    still = Episode.objects.filter(cleared_on=None, restated_at=None)
    assert still.count() >= seen * 0.8  # with a past some are found that were not, and the other way round
    new = [
        change
        for change in findings(AccountNow.objects.all(), window("day", today), definitions_at())
        if change.kind in (Kind.RISK, Kind.OPPORTUNITY)
    ]
    assert len(new) < still.count() / 4
    entered = SegmentStay.objects.filter(left_on=None, entered_on=today).count()
    assert entered < SegmentStay.objects.filter(left_on=None).count() / 4
    assert full_pass(now + timedelta(minutes=1)).differing == 0
