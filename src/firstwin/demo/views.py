"""Saved views that everybody in the demo company shares."""

from typing import Any

from firstwin.accounts.models import SavedView

_COLUMNS = ["name", "owner", "tier", "industry", "last_two_way", "next_step", "roles_missing"]

VIEWS: tuple[dict[str, Any], ...] = (
    {"key": "silent", "name": "Silent for 30 days", "sort": "-last_two_way",
     "condition": {"all": [{"field": "last_two_way", "op": "ge", "value": 30}]}},
    {"key": "strategic", "name": "Strategic accounts", "sort": "name",
     "condition": {"all": [{"field": "tier", "op": "eq", "value": "strategic"}]},
     "columns": ["name", "owner", "annual_revenue", "employees", "last_two_way", "next_step", "roles_covered"]},
    {"key": "no-sponsor", "name": "No sponsor", "sort": "-annual_revenue",
     "condition": {"all": [{"field": "roles_missing", "op": "has", "value": "sponsor"}]},
     "columns": ["name", "owner", "tier", "roles_missing", "people", "last_two_way", "annual_revenue"]},
    {"key": "nobodys", "name": "Without an owner", "sort": "name",
     "condition": {"all": [{"field": "owner", "op": "not_set"}]}},
    {"key": "groups", "name": "Groups", "sort": "-children",
     "condition": {"all": [{"field": "children", "op": "ge", "value": 1}]},
     "columns": ["name", "children", "owner", "tier", "country", "employees"]},
    {"key": "to-mend", "name": "Data to mend", "sort": "-issues",
     "condition": {"all": [{"field": "issues", "op": "ge", "value": 1}]},
     "columns": ["name", "owner", "issues", "issue_kinds", "sources", "roles_missing"]},
    {"key": "new-customers", "name": "Customers since this quarter", "sort": "-customer_since",
     "condition": {"all": [{"field": "customer_since", "op": "in_last", "value": 90}]},
     "columns": ["name", "owner", "tier", "customer_since", "roles_covered", "last_two_way", "next_step"]},
)  # fmt: skip


def share_views() -> None:
    """Make the shared views; one that somebody made under the same key stays as it is."""
    for position, view in enumerate(VIEWS, start=1):
        defaults = {"is_shared": True, "columns": _COLUMNS, "position": position * 10, **view}
        SavedView.objects.get_or_create(key=view["key"], defaults=defaults)
