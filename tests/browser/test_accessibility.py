"""No page has a violation of WCAG 2.2 AA that a machine can see, in light and dark, wide and at 320 px."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.routes import routes
from tests.serving import Visitor

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


@pytest.fixture(scope="module")
def addresses(browser, served) -> list[str]:
    """Every address that answers an admin, who sees most, with a whole page."""
    visitor = Visitor(browser, served)
    page = visitor.open("admin")
    found = [served.addresses[r.name] for r in routes() if r.name not in SIGNED_OUT]
    found = [address for address in found if is_page(page, address)]
    visitor.close()
    return found


@pytest.mark.parametrize(("width", "dark"), LOOKS, ids=lambda value: str(value))
def test_every_page_is_clean(width: int, dark: bool, visit, addresses: list[str]) -> None:
    assert len(addresses) > 25
    page = visit.open("admin", width=width, dark=dark)
    problems = [problem for address in addresses for problem in look(page, address, width)]
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
        f"{address}: {wrong['id']}: {wrong['help']}: " + "; ".join(n["html"][:160] for n in wrong["nodes"][:3])
        for wrong in found.response["violations"]
    ]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if overflow > 0:
        problems.append(f"{address}: {overflow} px wider than the window of {width}")
    return problems
