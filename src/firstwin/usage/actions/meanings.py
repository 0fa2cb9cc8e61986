"""Say what event names mean. Nothing is overwritten: a change lets the row that stood stand down and adds another."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from firstwin.core.errors import NotFound, Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.text import is_clean
from firstwin.people.audit import Deed, record_many
from firstwin.people.models import User
from firstwin.people.undo import undoable
from firstwin.revenue.models import Product
from firstwin.usage.catalogue import PLAIN, Meaning, meanings
from firstwin.usage.lake.touch import everybody
from firstwin.usage.models import FeatureMeaning, Means
from firstwin.usage.rules import Actor, require_set_up
from firstwin.usage.store.models import EventName

_BATCH = 500
DEEPEST = 8
"""Levels in the hierarchy of features."""


def mean_feature(*, by: Actor, features: Collection[int], now: datetime, **changes: Any) -> dict[int, dict[str, Any]]:
    """Say what these event names (by number) mean.

    changes: any of label, product (a Product, its number or None), parent (number of an event name or None), is_core,
    means (`activation`, `first_win` or ''), is_ignored. What is left out stays as it is. Returns what each changed one
    meant before, by number: with it the change is taken back ("usage.meaning", payload {"before": …}). Raises
    NotAllowed, NotFound for an unknown name, Refused.
    """
    said = _checked(changes)
    return _store(by, features, lambda feature, meaning: replace(meaning, **said), now)


def mean_each(*, by: Actor, told: Mapping[int, Mapping[str, Any]], now: datetime) -> dict[int, dict[str, Any]]:
    """As `mean_feature`, with changes of its own for each event name: for imports and set-up."""
    said = {feature: _checked(changes) for feature, changes in told.items()}
    return _store(by, said, lambda feature, meaning: replace(meaning, **said[feature]), now)


@undoable("usage.meaning")
def unmean(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"before": what `mean_feature` returned}. What somebody changed since is what they said: it stays."""
    before = {int(feature): Meaning(**held["was"]) for feature, held in payload["before"].items()}
    became = {int(feature): Meaning(**held["became"]) for feature, held in payload["before"].items()}
    standing = meanings()
    mine = [feature for feature in before if standing.get(feature, PLAIN) == became[feature]]
    if not mine:
        raise Refused("Somebody changed them since.")
    _store(by, mine, lambda feature, meaning: before[feature], now)


def _store(
    by: Actor,
    features: Collection[int],
    becomes: Callable[[int, Meaning], Meaning],
    now: datetime,
) -> dict[int, dict[str, Any]]:
    require_set_up(by)
    _refuse_unknown(features)
    with transaction.atomic():
        list(FeatureMeaning.objects.standing().filter(feature__in=features).select_for_update().values_list("pk"))
        held = dict(meanings())
        before = {feature: held.get(feature, PLAIN) for feature in sorted(set(features))}
        after = {feature: becomes(feature, meaning) for feature, meaning in before.items()}
        changed = {feature: meaning for feature, meaning in after.items() if meaning != before[feature]}
        _refuse_unknown({meaning.parent for meaning in changed.values() if meaning.parent is not None})
        _refuse_loops(held | changed, changed)
        _write(changed, by, now)
        failpoint("meanings.stored")
    if changed:
        everybody(now)  # figures in lists follow; killed before this, they do with the next round of the night
    return {feature: {"was": asdict(before[feature]), "became": asdict(changed[feature])} for feature in changed}


def _write(changed: Mapping[int, Meaning], by: Actor, now: datetime) -> None:
    FeatureMeaning.objects.standing().filter(feature__in=list(changed)).supersede(now)
    rows = [
        FeatureMeaning(feature=feature, by=by, known_at=now, recorded_at=now, **asdict(meaning))
        for feature, meaning in changed.items()
    ]
    FeatureMeaning.objects.bulk_create(rows, batch_size=_BATCH)
    kind = FeatureMeaning._meta.label_lower
    record_many(
        [Deed("usage.meant", kind, str(feature), after=asdict(meaning)) for feature, meaning in changed.items()],
        by=by,
        now=now,
    )


def _checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes as fields of Meaning."""
    said = dict(changes)
    if "product" in said:
        product = said.pop("product")
        said["product_id"] = product.pk if isinstance(product, Product) else product
    if unknown := said.keys() - asdict(PLAIN).keys():
        raise TypeError(f"an event name has no {', '.join(sorted(unknown))}")
    if "label" in said:
        said["label"] = " ".join(str(said["label"]).split())
        if len(said["label"]) > 120 or not is_clean(said["label"]):
            raise Refused("A label has at most 120 characters.", field="label")
    if said.get("means", "") not in ("", *Means.values):
        raise Refused("An event means activation, the first win, or neither.", field="means")
    if said.get("product_id") is not None and not Product.objects.filter(pk=said["product_id"]).exists():
        raise Refused("There is no such product.", field="product")
    return said


def _refuse_unknown(features: Iterable[int]) -> None:
    wanted = set(features)
    known = EventName.objects.filter(pk__in=wanted).values_list("pk", flat=True)
    if missing := wanted - set(known):
        raise NotFound(f"There is no event name {min(missing)}.")


def _refuse_loops(after: Mapping[int, Meaning], changed: Iterable[int]) -> None:
    for feature in changed:
        above, seen = after[feature].parent, [feature]
        while above is not None:
            if above in seen:
                raise Refused("An event cannot belong under itself.", field="parent")
            seen.append(above)
            if len(seen) > DEEPEST:
                raise Refused(f"Events go at most {DEEPEST} levels deep.", field="parent")
            above = after.get(above, PLAIN).parent
