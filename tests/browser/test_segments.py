"""Segments as a hand on the keyboard and a narrow screen meet them."""

import pytest
from playwright.sync_api import expect

from tests.serving import Visitor

pytestmark = pytest.mark.browser


def test_a_condition_is_tried_while_it_is_typed(visit: Visitor) -> None:
    page = visit.open("admin")
    page.goto("/segments/new/")
    page.get_by_label("Accounts for which").fill("arr >= 1000")
    expect(page.locator("#preview")).to_contain_text("ARR is at least")
    page.get_by_label("Accounts for which").fill("arr >= 1000 and nam")
    expect(page.locator("#preview .banner")).to_contain_text("Line 1, column")


@pytest.mark.parametrize("address", ["/segments/", "/segments/digital/", "/segments/digital/edit/", "/experiences/",
                                     "/experiences/high-touch/"])  # fmt: skip
def test_nothing_runs_over_the_edge_of_a_narrow_screen(visit: Visitor, address: str) -> None:
    page = visit.open("admin", width=320, height=640)
    page.goto(address)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
