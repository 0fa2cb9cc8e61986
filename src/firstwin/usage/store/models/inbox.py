"""What arrived: batches not yet taken up, elements that were turned down, and how much came when."""

from django.db import models
from django.db.models import Q


class Form(models.TextChoices):
    """How the body of a batch is written."""

    SEGMENT = "segment", "Tracking calls as JSON"
    ARROW = "arrow", "Rows of the event schema as an Arrow stream, from imports and the demo"


class Inbox(models.Model):
    """One batch as it arrived, committed before it was acknowledged and deleted when its events stand in a segment.

    call: the call of the path for a single call (`track`, `identify` …); empty for a batch.
    body: what was sent, decompressed.
    run: the import it came from; 0 for anything else.
    tries, held_at, held_why: a batch that cannot be taken up is tried a few times, then held for a person.
    """

    source = models.PositiveBigIntegerField()  # usage.Source, which stands in the other database
    form = models.CharField(max_length=8, choices=Form, default=Form.SEGMENT)
    call = models.CharField(max_length=8, blank=True)
    received_at = models.DateTimeField()
    body = models.BinaryField()
    events = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    run = models.PositiveBigIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    held_at = models.DateTimeField(null=True, blank=True)
    held_why = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(held_at__isnull=True), name="inbox_waiting")]


class Rejected(models.Model):
    """One element that was turned down, with its reason, kept for the debugger until it is replayed or runs out.

    code: the machine word of the reason (`junk_id`, `too_deep`, `bad_time`, `too_many_names`, `call_…` where a whole
        call was refused …); says: the sentence.
    body: the element as sent, cut at 32 KB.
    repeats: how often the same reason came for the same event name and source in that hour, beyond those kept.
    """

    source = models.PositiveBigIntegerField()
    received_at = models.DateTimeField()
    code = models.CharField(max_length=24)
    says = models.CharField(max_length=300)
    call = models.CharField(max_length=8, blank=True)
    event = models.CharField(max_length=200, blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    body = models.BinaryField()
    repeats = models.PositiveBigIntegerField(default=0)
    replayed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["source", "-received_at"], name="rejected_newest"),
            models.Index(fields=["-received_at"], name="rejected_by_time"),
        ]


class SourceHour(models.Model):
    """How much one source sent in one hour (UTC), counted in the transaction that stored it.

    lag_ms: the sum over its events of received minus occurred, never negative; lag_max_ms the largest.
    """

    source = models.PositiveBigIntegerField()
    hour_at = models.DateTimeField()
    batches = models.PositiveBigIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0)
    repeated = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    unresolved = models.PositiveBigIntegerField(default=0)
    late = models.PositiveBigIntegerField(default=0)
    lag_ms = models.BigIntegerField(default=0)
    lag_max_ms = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "hour_at"], name="source_hour_once")]
