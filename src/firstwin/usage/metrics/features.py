"""Features by week, each against its own usual week of the same account."""

from datetime import date, datetime, timedelta

import numpy as np

from firstwin.accounts.bulk import among
from firstwin.usage.catalogue import PLAIN, Meaning, meanings
from firstwin.usage.metrics.columns import Ints
from firstwin.usage.metrics.opening import opened
from firstwin.usage.metrics.reading import Heat, HeatRow
from firstwin.usage.metrics.whose import whose
from firstwin.usage.store.models import EventName

FEWEST = 3
"""Weeks of which a usual one is told."""

HALF, LESS, MORE, DOUBLE = 0.5, 0.8, 1.25, 2.0
"""A week against the usual one: up to half, under four fifths, over five quarters, from double on."""


def heat(account_id: int, on: date, weeks: int = 26, *, known_by: datetime | None = None) -> Heat:
    """Events of each feature in spans of 7 days, whose last ends with `on`. Features without any are left out."""
    with opened(whose([account_id]), on, known_by=known_by, tables=("actor_blocks", "feature_days")) as lake:
        asked = lake.ask("feature_days", first=lake.day - 7 * weeks + 1, last=lake.day)
        mine = lake.whose.of_places(asked["place"]) >= 0
        features, places = np.unique(asked["feature"][mine], return_inverse=True)
        counts = np.zeros((len(features), weeks), np.int64)
        week = weeks - 1 - (lake.day - asked["day"][mine]) // 7
        np.add.at(counts, (places, week), asked["count"][mine])
    said = meanings(known_by)
    names = dict(among(EventName.objects.order_by(), "id", features.tolist()).values_list("pk", "name"))
    rows = [
        _row(feature, names.get(feature, str(feature)), said.get(feature, PLAIN), counts[place])
        for place, feature in enumerate(features.tolist())
        if counts[place].any()
    ]
    rows.sort(key=lambda row: (-sum(row.counts), row.feature))
    starts = tuple(on - timedelta(days=7 * (weeks - place) - 1) for place in range(weeks))
    return Heat(on, starts, tuple(rows))


def _row(feature: int, name: str, said: Meaning, counts: Ints) -> HeatRow:
    first = int(np.argmax(counts > 0))
    before = counts[first:-1]
    usual = float(np.median(before)) if len(before) >= FEWEST else None
    return HeatRow(
        feature=feature,
        key=name,
        label=said.label or name,
        product_id=said.product_id,
        parent=said.parent,
        is_core=said.is_core,
        counts=tuple(counts.tolist()),
        usual=usual,
        shades=tuple(_shade(count, usual) for count in counts.tolist()),
    )


def _shade(count: int, usual: float | None) -> int | None:
    if not count or not usual:
        return None
    ratio = count / usual
    if ratio <= HALF:
        return -2
    if ratio < LESS:
        return -1
    return 0 if ratio <= MORE else 1 if ratio < DOUBLE else 2
