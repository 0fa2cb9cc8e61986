"""An account of several products stands where the least advanced of them stands."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from firstwin.accounts.models import Account
from firstwin.core.frames import At
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.kinds import pipeline_text
from firstwin.signals.kinds.shipped import shipped
from firstwin.signals.stages.fold import moved
from firstwin.signals.stages.standing import Standings
from firstwin.signals.tests.tabled import defined
from firstwin.usage.models import Means
from firstwin.usage.tests.raw import Raw, put
from firstwin.usage.tests.test_metrics_account import NOW, a_feature, a_line, a_place, a_product, ago

pytestmark = pytest.mark.django_db


def path(account: Account, days: list[date]) -> list[str]:
    """Its stage at the close of each of these days."""
    pipeline = defined("pipeline", pipeline_text.parse("default", shipped("pipeline")["default"]), 1)
    state, found = Standings.none(1), []
    which: Any = np.full(1, "default", object)
    with sitting([account.pk]) as facts:
        for on in days:
            state, _ = moved(facts.frame(At.close_of(on, known_by=NOW)), {"default": pipeline}, which, state)
            found.append(str(state.stage[0]))
    return found


def test_who_buys_another_product_goes_the_way_to_its_first_win_again(acme: Account) -> None:
    desk, atlas, plain = a_product("desk"), a_product("atlas"), a_product("plain")
    a_line(acme, desk, 10)
    a_line(acme, plain, 10)
    a_line(acme, atlas, 5, starts_on=ago(10).date())
    place = a_place(acme)
    opened = a_feature("open", product=desk)
    first = a_feature("sent", product=desk, means=Means.FIRST_WIN)
    second = a_feature("mapped", product=atlas, means=Means.FIRST_WIN)
    put([Raw(place, 1, opened, ago(day)) for day in range(40)], now=NOW)
    put([Raw(place, 1, first, ago(20)), Raw(place, 1, second, ago(3))], now=NOW)
    days = [ago(n).date() for n in (41, 30, 15, 8, 2)]
    assert path(acme, days) == ["setup", "activation", "adoption", "activation", "adoption"]
