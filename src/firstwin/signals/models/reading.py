"""Published readings: the ledger of scores. A record, not a cache: rows are added, never changed."""

from django.db import models

from firstwin.accounts.models import Account
from firstwin.signals.models.kinds import Band


class Reading(models.Model):
    """What one scorecard said of one account, and all that it said it from.

    version: of the scorecard's definition.  engine: of the way it is computed; another one may give other bytes.
    on, at: the day and the moment it speaks of; at is also what was known by then.  revision: of the account.
    is_reconstructed: written later than `at`, by going through history; nobody saw it then.
    is_primary: whether it is the scorecard of the account's experience, so what lists show.
    score: hundredths of a point; null when unknown.  coverage: share of weight with data, of 10,000.
    inputs, result: canonical JSON (`audit.canonical`). `result` is made of definition and inputs alone, to the byte.
    """

    # Without a constraint: when an import is taken back its accounts go, and what was said of them stays in the ledger.
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, related_name="readings", db_index=False
    )
    scorecard = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    engine = models.PositiveSmallIntegerField()
    on = models.DateField()
    at = models.DateTimeField()
    revision = models.PositiveBigIntegerField()
    is_primary = models.BooleanField()
    is_reconstructed = models.BooleanField(default=False)
    score = models.IntegerField(null=True)
    band = models.CharField(max_length=8, choices=Band)
    coverage = models.PositiveSmallIntegerField()
    inputs = models.BinaryField()
    result = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "scorecard", "-at", "-id"], name="reading_latest"),
            models.Index(fields=["at"], name="reading_by_moment"),
            # What counted before a day, whichever scorecard it was of: told of everybody at once.
            models.Index(
                fields=["account", "-at", "-id", "on", "band", "score"],
                condition=models.Q(is_primary=True),
                name="reading_primary",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__range=(0, 10_000)), name="reading_score"
            ),
            models.CheckConstraint(condition=models.Q(coverage__range=(0, 10_000)), name="reading_coverage"),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard} v{self.version} on {self.on}: {self.score}"


class Refreshed(models.Model):
    """How far the signals of an account are computed: with its facts up to `revision`, under `edition` of the
    definitions, on day `on`. What lags behind is computed next."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="refreshed")
    revision = models.PositiveBigIntegerField()
    edition = models.PositiveBigIntegerField()
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["on"], name="refreshed_on"),
            models.Index(fields=["edition"], name="refreshed_edition"),
        ]

    def __str__(self) -> str:
        return f"revision {self.revision} on {self.on}"


class LookedBack(models.Model):
    """That the past of an account was told: its stages before anybody looked. Until then its signals are of the present
    alone.

    revision, heard_at: of the account, up to which what came late was looked for, and when.
    again_from: the first day from which its stages are to be folded again; null for most.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="looked_back")
    at = models.DateTimeField()
    revision = models.PositiveBigIntegerField()
    heard_at = models.DateTimeField()
    again_from = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["again_from"], condition=models.Q(again_from__isnull=False), name="looked_again"),
        ]

    def __str__(self) -> str:
        return f"looked back at {self.at}"


class Pass(models.Model):
    """A pass over all accounts, and what it found to differ from what was published.

    differences: up to a few hundred of them in words; counted in full.
    """

    kind = models.CharField(max_length=8)
    on = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    accounts = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    differences = models.JSONField(default=list)
    timings = models.JSONField(default=dict)  # family or phase → milliseconds

    class Meta:
        indexes = [models.Index(fields=["kind", "-started_at"], name="pass_latest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Population(models.Model):
    """What depends on all accounts together, as a dated snapshot that one account and all of them read alike:
    seasons of use, medians of peers, the height of an alarm.  body: plain data."""

    key = models.CharField(max_length=60)
    on = models.DateField()
    at = models.DateTimeField()
    body = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "on"], name="population_once_a_day")]

    def __str__(self) -> str:
        return f"{self.key} on {self.on}"
