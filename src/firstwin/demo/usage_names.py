"""The demo's source of events, the names of its events, and what they mean."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from firstwin.demo.usage_counts import Counts
from firstwin.demo.usage_days import moment_of
from firstwin.demo.usage_words import FEATURES, PLACE_OF, SOURCE_KEY, SOURCE_NAME, Feature
from firstwin.people.models import User
from firstwin.revenue.models import Product
from firstwin.usage.models import FeatureMeaning, Source, SourceKind, WriteKey
from firstwin.usage.store.models import EventName
from firstwin.usage.store.router import EVENTS

_ONCE_CORE, _UNTIL_DAYS_AGO = "Checklist edited", 200
"""A name that was a core workflow until somebody thought better of it."""


def open_source(by: User, at: datetime) -> Source:
    """It adds nobody: the demo's people are those the CRM knows."""
    said = {"name": SOURCE_NAME, "kind": SourceKind.APP, "adds_people": False, "recorded_at": at}
    source, is_new = Source.objects.get_or_create(key=SOURCE_KEY, defaults=said)
    if is_new:
        WriteKey.objects.create(source=source, label="Demo", made_by=by, made_at=at)
    return source


def name_events(at: datetime) -> list[int]:
    """The numbers of the names in the order of FEATURES."""
    with transaction.atomic(using=EVENTS):
        said = {"first_at": at, "last_at": at}
        return [EventName.objects.get_or_create(kind=f.kind, name=f.name, defaults=said)[0].pk for f in FEATURES]


def give_meaning(numbers: Sequence[int], by: User, at: datetime, until: datetime) -> None:
    """What operations said of the names when they set it up. What is said of a name already stays."""
    products = dict(Product.objects.filter(key__in={f.product for f in FEATURES}).values_list("key", "pk"))
    changed_at = until - timedelta(days=_UNTIL_DAYS_AGO)
    with transaction.atomic():
        told = set(FeatureMeaning.objects.filter(feature__in=numbers).values_list("feature", flat=True))
        rows = []
        for feature, number in zip(FEATURES, numbers, strict=True):
            if number in told:
                continue
            meaning = _meaning(feature, number, numbers, products.get(feature.product), by)
            if feature.name == _ONCE_CORE:
                meaning |= {"known_at": changed_at, "recorded_at": changed_at}
                was = meaning | {"known_at": at, "recorded_at": at, "known_until": changed_at, "is_core": True}
                rows.append(FeatureMeaning(**was))
            else:
                meaning |= {"known_at": at, "recorded_at": at}
            rows.append(FeatureMeaning(**meaning))
        FeatureMeaning.objects.bulk_create(rows)


def _meaning(feature: Feature, number: int, numbers: Sequence[int], product: int | None, by: User) -> dict[str, object]:
    return {
        "feature": number, "label": feature.label, "product_id": product, "is_core": feature.is_core,
        "means": feature.means, "is_ignored": feature.is_ignored, "by": by,
        "parent": numbers[PLACE_OF[feature.parent]] if feature.parent else None,
    }  # fmt: skip


def count_names(counts: Counts) -> None:
    """First, last and how many, beside what was counted before. Inside the caller's transaction."""
    names = list(EventName.objects.filter(pk__in=counts.features))
    for name in names:
        span = counts.features[name.pk]
        first_at, last_at = moment_of(span.first), moment_of(span.last)
        name.first_at = min(name.first_at, first_at) if name.events else first_at
        name.last_at = max(name.last_at, last_at) if name.events else last_at
        name.events += span.events
    EventName.objects.bulk_update(names, ["first_at", "last_at", "events"])
