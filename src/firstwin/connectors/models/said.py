"""What a file of a source last said about a record: how an import knows what is news."""

from django.db import models

from firstwin.connectors.models.run import ImportRun


class LastSaid(models.Model):
    """The last statement of one file of a source about one record, as keyed digests per field: no values, no names.

    A field whose digest is the same is not news: a person's correction here is not overwritten by a source that only
    repeats itself, and the same file again changes nothing.
    known_at: the source's own time of the statement, where it has one.  run, line: where it stood.
    """

    source = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    external_id = models.CharField(max_length=255)
    feed = models.CharField(max_length=60)
    said = models.JSONField(default=dict)
    known_at = models.DateTimeField(null=True, blank=True)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="+")
    line = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "external_id", "feed"], name="last_said_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.external_id}"
