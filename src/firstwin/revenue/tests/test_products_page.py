"""The catalogue: what is in force of each product, and keeping it in order."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.models import Account
from firstwin.accounts.tests.page_reader import words
from firstwin.core import clock
from firstwin.people.models import User
from firstwin.revenue.models import Product, SubscriptionLine
from firstwin.revenue.tests.screen_rows import a_line, a_product, a_rate

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
LIST = "/settings/products/"


def undo_of(page: Any) -> str:
    """The address in the message of the page after a redirect."""
    return str(re.findall(r"/undo/\d+/", page.content.decode())[-1])


def test_each_product_says_what_is_in_force_at_the_accounts_one_sees(
    client_of: ClientOf, owner: User, stranger: User, acme: Account
) -> None:
    desk = a_product()
    other = open_account(by=stranger, name="Other", now=clock.now())
    a_rate("EUR", "1.5")
    a_line(acme, -10, 100, 100_000, "A", product=desk, quantity=40)
    a_line(acme, -10, 100, 10_000, "B", product=desk, quantity=5, currency="EUR")
    a_line(acme, -10, 100, 0, "T", product=desk, quantity=500, is_trial=True)
    a_line(acme, -100, -10, 900_000, "OVER", product=desk)
    a_line(other, -10, 100, 70_000, "C", product=desk, quantity=1)
    mine, all_of_it = words(client_of(owner).get(LIST)), words(client_of(stranger).get(LIST))
    assert re.search(r"Freight desk 3 1 45 seats \$1,150 ", mine)
    assert re.search(r"Freight desk 1 1 1 seats \$700 ", all_of_it)


def test_a_product_lists_its_accounts_and_leads_to_the_filtered_list(
    client_of: ClientOf, owner: User, acme: Account
) -> None:
    a_line(acme, -10, 100, product=a_product())
    refresh_now([acme.pk], now=clock.now())
    client = client_of(owner)
    page = client.get(f"{LIST}freight-desk/").content.decode()
    assert "/accounts/acme/commercial/" in page
    address = re.findall(r'href="(/accounts/\?filter=[^"]+)"', page)[0].replace("&amp;", "&")
    assert "Acme" in words(client.get(address)) and client.get(address).status_code == 200


def test_operations_add_rename_archive_and_take_it_back(client_of: ClientOf, operations: User) -> None:
    client = client_of(operations)
    added = client.post(LIST, {"name": "Route planner", "family": "Freight", "unit": "sites"}, follow=True)
    product = Product.objects.get()
    assert (product.key, product.unit) == ("route-planner", "sites")
    again = client.post(LIST, {"name": "route  PLANNER", "unit": "seats"})
    assert again.status_code == 422 and "already" in words(again)
    form = {"name": "Planner", "family": "", "unit": "sites", "edition": 1}
    renamed = client.post(f"{LIST}route-planner/", form, follow=True)
    assert Product.objects.get().name == "Planner"
    assert client.post(f"{LIST}route-planner/", {**form, "name": "Late"}).status_code == 409
    client.post(undo_of(renamed))
    assert Product.objects.get().name == "Route planner"
    archived = client.post(f"{LIST}route-planner/archive/", follow=True)
    assert Product.objects.get().is_archived and "Archived" in words(archived)
    client.post(undo_of(archived))
    assert not Product.objects.get().is_archived
    client.post(undo_of(added))
    assert not Product.objects.exists()


def test_two_products_that_are_one_are_merged_and_taken_apart(
    client_of: ClientOf, operations: User, acme: Account
) -> None:
    a_product("Old name"), a_product("New name")
    a_line(acme, -10, 100, product=Product.objects.get(key="old-name"))
    client = client_of(operations)
    done = client.post(f"{LIST}old-name/merge/", {"into": "new-name"}, follow=True)
    assert SubscriptionLine.objects.get().product == Product.objects.get(key="new-name")
    assert "Merged into it: Old name" in words(done)
    assert client.get(f"{LIST}old-name/").status_code == 302
    client.post(undo_of(done))
    assert SubscriptionLine.objects.get().product == Product.objects.get(key="old-name")
    assert client.post(f"{LIST}old-name/merge/", {"into": "old-name"}).status_code == 422


def test_what_sources_call_it_is_kept_in_order(client_of: ClientOf, operations: User) -> None:
    a_product("Desk"), a_product("Board")
    client = client_of(operations)
    client.post(f"{LIST}desk/ids/", {"source": "billing", "external_id": "P-1"})
    taken = client.post(f"{LIST}board/ids/", {"source": "billing", "external_id": "P-1"})
    assert taken.status_code == 422 and "calls Desk that" in words(taken)
    held = Product.objects.get(key="desk").external_ids.get()
    off = client.post(f"{LIST}desk/ids/{held.pk}/removal/", follow=True)
    assert not Product.objects.get(key="desk").external_ids.exists()
    client.post(undo_of(off))
    assert Product.objects.get(key="desk").external_ids.get().external_id == "P-1"


def test_csms_read_the_catalogue_and_change_nothing(client_of: ClientOf, owner: User) -> None:
    a_product("Desk")
    client = client_of(owner)
    assert client.get(LIST).status_code == 200 and "Add a product" not in words(client.get(LIST))
    for address in ("", "desk/", "desk/archive/", "desk/restoration/", "desk/merge/", "desk/ids/"):
        said = {"name": "X", "unit": "x", "edition": 1, "into": "desk", "source": "a", "external_id": "b"}
        assert client.post(LIST + address, said).status_code == 403, address


def test_the_reads_do_not_grow_with_the_products(client_of: ClientOf, owner: User, acme: Account) -> None:
    client = client_of(owner)

    def reads() -> int:
        client.get(LIST)
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        return len(asked)

    a_line(acme, -10, 100, name="L0", product=a_product("Desk"))
    one = reads()
    a_line(acme, -10, 100, name="L1", product=a_product("Board"))
    a_line(acme, -10, 100, name="L2", product=a_product("Map"))
    assert reads() == one
