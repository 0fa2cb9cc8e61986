"""Core workflows of an account: those it used in 28 days, and those that are missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from firstwin.usage.catalogue import meanings
from firstwin.usage.metrics.reading import Heat, Usage
from firstwin.usage.store.models import EventName


@dataclass(frozen=True)
class Workflow:
    """events: in 28 days."""

    feature: int
    label: str
    product_id: int | None
    events: int


@dataclass(frozen=True)
class Depth:
    used: tuple[Workflow, ...] = ()
    missing: tuple[Workflow, ...] = ()


def depth_of(usage: Usage, heat: Heat, *, known_by: datetime | None) -> Depth:
    """Of the products in force, and of none; of all where nothing is in force. 28 days: four weeks of the heat map."""
    core = {feature: one for feature, one in meanings(known_by).items() if one.is_core and not one.is_ignored}
    bought = {one.product_id for one in usage.products if one.in_force and one.product_id is not None}
    if bought:
        core = {feature: one for feature, one in core.items() if one.product_id is None or one.product_id in bought}
    counts = {row.feature: sum(row.counts[-4:]) for row in heat.rows}
    unnamed = [feature for feature, one in core.items() if not one.label]
    names = _names(unnamed)
    flows = [
        Workflow(feature, one.label or names.get(feature, ""), one.product_id, counts.get(feature, 0))
        for feature, one in core.items()
    ]
    flows.sort(key=lambda flow: (-flow.events, flow.label))
    return Depth(tuple(flow for flow in flows if flow.events), tuple(flow for flow in flows if not flow.events))


def _names(features: list[int]) -> Mapping[int, str]:
    if not features:
        return {}
    return dict(EventName.objects.filter(pk__in=features).values_list("pk", "name"))
