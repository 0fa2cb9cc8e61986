"""Of which days use was learned later than on the day itself."""

from datetime import UTC, date, datetime, timedelta

import pytest

from firstwin.accounts.models import Account
from firstwin.core.frames import ComputedFamily, frame_families
from firstwin.usage.metrics.learned import late_use, learned_later
from firstwin.usage.models import FeatureMeaning
from firstwin.usage.store.models import Place
from firstwin.usage.tests.raw import Raw, put

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def _place(account: Account) -> int:
    return Place.objects.create(source=1, key=account.key, account=account.pk, first_at=NOW, last_at=NOW).pk


def test_only_what_came_after_its_own_day_was_learned_later(acme: Account) -> None:
    place = _place(acme)
    put([Raw(place, 1, 1, NOW - timedelta(days=9))], now=NOW - timedelta(days=9))
    put([Raw(place, 1, 1, NOW - timedelta(hours=2))], now=NOW - timedelta(hours=1))
    since = NOW - timedelta(days=2)
    assert learned_later([acme.pk], since) == {}
    put([Raw(place, 1, 1, NOW - timedelta(days=5)), Raw(place, 1, 1, NOW - timedelta(days=3))], now=NOW)
    assert learned_later([acme.pk], since) == {acme.pk: (NOW - timedelta(days=5)).date()}
    assert learned_later([acme.pk], NOW + timedelta(seconds=1)) == {}


def test_late_use_is_told_by_days_with_the_moment_it_came(acme: Account) -> None:
    place, long_ago = _place(acme), NOW - timedelta(days=9)
    put([Raw(place, 1, 1, long_ago)], now=long_ago)
    put([Raw(place, 1, 1, long_ago), Raw(place, 1, 1, NOW - timedelta(days=3))], now=NOW)
    told = late_use(acme.pk, since=NOW - timedelta(days=2), until=NOW)
    assert told == {long_ago.date(): NOW, (NOW - timedelta(days=3)).date(): NOW}
    assert late_use(acme.pk, since=NOW, until=NOW + timedelta(days=1)) == {}
    assert late_use(acme.pk, since=long_ago, until=NOW - timedelta(days=1)) == {}


def test_what_events_mean_since_is_learned_of_every_day(acme: Account) -> None:
    place = _place(acme)
    put([Raw(place, 1, 1, NOW - timedelta(days=9))], now=NOW - timedelta(days=9))
    FeatureMeaning.objects.create(feature=1, label="First report", known_at=NOW, recorded_at=NOW, means="first_win")
    assert learned_later([acme.pk], NOW - timedelta(hours=1)) == {acme.pk: date.min}
    assert learned_later([acme.pk], NOW + timedelta(hours=1)) == {}


def test_who_never_sent_anything_is_not_asked_about(acme: Account) -> None:
    assert learned_later([acme.pk], NOW) == {}


def test_the_frame_knows_whom_to_ask() -> None:
    family = frame_families()["usage"]
    assert isinstance(family, ComputedFamily) and family.learned is not None
