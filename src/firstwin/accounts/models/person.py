"""The humans at a customer, and the dated rows that join them to accounts."""

import secrets
import uuid

from django.db import models
from django.db.models import Q

from firstwin.accounts.models.account import Account
from firstwin.accounts.models.kinds import ContactRole
from firstwin.core.facts import PeriodFact, PeriodQuerySet


def new_person_key() -> str:
    """A key for addresses that says nothing about the person."""
    return secrets.token_hex(6)


class Person(models.Model):
    """A human at a customer. Names and addresses stand only here, so that they can be erased.

    email_folded: the address as compared (case, Unicode form and IDN folded); empty when there is none.
    search_text: what search looks in, folded; written with the rest.
    """

    key = models.CharField(max_length=24, unique=True, default=new_person_key)
    subject = models.UUIDField(unique=True, default=uuid.uuid4)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=320, blank=True)
    email_folded = models.CharField(max_length=400, blank=True, db_index=True)
    phone = models.CharField(max_length=60, blank=True)
    edition = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=64, default="staff")
    search_text = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="person_has_a_name")]

    def __str__(self) -> str:
        return self.name


class Membership(PeriodFact):
    """That a person worked at an account, as what, and when."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="memberships")
    title = models.CharField(max_length=200, blank=True)
    objects = PeriodQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account", "valid_from"]),
            models.Index(fields=["person", "valid_from"]),
        ]
        constraints = [
            PeriodFact.order_constraint("membership_period"),
            models.UniqueConstraint(
                fields=["person", "account"],
                condition=Q(known_until__isnull=True, valid_to__isnull=True),
                name="membership_one_open",
            ),
        ]


class RoleHeld(PeriodFact):
    """That a person played a role at an account, and when. One person may play several."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roles")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=12, choices=ContactRole)
    objects = PeriodQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account", "role"], condition=Q(known_until__isnull=True), name="role_by_account"),
            models.Index(fields=["person"]),
        ]
        constraints = [
            PeriodFact.order_constraint("role_period"),
            models.UniqueConstraint(
                fields=["person", "account", "role"],
                condition=Q(known_until__isnull=True, valid_to__isnull=True),
                name="role_one_open",
            ),
        ]
