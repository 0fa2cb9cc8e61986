"""A working morning without a mouse: sign in, find an account, log a touch, hand the account over, take it back."""

import re

import pytest
from playwright.sync_api import expect

from tests.serving import PASSWORD

pytestmark = pytest.mark.browser


def test_keyboard_only(visit, served) -> None:
    page = visit.open(None)
    keys = page.keyboard
    page.goto("/")

    # Sign in: the first field has the focus.
    keys.type(served.emails["owner"])
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page).to_have_url(re.compile("/accounts/"))
    expect(page.get_by_role("heading", name="Accounts")).to_be_visible()
    page.wait_for_load_state()  # keys are heard once the page's scripts run

    # Find it: down from the search takes the first row and the preview follows; Enter opens the page.
    keys.press("/")
    keys.type("acme")
    expect(page).to_have_url(re.compile("q=acme$"))
    expect(page.locator("tr[data-key]")).to_have_count(2)
    keys.press("ArrowDown")
    expect(page.locator("#drawer")).to_contain_text("Acme")
    keys.press("Enter")
    expect(page).to_have_url(re.compile("/accounts/acme/"))
    page.wait_for_load_state()

    # Log a touch.
    keys.press("l")
    expect(page.get_by_role("textbox", name="What happened")).to_be_focused()
    keys.type("Agreed the pilot")
    keys.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="logged")).to_be_visible()

    # Hand it over, and take that back.
    keys.press("a")
    expect(page.get_by_role("combobox")).to_be_focused()
    keys.type("Tom")
    expect(page.get_by_role("option", name=re.compile("Tom Sato"))).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Tom Sato")).to_be_visible()
    keys.press("z")
    expect(page.get_by_role("button", name="Ada Okafor", exact=True)).to_be_visible()

    # Esc goes back to the list, as it was left.
    keys.press("Escape")
    expect(page).to_have_url(re.compile(r"/accounts/\?.*acme"))
