"""The definitions that ship with the product: written as version 1 where an installation has none of that key."""

from typing import Any

from firstwin.core import clock
from firstwin.people.config.kinds import kinds
from firstwin.people.config.store import text_of
from firstwin.people.models import ConfigVersion
from firstwin.people.models.config import SHIPPED


def seed(**_: Any) -> None:
    """Called after migrations; adds only what was never there."""
    have = set(ConfigVersion.objects.values_list("kind", "key"))
    now = clock.now()
    ConfigVersion.objects.bulk_create(
        ConfigVersion(kind=kind.key, key=key, number=1, text=text_of(body), at=now, note=SHIPPED)
        for kind in kinds()
        for key, body in kind.shipped().items()
        if (kind.key, key) not in have
    )
