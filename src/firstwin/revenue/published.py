"""The commercial columns of the list rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from firstwin.accounts.published import ISSUES, Family, register_family
from firstwin.accounts.quality import register_kinds
from firstwin.core.clock import day_of
from firstwin.revenue.models import CommercialStatus
from firstwin.revenue.standing import Standing, standing_of

FAMILY = "revenue"
COLUMNS = (
    "arr_minor", "seats", "products", "commercial_status", "customer_since_on", "renews_on", "notice_on",
    "auto_renews", "overdue_minor", "overdue_since_on", "card_expires_on", "churned_on",
)  # fmt: skip


def commercial_columns(account_ids: Sequence[int], now: datetime) -> Mapping[int, Mapping[str, Any]]:
    """Account id → column → value, as of `now`."""
    found = standing_of(account_ids, day_of(now), now=now)
    return {pk: columns_of(one) | {ISSUES: findings_of(one)} for pk, one in found.items()}


def columns_of(one: Standing) -> dict[str, Any]:
    renewal = one.renewal
    return {
        "arr_minor": one.arr_minor,
        "seats": one.seats,
        "products": f"|{'|'.join(one.products)}|" if one.products else None,
        "commercial_status": str(one.status) if one.status is not None else None,
        "customer_since_on": one.customer_since_on,
        "renews_on": renewal.on if renewal else None,
        "notice_on": renewal.notice_on if renewal else None,
        "auto_renews": renewal.auto_renews if renewal else None,
        "overdue_minor": one.overdue_minor,
        "overdue_since_on": one.overdue_since_on,
        "card_expires_on": one.card_expires_on,
        "churned_on": one.churned_on,
    }


def findings_of(one: Standing) -> list[dict[str, Any]]:
    """What is odd in the commercial record."""
    found: list[dict[str, Any]] = [
        {"code": "no_rate", "currency": currency, "says": f"No rate for {currency}, so its money is not summed",
         "remedy": f"Import rates for {currency}"}
        for currency in one.without_rate
    ]  # fmt: skip
    found += [
        {"code": "lines_overlap", "product": product, "says": f"More than one line of {product} at once",
         "remedy": "Check whether both are meant to run"}
        for product in one.overlaps
    ]  # fmt: skip
    if one.status == CommercialStatus.CUSTOMER and one.renewal is None:
        found.append({"code": "no_renewal", "says": "No renewal date", "remedy": "Import when it renews or ends"})
    return found


def register_all() -> None:
    """Called once, when the app is ready."""
    register_kinds(
        ("no_rate", "A currency has no rate"),
        ("lines_overlap", "Lines overlap"),
        ("no_renewal", "No renewal date"),
    )
    register_family(Family(FAMILY, COLUMNS, commercial_columns))
