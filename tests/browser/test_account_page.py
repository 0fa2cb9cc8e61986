"""The account page as a hand on the keyboard meets it."""

import pytest
from playwright.sync_api import Page, expect

from tests.serving import Visitor

pytestmark = pytest.mark.browser
WORDS = "Spoke with Ines about the dates."


def press(page: Page, *keys: str) -> int:
    """Press keys one after the other; how many."""
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def at_rest(page: Page) -> Page:
    """The page once its scripts listen."""
    page.wait_for_load_state("networkidle")
    return page


def test_a_touch_takes_few_keys_beside_its_words(visit: Visitor) -> None:
    page = visit.open("owner")
    page.goto("/accounts/acme/")
    at_rest(page)
    keys = press(page, "l")
    page.keyboard.type(WORDS)
    keys += press(page, "Control+Enter")
    expect(page.locator(".toast-text").first).to_have_text("Call logged")
    expect(page.locator("#log-touch")).not_to_be_visible()
    expect(page.locator("#latest")).to_contain_text(WORDS)
    assert keys <= 12
    # Ctrl and Enter are two keys held together, and still far below.
    assert keys + 1 <= 12


def test_another_kind_and_a_person_cost_a_few_keys_more(visit: Visitor) -> None:
    page = visit.open("owner")
    page.goto("/accounts/acme/timeline/")
    at_rest(page)
    keys = press(page, "l", "Shift+Tab", "m")
    page.keyboard.type("Met on site")
    keys += press(page, "Tab", "Space", "Control+Enter")
    expect(page.locator(".event-title").first).to_have_text("Meeting with Ines Sol")
    assert keys + 2 <= 12


def test_what_was_typed_survives_a_reload_and_a_mistake(visit: Visitor) -> None:
    page = visit.open("owner")
    page.goto("/accounts/acme/")
    at_rest(page)
    press(page, "l")
    page.keyboard.type("Half a tho")
    page.reload()
    at_rest(page)
    press(page, "l")
    box = page.locator("#log-touch textarea")
    expect(box).to_have_value("Half a tho")
    page.locator("#log-touch summary").click()
    page.locator("#log-touch [name=log-occurred_at]").fill("2999-01-01T10:00")
    box.focus()
    press(page, "Control+Enter")
    expect(page.locator("#log-touch .error")).to_contain_text("A touch is something that happened")
    expect(page.locator("#log-touch textarea")).to_have_value("Half a tho")


def test_sections_open_by_number_and_a_value_is_edited_where_it_stands(visit: Visitor) -> None:
    page = visit.open("owner")
    page.goto("/accounts/acme/")
    at_rest(page)
    press(page, "8")
    expect(page.locator("#section-children")).to_be_visible()
    press(page, "1")
    page.locator("#value-city").hover()
    press(page, "e")
    page.locator("#value-city input[name=value]").fill("Porto")
    press(page, "Enter")
    expect(page.locator("#value-city")).to_contain_text("Porto")
    press(page, "z")
    expect(page.locator("#value-city")).not_to_contain_text("Porto")


@pytest.mark.parametrize("section", ["", "people/", "timeline/", "children/", "files/", "audit/", "print/"])
def test_nothing_runs_over_the_edge_of_a_narrow_screen(visit: Visitor, section: str) -> None:
    page = visit.open("owner", width=320, height=700)
    page.goto(f"/accounts/acme/{section}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.querySelector('#main').scrollWidth <= document.querySelector('#main').clientWidth")
