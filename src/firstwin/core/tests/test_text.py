from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.core.text import counted, did_you_mean, fold, is_clean, listing, shorten, slug


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("STRASSE", "straße"), ("Café", "cafe\u0301"), ("  Acme \t Ltd ", "ACME ltd"), ("ΣΑΣ", "σας")],
)
def test_the_same_word_folds_alike(one: Any, other: Any) -> None:
    assert fold(one) == fold(other)


@given(st.text())
def test_a_slug_is_plain_and_stable(text: str) -> None:
    key = slug(text)
    assert key == slug(key) or not key
    assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert bool(key) == bool(text.strip())


def test_slugs() -> None:
    assert slug("Crème brûlée & Söhne GmbH") == "creme-brulee-sohne-gmbh"
    assert slug("日本") != slug("中国")


def test_text_no_database_can_hold_is_told() -> None:
    assert is_clean("fine ✓ 🙂")
    assert not is_clean("a\x00b")
    assert not is_clean("\ud800")


def test_sentences() -> None:
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert listing(["a"]) == "a"
    assert listing([]) == ""
    assert counted(1, "person", "people") == "1 person"
    assert counted(1200, "day") == "1,200 days"
    assert did_you_mean("contry", ["country", "stage"]) == "Did you mean country?"
    assert did_you_mean("zzz", ["country", "city"]) == "Known are city, country."
    assert did_you_mean("zzz", []) == ""


@given(st.text(), st.integers(min_value=4, max_value=40))
def test_shortened_text_fits(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit
