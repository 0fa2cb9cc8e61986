"""Saved views that everybody in the demo company shares, beside those the product brings."""

from typing import Any

from firstwin.accounts.models import SavedView

_COLUMNS = ["name", "owner", "tier", "industry", "last_two_way", "next_step", "roles_missing"]

VIEWS: tuple[dict[str, Any], ...] = (
    {"key": "strategic", "name": "Strategic", "sort": "name",
     "condition": {"all": [{"field": "tier", "op": "eq", "value": "strategic"}]},
     "columns": ["name", "owner", "annual_revenue", "employees", "last_two_way", "next_step", "roles_covered"]},
    {"key": "no-sponsor", "name": "No sponsor", "sort": "-annual_revenue",
     "condition": {"all": [{"field": "roles_missing", "op": "has", "value": "sponsor"}]},
     "columns": ["name", "owner", "tier", "roles_missing", "people", "last_two_way", "annual_revenue"]},
    {"key": "turning-sour", "name": "Turning sour", "sort": "-last_two_way",
     "condition": {"all": [{"count": "touches", "op": "ge", "n": 2, "within_days": 120,
                            "where": {"field": "sentiment", "op": "eq", "value": "negative"}}]}},
    {"key": "groups", "name": "Groups", "sort": "-children",
     "condition": {"all": [{"field": "children", "op": "ge", "value": 1}]},
     "columns": ["name", "children", "owner", "tier", "country", "employees"]},
    {"key": "new-customers", "name": "New this quarter", "sort": "-customer_since",
     "condition": {"all": [{"field": "customer_since", "op": "in_last", "value": 90}]},
     "columns": ["name", "owner", "tier", "customer_since", "arr", "roles_covered", "last_two_way", "next_step"]},
    {"key": "renewing", "name": "Renewing in 90 days", "sort": "renews",
     "condition": {"all": [{"field": "renews", "op": "in_next", "value": 90}]},
     "columns": ["name", "owner", "renews", "notice", "arr", "seats", "auto_renews", "tickets_open", "last_two_way"]},
    {"key": "money-owed", "name": "Money owed", "sort": "-overdue",
     "condition": {"all": [{"field": "overdue", "op": "gt", "value": 0}]},
     "columns": ["name", "owner", "overdue", "overdue_days", "arr", "card_expires", "last_two_way"]},
    {"key": "help-needed", "name": "Late tickets", "sort": "-tickets_breached",
     "condition": {"all": [{"field": "tickets_breached", "op": "gt", "value": 0}]},
     "columns": ["name", "owner", "tickets_open", "tickets_breached", "oldest_ticket", "csat", "arr", "renews"]},
)  # fmt: skip


def share_views() -> None:
    """Make the shared views; one that somebody made under the same key stays as it is."""
    for position, view in enumerate(VIEWS, start=1):
        defaults = {"is_shared": True, "columns": _COLUMNS, "position": position * 10, **view}
        SavedView.objects.get_or_create(key=view["key"], defaults=defaults)
