"""Which accounts are scored at all: one that churned keeps its last reading until it is a customer again."""

import numpy as np
import numpy.typing as npt

from firstwin.core.conditions.mask import FrameLike

STATUS, CHURNED = "commercial_status", "churned"


def goes_on(frame: FrameLike) -> npt.NDArray[np.bool_]:
    """False where no new reading is published; the last one stands, shown as of a churned account."""
    if STATUS not in frame.vocabulary.fields:
        return np.ones(len(frame), np.bool_)
    column = frame.column(STATUS)
    return np.asarray(~(column.known & (column.values == CHURNED)), np.bool_)
