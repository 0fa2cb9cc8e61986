"""What keeps the lake in order while events come in."""

import logging
from datetime import datetime, timedelta

from firstwin.usage.lake import fold, merge
from firstwin.usage.lake.files import Damaged
from firstwin.usage.lake.lease import Busy

logger = logging.getLogger(__name__)

PAUSE = timedelta(minutes=1)
"""How long to leave a lake alone whose files are damaged, or whose disk is full."""

_not_before: datetime | None = None


def tend(now: datetime) -> bool:
    """Fold or merge when that is due, one of them at a time. Whether something was done, and so more may be due.

    It never raises for what it finds on the disk: storing events must go on.
    """
    global _not_before
    if _not_before is not None and now < _not_before:
        return False
    try:
        return fold.fold(now) if fold.is_due(now) else merge.merge(now)
    except Busy:
        return False
    except (Damaged, OSError) as problem:
        _not_before = now + PAUSE
        logger.error("The lake could not be put in order: %s", problem)
        return False
