"""The journal of imports: every row an import made or changed, so that it can be undone."""

from django.db import models


class RowChange(models.Model):
    """One row an import touched. Written by database triggers, never by hand (see `journal`).

    op: i, u or d: inserted, updated, deleted.  before, after: every column, for updates and deletes; once an inserted
    row is taken back, `after` keeps what it said.  outcome: '' while it stands, u undone, k kept by the undo.
    """

    run = models.PositiveBigIntegerField()
    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    op = models.CharField(max_length=1)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    outcome = models.CharField(max_length=1, default="")

    class Meta:
        indexes = [
            models.Index(fields=["run", "id"], name="change_walk"),
            models.Index(fields=["run", "table_name", "row_id"], name="change_of_row"),
        ]

    def __str__(self) -> str:
        return f"{self.op} {self.table_name} {self.row_id}"
