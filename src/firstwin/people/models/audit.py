from typing import Self

from django.conf import settings
from django.db import models


class AuditRowQuerySet(models.QuerySet["AuditRow"]):
    def about(self, on: models.Model) -> Self:
        """Rows about this very thing."""
        return self.filter(on_kind=on._meta.label_lower, on_id=str(on.pk))

    def unsealed(self) -> Self:
        return self.filter(seal__isnull=True)

    def newest_first(self) -> Self:
        return self.order_by("-id")


class AuditRow(models.Model):
    """Who did what to which thing, and when. Written once; the database itself refuses changes.

    It names people and things by number only, so that a person can be erased without touching the trail.
    `account_id` is a plain number: accounts stand below people in the house.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )  # null: nobody was signed in (a command, a schedule)
    did = models.CharField(max_length=64)
    on_kind = models.CharField(max_length=64)
    on_id = models.CharField(max_length=64)
    account_id = models.BigIntegerField(null=True)
    detail_digest = models.CharField(max_length=64, blank=True, default="")  # empty: nothing beside the row

    objects = AuditRowQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account_id", "-id"], name="audit_of_account"),
            models.Index(fields=["on_kind", "on_id", "-id"], name="audit_of_thing"),
            models.Index(fields=["did", "-id"], name="audit_by_verb"),
            models.Index(fields=["at"], name="audit_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.did} on {self.on_kind} {self.on_id}"


class AuditDetail(models.Model):
    """The values before and after. May hold personal data, so it can be erased; the row stays."""

    row = models.OneToOneField(AuditRow, on_delete=models.PROTECT, related_name="detail", primary_key=True)
    salt = models.CharField(max_length=32)  # else a digest of a short value could be guessed
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"detail of {self.row_id}"


class AuditSeal(models.Model):
    """One link of the chain over audit rows: sha256 of the previous link and the row. One sealer appends."""

    sequence = models.BigIntegerField(unique=True)
    row = models.OneToOneField(AuditRow, on_delete=models.PROTECT, related_name="seal")
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"seal {self.sequence}"
