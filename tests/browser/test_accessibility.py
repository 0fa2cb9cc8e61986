"""No page has a violation of WCAG 2.2 AA that a machine can see, in light and dark, wide and at 320 px."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.routes import routes

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = [(width, dark) for width in (1280, 320) for dark in (False, True)]

# Not pages: they answer with a file, a piece of a page, or by going elsewhere.
SIGNED_OUT = (
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_inactive",
    "invitation",
)


@pytest.mark.parametrize(("width", "dark"), LOOKS, ids=lambda value: str(value))
@pytest.mark.parametrize("who", ["admin", "owner"])
def test_every_page_is_clean(who: str, width: int, dark: bool, visit, served) -> None:
    page = visit.open(who, width=width, dark=dark)
    problems, seen = [], 0
    for route in routes():
        if route.name in SIGNED_OUT or not is_page(page, served.addresses[route.name]):
            continue
        seen += 1
        problems += look(page, served.addresses[route.name], width)
    assert seen > (10 if who == "admin" else 5)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(("width", "dark"), LOOKS, ids=lambda value: str(value))
def test_signing_in_is_clean(width: int, dark: bool, visit, served) -> None:
    page = visit.open(None, width=width, dark=dark)
    problems = [p for name in SIGNED_OUT for p in look(page, served.addresses[name], width)]
    problems += look(page, "/nowhere/at/all/", width)
    assert not problems, "\n".join(problems)


def is_page(page, address: str) -> bool:
    """Whether a GET answers with a whole page."""
    answer = page.request.get(address, max_redirects=0)
    return bool(
        answer.status == 200
        and answer.headers.get("content-type", "").startswith("text/html")
        and "<html" in answer.text()[:2000]
    )


def look(page, address: str, width: int) -> list[str]:
    """What is wrong with the page at `address`: violations, and anything that makes it scroll sideways."""
    page.goto(address)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    problems = [
        f"{address}: {wrong['id']}: {wrong['help']}: "
        + "; ".join(n["html"][:160] for n in wrong["nodes"][:3])
        + "; ".join(n["html"][:160] for n in wrong["nodes"][:3])
        for wrong in found.response["violations"]
    ]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if overflow > 0:
        problems.append(f"{address}: {overflow} px wider than the window of {width}")
    return problems
