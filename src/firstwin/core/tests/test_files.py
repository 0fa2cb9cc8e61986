import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.core.errors import Refused
from firstwin.core.files import MAX_NAME, Upload, check_upload, download_headers, safe_name

PDF = b"%PDF-1.7 ..."


def test_a_file_that_is_what_it_says_is_kept() -> None:
    assert check_upload(name="C:\\plans\\Plan 2024.PDF", size=9, head=PDF) == Upload(
        "Plan 2024.PDF", "application/pdf", 9
    )
    assert check_upload(name="notes.csv", size=3, head="\ufeffa,b".encode("utf-16")).content_type == "text/csv"


@pytest.mark.parametrize(
    ("name", "size", "head", "message"),
    [
        ("x.html", 9, b"<html>", "not kept"),
        ("x.svg", 9, b"<svg>", "not kept"),
        ("x.pdf.exe", 9, PDF, "not kept"),
        ("pdf", 9, PDF, "not kept"),
        ("", 9, PDF, "not kept"),
        ("x.pdf", 0, b"", "empty"),
        ("x.pdf", 21 * 1024 * 1024, PDF, "larger than 20 MB"),
        ("x.pdf", 9, b"<html>", "not what .pdf says"),
        ("x.png", 9, PDF, "not what .png says"),
        ("x.txt", 9, b"MZ\x00\x01", "not the text"),
    ],
)
def test_what_may_not_be_kept_is_refused_at_the_field(name: str, size: int, head: bytes, message: str) -> None:
    with pytest.raises(Refused, match=re.escape(message)) as refused:
        check_upload(name=name, size=size, head=head)
    assert refused.value.field == "file"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("plan\u202efdp.exe", "planfdp.exe"),
        ("a\r\nb\x00.pdf", "ab.pdf"),
        (".htaccess", "htaccess"),
        ("con.txt", "_con.txt"),
        ('a<b>:"c|d?*.pdf', "a_b___c_d__.pdf"),
        ("...", "file"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("Übersicht.pdf", "Übersicht.pdf"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text())
def test_any_name_becomes_safe_and_stays_so(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= MAX_NAME
    assert not re.search(r'[/\\\x00-\x1f<>:"|?*]', safe)
    assert not safe.startswith(".")
    assert safe_name(safe) == safe


def test_a_kept_file_goes_out_as_a_download() -> None:
    headers = download_headers("Übersicht.pdf", "application/pdf")
    assert headers["Content-Disposition"] == "attachment; filename*=utf-8''%C3%9Cbersicht.pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
