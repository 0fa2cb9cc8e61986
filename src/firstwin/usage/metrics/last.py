"""When an account was last seen, to the microsecond, as of any day.

Roll-ups know the last moment of a block. Where a block reaches beyond the day the events themselves are asked, only for
the days of that block.
"""

import numpy as np
import numpy.typing as npt

from firstwin.usage.lake.days import number_of
from firstwin.usage.lake.schema import BLOCK
from firstwin.usage.metrics import bits, columns
from firstwin.usage.metrics.asking import NEVER
from firstwin.usage.metrics.columns import Ints
from firstwin.usage.metrics.opening import Opened
from firstwin.usage.metrics.windows import DAYS, People


def last_seen(lake: Opened, basis: Ints, people: People) -> Ints:
    """By account: microseconds since 1970-01-01 of the latest use of a person; where only aggregates were sent, of
    those. NEVER where there is none."""
    found = people.last.copy()
    if len(people.cut):
        _latest(lake, found, _last_events(lake, people.cut))
    seen = (basis == columns.EVENTS) | (basis == columns.BOTH)
    quiet = seen & (found == NEVER)
    if quiet.any():  # for longer than the window's blocks
        lake.put("asked_places", place=_places(lake, quiet))
        _latest(lake, found, lake.ask("last_seen", before=(lake.day - DAYS + 1) // BLOCK))
    counted = basis == columns.AGGREGATES
    return np.where(counted, _counted(lake), found) if counted.any() else found


def _places(lake: Opened, accounts: npt.NDArray[np.bool_]) -> Ints:
    places = lake.whose.places
    return np.asarray(places[accounts[lake.whose.of_places(places)]], np.int64)


def _last_events(lake: Opened, places: Ints) -> dict[str, Ints]:
    """Of the day's block."""
    first = lake.day // BLOCK * BLOCK
    lake.put("asked_places", place=places)
    if lake.many is None:
        return lake.ask("last_events", from_day=first, to_day=lake.day)
    if "last_of_days" not in lake.many.kept:  # the events are read once for all days
        days = {"from_day": number_of(lake.many.from_on) // BLOCK * BLOCK, "to_day": number_of(lake.many.on)}
        lake.make("last_of_days", **days)
        lake.many.kept["last_of_days"] = True
    return lake.ask("last_day", from_day=first, to_day=lake.day)


def _latest(lake: Opened, found: Ints, asked: dict[str, Ints]) -> None:
    account = lake.whose.of_places(asked["place"])
    mine = account >= 0
    np.maximum.at(found, account[mine], asked["last_ts"][mine])


def _counted(lake: Opened) -> Ints:
    """Of aggregates: the last moment, or the start of the last day of a block that reaches beyond the day."""
    found = np.full(len(lake.whose.accounts), NEVER)
    asked = lake.ask("last_counted", last=lake.day // BLOCK)
    mask = bits.cut(asked["block"], asked["mask"], last=lake.day)
    here = mask != 0
    asked = {name: values[here] for name, values in asked.items()}
    until = int(np.datetime64(lake.until, "us").astype(np.int64))
    days = bits.last_day(asked["block"], mask[here])
    starts = days * 86_400_000_000
    asked["last_ts"] = np.where(asked["last_ts"] < until, asked["last_ts"], starts)
    _latest(lake, found, asked)
    return found
