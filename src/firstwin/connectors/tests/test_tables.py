"""Tables of every format read alike: the same cells, strict where it matters, and able to go on from any row."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstwin.connectors.files import Table, found_format, open_table
from firstwin.connectors.files import blocks as blocks_module
from firstwin.core.errors import Refused

HEADER = ["id", "name", "seats"]
ROWS = [["1", "Äpfel & Söhne", "12"], ["2", "Zen, Ltd.", ""], ["3", 'The "Best"', "7"]]


def csv_text(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if set(cell) & {'"', delimiter, "\n"} else cell

    return "".join(delimiter.join(map(quoted, row)) + "\n" for row in rows)


def write_xlsx(path: Path, rows: Sequence[Sequence[Any]], title: str = "Sheet") -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    book.save(path)


def as_jsonl(rows: Sequence[Sequence[str]]) -> str:
    return "".join(json.dumps(dict(zip(HEADER, row, strict=True))) + "\n" for row in rows)


def make(folder: Path, form: str) -> Path:
    path = folder / f"table.{form}"
    match form:
        case "csv" | "tsv":
            path.write_text(csv_text([HEADER, *ROWS], "," if form == "csv" else "\t"))
        case "xlsx":
            write_xlsx(path, [HEADER, *ROWS])
        case "parquet":
            pq.write_table(pa.table(dict(zip(HEADER, zip(*ROWS, strict=True), strict=True))), path)
        case "jsonl":
            path.write_text(as_jsonl(ROWS))
    return path


def cells(table: Table, **options: Any) -> list[list[str]]:
    return [list(row.cells) for row in table.rows(**options) if not row.trouble]


@pytest.mark.parametrize("form", ["csv", "tsv", "xlsx", "parquet", "jsonl"])
def test_each_format_is_found_out_reads_alike_and_goes_on_from_any_row(tmp_path: Path, form: str) -> None:
    table = open_table(make(tmp_path, form))
    assert (table.format, list(table.header)) == (form, HEADER)
    rows = list(table.rows())
    assert [list(row.cells) for row in rows] == ROWS
    for at, row in enumerate(rows):
        rest = list(table.rows(start=row.place))
        assert [(one.line, list(one.cells)) for one in rest] == [(one.line, list(one.cells)) for one in rows[at + 1 :]]
    assert len(table.look.sha256) == 64


def test_spreadsheet_cells_are_read_as_they_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = openpyxl.Workbook()
    first: Any = book.active
    first.title = "Notes"
    sheet = book.create_sheet("Lines")
    sheet.append(["id", "on", "at", "amount", "paid", "time"])
    sheet.append(["0010", date(2024, 2, 29), datetime(2024, 2, 29, 14, 30), 0.1 + 0.2, True, time(9, 5)])
    sheet.append([7, "n/a", None, 12345678901234.5, False])
    sheet.append([])
    sheet.append([8, None, None, "#DIV/0!", None, None])
    sheet.cell(5, 4).data_type = "e"
    book.save(path)
    table = open_table(path, sheet="Lines")
    rows = list(table.rows())
    assert [list(row.cells) for row in rows[:2]] == [
        ["0010", "2024-02-29", "2024-02-29T14:30:00", "0.3", "true", "09:05:00"],
        ["7", "n/a", "", "12345678901234.5", "false", ""],
    ]
    assert (rows[2].line, rows[2].column, rows[2].trouble) == (5, "amount", "The cell holds the error #DIV/0!.")
    assert open_table(path, wanted=["amount"]).sheet == "Lines"
    assert open_table(path, sheet="2").sheet == "Lines"
    with pytest.raises(Refused, match=r"no sheet 'Nope'. It has: Notes, Lines"):
        open_table(path, sheet="Nope")


def test_a_formula_without_a_result_is_told(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "x.xlsx", [["id", "sum"], [1, "=1+1"]])
    table = open_table(tmp_path / "x.xlsx")
    assert "Some formulas have no stored result" in table.look.warnings[0]


def test_parquet_values_lose_nothing(tmp_path: Path) -> None:
    nanos = pa.array([1_709_217_000_123_456_789], pa.timestamp("ns", tz="UTC"))
    table = pa.table(
        {
            "whole": pa.array([2**60]),
            "price": pa.array([Decimal("1234567890.120")], pa.decimal128(20, 3)),
            "rate": pa.array([1e-7]),
            "on": pa.array([date(2024, 2, 29)]),
            "at": nanos,
            "naive": pa.array([datetime(2024, 2, 29, 14, 30)], pa.timestamp("ms")),
            "ok": pa.array([True]),
            "tags": pa.array([["a", "b"]]),
            "plan": pa.array([{"name": "Pro", "seats": 5}]),
            "word": pa.array(["x"]).dictionary_encode(),
            "raw": pa.array([b"\xff"]),
        }
    )
    pq.write_table(table, tmp_path / "x.parquet")
    found = open_table(tmp_path / "x.parquet")
    (row,) = found.rows()
    assert dict(zip(found.header, row.cells, strict=True)) == {
        "whole": "1152921504606846976",
        "price": "1234567890.120",
        "rate": "0.0000001",
        "on": "2024-02-29",
        "at": "2024-02-29T14:30:00.123456789Z",
        "naive": "2024-02-29T14:30:00",
        "ok": "true",
        "tags": "a, b",
        "plan.name": "Pro",
        "plan.seats": "5",
        "word": "x",
    }
    assert found.look.warnings == ("The column 'raw' is not read: binary.",)


def test_json_lines_become_columns(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": 1, "plan": {"name": "Pro"}, "tags": ["a", 2]}\n\n{"id": 2, "paid": true, "price": 1.10}\n')
    table = open_table(path)
    assert table.header == ("id", "plan.name", "tags", "paid", "price")
    assert [(row.line, list(row.cells)) for row in table.rows()] == [
        (1, ["1", "Pro", "a, 2", "", ""]),
        (3, ["2", "", "", "true", "1.10"]),
    ]


DEEP = '{"a":' * 8 + "1" + "}" * 8


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"id": NaN}', "NaN is not a JSON number."),
        ('{"id": -Infinity}', "-Infinity is not a JSON number."),
        ('{"id": 1e400}', "1e400 is larger than a number can be."),
        ('{"id": 9007199254740993}', "9007199254740993 is beyond 2^53: many programs change it. Write it as text."),
        ('{"id": 1, "id": 2}', "The key 'id' stands twice."),
        ('{"a.b": 1, "a": {"b": 2}}', "The key 'a.b' stands twice."),
        ('{"id": "\\ud800"}', "The value holds a NUL or half of a surrogate pair."),
        ('{"id": "a\\u0000b"}', "The value holds a NUL or half of a surrogate pair."),
        (f'{{"id": {DEEP}}}', "The value is nested deeper than 8."),
        (f'{{"id": {"[" * 9}{"]" * 9}}}', "The value is nested deeper than 8."),
        ("[" * 100_000, "The value is nested deeper than 8."),
        ("[1, 2]", "The line is not a JSON object."),
        ('{"id": 1', "The line is not JSON"),
        ('{"id": "' + "x" * (5 << 20) + '"}', "The line is longer than 4 MB of text."),
    ],
)
def test_json_that_cannot_be_used_is_told_with_its_line(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(f'{{"id": 1}}\n{line}\n{{"id": 3}}\n')
    good, bad, last = open_table(path).rows()
    assert bad.trouble.startswith(says)
    assert [(one.line, list(one.cells)[:1]) for one in (good, last)] == [(1, ["1"]), (3, ["3"])]
    assert bad.line == 2


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "an old or an encrypted Excel file"),
        ("x.xlsx", b"PK\x03\x04" + b"0" * 600, "is damaged"),
        ("x.csv.gz", b"\x1f\x8b" + b"0" * 60, "is compressed"),
        ("x.parquet", b"PAR1" + b"0" * 60 + b"PAR1", "is not a Parquet file|cannot be read"),
        ("x.json", b'[{"a": 1}]', "one JSON list"),
        ("x.jsonl", b"\n\n", "is empty"),
        ("x.jsonl", b"nothing\n", "has no line that is a JSON object"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused, match=says):
        open_table(tmp_path / name)


@pytest.mark.parametrize("content", [b"a,b\n", b"a,b"])
def test_a_header_alone_has_no_rows(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    assert list(open_table(tmp_path / "x.csv").rows()) == []


def test_names_tell_text_formats_apart(tmp_path: Path) -> None:
    for name, form in (("a.tsv", "tsv"), ("a.txt", "csv"), ("a.ndjson", "jsonl")):
        (tmp_path / name).write_text("a\tb\n")
        assert found_format(tmp_path / name) == form


CELL = st.text(st.sampled_from('ab,;"\n\r é\u2028'), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=12),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    block=st.sampled_from([16, 64, 1 << 18]),
)
def test_what_is_written_is_read_in_whatever_blocks(
    tmp_path: Path, rows: list[list[str]], encoding: str, block: int
) -> None:
    """Written with Python's own writer; every place goes on with the row behind it."""
    import csv
    import io

    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([HEADER, *rows])
    path = tmp_path / "x.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks_module, "BLOCK", block)
        table = open_table(path, delimiter=",")
        found = list(table.rows())
        assert [list(row.cells) for row in found] == rows
        assert [row.trouble for row in found] == [""] * len(rows)
        for at, row in enumerate(found):
            assert [(r.line, r.cells) for r in table.rows(start=row.place)] == [
                (r.line, r.cells) for r in found[at + 1 :]
            ]


def test_the_fast_and_the_careful_way_agree(tmp_path: Path) -> None:
    plain = csv_text([["id", "n"], *([str(n), "x"] for n in range(20_000))])
    (tmp_path / "plain.csv").write_text(plain)
    (tmp_path / "quoted.csv").write_text(plain.replace("x", '"x"'))
    ways: list[Callable[[], list[tuple[int, list[str]]]]] = [
        lambda name=name: [(row.line, list(row.cells)) for row in open_table(tmp_path / name).rows()]  # type: ignore[misc]
        for name in ("plain.csv", "quoted.csv")
    ]
    assert ways[0]() == ways[1]()


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id,n\n" + "1,x\n" * 200_000)
    told: list[int] = []
    assert sum(1 for _ in open_table(path).rows(at=told.append)) == 200_000
    assert told == sorted(told) and told[-1] == path.stat().st_size
