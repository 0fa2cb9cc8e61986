"""Say what a source calls a product, and take it back."""

from datetime import datetime
from typing import Any

from django.db import transaction

from firstwin.accounts import rules
from firstwin.accounts.rules import Actor
from firstwin.core.errors import Refused
from firstwin.core.text import is_clean
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable
from firstwin.revenue.models import Product, ProductExternalId


def call_product(*, by: Actor, product: Product, source: str, external_id: str, now: datetime) -> ProductExternalId:
    """From now on `source` means `product` by this id. Raises NotAllowed, or Refused where it means another one."""
    rules.require_configure(by)
    source, external_id = source.strip(), external_id.strip()
    if not (source and external_id and is_clean(source) and is_clean(external_id)):
        raise Refused("A source and its id are needed.", field="source")
    with transaction.atomic():
        held = (
            ProductExternalId.objects.filter(source=source, external_id=external_id).select_related("product").first()
        )
        if held is not None:
            raise Refused(f"{source} calls {held.product.name} that.", field="external_id")
        made = ProductExternalId.objects.create(product=product, source=source, external_id=external_id)
        record(by=by, did="product.called", on=product, now=now, after={"source": source, "id": external_id})
    return made


def uncall_product(*, by: Actor, held: ProductExternalId, now: datetime) -> None:
    """The source no longer means it. Lines that came under the id stay as they are."""
    rules.require_configure(by)
    with transaction.atomic():
        before = {"source": held.source, "id": held.external_id}
        record(by=by, did="product.uncalled", on=held.product, now=now, before=before)
        held.delete()


@undoable("product.called")
def unname(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"id": of the row}."""
    held = ProductExternalId.objects.filter(pk=payload["id"]).select_related("product").first()
    if held is not None:
        uncall_product(by=None, held=held, now=now)


@undoable("product.uncalled")
def rename(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"product": id, "source": …, "external_id": …}."""
    product = Product.objects.filter(pk=payload["product"]).first()
    if product is None:
        raise Refused("The product is not there any more.")
    call_product(by=None, product=product, source=payload["source"], external_id=payload["external_id"], now=now)
