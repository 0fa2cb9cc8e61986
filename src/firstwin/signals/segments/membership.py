"""Which accounts are in which segment."""

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.core.conditions.mask import mask
from firstwin.core.errors import Refused
from firstwin.core.frames import Column
from firstwin.signals.frame.frame import Frame
from firstwin.signals.segments.layers import FIELD, layers, segment_of, spoken_of

logger = logging.getLogger(__name__)

Mask = npt.NDArray[np.bool_]
Masks = dict[str, Mask]


def masks(
    frame: Frame,
    segments: Mapping[str, Any],
    known: Mapping[str, Mask] | None = None,
    *,
    problems: dict[str, str] | None = None,
) -> Masks:
    """For each of `segments` (by key: parsed, or its `Definition`), which accounts of the frame are in it.

    known: segments worked out before, which these may speak of.  Afterwards the frame's field `segments` holds both.
    problems: takes, by key, what is wrong with a segment that cannot be asked (a field of it is gone); it is left out
    of the answer, and without `problems` it raises Refused.
    """
    so_far: Masks = dict(known or {})
    found: Masks = {}
    order = layers(segments, frame.vocabulary)
    for key in (*order.before, *order.after):
        where = segment_of(segments[key]).where
        if spoken_of(where):
            frame.set_columns({FIELD: segments_column(so_far, len(frame))})
        try:
            found[key] = so_far[key] = mask(where, frame)
        except Refused as refused:
            if problems is None:
                raise
            logger.warning("The segment %s cannot be asked: %s", key, refused.message)
            problems[key] = refused.message
    frame.set_columns({FIELD: segments_column(so_far, len(frame))})
    return found


def segments_column(held: Mapping[str, Mask], n: int) -> Column:
    """The masks as the field `segments`: for each account the set of keys. Equal sets are one object."""
    values = np.empty(n, dtype=object)
    known = np.ones(n, dtype=np.bool_)
    if not held or not n:
        values[:] = [frozenset[str]()] * n
        return Column(values, known)
    keys = list(held)
    packed = np.packbits(np.stack([held[key] for key in keys], axis=1), axis=1)
    rows = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, which = np.unique(rows, return_index=True, return_inverse=True)
    sets = np.empty(len(first), dtype=object)
    sets[:] = [frozenset(key for key in keys if held[key][place]) for place in first]
    values[:] = sets[which]
    return Column(values, known)
