"""A lake of its own for each test that asks for one."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from firstwin.revenue.models import Product
from firstwin.usage.models import FeatureMeaning
from firstwin.usage.tests.lake_world import FEATURE_PRODUCTS, NOW


@pytest.fixture
def lake(db: Any, settings: Any, tmp_path: Path) -> Path:
    """The folder of an empty lake."""
    settings.ENV = replace(settings.ENV, home=tmp_path)
    return tmp_path / "lake"


@pytest.fixture
def meant(db: Any) -> None:
    """Features 1 and 2 belong to products 7 and 8, feature 3 is noise."""
    known = {"known_at": NOW, "recorded_at": NOW}
    for feature, product in FEATURE_PRODUCTS.items():
        name = f"Product {product}"
        sold = Product.objects.create(
            pk=product, name=name, name_folded=name.casefold(), key=f"p{product}", recorded_at=NOW
        )
        FeatureMeaning.objects.create(feature=feature, product=sold, **known)
    FeatureMeaning.objects.create(feature=3, is_ignored=True, **known)
