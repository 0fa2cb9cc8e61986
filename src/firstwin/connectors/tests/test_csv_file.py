"""A CSV file is read strictly: what is broken is told with its line, and nothing after it is lost."""

from pathlib import Path

import pytest

from firstwin.connectors.files.csv_file import CsvFile, open_csv
from firstwin.core.errors import Refused


def read(tmp_path: Path, content: str | bytes, encoding: str = "auto") -> CsvFile:
    path = tmp_path / "file.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_csv(path, encoding=encoding)


def rows(file: CsvFile) -> list[tuple[int, list[str]]]:
    return [(row.line, list(row.cells)) for row in file.rows() if not row.trouble]


def troubles(file: CsvFile) -> list[tuple[int, str]]:
    return [(row.line, row.trouble) for row in file.rows() if row.trouble]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("name;city\nÄpfel;Genève\n".encode(), "utf-8"),
        ("name;city\nÄpfel;Genève\n".encode("utf-8-sig"), "utf-8-sig"),
        ("name;city\nÄpfel;Genève\n".encode("utf-16"), "utf-16"),
        ("name;city\nÄpfel;Genève\n".encode("utf-16-le"), "utf-16-le"),
        ("name;city\nÄpfel;Genève\n".encode("utf-16-be"), "utf-16-be"),
        ("name;city\r\nÄpfel;Genève\r\n".encode("cp1252"), "cp1252"),
    ],
)
def test_encoding_and_delimiter_are_found_out(tmp_path: Path, content: bytes, encoding: str) -> None:
    file = read(tmp_path, content)
    assert (file.look.encoding, file.delimiter, file.header) == (encoding, ";", ("name", "city"))
    assert rows(file) == [(2, ["Äpfel", "Genève"])]
    assert bool(file.look.warnings) == (encoding == "cp1252")


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    file = read(tmp_path, 'a,b\n1,"two\nlines"\n\n2,"""quoted"", and a comma"\r\n3,x\n')
    assert rows(file) == [(2, ["1", "two\nlines"]), (5, ["2", '"quoted", and a comma']), (6, ["3", "x"])]


def test_a_quote_that_never_closes_swallows_nothing(tmp_path: Path) -> None:
    file = read(tmp_path, 'a,b\n1,x\n2,"open\n3,y\n4,z\n')
    assert troubles(file) == [(3, "A quote opens in this row and does not close.")]
    assert rows(file) == [(2, ["1", "x"]), (4, ["3", "y"]), (5, ["4", "z"])]


def test_a_stray_quote_is_told_where_it_opened_even_when_a_later_one_closes_it(tmp_path: Path) -> None:
    file = read(tmp_path, 'a,b\n1,"open\n2,"fine, thanks"\n3,y\n')
    assert troubles(file) == [(2, "A quote opens in this row and does not close.")]
    assert rows(file) == [(3, ["2", "fine, thanks"]), (4, ["3", "y"])]


@pytest.mark.parametrize(
    ("line", "trouble"),
    [
        ('1,"a"b', "A quote closes in the middle of a field. Double quotes inside a field are written twice."),
        ("1,2,3", "The row has 3 fields, the header has 2."),
        ("1", "The row has 1 field, the header has 2."),
        ("1,x\x00y", "The field holds a NUL character."),
        ("1," + "x" * 1_100_000, "A field is longer than 1 MB of text."),
        ("1," + "x," * 4_500_000, "The line is longer than 4 MB of text."),
    ],
)
def test_a_broken_row_is_told_and_the_next_one_is_read(tmp_path: Path, line: str, trouble: str) -> None:
    file = read(tmp_path, f"a,b\n{line}\n2,ok\n")
    assert troubles(file) == [(2, trouble)]
    assert rows(file) == [(3, ["2", "ok"])]


def test_a_field_of_200_kb_is_read(tmp_path: Path) -> None:
    file = read(tmp_path, "a,b\n1," + "x" * 200_000 + "\n")
    assert [len(cells[1]) for _, cells in rows(file)] == [200_000]


def test_bytes_that_are_no_text_spoil_only_their_row(tmp_path: Path) -> None:
    file = read(tmp_path, b"a,b\n1,\x81\n2,ok\n")
    assert troubles(file) == [(2, "The field holds bytes that are no text in cp1252.")]
    assert rows(file) == [(3, ["2", "ok"])]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n  \n", "\ufeff".encode("utf-16-le")])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Refused, match="empty"):
        read(tmp_path, content)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No such file"):
        open_csv(tmp_path / "none.csv")
