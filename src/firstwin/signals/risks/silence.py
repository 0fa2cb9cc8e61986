"""Silence: no two-way contact for longer than the account's experience allows."""

from collections.abc import Mapping

import numpy as np

from firstwin.core.frames import Column
from firstwin.people.config.store import Definition
from firstwin.signals.evidence import number_of
from firstwin.signals.frame.frame import Frame
from firstwin.signals.stages.standing import Words

KEY = "silent"
USUAL_DAYS = 30
"""Where no experience serves an account."""


def silent(frame: Frame, experiences: Mapping[str, Definition], which: Words) -> dict[str, Column]:
    """The field as a column, to be set once experiences are known.  which: key of each account's experience."""
    heard, paying = frame.column("last_two_way"), frame.column("paying_since")
    allowed = np.full(len(frame), USUAL_DAYS, np.int64)
    for key, definition in experiences.items():
        allowed[which == key] = definition.parsed.silent_days
    since = np.where(heard.known, heard.values, paying.values)
    return {KEY: Column(number_of(frame.at.on) - since > allowed, heard.known | paying.known)}
