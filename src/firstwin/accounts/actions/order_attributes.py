"""The order in which attributes stand on the page and in lists."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from firstwin.accounts import rules
from firstwin.accounts.models import Attribute
from firstwin.accounts.rules import Actor
from firstwin.people.audit import record


def move_attribute(*, by: Actor, attribute: Attribute, up: bool, now: datetime) -> bool:
    """Move one place up or down among the attributes in use. False when it stands at that end already."""
    rules.require_configure(by)
    with transaction.atomic():
        order: Sequence[Attribute] = list(Attribute.objects.filter(is_archived=False).order_by("position", "pk"))
        keys = [one.pk for one in order]
        if attribute.pk not in keys:
            return False
        at = keys.index(attribute.pk)
        to = at - 1 if up else at + 1
        if not 0 <= to < len(keys):
            return False
        keys[at], keys[to] = keys[to], keys[at]
        places = {pk: (place + 1) * 10 for place, pk in enumerate(keys)}
        for one in order:
            one.position = places[one.pk]
        Attribute.objects.bulk_update(order, ["position"])
        record(by=by, did="attribute.moved", on=attribute, now=now, after={"place": to + 1})
    return True
