"""What was said of an account at a moment, the frame says of it ever after, whatever else became known."""

from collections import defaultdict
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import few, thorough

from firstwin.accounts.actions.refresh_now import computed_rows
from firstwin.accounts.default_attributes import DEFAULTS
from firstwin.accounts.models import AttributeKind
from firstwin.core.fields import vocabulary
from firstwin.core.frames import At
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.tests.frame_deeds import DEEDS, World, set_one_attribute
from firstwin.signals.tests.frame_rows import of_rows, told

pytestmark = pytest.mark.django_db
CURRENT_ONLY = {"issues", "issue_kinds"}

small = st.integers(0, 11)
steps = st.lists(
    st.tuples(st.sampled_from([1, 7, 26, 24 * 9, 24 * 40]), st.integers(0, len(DEEDS) - 1), small, small, small),
    min_size=1,
    max_size=25,
)


@thorough
@settings(max_examples=few(8, many=200), deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps)
def test_what_was_said_then_is_said_ever_after(db: None, steps: list[tuple[int, int, int, int, int]]) -> None:
    with transaction.atomic():
        _lives(steps)
        transaction.set_rollback(True)


def _lives(steps: list[tuple[int, int, int, int, int]], every: int = 1) -> dict[str, set[Any]]:
    """Field → the values that were said.  every: after so many deeds it is heard what is said."""
    world = World.begun()
    ids = [account.pk for account in world.accounts]
    heard: list[tuple[At, dict[str, dict[int, Any]]]] = []
    fields = [
        one
        for one in vocabulary().fields.values()
        if one.room not in ("usage", "signals") and one.key not in CURRENT_ONLY
    ]
    for n, (hours, *deed) in enumerate(steps, start=1):
        world.now += timedelta(hours=hours)
        world.do(*deed)
        if n % every:
            continue
        rows = {row.account_id: row for row in computed_rows(ids, now=world.now)}
        heard.append((At.of(world.now), {one.key: of_rows(one, rows) for one in fields if one.stored}))
    spoken: dict[str, set[Any]] = defaultdict(set)
    with sitting(ids) as here:
        here.prepare([at for at, _ in heard])
        for step, (at, rows_then) in zip(steps[every - 1 :: every], heard, strict=True):
            for one in fields:
                if one.stored:
                    said = told(here, at, one)
                    assert said == rows_then[one.key], (one.key, step, at.moment)
                    spoken[one.key].update(said.values())
    return spoken


def test_a_long_life_says_something_in_every_field(db: None) -> None:
    dice = Random(11)
    any_of = partial(dice.randrange, 12)
    steps = [(26, n % len(DEEDS), any_of(), any_of(), any_of()) for n in range(9 * len(DEEDS))]
    steps[:0] = [(1, DEEDS.index(set_one_attribute), 1, kind, 0) for kind in range(len(AttributeKind))]
    spoken = _lives(steps, every=6)
    usual = {str(one["key"]) for one in DEFAULTS} | {"added", "sources"}  # nobody says anything of these here
    assert {key for key, values in spoken.items() if len(values) < 2} == usual
