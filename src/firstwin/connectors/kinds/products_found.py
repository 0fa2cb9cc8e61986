"""Find products by what a source calls them, many at once, and make those that are new."""

from collections.abc import Collection

from firstwin.accounts.timeline import batched
from firstwin.connectors.kinds.intake import Intake
from firstwin.connectors.kinds.values import ProductReference
from firstwin.core.errors import Refused
from firstwin.core.text import fold
from firstwin.revenue.actions.receive import ProductSaid, receive_products
from firstwin.revenue.catalogue import STANDS_FOR
from firstwin.revenue.models import Product, ProductExternalId

_AT_ONCE = 1_000


def find_products(
    wanted: Collection[ProductReference], intake: Intake, *, creates: bool
) -> dict[ProductReference, int | str]:
    """Each reference → the id of the product, or the sentence that says why there is none."""
    found = _known(wanted)
    if intake.is_dry:
        pretended = intake.pretended.products
        found |= {one: pk for one in wanted if one not in found and (pk := pretended.get(_slot(one))) is not None}
    missing = sorted((one for one in wanted if one not in found), key=lambda one: one.value)
    if creates and missing:
        found |= _made(missing, intake)
    words = {"name": "name", "key": "key", "external_id": "id"}
    return {one: found.get(one, f"No product has the {words[one.by]} {one.value[:80]!r}.") for one in wanted}


def pretend_product(intake: Intake, external_id: str, name: str) -> None:
    """In a dry run: let later rows find a product that would have been made."""
    pk = intake.pretended.id()
    intake.pretended.products.setdefault(("external_id", intake.source, external_id), pk)
    intake.pretended.products.setdefault(("name", "", fold(name)), pk)


def _slot(one: ProductReference) -> tuple[str, str, str]:
    return one.by, one.source, fold(one.value) if one.by == "name" else one.value


def _known(wanted: Collection[ProductReference]) -> dict[ProductReference, int | str]:
    found: dict[ProductReference, int | str] = {}
    slots: dict[tuple[str, str], dict[str, list[ProductReference]]] = {}
    for one in wanted:
        by, source, compared = _slot(one)
        slots.setdefault((by, source), {}).setdefault(compared, []).append(one)
    for (by, source), asked in slots.items():
        for some in batched(sorted(asked), _AT_ONCE):
            for compared, pk in _rows(by, source, some):
                found |= dict.fromkeys(asked[compared], pk)
    return found


def _rows(by: str, source: str, values: Collection[str]) -> Collection[tuple[str, int]]:
    match by:
        case "name":
            return Product.objects.filter(name_folded__in=values).values_list("name_folded", STANDS_FOR)
        case "key":
            return Product.objects.filter(key__in=values).values_list("key", STANDS_FOR)
    rows = ProductExternalId.objects.filter(source=source, external_id__in=values)
    return rows.values_list("external_id", "product_id")


def _made(missing: Collection[ProductReference], intake: Intake) -> dict[ProductReference, int | str]:
    """New products, called what the source calls them. One product per name, however it is written."""
    names: dict[str, list[ProductReference]] = {}
    for one in missing:
        names.setdefault(fold(one.value), []).append(one)
    said = [
        ProductSaid(row=row, external_id=ones[0].value, known_at=intake.now, name=ones[0].value[:200])
        for row, ones in enumerate(names.values())
    ]
    received = receive_products(
        said=said, source=intake.source, origin=intake.run, now=intake.now, unsaid=("family", "unit", "is_archived")
    )
    made: dict[ProductReference, int | str] = {}
    for row, ones in enumerate(names.values()):
        problem: Refused | None = received.refused.get(row)
        made |= dict.fromkeys(ones, problem.message if problem else received.ids[row])
    return made
