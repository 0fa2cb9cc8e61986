"""The frame of one account."""

from collections.abc import Iterator
from contextlib import contextmanager

from firstwin.core.frames import At
from firstwin.signals.frame.frame import Frame
from firstwin.signals.frame.sitting import sitting


@contextmanager
def frame_of(account_id: int, at: At) -> Iterator[Frame]:
    """Of one account; columns can be asked for within."""
    with sitting([account_id]) as here:
        yield here.frame(at)
