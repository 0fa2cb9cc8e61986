"""How the tests of the account page read an answer."""

import re
from typing import Any

HTMX = {"HX-Request": "true"}


def words(response: Any) -> str:
    """What a person reads, on one line."""
    bare = re.sub(r"<(script|style|template)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", bare)


def at(section: str = "summary", key: str = "acme") -> dict[str, str]:
    """Headers of an htmx request sent from a section of the page."""
    path = f"/accounts/{key}/" if section == "summary" else f"/accounts/{key}/{section}/"
    return {**HTMX, "HX-Current-URL": f"http://testserver{path}"}


def toast_of(response: Any) -> str:
    """The message an htmx answer shows."""
    found = re.search(r'"message": "((?:[^"\\]|\\.)*)"', response.headers.get("HX-Trigger", ""))
    return found[1] if found else ""


def undo_in(response: Any) -> str:
    """The address at which what was done is taken back; '' when it cannot be."""
    found = re.search(r'"undo": "([^"]*)"', response.headers.get("HX-Trigger", ""))
    return found[1] if found else ""
