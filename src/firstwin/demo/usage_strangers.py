"""What nobody placed, and what was turned down: every real installation has some. For the debugger to show."""

import json
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

import numpy as np

from firstwin.demo.dice import dice_for
from firstwin.demo.usage_days import Days, moment_of
from firstwin.demo.usage_events import Seat, Use
from firstwin.demo.usage_words import FEATURES, PLAN, PLANNER, TEAMS
from firstwin.usage.store.models import Rejected

STRANGERS = (
    ("harlow-dental", "Harlow Dental Group", "harlowdental.example", 24, 5, False),
    ("juniper-asia", "Juniper Textiles Asia", "juniper-asia.example", 61, 9, False),
    ("fernhill-sandbox", "Fernhill sandbox", "fernhill.example", 300, 4, True),
)
"""(key, name, domain, days ago it began, people, whether it is ignored)"""

_PLAIN = tuple(place for place, feature in enumerate(FEATURES) if feature.product == PLAN)[:6]

_TURNED_DOWN: Sequence[tuple[int, str, str, str, dict[str, Any]]] = (
    (130, "junk_id", "The user id is “undefined”: a bug in a client says so, no person is called that.", "track",
     {"type": "track", "event": "Work order created", "userId": "undefined", "properties": {"id": "WO-31842"}}),
    (190, "junk_id", "The user id is “null”: a bug in a client says so, no person is called that.", "track",
     {"type": "track", "event": "Job started", "userId": "null"}),
    (410, "bad_time", "The time “31/02/2026 10:00” is no moment.", "track",
     {"type": "track", "event": "Schedule published", "userId": "usr_000190004", "timestamp": "31/02/2026 10:00"}),
    (1_700, "junk_id", "The group id is “0”: a bug in a client says so, no customer is called that.", "group",
     {"type": "group", "userId": "usr_000210002", "groupId": "0", "traits": {"name": "Fernhill"}}),
)  # fmt: skip
"""(minutes before the end, code, sentence, call, element)"""


def stranger_use(seed: str, key: str, began: int, people: int, days: Days) -> Use:
    """A handful of people a few times a week, on working days."""
    dice = dice_for(seed, key, "events")
    seats = [Seat(PLANNER, 0.3, TEAMS[0], "", None, max(0, len(days) - began)) for _ in range(people)]
    rows = [
        (rank, _PLAIN[int(dice.random() * len(_PLAIN))], place, _moment(dice, place, days))
        for place in range(max(0, len(days) - began), len(days))
        for rank in range(people)
        if dice.random() < 0.3 * days.week[place]
    ] or [(0, _PLAIN[0], len(days) - 1, _moment(dice, len(days) - 1, days))]
    seat, feature, day, ts = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return Use(seats, seat, feature, day + days.first, ts, ts + 1_100_000)


def _moment(dice: Random, place: int, days: Days) -> int:
    return int(days.starts[place]) + int((7 + 10 * dice.random()) * 3_600e6)


def turned_down(source: int, days: Days) -> list[Rejected]:
    end = moment_of(int(days.starts[-1]))
    return [
        Rejected(
            source=source, received_at=end - timedelta(minutes=minutes), code=code, says=says, call=call,
            event=element.get("event", ""), message_id=f"demo-{minutes}",
            body=json.dumps(element | {"messageId": f"demo-{minutes}"}, ensure_ascii=False).encode(),
        )
        for minutes, code, says, call, element in _TURNED_DOWN
    ]  # fmt: skip
