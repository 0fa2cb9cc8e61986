"""Less looking for garbage while very many plain rows pass through."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 100_000


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Python looks through what is alive each time some hundred tuples were made; in bulk that takes a third of all
    time and finds nothing, for rows refer to nobody."""
    usual = gc.get_threshold()
    gc.set_threshold(max(_OBJECTS, usual[0]), *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
