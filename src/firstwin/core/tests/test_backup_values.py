"""What is written into a backup, and how its files speak for themselves: no database needed."""

import gzip
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.core.backup import place
from firstwin.core.backup.check import check_backup
from firstwin.core.backup.folders import Kept, sum_of
from firstwin.core.backup.kinds import Kind, as_sqlite_holds, from_postgresql, from_sqlite, to_copy, to_sqlite
from firstwin.core.backup.lines import line_of, read_lines, row_of, sum_lines, write_lines
from firstwin.core.backup.manifest import Manifest, Stored, read_manifest, write_manifest
from firstwin.core.backup.tables import Column, Table
from firstwin.core.errors import Refused
from firstwin.core.progress import Progress

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TABLE = Table("things", (Column("id", Kind.INTEGER), Column("said", Kind.JSON)), "id", True)
ROWS: list[list[Any]] = [[1, [None]], [2, None], [2**63 - 1, [{"b": "\U0001f9ff", "a": [1, 0.1]}]]]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def _numbers(value: Any) -> Any:
    """As JSON means it: a number is its digits, with or without an exponent."""
    return json.loads(json.dumps(value), parse_float=Decimal, parse_int=Decimal)


@given(json_values)
def test_json_says_the_same_after_any_number_of_trips(value: Any) -> None:
    plain, back = from_sqlite(Kind.JSON, None), to_sqlite(Kind.JSON)
    assert plain and back
    once = plain(json.dumps(value))
    assert _numbers(once[0]) == _numbers(value)
    assert line_of(plain(back(row_of(line_of(once))))) == line_of(once)


@given(st.floats(allow_nan=False, allow_infinity=False).filter(lambda value: abs(value) >= 1e16))
def test_large_json_floats_read_the_same_from_a_database_that_writes_them_without_exponent(value: float) -> None:
    one, other = from_sqlite(Kind.JSON, None), from_postgresql(Kind.JSON, None)
    assert one and other
    assert one(json.dumps(value)) == other(format(Decimal(repr(value)), "f"))


@given(st.floats())
def test_every_float_survives(value: float) -> None:
    plain, back = from_sqlite(Kind.FLOAT, None), to_sqlite(Kind.FLOAT)
    assert plain and back
    again = back(row_of(line_of([plain(value)]))[0])
    assert again == value or (again != again and value != value)


@given(st.datetimes(timezones=st.just(UTC)))
def test_moments_read_the_same_from_both_databases(moment: datetime) -> None:
    sqlite, postgresql = from_sqlite(Kind.MOMENT, None), from_postgresql(Kind.MOMENT, None)
    assert sqlite and postgresql
    plain = postgresql(moment)
    assert plain == sqlite(str(moment.replace(tzinfo=None)))
    assert datetime.fromisoformat(to_copy(Kind.MOMENT)(plain)) == moment


def test_a_moment_written_another_way_is_the_same_moment() -> None:
    sqlite = from_sqlite(Kind.MOMENT, None)
    assert sqlite
    elsewhere = datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1)))
    assert {sqlite(text) for text in ("2026-03-01 12:00:00.000000", "2026-03-01T12:00:00+00:00", str(elsewhere))} == {
        "2026-03-01 12:00:00"
    }


def test_decimals_keep_their_scale_and_sqlites_fifteen_digits_are_known() -> None:
    sqlite, postgresql = from_sqlite(Kind.DECIMAL, 12), from_postgresql(Kind.DECIMAL, 12)
    assert sqlite and postgresql
    assert sqlite(1.0854) == postgresql(Decimal("1.085400000000")) == "1.085400000000"
    assert as_sqlite_holds("12345.678901234567", 12) == "12345.678901234600"


def test_text_cannot_break_out_of_its_place() -> None:
    written = to_copy(Kind.TEXT)("a\tb\nc\rd\\.")
    assert written == r"a\tb\nc\rd\\."


