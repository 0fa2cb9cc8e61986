"""Who entered and who left: a fold of one day over the stays that are open."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Stay = tuple[int, str]
"""Account id and key of a segment."""


@dataclass(frozen=True)
class Turnover:
    """What changed against the stays that were open, in the order of segments and accounts."""

    entered: tuple[Stay, ...]
    left: tuple[Stay, ...]


def stays(
    open_stays: Iterable[Stay],
    accounts: npt.NDArray[Any],
    masks: Mapping[str, Mask],
    *,
    unasked: Collection[str] = (),
) -> Turnover:
    """Compare the open stays of `accounts` with what holds now, by `masks` in the order of `accounts`.

    Stays of other accounts stand; a segment that is gone is left by everybody. unasked: segments that could not be
    asked, so that nobody enters or leaves them.
    """
    places = {int(pk): place for place, pk in enumerate(accounts)}
    was = {stay for stay in open_stays if stay[0] in places and stay[1] not in unasked}
    entered: list[Stay] = []
    for key in sorted(masks):
        if key not in unasked:
            entered += [(int(pk), key) for pk in accounts[masks[key]] if (int(pk), key) not in was]
    left = [(pk, key) for pk, key in was if key not in masks or not masks[key][places[pk]]]
    return Turnover(tuple(entered), tuple(sorted(left, key=lambda stay: (stay[1], stay[0]))))
