"""Licence use by product: bought, assigned, active and peak kept apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firstwin.revenue.models import Product
from firstwin.usage.metrics.reading import ProductUse, Usage


@dataclass(frozen=True)
class ProductLine:
    """x of what is bought, active and the peak: percent of the width all products share."""

    use: ProductUse
    bought_x: float | None
    active_x: float
    peak_x: float | None
    says: str

    @property
    def tone(self) -> str:
        """Over what was bought asks for a look; the rest is for scores to judge."""
        return "watch" if self.use.share is not None and self.use.share > 1 else "accent"


def products_shown(usage: Usage) -> Sequence[ProductLine]:
    """Those bought first, the largest on top; then those used without being bought."""
    known = sorted(usage.products, key=lambda one: (one.bought is None, -(one.bought or 0), one.name))
    return [_line(one) for one in known]


def _line(use: ProductUse) -> ProductLine:
    # Each product fills its own width: a small one must not vanish beside a large one.
    most = max(use.bought or 0, use.peak or 0, use.active_28 or 0, 1)

    def x(value: int | None) -> float | None:
        return None if value is None else round(100 * value / most, 2)

    parts = [("bought", use.bought), ("active", use.active_28), ("at most", use.peak)]
    says = ", ".join(f"{value} {word}" for word, value in parts if value is not None)
    return ProductLine(use, x(use.bought), x(use.active_28) or 0.0, x(use.peak), f"{use.name}: {says}")


def product_names() -> Mapping[int, str]:
    return dict(Product.objects.filter(merged_into=None).values_list("pk", "name"))
