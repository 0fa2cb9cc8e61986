"""What people did, as rows: so many times on a day. Only the frame can ask for it, because it lies in the lake."""

from collections.abc import Iterable, Sequence
from typing import Any

from firstwin.core.fields import Collection, Field, Kind, register_collection
from firstwin.core.frames import At, Column, ComputedRows, Rows, register_rows
from firstwin.usage.store.models import EventName

ROOM = "usage"
DAYS = 92
"""So many, the day itself included, are looked back over."""


def _names() -> Iterable[tuple[Any, str]]:
    names = EventName.objects.order_by("name").values_list("name", flat=True).distinct()
    return ((name, name) for name in names)


EVENTS = Collection(
    "events", "Events", ROOM, model=None, dated="day", one="event", reach=DAYS, did="name",
    fields=(
        Field("name", Kind.CHOICE, "Name", ROOM, choices=_names, help="What was done, as events name it."),
        Field("count", Kind.NUMBER, "Times on the day", ROOM, help="How often that was done on one day."),
    ),
)  # fmt: skip


def events(ids: Any, ats: Sequence[At]) -> list[Rows]:
    """Of the last `DAYS` days, names that are ignored left out. A row is an account, a name and a day."""
    return [_events(ids, at) for at in ats]


def _events(ids: Any, at: At) -> Rows:
    import numpy as np

    from firstwin.usage.metrics.opening import opened
    from firstwin.usage.metrics.reach import may_have_use
    from firstwin.usage.metrics.whose import whose

    some = np.array(may_have_use(ids.tolist()), np.int64)
    if not len(some):
        none = np.zeros(0, np.int64)
        return _rows(none, none, none, none)
    with opened(whose(some.tolist()), at.on, known_by=at.known_by, tables=("actor_blocks", "feature_days")) as lake:
        told = lake.ask("feature_days", first=lake.day - DAYS + 1, last=lake.day)
        account = lake.whose.of_places(told["place"])
    mine = account >= 0
    owner = np.searchsorted(ids, some)[account[mine]]
    feature, day, count = (told[name][mine].astype(np.int64) for name in ("feature", "day", "count"))
    order = np.lexsort((day, feature, owner))
    owner, feature, day, count = owner[order], feature[order], day[order], count[order]
    if not len(owner):
        return _rows(owner, feature, day, count)
    same = (np.diff(owner) == 0) & (np.diff(feature) == 0) & (np.diff(day) == 0)
    first = np.flatnonzero(np.concatenate([[True], ~same]))
    return _rows(owner[first], feature[first], day[first], np.add.reduceat(count, first))


def _rows(owner: Any, feature: Any, day: Any, count: Any) -> Rows:
    import numpy as np

    names, coded = np.unique(feature, return_inverse=True)
    said = dict(EventName.objects.filter(pk__in=names.tolist()).values_list("pk", "name"))
    table = np.empty(len(names), object)
    table[:] = [said.get(number, str(number)) for number in names.tolist()]
    always = np.ones(len(owner), np.bool_)
    columns = {"name": Column(table[coded], always), "count": Column(count, always)}
    return Rows(owner, np.arange(len(owner)), columns, Column(day, always), count)


def register_all() -> None:
    """Called once, when the app is ready."""
    register_collection(EVENTS)
    register_rows(ComputedRows(EVENTS.key, ROOM, events))
