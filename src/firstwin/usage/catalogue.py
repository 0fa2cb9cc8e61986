"""What event names mean, as known at any moment. Roll-ups and metrics read it here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.db.models.functions import Coalesce

from firstwin.core.remembering import remembered
from firstwin.usage.models import FeatureMeaning


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one event name means. product_id: the product it stands with today, when two were merged.

    parent: number of the event name it belongs under. means: `activation`, `first_win` or ''. What is ignored counts
    nowhere, whatever else is said of it.
    """

    label: str = ""
    product_id: int | None = None
    parent: int | None = None
    is_core: bool = False
    means: str = ""
    is_ignored: bool = False


PLAIN = Meaning()
"""Of a name nobody said anything about: plain use."""


def meanings(at: datetime | None = None) -> Mapping[int, Meaning]:
    """By number of the event name, as known at `at` (now when none). Names that are not in it are `PLAIN`."""
    return remembered(("meanings", at), lambda: _meanings(at))


def _meanings(at: datetime | None) -> Mapping[int, Meaning]:
    rows = FeatureMeaning.objects.standing() if at is None else FeatureMeaning.objects.known_by(at)
    told = rows.annotate(sold_as=Coalesce("product__merged_into_id", "product_id")).values_list(
        "feature", "label", "sold_as", "parent", "is_core", "means", "is_ignored"
    )
    return {feature: Meaning(*said) for feature, *said in told.order_by("feature")}


def edition() -> int:
    """Rises with every change of a meaning: roll-ups say under which one they were made. 0: nothing was said yet."""
    return FeatureMeaning.objects.aggregate(last=Max("pk"))["last"] or 0
