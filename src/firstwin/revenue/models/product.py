"""What is sold."""

from django.db import models
from django.db.models import F, Q


class Product(models.Model):
    """A product of the catalogue. Reference data: lines point to it, its name may change.

    external ids stand beside it, so that several sources may name the same product differently.
    merged_into: the product it turned out to be. Its key and name lead there.
    """

    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    name_folded = models.CharField(max_length=200, unique=True)
    family = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=24, default="seats")
    edition = models.PositiveIntegerField(default=1)
    is_archived = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=64, default="staff")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="product_has_a_name"),
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="product_not_into_itself"),
        ]

    def __str__(self) -> str:
        return self.name


class ProductExternalId(models.Model):
    """What a source calls a product."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="external_ids")
    source = models.CharField(max_length=64)
    external_id = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="product_external_id_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"
