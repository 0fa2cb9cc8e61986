"""Usage as a hand on the keyboard and a narrow screen meet it, with the demo's own events."""

import pytest
from playwright.sync_api import Page, expect

from tests.serving import Served, Visitor

pytestmark = pytest.mark.browser
USED = "/accounts/?whose=all&filter=people_active_28+%3E%3D+5&sort=-people_active_28"


def used_account(page: Page) -> str:
    """The address of an account of the demo that many people use."""
    page.goto(USED)
    return str(page.locator("tr[data-href]").first.get_attribute("data-href"))


def test_the_section_arrives_and_its_figures_open(visit: Visitor) -> None:
    page = visit.open("admin")
    page.goto(f"{used_account(page)}usage/")
    expect(page.locator("#usage-weeks")).to_be_visible()
    expect(page.locator("#features .heat")).to_be_visible()
    expect(page.locator("#users tbody tr").first).to_be_visible()
    page.get_by_title("What is behind active in 28 days").click()
    expect(page.locator("#dialog")).to_contain_text("Divided by")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).not_to_be_visible()


def test_people_are_sorted_and_numbers_shown_without_leaving(visit: Visitor) -> None:
    page = visit.open("admin")
    page.goto(f"{used_account(page)}usage/")
    page.locator("#users").get_by_role("link", name="Last seen").click()
    expect(page.locator("#users th[aria-sort]")).to_contain_text("Last seen")
    box = page.get_by_label("Show numbers")
    box.focus()
    page.keyboard.press("Space")
    cell = page.locator(".heat td[data-shade] > span").first
    expect(cell).to_be_visible()
    assert cell.evaluate("node => getComputedStyle(node).position") == "static"


def test_a_past_day_is_asked_for_in_place(visit: Visitor) -> None:
    page = visit.open("admin")
    page.goto(f"{used_account(page)}usage/")
    expect(page.locator("#asof-on")).to_be_visible()
    past = page.evaluate("new Date(Date.now() - 90 * 864e5).toISOString().slice(0, 10)")
    page.locator("#asof-on").fill(past)
    page.locator("#asof-on").press("Enter")
    expect(page.get_by_role("link", name="Back to today")).to_be_visible()
    assert f"on={past}" in page.url


def test_a_bar_of_adoption_leads_to_its_accounts(visit: Visitor) -> None:
    page = visit.open("admin")
    page.goto("/usage/adoption/")
    expect(page.locator("#value .curve").first).to_be_visible()
    bar = page.locator("#spread-frequency .bar-row:has(a)").first
    count = bar.locator("b").inner_text().split()[0]
    bar.locator("a").click()
    expect(page.locator("#grid-foot")).to_contain_text(f"{count} account")


def test_the_first_event_is_seen_to_arrive(visit: Visitor, served: Served) -> None:
    page = visit.open("operations")
    page.goto(served.addresses["usage_start"])
    key = page.locator("#start-key").inner_text().strip()
    assert key in page.locator("details[open] pre").first.inner_text()
    said = {"event": "Opened the door", "userId": "u-1", "messageId": "first-of-all", "writeKey": key}
    answer = page.request.post("/v1/track", data=said)
    assert answer.status == 200
    expect(page.locator("#live")).to_contain_text("It arrived")
    expect(page.locator("#live .usage-arrivals")).to_contain_text("Opened the door")


def test_long_names_cut_no_figure_of_adoption(visit: Visitor) -> None:
    page = visit.open("admin", width=1280)
    page.goto("/usage/adoption/")
    page.evaluate(
        "document.querySelectorAll('.concerns .row-link > span, .concerns td[data-kind=text]')"
        ".forEach(node => { node.textContent = 'Somebody with a very long name indeed, and more' })"
    )
    assert page.locator(".concerns td[data-kind=date]").count()
    for panel in page.locator(".concerns .panel").all():
        assert panel.evaluate(
            "panel => [...panel.querySelectorAll('[data-kind=num], [data-kind=date]')].every(cell =>"
            " cell.getBoundingClientRect().right <= panel.getBoundingClientRect().right + 1"
            " && cell.scrollWidth <= cell.clientWidth + 1)"
        )


@pytest.mark.parametrize("address", ["", "usage/adoption"])
def test_nothing_runs_over_the_edge_of_a_narrow_screen(visit: Visitor, address: str) -> None:
    page = visit.open("admin", width=320, height=700)
    where = "/usage/adoption/" if address else f"{used_account(page)}usage/"
    page.goto(where)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.querySelector('#main').scrollWidth <= document.querySelector('#main').clientWidth")
