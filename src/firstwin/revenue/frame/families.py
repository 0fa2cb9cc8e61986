"""The revenue room's part of the frame."""

from collections.abc import Sequence
from typing import Any

from firstwin.core.frames import At, Column, Columns, ComputedFamily, register_frame
from firstwin.revenue.standing import standing_of

ROOM = "revenue"
COLUMNS = (
    "arr_minor", "seats", "products", "commercial_status", "customer_since_on", "renews_on", "notice_on",
    "auto_renews", "overdue_minor", "overdue_since_on", "card_expires_on", "churned_on",
)  # fmt: skip


def commercial(ids: Any, ats: Sequence[At]) -> list[Columns]:
    from firstwin.revenue.published import columns_of

    found: list[Columns] = []
    for at in ats:
        told = standing_of(ids.tolist(), at.on, now=at.moment, known_by=at.known_by)
        rows = {pk: columns_of(one) for pk, one in told.items()}
        found.append({name: _column(name, [rows.get(pk, {}).get(name) for pk in ids.tolist()]) for name in COLUMNS})
    return found


def _column(name: str, values: list[Any]) -> Column:
    import numpy as np

    known = np.array([value is not None for value in values], np.bool_)
    if name == "products":
        told = np.empty(len(values), object)
        told[:] = [frozenset((value or "").split("|")) - {""} for value in values]
        return Column(told, np.ones(len(values), np.bool_))
    if name == "commercial_status":
        return Column(np.array([value or "" for value in values], object), known)
    if name.endswith("_on"):
        days = [value.toordinal() - 719_163 if value is not None else 0 for value in values]
        return Column(np.array(days, np.int64), known)
    dtype = np.bool_ if name == "auto_renews" else np.int64
    return Column(np.array([value or 0 for value in values], dtype), known)


def register_all() -> None:
    """Called once, when the app is ready."""
    register_frame(ComputedFamily("commercial", ROOM, COLUMNS, commercial))
