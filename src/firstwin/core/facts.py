"""The two clocks every fact carries, and the words with which to ask them.

A fact is a row that is written once. When it turns out wrong, or when an open period closes, the row is *superseded*:
its `known_until` is set and a new row stands in its place. So what was believed at any past moment can be asked again.
"""

from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

M = TypeVar("M", bound=models.Model)


class FactQuerySet(models.QuerySet[M]):
    def standing(self) -> Self:
        """Rows that nothing has superseded."""
        return self.filter(known_until__isnull=True)

    def known_by(self, moment: datetime) -> Self:
        """Rows as they were known at `moment`: what a signal as of that time may see."""
        return self.filter(known_at__lte=moment).filter(Q(known_until__isnull=True) | Q(known_until__gt=moment))

    def supersede(self, moment: datetime) -> int:
        """Let these rows stand down as of `moment`. They stay in the trail. A row made later than `moment` stands
        down at its own moment: it was never believed."""
        return self.update(known_until=Greatest(F("known_at"), models.Value(moment)))


class PeriodQuerySet(FactQuerySet[M]):
    def true_at(self, moment: datetime) -> Self:
        """Rows whose half-open period holds `moment`."""
        return self.filter(valid_from__lte=moment).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=moment))

    def open(self) -> Self:
        """Standing rows without an end: what is so now, as far as anybody knows."""
        return self.standing().filter(valid_to__isnull=True)


class Fact(models.Model):
    """A dated row about a customer.

    known_at: when the source knew it (the source's own time where it has one, else its arrival).
    known_until: when we learned it was not so, or was replaced by a better row; null while it stands.
    recorded_at: when we wrote it, for the trail.
    source: `staff` for what people type, otherwise the name of the import or connector.
    is_reconstructed: history imported without its own known time; back-tests over it say "hindsight possible".
    """

    known_at = models.DateTimeField()
    known_until = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=64, default="staff")
    is_reconstructed = models.BooleanField(default=False)

    class Meta:
        abstract = True


class PeriodFact(Fact):
    """A fact that holds over a half-open period: `valid_to` is the first moment at which it no longer does.

    stated_at: the latest moment at which the source is known to have said this value. A row keeps it when only its
    end changes, so that an older statement arriving late can be told from a newer one.
    """

    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    stated_at = models.DateTimeField()

    class Meta:
        abstract = True

    @staticmethod
    def order_constraint(name: str) -> models.CheckConstraint:
        """A period ends after it starts (`name` must be unique in the database)."""
        return models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=name)


class RecordFact(Fact):
    """One version, or one piece in time, of a record that a source keeps: (source, external_id) names the record.

    A record's standing rows never overlap in what they say is true; a correction lets rows stand down and adds others.
    stated_at: the latest moment at which the source is known to have said this.
    origin_run, origin_line: the import and the line of its file that the row came from; null for anything else.
    """

    external_id = models.CharField(max_length=255)
    stated_at = models.DateTimeField()
    origin_run = models.PositiveBigIntegerField(null=True, blank=True)
    origin_line = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        abstract = True


class RecordPieceFact(RecordFact):
    """A piece of a record's history by moments: half-open, one after the other."""

    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
