"""A change to many accounts at once, done in slices so that nobody waits for a long write."""

from django.db import models

from firstwin.people.models import User


class BulkEdit(models.Model):
    """What a person asked for. deed: owner, tag, untag, value or undo.  says: the sentence shown when it is done.

    params: what the deed needs, by id and key.  changed: accounts that were not so already.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    deed = models.CharField(max_length=8)
    params = models.JSONField(default=dict)
    says = models.CharField(max_length=200)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    undo_id = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return self.says


class BulkSlice(models.Model):
    """Some of the accounts of a bulk edit: done in one transaction, together with the mark that it is done.

    before: how it was, as the undo of the deed takes it; null while it waits.
    """

    edit = models.ForeignKey(BulkEdit, on_delete=models.CASCADE, related_name="slices")
    number = models.PositiveIntegerField()
    account_ids = models.JSONField()
    before = models.JSONField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edit", "number"], name="bulk_slice_once")]

    def __str__(self) -> str:
        return f"{self.edit_id}/{self.number}"
