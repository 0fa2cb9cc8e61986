import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.core.markdown import MAX_LENGTH, plain, render


def test_what_people_write_is_rendered() -> None:
    assert render("# Plan\n\n**Bold** and *soft*\n- one\n- ~~two~~") == (
        "<h3>Plan</h3>\n<p><strong>Bold</strong> and <em>soft</em></p>\n"
        "<ul>\n<li>one</li>\n<li><s>two</s></li>\n</ul>\n"
    )
    assert render("one\ntwo") == "<p>one<br>\ntwo</p>\n"
    assert "<td>2</td>" in render("|a|b|\n|-:|-|\n|1|2|")


def test_links_go_out_without_telling_where_from() -> None:
    assert render("[site](https://example.com/?a=1&b=2)") == (
        '<p><a href="https://example.com/?a=1&amp;b=2" rel="nofollow noopener noreferrer">site</a></p>\n'
    )
    assert 'href="mailto:a@example.com"' in render("<a@example.com>")


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html,hi)",
        "[x](vbscript:x)",
        "[x](//example.com/)",
        "[x](/accounts/)",
        "![x](https://example.com/pixel.png)<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "<a href='javascript:alert(1)'>x</a>",
        "<p style='color:red' onclick='x()'>x</p>",
        "<svg/onload=alert(1)>",
        "|a|\n|:-:|\n|<b>x</b>|",
    ],
)
def test_nothing_in_a_note_can_act(text: str) -> None:
    html = str(render(text))
    assert not re.search(r"<(script|img|svg|iframe|b)\b", html)
    for tag in re.findall(r"<[^>]+>", html):
        assert not re.search(r"\b(style|on\w+|src)\s*=", tag)
        assert "script:" not in tag.lower()
        assert not re.search(r'href="(?!https?:|mailto:)', tag)


ALLOWED = {"a", "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "h3", "h4", "h5",
           "h6", "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip


@given(st.text(alphabet="<>[]()!#*_`~|-:/ \nabjsx\"'&=1.", max_size=80))
def test_only_the_allowed_elements_come_out(text: str) -> None:
    assert set(re.findall(r"</?([a-z0-9]+)", str(render(text)))) <= ALLOWED


def test_a_monstrous_text_is_shown_as_it_is() -> None:
    assert str(render("<" * (MAX_LENGTH + 1))).startswith("<p>&lt;&lt;")


def test_an_excerpt_is_one_line_of_plain_text() -> None:
    text = "# Plan\n\n**Bold** `code` [site](https://example.com)\nnext\n\n- one\n\n```\nblock\n```"
    assert plain(text) == "Plan Bold code site next one block"
    assert plain("word " * 100, 20) == "word word word word…"
    assert plain("") == ""
    assert plain("1 < 2") == "1 < 2"
