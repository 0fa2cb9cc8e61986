"""Every figure of use stands in the vocabulary, as of any day."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from firstwin.accounts.models import Account
from firstwin.core.fields import vocabulary
from firstwin.core.frames import At
from firstwin.usage.frame.families import usage
from firstwin.usage.models import Means
from firstwin.usage.store.models import ActorTrait
from firstwin.usage.tests.raw import Raw, put
from firstwin.usage.tests.test_metrics_account import NOON, NOW, a_feature, a_line, a_place, ago, an_actor

TODAY = NOON.date()


def said(account: Account, on: date, *keys: str) -> list[object]:
    """What the frame says of the account at the close of a day; None where it is not known."""
    [found] = usage(np.array([account.pk]), [At.close_of(on, known_by=NOW)])
    return [found[key].values[0].item() if found[key].known[0] else None for key in keys]


def test_today_sites_change_and_time_to_value_are_fields(acme: Account) -> None:
    """Those that no list stores are worked out by the frame, which segments and scorecards read."""
    keys = ("people_active_1", "sites_28", "usage_change", "days_to_value")
    assert all(vocabulary().fields[key].frame and not vocabulary().fields[key].stored for key in keys)
    a_line(acme, None, 3, starts_on=TODAY - timedelta(days=150))
    place, plain, win = a_place(acme), a_feature("open"), a_feature("shipped", means=Means.FIRST_WIN)
    people = [an_actor(f"u:{n}") for n in range(3)]
    for actor, site in zip(people, ("Lyon", "Oslo", "Oslo"), strict=True):
        told = datetime(2025, 1, 1, tzinfo=UTC)
        ActorTrait.objects.create(actor=actor, kind="site", value=site, from_at=told, known_at=told)
    usual = [Raw(place, people[n % 2], plain, ago(28 + n)) for n in range(112) for _ in range(2)]  # 56 in 28 days
    halved = [Raw(place, people[n % 2], plain, ago(n)) for n in range(28)]
    put([*usual, *halved, Raw(place, people[2], win, ago(0))], now=NOW)
    assert said(acme, TODAY, *keys) == [2, 2, -48, 150]
    assert said(acme, TODAY - timedelta(days=1), *keys) == [1, 2, -48, None]
    assert said(acme, TODAY - timedelta(days=400), *keys) == [None, None, None, None]


def test_use_of_a_customer_who_left_is_kept(acme: Account) -> None:
    """Somebody still comes after the last line ended: that is told, though no seat is in force."""
    a_line(acme, None, 3, starts_on=TODAY - timedelta(days=400), ends_on=TODAY - timedelta(days=30))
    place, actor, feature = a_place(acme), an_actor("u:1"), a_feature("open")
    put([Raw(place, actor, feature, ago(n)) for n in (60, 3)], now=NOW)
    keys = ("people_active_7", "last_seen", "licence_share")
    last_seen = (TODAY - timedelta(days=3) - date(1970, 1, 1)).days
    assert said(acme, TODAY, *keys) == [1, last_seen, None]
