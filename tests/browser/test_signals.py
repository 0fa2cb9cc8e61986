"""Signals on a laptop's screen: what is said stays readable beside the preview, and the newest week is in view."""

import pytest
from playwright.sync_api import expect

from tests.serving import Visitor

pytestmark = pytest.mark.browser


def test_beside_the_preview_the_words_of_a_finding_keep_their_room(visit: Visitor) -> None:
    page = visit.open("admin")
    page.goto("/risks/?whose=all")
    page.locator("#grid tbody tr").first.wait_for()
    page.keyboard.press("j")
    expect(page.locator("#drawer h2").first).to_be_visible()
    said = page.locator("#grid td.found-what").first.bounding_box()
    assert said is not None and said["width"] >= 240
    expect(page.locator("#grid td.found-act").first).to_be_hidden()
    page.keyboard.press("x")
    expect(page.locator("fw-selection").get_by_role("button", name="Put aside")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#grid td.found-act").first).to_be_visible()


def test_the_newest_week_of_a_segment_needs_no_scrolling(visit: Visitor) -> None:
    page = visit.open("admin")
    page.goto("/segments/high-touch/")
    weeks = page.locator(".weeks")
    weeks.wait_for()
    over = weeks.evaluate("table => table.parentElement.scrollWidth - table.parentElement.clientWidth")
    assert over <= 0
