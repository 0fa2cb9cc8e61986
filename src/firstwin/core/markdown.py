"""Notes as people write them, in Markdown, as safe HTML or as one line of plain text.

The text is stored as written and rendered anew each time, so a stricter rule here holds for old notes too.
"""

from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from firstwin.core.text import shorten

MAX_LENGTH = 50_000  # longer text is shown as it is: rendering it would take longer than a page may

_TAGS = {
    "a", "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto"}


def render(text: str) -> Markup:
    """Safe HTML. Raw HTML in the text is shown, not obeyed; pictures become links, headings start below the page's."""
    if len(text) > MAX_LENGTH:
        return Markup("<p>%s</p>") % escape(text)
    unsafe = _parser().renderer.render(_lowered(_parser().parse(text)), _parser().options, {})
    return Markup(  # noqa: S704  (made by the allow-list)
        nh3.clean(
            unsafe,
            tags=_TAGS,
            attributes={"a": {"href", "title"}, "ol": {"start"}},
            attribute_filter=_checked,
            url_schemes=_SCHEMES,
            link_rel="nofollow noopener noreferrer",
        )
    )


def plain(text: str, limit: int = 200) -> str:
    """The beginning of the text without its marks, on one line of at most `limit` characters. Not escaped."""
    head = text[: limit * 10]
    words: list[str] = []
    for block in _parser().parse(head):
        if block.type in ("fence", "code_block"):
            words.append(block.content)
        words.extend(_words(block.children or []))
        words.append(" ")
    return shorten("".join(words), limit)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # A picture fetched from elsewhere would tell its owner who reads the note, and when.
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")


def _lowered(tokens: list[Token]) -> list[Token]:
    """Headings two levels down: the page has its own first and second."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    return tokens


def _words(tokens: list[Token]) -> list[str]:
    return [" " if token.type in ("softbreak", "hardbreak") else token.content for token in tokens]


def _checked(tag: str, attribute: str, value: str) -> str | None:
    """Only whole addresses: a relative one would lead somewhere else from every page that shows the note."""
    if attribute != "href":
        return value
    try:
        return value if urlsplit(value).scheme.lower() in _SCHEMES else None
    except ValueError:
        return None
