"""Who and what the events speak of, in their own names. Events carry only the numbers of these rows: names and
addresses stand here, where they can be erased, and what they mean can be learned later without touching an event.
"""

import uuid

from django.db import models
from django.db.models import Q


class Place(models.Model):
    """What a source calls a customer (its group id). Number 0 means that an event named none.

    account: the account it means (`accounts.Account`, in the other database); null until that is known.
    how: how that was found: `external_id`, `key`, `domain`, `person` … or the word `chosen` when a person said it.
    said_at: when the group call occurred that told the name and the domain, so that an older one changes nothing.
    """

    source = models.PositiveBigIntegerField()
    key = models.CharField(max_length=255)
    account = models.PositiveBigIntegerField(null=True, blank=True, db_index=True)
    how = models.CharField(max_length=16, blank=True)
    name = models.CharField(max_length=200, blank=True)  # as its group calls tell it
    domain = models.CharField(max_length=253, blank=True)
    said_at = models.DateTimeField(null=True, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    events = models.PositiveBigIntegerField(default=0)
    is_ignored = models.BooleanField(default=False)  # a test company of ours: kept, counted nowhere

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="place_once")]
        indexes = [
            models.Index(fields=["-events"], condition=Q(account__isnull=True), name="place_unresolved"),
        ]


class Actor(models.Model):
    """What a source calls a person: `u:` and its user id, or `a:` and an anonymous id.

    person: the person it means (`accounts.Person`, in the other database); null until that is known.
    same_as: the actor whose number stands for both, where two names turn out to be one human; null for most.
    subject: what logs and exports call it.
    name, email: as its identify calls tell them, until a person stands for it. name_at, email_at: when the calls
    occurred that told them, so that older ones change nothing.
    is_told: something was told of it that the other database does not know yet.
    """

    source = models.PositiveBigIntegerField()
    key = models.CharField(max_length=258)
    person = models.PositiveBigIntegerField(null=True, blank=True, db_index=True)
    same_as = models.PositiveBigIntegerField(null=True, blank=True)
    subject = models.UUIDField(default=uuid.uuid4)
    first_at = models.DateTimeField()
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=320, blank=True)
    name_at = models.DateTimeField(null=True, blank=True)
    email_at = models.DateTimeField(null=True, blank=True)
    is_told = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="actor_once")]
        indexes = [models.Index(fields=["same_as"], condition=Q(same_as__isnull=False), name="actor_same_as")]


class Link(models.Model):
    """That two actors are one human, as alias calls and calls with both ids tell it. `Actor.same_as` is derived from
    these, so that it comes out the same in whatever order they arrive.

    from_at: when that was first told: an anonymous actor belongs to the user it was first linked to.
    """

    actor = models.PositiveBigIntegerField()
    other = models.PositiveBigIntegerField(db_index=True)
    from_at = models.DateTimeField()
    known_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "other"], name="link_once")]


class Residence(models.Model):
    """That an actor was at a place from a moment on, as group calls tell it. The first reaches back before itself."""

    actor = models.PositiveBigIntegerField()
    place = models.PositiveBigIntegerField(db_index=True)
    from_at = models.DateTimeField()
    known_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "from_at", "place"], name="residence_once")]


class TraitKind(models.TextChoices):
    TEAM = "team", "Team"
    SITE = "site", "Site"


class ActorTrait(models.Model):
    """The team or site of an actor from a moment on, as its traits tell it."""

    actor = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=4, choices=TraitKind)
    value = models.CharField(max_length=200)
    from_at = models.DateTimeField()
    known_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "kind", "from_at"], name="actor_trait_once")]


class EventName(models.Model):
    """A name that events carry, once for all sources. What it means stands in `usage.FeatureMeaning`.

    kind: `track`, `page` or `screen`. Name 1 is `(other)`: where names beyond the limit are counted.
    """

    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=200)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    events = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="event_name_once")]

    def __str__(self) -> str:
        return self.name
