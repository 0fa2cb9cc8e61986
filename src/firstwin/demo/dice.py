"""Seeded chance. Each account and each aspect of it throws dice of its own, so that one aspect can change (or a later
part add another) without moving the rest."""

import uuid
from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import TypeVar

T = TypeVar("T")


def dice_for(*of: object) -> Random:
    """Dice that fall the same way for the same words on every machine."""
    words = "/".join(map(str, of)).encode()
    return Random(int.from_bytes(blake2b(words, digest_size=8).digest(), "big"))  # noqa: S311


def pick(dice: Random, options: Sequence[T]) -> T:
    """One of `options`. Quicker than `Random.choice`, and stable across versions of Python."""
    return options[int(dice.random() * len(options))]


def new_uuid(dice: Random) -> uuid.UUID:
    return uuid.UUID(int=dice.getrandbits(128), version=4)
