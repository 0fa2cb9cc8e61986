"""Attributes a new installation starts with. Operations may rename, archive or add to them."""

from typing import Any

from django.conf import settings

from firstwin.accounts.models.kinds import AttributeKind, RollUp

TIERS = (("strategic", "Strategic"), ("growth", "Growth"), ("core", "Core"))

DEFAULTS: tuple[dict[str, Any], ...] = (
    {"key": "industry", "label": "Industry", "kind": AttributeKind.TEXT, "is_expected": True, "slot": "text_01"},
    {"key": "country", "label": "Country", "kind": AttributeKind.TEXT, "is_expected": True, "slot": "text_02"},
    {"key": "tier", "label": "Tier", "kind": AttributeKind.CHOICE, "choices": [list(t) for t in TIERS],
     "slot": "text_03", "help": "How much attention the account gets by default."},
    {"key": "employees", "label": "Employees", "kind": AttributeKind.NUMBER, "roll_up": RollUp.SUM,
     "slot": "number_01"},
    {"key": "annual_revenue", "label": "Annual revenue", "kind": AttributeKind.MONEY, "roll_up": RollUp.SUM,
     "slot": "number_02", "help": "What the customer itself turns over in a year."},
    {"key": "customer_since", "label": "Customer since", "kind": AttributeKind.DATE, "roll_up": RollUp.LOWEST,
     "slot": "day_01"},
    {"key": "website", "label": "Website", "kind": AttributeKind.TEXT, "slot": "text_04"},
    {"key": "city", "label": "City", "kind": AttributeKind.TEXT, "slot": "text_05"},
    {"key": "phone", "label": "Phone", "kind": AttributeKind.TEXT, "slot": "text_06"},
)  # fmt: skip


def add_defaults(attribute: Any) -> None:
    """Add those that are missing. `attribute` is the model, as a migration or the app knows it."""
    for position, values in enumerate(DEFAULTS, start=1):
        own = {"unit": settings.FIRSTWIN_CURRENCY} if values["kind"] == AttributeKind.MONEY else {}
        attribute.objects.get_or_create(key=values["key"], defaults={**values, **own, "position": position * 10})
