import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.core.errors import Refused
from firstwin.core.export import Cell, csv_lines, safe_text, xlsx_file
from firstwin.core.money import Money


def as_csv(*rows: Sequence[Cell]) -> list[list[str]]:
    text = b"".join(csv_lines(["A"], rows)).decode("utf-8-sig")
    return [*csv.reader(io.StringIO(text, newline=""))][1:]


def as_xlsx(*rows: Sequence[Cell]) -> list[tuple[Any, ...]]:
    with xlsx_file(["A"], rows) as file:
        return [*openpyxl.load_workbook(file, data_only=False).active.values][1:]  # type: ignore[union-attr]


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_a_formula_is_quoted(text: str) -> None:
    assert as_csv([text]) == [["'" + text]]
    [[cell]] = as_xlsx([text])
    assert cell.replace("_x000D_", "\r") == "'" + text


def test_numbers_and_dates_stay_what_they_are(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    row: list[Cell] = [-5, -1.5, Decimal("-2.50"), Money(-123450, "USD"), date(2024, 2, 29), True, None]
    moment = datetime(2024, 3, 31, 12, 0, tzinfo=UTC)
    assert as_csv([*row, moment]) == [
        ["-5", "-1.5", "-2.50", "-1234.50", "2024-02-29", "true", "", "2024-03-31 14:00:00+02:00"]
    ]
    assert as_xlsx([*row, moment]) == [
        (-5, -1.5, -2.5, -1234.5, datetime(2024, 2, 29), True, None, datetime(2024, 3, 31, 14, 0))
    ]


def test_what_a_sheet_cannot_hold_is_left_out_or_written_as_text() -> None:
    row: list[Cell] = [float("nan"), float("inf"), date(1899, 12, 31), "x" * 40_000, "a\x00b"]
    [(nan, infinite, old, long, nul)] = as_xlsx(row)
    assert (nan, infinite, old, len(long), nul) == (None, None, "1899-12-31", 32_767, "ab")
    assert as_csv(row)[0][:3] == ["", "", "1899-12-31"]


def test_a_sheet_that_would_overflow_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firstwin.core.export._MAX_SHEET_ROWS", 2)
    with pytest.raises(Refused, match="Export as CSV"):
        xlsx_file(["A"], [["x"]] * 3)


def test_csv_goes_out_in_pieces() -> None:
    assert len([*csv_lines(["A"], ([n] for n in range(1000)))]) > 4


@given(st.lists(st.text().filter(lambda text: "\x00" not in text and text.isprintable()), min_size=1, max_size=4))
def test_any_text_comes_back_from_csv_unchanged_but_for_the_quote(texts: list[str]) -> None:
    assert as_csv(texts) == [[safe_text(text) for text in texts]] or texts == [""]