def test_lines_come_back_and_the_same_rows_give_the_same_file(tmp_path: Path) -> None:
    one = write_lines(tmp_path / "a", iter(ROWS), lambda _: None)
    other = write_lines(tmp_path / "b", iter(ROWS), lambda _: None)
    assert one == other
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert [row_of(line) for line in read_lines(tmp_path / "a")] == ROWS
    assert (one.rows, one.digest) == sum_lines(read_lines(tmp_path / "a"))


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A small, whole backup."""
    folder = tmp_path / "backup"
    (folder / "tables").mkdir(parents=True)
    (folder / "files/a").mkdir(parents=True)
    (folder / "files/a/x.txt").write_bytes(b"odd")
    size, sha256 = sum_of(folder / "files/a/x.txt")
    sums = write_lines(folder / "tables/things.jsonl.gz", iter(ROWS), lambda _: None)
    stored = Stored(TABLE, "tables/things.jsonl.gz", sums, 4)
    write_manifest(
        Manifest(
            NOW, "1", "sqlite", "UTC", "USD", (("core", "0001_initial"),), (stored,),
            files=(Kept("files/a/x.txt", size, sha256),), folders=("files",),
        ),
        folder,
    )  # fmt: skip
    return folder


def test_a_whole_backup_passes_and_says_what_was_said(backup: Path) -> None:
    made = check_backup(backup, Progress("Checking"))
    assert (made.rows, made.made_at, made.stored[0].table) == (3, NOW, TABLE)
    assert made == read_manifest(backup)


@pytest.mark.parametrize(
    "name", ["manifest.json", "manifest.sha256", "tables/things.jsonl.gz", "files/a/x.txt"]
)  # fmt: skip
def test_any_byte_that_is_changed_and_any_end_that_is_cut_is_named(backup: Path, name: str) -> None:
    whole = (backup / name).read_bytes()
    for at in range(len(whole)):
        (backup / name).write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
        with pytest.raises(Refused, match=name.replace(".", r"\.")):
            check_backup(backup, Progress("Checking"))
    for length in range(0, len(whole), 7):
        (backup / name).write_bytes(whole[:length])
        with pytest.raises(Refused, match=name.replace(".", r"\.")):
            check_backup(backup, Progress("Checking"))
    (backup / name).unlink()
    with pytest.raises(Refused, match=name.replace(".", r"\.")):
        check_backup(backup, Progress("Checking"))


def test_a_file_with_other_rows_under_a_right_name_is_noticed(backup: Path) -> None:
    (backup / "tables/things.jsonl.gz").write_bytes(gzip.compress(line_of([1, None])))
    with pytest.raises(Refused, match="1 rows where 3 were written"):
        check_backup(backup, Progress("Checking"))


@pytest.mark.parametrize("path", ["../x", "files/../../x", "/etc/x", "elsewhere/x", "files", "files/\0x"])
def test_a_backup_cannot_write_outside_of_its_folders(backup: Path, path: str) -> None:
    made = read_manifest(backup)
    write_manifest(replace(made, files=(replace(made.files[0], path=path),)), backup)
    with pytest.raises(Refused, match="outside of the folders"):
        check_backup(backup, Progress("Checking"))


def test_a_backup_of_a_later_format_says_so(backup: Path) -> None:
    made = json.loads((backup / "manifest.json").read_text())
    text = json.dumps({**made, "format": 2}).encode()
    (backup / "manifest.json").write_bytes(text)
    (backup / "manifest.sha256").write_text(f"{hashlib.sha256(text).hexdigest()}  manifest.json\n")
    with pytest.raises(Refused, match="format 2"):
        read_manifest(backup)


def test_a_folder_that_is_no_backup_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is not a backup"):
        check_backup(tmp_path, Progress("Checking"))
    with pytest.raises(Refused, match="is not a folder"):
        check_backup(tmp_path / "none", Progress("Checking"))


def test_a_backup_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), place.in_the_making(tmp_path / "b") as folder:
        (folder / "half").write_text("x")
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]
    with place.in_the_making(tmp_path / "b"):
        pass
    with pytest.raises(Refused, match="there already"), place.in_the_making(tmp_path / "b"):
        pass


def test_two_backups_into_one_folder_do_not_run_at_once_and_what_a_killed_one_left_goes(tmp_path: Path) -> None:
    (tmp_path / ".unfinished-old").mkdir()
    with (
        place.in_the_making(tmp_path / "a"),
        pytest.raises(Refused, match="at this moment"),
        place.in_the_making(tmp_path / "b"),
    ):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "a"]


def test_only_the_newest_dated_backups_are_kept(tmp_path: Path) -> None:
    for day in (1, 2, 3):
        folder = place.default_place(tmp_path, NOW.replace(day=day))
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text("{}")
    (tmp_path / "backups/before-the-move").mkdir()
    (tmp_path / "backups/2020-01-01T000000Z").mkdir()  # a date, and no backup
    gone = place.keep_newest(tmp_path / "backups", 2)
    assert gone == ["2026-03-01T120000Z"]
    left = sorted(path.name for path in (tmp_path / "backups").iterdir() if path.is_dir())
    assert left == ["2020-01-01T000000Z", "2026-03-02T120000Z", "2026-03-03T120000Z", "before-the-move"]
