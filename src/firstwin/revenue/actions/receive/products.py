"""Products as a source tells them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from firstwin.accounts.actions.receive import Received
from firstwin.accounts.bulk import insert_many
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.text import fold
from firstwin.revenue.actions.receive.said import ProductSaid
from firstwin.revenue.catalogue import STANDS_FOR, free_product_keys
from firstwin.revenue.models import Product, ProductExternalId

_SAID = ("family", "unit", "is_archived")


def receive_products(
    *, said: Sequence[ProductSaid], source: str, origin: int | None, now: datetime, unsaid: Collection[str] = ()
) -> Received:
    """Open products that are new to us; one of the same name is taken to be the same product.

    A source changes only products it opened: what people or another source named keeps its name.
    """
    received = Received()
    with transaction.atomic():
        kept = [one for one in said if not _refused(one, received)]
        known = _known(kept, source)
        fresh = _open(kept, known, source, now)
        failpoint("receive.products.opened")
        for one in kept:
            received.ids[one.row] = known[one.external_id]
        received.new = {one.row for one in kept if one.external_id in fresh}
        _update([one for one in kept if one.external_id not in fresh], received, source, frozenset(unsaid))
    return received


def _refused(one: ProductSaid, received: Received) -> bool:
    problem = None
    if not fold(one.name):
        problem = Refused("A product needs a name.", field="name")
    elif len(one.name) > 200 or len(one.family) > 120 or len(one.unit) > 24:
        problem = Refused("The name, the family or the unit is too long.", field="name")
    elif not 0 < len(one.external_id) <= 255:
        problem = Refused("An id has 1 to 255 characters.", field="external_id")
    if problem is not None:
        received.refused[one.row] = problem
    return problem is not None


def _known(said: Sequence[ProductSaid], source: str) -> dict[str, int]:
    rows = ProductExternalId.objects.filter(source=source, external_id__in={one.external_id for one in said})
    return dict(rows.values_list("external_id", "product_id"))


def _open(said: Sequence[ProductSaid], known: dict[str, int], source: str, now: datetime) -> set[str]:
    """Give every record a product in `known`. Returns the external ids of those opened."""
    new = {one.external_id: one for one in said if one.external_id not in known}
    if not new:
        return set()
    named = dict(Product.objects.filter(
        name_folded__in={fold(one.name) for one in new.values()}).values_list("name_folded", STANDS_FOR))  # fmt: skip
    opened: dict[str, ProductSaid] = {}
    for one in new.values():
        if fold(one.name) not in named:
            opened.setdefault(fold(one.name), one)
    keys = free_product_keys([one.name for one in opened.values()])
    made = Product.objects.bulk_create(
        Product(key=key, name=one.name.strip(), name_folded=folded, family=one.family.strip(),
                unit=one.unit.strip() or "seats", is_archived=one.is_archived, recorded_at=now, source=source)
        for key, (folded, one) in zip(keys, opened.items(), strict=True)
    )  # fmt: skip
    named |= {product.name_folded: product.pk for product in made}
    known |= {name: named[fold(one.name)] for name, one in new.items()}
    insert_many(
        ProductExternalId, ("product_id", "source", "external_id"), [(known[name], source, name) for name in new]
    )
    return {one.external_id for one in opened.values()}


def _update(said: Sequence[ProductSaid], received: Received, source: str, unsaid: frozenset[str]) -> None:
    ours = Product.objects.filter(pk__in={received.ids[one.row] for one in said}, source=source).in_bulk()
    wanted = {received.ids[one.row]: one for one in said}
    names = {fold(one.name) for one in wanted.values()}
    taken = dict(Product.objects.filter(name_folded__in=names).values_list("name_folded", "pk"))
    changed = []
    for pk, product in ours.items():
        one = wanted[pk]
        says = {name: getattr(one, name) for name in _SAID if name not in unsaid}
        says["unit"] = says.get("unit") or product.unit
        if taken.get(fold(one.name), pk) == pk:
            says |= {"name": one.name.strip(), "name_folded": fold(one.name)}
            taken[fold(one.name)] = pk
        else:
            received.warned.setdefault(one.row, []).append(f"Another product is called {one.name!r} already.")
        if any(getattr(product, name) != value for name, value in says.items()):
            for name, value in says.items():
                setattr(product, name, value)
            product.edition += 1
            changed.append(product)
            received.changed.add(one.row)
    Product.objects.bulk_update(changed, ["name", "name_folded", *_SAID, "edition"], batch_size=200)
