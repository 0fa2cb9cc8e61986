"""By which experience each account is served."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.signals.kinds.experience import Experience

Mask = npt.NDArray[np.bool_]


def experience_of(masks: Mapping[str, Mask], experiences: Mapping[str, Any], n: int) -> npt.NDArray[np.object_]:
    """Keys of experiences for `n` accounts, "" where none serves; a segment that is not in `masks` holds nobody.

    experiences: by key, parsed or as their `Definition`.
    """
    served = np.full(n, "", dtype=object)
    free = np.ones(n, dtype=np.bool_)
    for experience in in_order(experiences):
        if experience.segment and experience.segment not in masks:
            continue
        takes = free & masks[experience.segment] if experience.segment else free
        served[takes] = experience.key
        free = free & ~takes
    return served


def in_order(experiences: Mapping[str, Any]) -> list[Experience]:
    """As they are asked: by priority, the one for everybody else last."""
    read: Iterable[Experience] = (one if isinstance(one, Experience) else one.parsed for one in experiences.values())
    return sorted(read, key=lambda one: (not one.segment, one.priority, one.key))
