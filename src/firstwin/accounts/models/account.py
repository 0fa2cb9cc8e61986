"""The account: a customer organisation, and the dated rows that say where it stands among others."""

from django.db import models
from django.db.models import Q

from firstwin.accounts.models.kinds import OwnershipKind
from firstwin.core.facts import PeriodFact, PeriodQuerySet
from firstwin.people.models import Team, User


class Account(models.Model):
    """A customer organisation. `parent`, `removed_at` and the tags are cached; their dated rows stand below.

    revision: bumped by every fact about the account in the same transaction; the dirty mark for its signals.
    edition: bumped by edits of what a person types on the record itself; guards against lost updates.
    """

    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    revision = models.PositiveBigIntegerField(default=1)
    edition = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=64, default="staff")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="account_has_a_name"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("pk")), name="account_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ParentLink(PeriodFact):
    """Who an account belonged to, and when."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="parent_links")
    parent = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="child_links", null=True)
    objects = PeriodQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "valid_from"]), models.Index(fields=["parent"])]
        constraints = [
            PeriodFact.order_constraint("parent_link_period"),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(known_until__isnull=True, valid_to__isnull=True),
                name="parent_link_one_open",
            ),
        ]


class Removal(PeriodFact):
    """An account taken out of the working lists, with its reason. Ending the period restores it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="removals")
    reason = models.CharField(max_length=300, blank=True)
    objects = PeriodQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "valid_from"])]
        constraints = [
            PeriodFact.order_constraint("removal_period"),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(known_until__isnull=True, valid_to__isnull=True),
                name="removal_one_open",
            ),
        ]


class Ownership(PeriodFact):
    """Who looked after an account, in which way, and when. A pooled account belongs to a team."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="ownerships")
    kind = models.CharField(max_length=8, choices=OwnershipKind)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="ownerships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="ownerships")
    objects = PeriodQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account", "valid_from"]),
            models.Index(fields=["user", "account"], condition=Q(known_until__isnull=True), name="ownership_book"),
            models.Index(fields=["team", "account"], condition=Q(known_until__isnull=True), name="ownership_pool"),
        ]
        constraints = [
            PeriodFact.order_constraint("ownership_period"),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(known_until__isnull=True, valid_to__isnull=True, kind=OwnershipKind.NAMED),
                name="ownership_one_named",
            ),
            models.UniqueConstraint(
                fields=["account", "kind", "user"],
                condition=Q(known_until__isnull=True, valid_to__isnull=True, user__isnull=False),
                name="ownership_once_per_user",
            ),
            models.UniqueConstraint(
                fields=["account", "kind", "team"],
                condition=Q(known_until__isnull=True, valid_to__isnull=True, user__isnull=True),
                name="ownership_once_per_team",
            ),
        ]


class Tag(models.Model):
    """A word people put on accounts. `name` is unique whatever its case."""

    name = models.CharField(max_length=40)
    name_folded = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.name


class Tagging(PeriodFact):
    """That an account carried a tag, and when."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="taggings")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="taggings")
    objects = PeriodQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account", "valid_from"]),
            models.Index(fields=["tag", "account"], condition=Q(known_until__isnull=True), name="tagging_by_tag"),
        ]
        constraints = [
            PeriodFact.order_constraint("tagging_period"),
            models.UniqueConstraint(
                fields=["account", "tag"],
                condition=Q(known_until__isnull=True, valid_to__isnull=True),
                name="tagging_once",
            ),
        ]
