"""`AccountNow`: the one indexed row per account that lists filter and sort by.

A cached convenience. It is derived from facts by `actions.refresh_now` and nothing else writes it; `firstwin verify`
recomputes it. Text columns that are compared or sorted are folded, and ordered by code point on both databases.
"""

from typing import Any

from django.db import models
from django.db.models import Q

from firstwin.accounts.models.account import Account
from firstwin.accounts.models.scanned import ScannedIndex
from firstwin.people.models import Team, User

TEXT_SLOTS = tuple(f"text_{n:02}" for n in range(1, 17))
NUMBER_SLOTS = tuple(f"number_{n:02}" for n in range(1, 17))
DAY_SLOTS = tuple(f"day_{n:02}" for n in range(1, 9))
SLOTS = TEXT_SLOTS + NUMBER_SLOTS + DAY_SLOTS

# Sorted and compared by code point on both databases (see migration 0002).
FOLDED_COLUMNS = ("name_folded", "owner_name_folded", "parent_name_folded", *TEXT_SLOTS)

_SORTED = (
    "name_folded",
    "owner_name_folded",
    "parent_name_folded",
    "children_count",
    "people_count",
    "roles_covered",
    "last_touch_on",
    "last_two_way_on",
    "next_step_on",
    "issue_count",
    "added_on",
)

# Published by rooms below (see `accounts.published`); here because lists filter and sort by one row per account.
PUBLISHED_COLUMNS = (
    "arr_minor",
    "seats",
    "products",
    "commercial_status",
    "customer_since_on",
    "renews_on",
    "notice_on",
    "auto_renews",
    "overdue_minor",
    "overdue_since_on",
    "card_expires_on",
    "churned_on",
    "tickets_open",
    "tickets_ageing",
    "tickets_breached",
    "tickets_reopened",
    "oldest_ticket_on",
    "last_ticket_on",
    "csat_share",
    "csat_count",
    "people_active_7",
    "people_active_28",
    "last_seen_on",
    "usage_days_14",
    "weekly_share",
    "licence_share",
    "habit_weeks",
    "depth_share",
    "teams_28",
    "stickiness",
    "usage_trend",
    "events_28",
    "activated_on",
    "first_win_on",
    "health",
    "health_band",
    "health_coverage",
    "health_change",
    "health_words",
    "stage",
    "stage_on",
    "stage_below",
    "stage_below_on",
    "stage_pace",
    "stage_late",
    "stage_late_on",
    "experience",
    "segments",
    "risks_open",
    "risk_severity",
    "opportunities_open",
    "at_risk_minor",
)
_NOT_INDEXED = {"products", "auto_renews", "csat_count", "health_words", "segments"}
_PUBLISHED_AND_INDEXED = tuple(name for name in PUBLISHED_COLUMNS if name not in _NOT_INDEXED)

SCANNED = (
    # First what no condition compares alone, so that nobody takes this index for a way to a few rows.
    "account",
    "is_removed",
    *(name for name in PUBLISHED_COLUMNS if name != "health_words"),
    "owner",
    "owner_team",
    *(name for name in _SORTED if name not in FOLDED_COLUMNS),
    *NUMBER_SLOTS,
    *DAY_SLOTS,
    *TEXT_SLOTS,
    "name_folded",
    "owner_name",
)
"""What questions over all accounts compare, group by and sum: conditions, totals, the portfolio's figures."""


