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
