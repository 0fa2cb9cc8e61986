"""The products there are."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models.functions import Coalesce

from firstwin.core.text import slug
from firstwin.revenue.models import Product

_LONGEST = 70
STANDS_FOR = Coalesce("merged_into", "pk")
"""The product that a row of the catalogue is part of now."""


def free_product_keys(names: Sequence[str]) -> list[str]:
    """A key for each new product, none taken yet: `pro`, `pro-2`."""
    wanted = [slug(name, limit=_LONGEST) or "product" for name in names]
    taken = set(Product.objects.values_list("key", flat=True))
    keys = []
    for stem in wanted:
        key, n = stem, 1
        while key in taken:
            n += 1
            key = f"{stem}-{n}"
        taken.add(key)
        keys.append(key)
    return keys


def product_choices() -> Iterable[tuple[Any, str]]:
    """Products one may choose from, by name, those no longer sold last."""
    return Product.objects.filter(merged_into=None).order_by("is_archived", "name_folded").values_list("key", "name")