class AccountNow(models.Model):
    """One account as lists see it, as of `refreshed_at` (revision `revision`)."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="now")
    key = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    name_folded = models.CharField(max_length=200)
    search_text = models.TextField()  # name, key, domains and external ids, folded
    is_removed = models.BooleanField(default=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    owner_name = models.CharField(max_length=200, null=True)
    owner_name_folded = models.CharField(max_length=200, null=True)
    owner_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    parent = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    parent_name = models.CharField(max_length=200, null=True)
    parent_name_folded = models.CharField(max_length=200, null=True)
    children_count = models.PositiveIntegerField(default=0)
    people_count = models.PositiveIntegerField(default=0)
    roles_covered = models.PositiveSmallIntegerField(default=0)  # of the four that must be covered
    roles_missing = models.CharField(max_length=80, default="")  # |sponsor|doer|
    last_touch_on = models.DateField(null=True)
    last_two_way_on = models.DateField(null=True)
    next_step_on = models.DateField(null=True)
    tags = models.JSONField(default=list)
    sources = models.TextField(default="")  # |crm|staff|
    issues = models.JSONField(default=list)  # data-quality findings, see quality.py
    issue_codes = models.CharField(max_length=200, default="")  # |no_owner|role|
    issue_count = models.PositiveSmallIntegerField(default=0)
    added_on = models.DateField()
    attributes = models.JSONField(default=dict)  # key → current value as shown; slots hold the compared form
    revision = models.PositiveBigIntegerField()
    refreshed_at = models.DateTimeField()

    # Commercial: money in minor units of the installation's currency; null where nothing is known or has no rate.
    arr_minor = models.BigIntegerField(null=True)
    seats = models.BigIntegerField(null=True)
    products = models.TextField(null=True)  # |pro|add-on|, keys of products in force
    commercial_status = models.CharField(max_length=9, null=True)
    customer_since_on = models.DateField(null=True)
    renews_on = models.DateField(null=True)
    notice_on = models.DateField(null=True)
    auto_renews = models.BooleanField(null=True)
    overdue_minor = models.BigIntegerField(null=True)
    overdue_since_on = models.DateField(null=True)  # the oldest due day that passed unpaid
    card_expires_on = models.DateField(null=True)  # the first day the default card is no longer good
    churned_on = models.DateField(null=True)

    # Support: null where no ticket was ever seen.
    tickets_open = models.IntegerField(null=True)
    tickets_ageing = models.IntegerField(null=True)
    tickets_breached = models.IntegerField(null=True)
    tickets_reopened = models.IntegerField(null=True)  # in the last 90 days
    oldest_ticket_on = models.DateField(null=True)  # of those open
    last_ticket_on = models.DateField(null=True)
    csat_share = models.FloatField(null=True)  # of ratings in the last 90 days, those of 4 or 5
    csat_count = models.IntegerField(null=True)

    # Usage: null where it was never seen, or cannot be told from what was sent.
    people_active_7 = models.IntegerField(null=True)
    people_active_28 = models.IntegerField(null=True)
    last_seen_on = models.DateField(null=True)
    usage_days_14 = models.SmallIntegerField(null=True)  # of the last 14 days, those with any use
    weekly_share = models.FloatField(null=True)  # people active in 7 days of seats in force
    licence_share = models.FloatField(null=True)  # people active in 28 days of seats in force
    habit_weeks = models.SmallIntegerField(null=True)  # of the last 12 weeks, those with any use
    depth_share = models.FloatField(null=True)  # core workflows used in 28 days of those there are
    teams_28 = models.IntegerField(null=True)
    stickiness = models.FloatField(null=True)
    usage_trend = models.FloatField(null=True)  # robust z of the last 28 days against the account's own baseline
    events_28 = models.BigIntegerField(null=True)
    activated_on = models.DateField(null=True)
    first_win_on = models.DateField(null=True)

    # Signals: null until they were first computed.
    health = models.FloatField(null=True)  # 0 to 100, of the primary scorecard; null where it is unknown
    health_band = models.CharField(max_length=8, null=True)  # red, amber, green, unknown
    health_coverage = models.FloatField(null=True)
    health_change = models.FloatField(null=True)  # in points, against 7 days before
    health_words = models.TextField(null=True)
    stage = models.CharField(max_length=60, null=True)  # overlays, such as renewal, first
    stage_on = models.DateField(null=True)
    stage_below = models.CharField(max_length=60, null=True)  # whatever overlay lies over it
    stage_below_on = models.DateField(null=True)
    stage_pace = models.CharField(max_length=8, null=True)  # on_track, behind, stuck, paused
    stage_late = models.CharField(max_length=60, null=True)  # which of both is behind or stuck
    stage_late_on = models.DateField(null=True)
    experience = models.CharField(max_length=60, null=True)
    segments = models.TextField(null=True)  # |enterprise|trial|
    risks_open = models.IntegerField(null=True)
    risk_severity = models.SmallIntegerField(null=True)  # of the worst open risk: 1 low, 2 medium, 3 high
    opportunities_open = models.IntegerField(null=True)
    at_risk_minor = models.BigIntegerField(null=True)  # ARR at stake in open risks, each unit of it once

    class Meta:
        indexes = [
            ScannedIndex(fields=SCANNED, name="now_scanned"),
            *(models.Index(fields=[name, "account"], name=f"now_{name}"[:30]) for name in _SORTED),
            *(
                models.Index(
                    fields=[name, "account"], condition=Q(**{f"{name}__isnull": False}), name=f"now_{name}"[:30]
                )
                for name in _PUBLISHED_AND_INDEXED
            ),
            *(
                models.Index(fields=[slot, "account"], condition=Q(**{f"{slot}__isnull": False}), name=f"now_{slot}")
                for slot in SLOTS
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def value_of(self, slot: str) -> Any:
        return getattr(self, slot)


for _slot in TEXT_SLOTS:
    models.CharField(max_length=400, null=True).contribute_to_class(AccountNow, _slot)
for _slot in NUMBER_SLOTS:
    models.FloatField(null=True).contribute_to_class(AccountNow, _slot)
for _slot in DAY_SLOTS:
    models.DateField(null=True).contribute_to_class(AccountNow, _slot)
