"""What `firstwin verify` says of the ledger: nothing while all is well, and what is wrong by its name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from firstwin.core.invariants import verify
from firstwin.signals.ledger.append_only import guards
from firstwin.signals.models import Episode, Reading, SegmentStay
from firstwin.signals.tests.lived import Life

pytestmark = pytest.mark.django_db


@pytest.fixture
def life(db: None) -> Life:
    life = Life.begun()
    life.follow()
    return life


def problems(life: Life) -> dict[str, tuple[str, ...]]:
    """Of the signals room, by check."""
    found = {one.invariant.key: one.problems for one in verify(now=life.world.now)}
    ours = {key: said for key, said in found.items() if key.startswith("signals.")}
    assert set(ours) >= {"signals.readings", "signals.open", "signals.order", "signals.guard"}
    return {key: said for key, said in ours.items() if said}


def run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def unguarded(change: Callable[[], Any]) -> None:
    """By somebody who takes the guard away and puts it back."""
    put_up, take_down = guards(connection.vendor)
    run(take_down)
    change()
    run(put_up)


def test_nothing_is_wrong_where_nothing_went_wrong(life: Life) -> None:
    assert Reading.objects.exists() and SegmentStay.objects.exists()
    assert problems(life) == {}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"result": b'{"score":1}'}, "does not recompute"),
        ({"score": 1_234}, "its columns are not what its result says"),
        ({"version": 99}, "cannot be read any more"),
        ({"inputs": b"{}"}, "cannot be recomputed"),
    ],
)
def test_a_reading_that_somebody_changed_is_named(life: Life, changed: dict[str, Any], says: str) -> None:
    one = Reading.objects.latest("pk")
    unguarded(lambda: Reading.objects.filter(pk=one.pk).update(**changed))
    (found,) = problems(life)["signals.readings"][:1]
    assert f"reading {one.pk}" in found and says in found


def test_a_guard_that_is_gone_is_missed(life: Life) -> None:
    run(guards(connection.vendor)[1])
    assert set(problems(life)) == {"signals.guard"}


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_the_guard_stands_after_all_migrations(life: Life, deed: str) -> None:
    sql = {"update": "update signals_reading set score = 1", "delete": "delete from signals_reading"}[deed]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run([sql])


def test_what_ends_before_it_begins_is_named(life: Life) -> None:
    stay = SegmentStay.objects.latest("pk")
    SegmentStay.objects.filter(pk=stay.pk).update(left_on=stay.entered_on - timedelta(days=1), left_at=stay.at)
    assert problems(life) == {"signals.order": (f"stay {stay.pk} ends before it begins",)}


def test_two_open_at_once_cannot_be(life: Life) -> None:
    stay, episode = SegmentStay.objects.filter(left_on=None).latest("pk"), Episode.objects.filter(cleared_on=None)[:1]
    for row in [stay, *episode]:
        row.pk = None
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save(force_insert=True)
