"""How often a property is tried: a few times in `make test`, many times in `make soak`."""

import os

import pytest

MANY = "FIRSTWIN_MANY_EXAMPLES"

thorough = pytest.mark.thorough
"""Marks a test that draws its examples by `few`, so that `make soak` runs it too."""


def few(examples: int, *, many: int) -> int:
    return many if os.environ.get(MANY) else examples
