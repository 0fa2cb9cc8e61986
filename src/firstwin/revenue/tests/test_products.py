"""The catalogue: products as sources tell them and as people keep them."""

from datetime import date, timedelta
from typing import Any

import pytest

from firstwin.accounts.models import Account, AccountNow
from firstwin.core.errors import Conflict, NotAllowed, Refused
from firstwin.people.models import User
from firstwin.revenue.actions.products import (
    add_product,
    archive_product,
    edit_product,
    merge_product,
    unedit,
    unmerge,
)
from firstwin.revenue.actions.receive import ProductSaid, receive_products
from firstwin.revenue.figures import arr_by_product
from firstwin.revenue.models import Product, ProductExternalId, SubscriptionLine
from firstwin.revenue.tests.facts import NOW, say_line
from firstwin.revenue.tests.test_figures import ALL

pytestmark = pytest.mark.django_db


def said(row: int, name: str, external_id: str = "", **more: Any) -> ProductSaid:
    return ProductSaid(row=row, external_id=external_id or name, known_at=NOW, name=name, **more)


def receive(*records: ProductSaid, source: str = "billing") -> Any:
    return receive_products(said=records, source=source, origin=None, now=NOW)


def test_a_name_is_one_product_whoever_says_it(db: None) -> None:
    first = receive(said(2, "Pro Plan", "p1"), said(3, "pro  plan", "p2"), said(4, "Pro-Plan", "p3"))
    assert first.ids[2] == first.ids[3] != first.ids[4]
    assert list(Product.objects.order_by("pk").values_list("key", flat=True)) == ["pro-plan", "pro-plan-2"]
    again = receive(said(2, "PRO PLAN", "x9"), source="crm")
    assert (again.ids[2], again.new) == (first.ids[2], set())


def test_only_the_source_that_opened_a_product_renames_it(db: None) -> None:
    receive(said(2, "Pro", "p1"))
    receive(said(2, "Pro", "x1"), source="crm")
    assert receive(said(2, "Professional", "x1"), source="crm").changed == set()
    assert receive(said(2, "Professional", "p1", family="Suite")).changed == {2}
    product = Product.objects.get()
    assert (product.name, product.family, product.key) == ("Professional", "Suite", "pro")


@pytest.mark.parametrize("bad", [said(2, " "), said(2, "x" * 201), said(2, "Pro", "i" * 256)])
def test_a_product_that_cannot_be_kept_is_refused(db: None, bad: ProductSaid) -> None:
    assert set(receive(bad).refused) == {2}
    assert not Product.objects.exists()


def test_operations_keep_the_catalogue_and_others_read_it(operations: User, owner: User, viewer: User) -> None:
    pro = add_product(by=operations, name="Pro", now=NOW)
    for user in (owner, viewer):
        with pytest.raises(NotAllowed):
            add_product(by=user, name="Extra", now=NOW)
        with pytest.raises(NotAllowed):
            archive_product(by=user, product=pro, now=NOW)
    with pytest.raises(Refused, match="already"):
        add_product(by=operations, name=" PRO ", now=NOW)


def test_a_rename_meets_a_rename(operations: User) -> None:
    pro = add_product(by=operations, name="Pro", now=NOW)
    edit_product(by=operations, product=pro, name="Plus", family="", unit="seats", edition=1, now=NOW)
    with pytest.raises(Conflict) as conflict:
        edit_product(by=operations, product=pro, name="Max", family="", unit="seats", edition=1, now=NOW)
    assert (conflict.value.mine, conflict.value.theirs) == ({"Name": "Max"}, {"Name": "Plus"})
    before = {"name": "Pro", "family": "", "unit": "seats"}
    unedit(by=operations, payload={"product": pro.pk, "before": before, "edition": 2}, now=NOW)
    assert Product.objects.get().name == "Pro"


def test_two_that_are_one_become_one_and_two_again(operations: User, acme: Account) -> None:
    receive(said(2, "Pro", "p1"), said(3, "Pro (old)", "p2"))
    pro, old = Product.objects.order_by("pk")
    say_line(acme, "L1", product_id=pro.pk)
    say_line(acme, "L2", product_id=old.pk)
    payload = merge_product(by=operations, product=old, into=pro, now=NOW)
    assert set(SubscriptionLine.objects.values_list("product_id", flat=True)) == {pro.pk}
    assert AccountNow.objects.get(pk=acme.pk).products == "|pro|"
    assert set(ProductExternalId.objects.values_list("product_id", flat=True)) == {pro.pk}
    # What still says the old name means the product it is now.
    assert receive(said(5, "Pro (old)", "z1"), source="crm").ids == {5: pro.pk}
    say_line(acme, "L3", NOW + timedelta(days=1), product_id=pro.pk)
    unmerge(by=operations, payload=payload, now=NOW)
    rows = dict(SubscriptionLine.objects.standing().values_list("external_id", "product_id"))
    assert rows == {"L1": pro.pk, "L2": old.pk, "L3": pro.pk}
    assert arr_by_product(ALL, date(2026, 6, 1))[old.pk][0].arr_minor == 1_200_00
    assert AccountNow.objects.get(pk=acme.pk).products == "|pro|pro-old|"


def test_a_product_is_never_merged_into_itself_or_a_merged_one(operations: User) -> None:
    one, two, three = (add_product(by=operations, name=name, now=NOW) for name in ("A", "B", "C"))
    with pytest.raises(Refused):
        merge_product(by=operations, product=one, into=one, now=NOW)
    merge_product(by=operations, product=one, into=two, now=NOW)
    with pytest.raises(Refused):
        merge_product(by=operations, product=three, into=one, now=NOW)
    merge_product(by=operations, product=two, into=three, now=NOW)
    assert Product.objects.get(pk=one.pk).merged_into_id == three.pk
