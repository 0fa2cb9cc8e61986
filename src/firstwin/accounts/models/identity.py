"""The names other systems have for our records."""

from django.db import models

from firstwin.accounts.models.account import Account
from firstwin.accounts.models.person import Person


class AccountExternalId(models.Model):
    """What `source` calls this account. One name means one account."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="external_ids")
    source = models.CharField(max_length=64)
    external_id = models.CharField(max_length=255)
    recorded_at = models.DateTimeField()
    seen_at = models.DateTimeField()  # when the source last mentioned it: bookkeeping, not a fact

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="account_external_id_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class PersonExternalId(models.Model):
    """What `source` calls this person."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="external_ids")
    source = models.CharField(max_length=64)
    external_id = models.CharField(max_length=255)
    recorded_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="person_external_id_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class Domain(models.Model):
    """A mail or web domain of the account, in its ASCII (IDNA) form. Sister companies may share one."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="domains")
    name = models.CharField(max_length=253)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name"])]
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="domain_once")]

    def __str__(self) -> str:
        return self.name
