"""What elements say, field by field, whichever way they were read."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from firstwin.usage.compact.ordinary import CALLS, Element, complete
from firstwin.usage.compact.quick import Quick
from firstwin.usage.compact.reading import Batch
from firstwin.usage.compact.values import Properties, properties_of


class Elements:
    """One list per field, a row per element, in their order. What was not said is None or UNSET.

    moment: when it happened.  sent: when its client sent it, where the element says that itself.
    """

    def __init__(self, batches: Sequence[Batch | Quick]) -> None:
        self.type: list[Any] = []
        self.message: list[Any] = []
        self.user: list[Any] = []
        self.anonymous: list[Any] = []
        self.group: list[Any] = []
        self.event: list[Any] = []
        self.name: list[Any] = []
        self.moment: list[Any] = []
        self.sent: list[Any] = []
        self.properties: list[Properties] = []
        self.counts: list[int] = []
        self._batches = batches
        self._starts: list[int] = []
        for batch in batches:
            self._starts.append(len(self.type))
            if isinstance(batch, Quick):
                self._add_calls(batch)
            else:
                self._add(batch)
            self.counts.append(len(self.type) - self._starts[-1])

    def __len__(self) -> int:
        return len(self.type)

    def element(self, row: int) -> Element:
        batch, place = self._place(row)
        return batch.elements[place]

    def telling(self, row: int) -> Element:
        """Of an identify, group or alias call at least `context`, `traits` and `previousId`."""
        batch, place = self._place(row)
        return batch.telling(place) if isinstance(batch, Quick) else batch.elements[place]

    def _place(self, row: int) -> tuple[Batch | Quick, int]:
        batch = bisect_right(self._starts, row) - 1
        return self._batches[batch], row - self._starts[batch]

    def _add_calls(self, batch: Quick) -> None:
        said, count = batch.fields, len(batch.calls)

        def is_unset(name: str) -> bool:
            return said[name].count(UNSET) == count

        types = said["type"]
        self.type += [one if one in CALLS else batch.call for one in types] if batch.call else types
        self.message += said["message_id"]
        self.user += said["user_id"]
        self.anonymous += said["anonymous_id"]
        self.group += batch.groups if is_unset("group_id") else map(_own_first, said["group_id"], batch.groups)
        self.event += said["event"]
        self.name += said["name"]
        moments = said["timestamp"]
        if not is_unset("original_timestamp"):
            moments = tuple(one or other for one, other in zip(said["original_timestamp"], moments, strict=True))
        self.moment += [one or None for one in moments]
        self.sent += [None] * count if is_unset("sent_at") else [one or None for one in said["sent_at"]]
        self.properties += batch.properties

    def _add(self, batch: Batch) -> None:
        elements = batch.elements
        _complete(batch)
        self.type += [element.get("type") for element in elements]
        self.message += [element.get("messageId") for element in elements]
        self.user += [element.get("userId") for element in elements]
        self.anonymous += [element.get("anonymousId") for element in elements]
        self.group += _groups(elements)
        self.event += [element.get("event") for element in elements]
        self.name += [element.get("name") for element in elements]
        self.moment += [element.get("originalTimestamp") or element.get("timestamp") for element in elements]
        self.sent += [element.get("sentAt") for element in elements]
        self.properties += [properties_of(element.get("properties")) for element in elements]


def _own_first(own: Any, around: Any) -> Any:
    return around if own is None or own is UNSET or own == "" else own


def _complete(batch: Batch) -> None:
    """What the path and the batch say goes into each element; what an element says itself wins."""
    complete(batch.elements, batch.call)
    around = batch.rest.get("context")
    if isinstance(around, dict) and around:
        for element in batch.elements:
            own = element.get("context")
            element["context"] = {**around, **own} if isinstance(own, dict) else around


def _groups(elements: list[Element]) -> list[Any]:
    said = [element.get("groupId") for element in elements]
    contexts = [element.get("context") for element in elements]
    return [
        own if own is not None and own != "" else context.get("groupId") if context.__class__ is dict else None
        for own, context in zip(said, contexts, strict=True)
    ]
