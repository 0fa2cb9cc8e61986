"""Which accounts are in which segments on the days that are folded again, by what is known now.

Segments go by facts of now and by the stages folded from them; health and findings are read as they were published,
which no late fact changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from firstwin.signals.frame.frame import Frame, Ints
from firstwin.signals.refresh import columns
from firstwin.signals.refresh.definitions import Definitions
from firstwin.signals.segments.layers import layers
from firstwin.signals.segments.membership import masks
from firstwin.signals.stages.pace import paces
from firstwin.signals.stages.pauses import pauses
from firstwin.signals.stages.standing import Standings

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Looked:
    """A day.  goes: the accounts whose day it is.  held: by segment; those that could not be asked are in `unasked`."""

    day: int
    goes: Mask
    held: Mapping[str, Mask]
    versions: Mapping[str, int]
    unasked: frozenset[str]


@dataclass
class Presence:
    """Over these accounts, day by day."""

    accounts: Ints
    looked: list[Looked] = field(default_factory=list)

    def segments(self) -> set[str]:
        """All that held anybody."""
        return {key for one in self.looked for key, mask in one.held.items() if (mask & one.goes).any()}

    def of(self, segment: str) -> tuple[Ints, Mask, Mask]:
        """The days on which it could be asked; for each of them and each account whether its day it is, and whether
        it is in."""
        asked = [one for one in self.looked if segment not in one.unasked]
        nobody = np.zeros(len(self.accounts), np.bool_)
        days = np.array([one.day for one in asked], np.int64)
        goes = np.array([one.goes for one in asked], np.bool_).reshape(len(asked), len(nobody))
        held = np.array([one.held.get(segment, nobody) for one in asked], np.bool_).reshape(goes.shape)
        return days, goes, held

    def version(self, segment: str, day: int) -> int:
        """Of its definition on a day that was looked at."""
        return next(one.versions[segment] for one in self.looked if one.day == day)

    def take(
        self,
        frame: Frame,
        definitions: Definitions,
        held: Mapping[str, Mask],
        standings: Standings,
        goes: Mask,
        problems: dict[str, str],
    ) -> None:
        """One more day. held: the segments that read no signal."""
        order = layers(definitions.segments, frame.vocabulary)
        found = dict(held)
        if order.after:
            how = paces(frame, definitions.pipelines, standings, pauses(frame.accounts.tolist(), frame.at), held)
            frame.set_columns(columns.stages(standings, how))
            late = {key: definitions.segments[key] for key in order.after}
            found |= masks(frame, late, held, problems=problems)
        versions = {key: one.number for key, one in definitions.segments.items()}
        day = int(np.datetime64(frame.at.on, "D").astype(np.int64))
        self.looked.append(Looked(day, goes, found, versions, frozenset(problems)))
