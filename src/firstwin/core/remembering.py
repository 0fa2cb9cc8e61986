"""What is looked up again and again while one thing is computed, and cannot change meanwhile: asked once."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Answer = TypeVar("Answer")

_held: ContextVar[dict[Hashable, Any] | None] = ContextVar("held", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Within, what `remembered` asked once is known. Nothing of it outlasts this, nor comes from outside."""
    token = _held.set({})
    try:
        yield
    finally:
        _held.reset(token)


def remembered(key: Hashable, ask: Callable[[], Answer]) -> Answer:
    """key: what is asked, with all it depends on. Nobody may change the answer."""
    held = _held.get()
    if held is None:
        return ask()
    if key not in held:
        held[key] = ask()
    found: Answer = held[key]
    return found
