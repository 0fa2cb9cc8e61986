"""Bring in a file with the browser: send it, say what its columns mean, look, import, take it back."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Request, expect

pytestmark = pytest.mark.browser

ACCOUNTS = (
    "Customer ID,Customer name,Website,Customer since\n"
    "Z-1,Zinc Yard,zincyard.example,03/04/2024\n"
    "Z-2,Zephyr Mills,zephyrmills.example,05/06/2024\n"
    ",Nameless,,01/02/2024\n"
)


def test_from_a_file_to_accounts_and_back(visit, tmp_path: Path) -> None:
    page = visit.open("operations")
    file = tmp_path / "customers.csv"
    file.write_text(ACCOUNTS)

    # Imports stand in the rail; sending a file leads to its first rows.
    page.goto("/accounts/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Imports").click()
    page.get_by_role("link", name="New import").first.click()
    page.get_by_label("Drop files here").set_input_files(file)
    page.get_by_role("button", name="Send files").click()
    expect(page).to_have_url(re.compile("/files/"))
    expect(page.get_by_role("region", name="First rows")).to_contain_text("Zinc Yard")
    page.get_by_role("link", name="Go on to the mapping").click()

    # Days that fit two ways are asked for; what is chosen survives a reload.
    told: list[Request] = []
    page.on("request", lambda request: told.append(request) if request.method == "POST" else None)
    page.locator("#id_source").fill("browser-crm")
    page.get_by_role("combobox", name="Meaning of Customer since").select_option("customer_since")
    how = page.get_by_role("combobox", name="How its days are written")
    expect(how).to_be_visible()
    how.select_option("%d/%m/%Y")
    expect(page.get_by_text("Both are possible")).to_have_count(0)
    page.reload()
    expect(page.locator("#id_source")).to_have_value("browser-crm")
    expect(how).to_have_value("%d/%m/%Y")
    # An earlier change the browser gave up may be finished after the later one.
    first = told[0]
    late = {"Content-Type": "application/x-www-form-urlencoded", "Referer": page.url}
    assert page.request.post(first.url, data=first.post_data, headers=late).ok
    page.reload()
    expect(how).to_have_value("%d/%m/%Y")
    page.get_by_role("button", name="Go on to the preview").click()

    # The preview marks what is wrong at its cell; the dry run goes over all rows.
    expect(page.get_by_role("region", name="as they would be stored")).to_contain_text("The key is blank.")
    page.get_by_role("button", name="Dry run", exact=True).click()
    go = page.get_by_role("button", name="Import 2 rows")
    expect(go).to_be_visible(timeout=30_000)
    go.click()

    # Done, told by itself; the rejected row comes back as a file.
    undo = page.get_by_role("button", name="Undo this import")
    expect(undo).to_be_visible(timeout=30_000)
    with page.expect_download() as got:
        page.get_by_role("link", name="Download rejected rows").click()
    assert "Nameless" in Path(got.value.path()).read_text(encoding="utf-8-sig")
    page.get_by_role("link", name="Show what changed").click()
    expect(page.get_by_role("link", name="Zinc Yard")).to_be_visible()
    page.go_back()

    # Taken back.
    undo.click()
    # "Being undone" is not yet it: the banner says who did it, when all of it is gone.
    expect(page.get_by_text(re.compile(r"^\s*Undone .+ by "))).to_be_visible(timeout=60_000)
    expect(undo).to_have_count(0)
    page.goto("/accounts/?q=Zinc")
    expect(page.get_by_role("link", name="Zinc Yard")).to_have_count(0)


def test_too_large_is_said_before_it_is_sent(visit, tmp_path: Path) -> None:
    page = visit.open("operations")
    file = tmp_path / "customers.csv"
    file.write_text(ACCOUNTS)
    page.goto("/imports/new/")
    page.locator("form[data-upload]").evaluate("form => form.dataset.largest = 10")
    page.get_by_label("Drop files here").set_input_files(file)
    page.get_by_role("button", name="Send files").click()
    expect(page.get_by_role("status").filter(has_text="Split it")).to_be_visible()
    expect(page).to_have_url(re.compile("/imports/new/"))
