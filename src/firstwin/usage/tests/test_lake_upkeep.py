"""Files that are damaged are named; events go when their time is over or their import is undone; meanings change."""

from datetime import timedelta
from pathlib import Path

import pytest

from firstwin.usage.lake import check, days, fold, merge, pieces, rebuild, retention, retract, sweep, upkeep
from firstwin.usage.lake.files import Damaged
from firstwin.usage.models import FeatureMeaning, LakeSetting
from firstwin.usage.store.models import EventName, Inbox, Piece, Place, Touched
from firstwin.usage.tests.lake_world import NOW, Event, counted, put, read, read_all

pytestmark = pytest.mark.django_db

TODAY = days.number_at(NOW)


def problems() -> list[str]:
    return check.file_problems(NOW) or (
        check.key_problems(NOW, is_whole=True) + check.rollup_problems(NOW, is_whole=True) + check.lease_problems(NOW)
    )


def place(pk: int, account: int | None = None) -> Place:
    return Place.objects.create(pk=pk, source=1, key=str(pk), account=account, first_at=NOW, last_at=NOW, events=100)


@pytest.mark.parametrize("table", ["events", "keys", "place_days"])
def test_a_file_that_is_cut_short_or_missing_or_changed_is_named(lake: Path, table: str) -> None:
    put(Event(1))
    fold.fold(NOW)
    put(Event(2))
    piece = pieces.standing(table)[-1]
    path = lake / piece.name
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert [piece.name in problem for problem in check.file_problems(NOW)] == [True]
    for break_it in (lambda: path.write_bytes(whole[:-4]), path.unlink):
        break_it()
        assert [piece.name in problem for problem in check.file_problems(NOW)] == [True]
        with pytest.raises(Damaged, match=piece.name):
            put(Event(3)) if table == "keys" else read(table)


def test_events_that_stand_twice_are_found(lake: Path) -> None:
    put(Event(1))
    piece = pieces.standing("events")[0]
    (lake / "events/again.parquet").write_bytes((lake / piece.name).read_bytes())
    piece.pk, piece.name = None, "events/again.parquet"
    piece.save(force_insert=True)
    assert problems() == ["1 event stand twice"]


def test_roll_ups_that_are_not_what_their_events_make_are_found(lake: Path) -> None:
    put(Event(1), Event(2, place=2))
    fold.fold(NOW)
    put(Event(3))
    pieces.mark_rolled(pieces.unrolled(), now=NOW)
    assert any("place_days" in problem for problem in problems())
    rebuild.rebuild(NOW)
    assert problems() == []


def test_events_go_when_their_time_is_over_and_their_keys_stay(lake: Path, meant: None) -> None:
    kept = [Event(n, day=TODAY - n, place=n % 3 + 1, feature=n % 5) for n in range(90)]
    for n in range(0, 90, 30):
        put(*kept[n : n + 30])
        fold.fold(NOW)
    LakeSetting.objects.create(retention_days=40)
    place(1, account=11)
    assert retention.apply(NOW) == 49
    assert read_all() == counted(kept[:41])
    assert Touched.objects.get().account == 11
    assert problems() == []
    assert put(*kept).rows == 0
    assert retention.apply(NOW) == 0


def test_without_a_limit_everything_is_kept(lake: Path) -> None:
    put(Event(1, day=0))
    LakeSetting.objects.create()
    assert retention.apply(NOW) == 0
    assert len(read("events")) == 1


def test_an_undone_import_leaves_nothing_and_may_come_again(lake: Path, meant: None) -> None:
    ours = [Event(n, day=20_030 + n % 4, feature=n % 4, place=n % 2 + 1) for n in range(20)]
    theirs = [Event(100 + n, day=20_029 + n % 5, feature=n % 4, place=2, run=9) for n in range(20)]
    place(2, account=22)
    EventName.objects.create(pk=1, kind="track", name="a", first_at=NOW, last_at=NOW, events=8)
    put(*ours[:10], *theirs[:10])
    fold.fold(NOW)
    put(*theirs[10:])
    put(*ours[10:])
    Inbox.objects.create(source=1, received_at=NOW, body=b"x", events=1, size=1, run=9)
    assert retract.retract(9, NOW) == 20
    assert read_all() == counted(ours)
    assert problems() == []
    assert not Inbox.objects.exists()
    assert (Place.objects.get().events, EventName.objects.get().events) == (80, 3)
    assert Touched.objects.get().account == 22
    assert retract.retract(9, NOW) == 0
    assert put(*theirs).rows == 20
    assert read_all() == counted(ours + theirs)


def test_what_a_name_means_changes_all_figures_at_once(lake: Path) -> None:
    put(Event(1, feature=3), Event(2, feature=5, place=2))
    fold.fold(NOW)
    assert not rebuild.rebuild_when_due(NOW)
    FeatureMeaning.objects.create(feature=3, is_ignored=True, known_at=NOW, recorded_at=NOW)
    assert {row[0] for row in read("place_days")} == {1, 2}  # until they are made again
    assert rebuild.rebuild_when_due(NOW)
    assert {row[0] for row in read("place_days")} == {2}
    assert not rebuild.is_due()


def test_a_label_alone_makes_nothing_again(lake: Path) -> None:
    put(Event(1))
    fold.fold(NOW)
    FeatureMeaning.objects.create(feature=5, label="Save", is_core=True, known_at=NOW, recorded_at=NOW)
    assert not rebuild.is_due()


def test_files_go_an_hour_after_others_stand_for_them(lake: Path) -> None:
    for n in range(4):
        put(Event(n))
    while merge.merge(NOW):
        pass
    (lake / "events/nobody.parquet").write_bytes(b"left by one who died")
    files = {path.name for path in lake.rglob("*.*") if path.is_file()}
    assert sweep.sweep(NOW + timedelta(minutes=59)) == 0
    later = NOW + timedelta(days=3_650)  # the clock of the test is behind that of the disk
    assert sweep.sweep(later) == 5
    assert len({path.name for path in lake.rglob("*.*") if path.is_file()}) == len(files) - 5
    assert not Piece.objects.exclude(retired_at=None).exists()
    assert check.file_problems(NOW) == []


def test_upkeep_does_what_is_due_and_then_rests(lake: Path) -> None:
    put(Event(1))
    assert not upkeep.tend(NOW)
    assert upkeep.tend(NOW + fold.WAITING_FOR)
    assert not upkeep.tend(NOW + fold.WAITING_FOR)
    assert pieces.unrolled() == []


def test_upkeep_of_a_damaged_lake_stops_nobody(lake: Path, caplog: pytest.LogCaptureFixture) -> None:
    put(Event(1))
    piece = pieces.standing("events")[0]
    (lake / piece.name).unlink()
    assert not upkeep.tend(NOW + fold.WAITING_FOR)
    assert piece.name in caplog.text
    upkeep._not_before = None
