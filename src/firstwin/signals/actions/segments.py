"""Writing segments and experiences from forms. Everything goes through `people.config.apply`, as text does.

accept: also when it moves many accounts; else TooMuch is raised.
"""

from datetime import datetime

from firstwin.core.conditions import Condition
from firstwin.core.errors import Refused
from firstwin.people.config import apply
from firstwin.people.config.labels import require_own_label
from firstwin.people.config.together import Change
from firstwin.people.config.write import free_key
from firstwin.people.models import ConfigVersion, User
from firstwin.signals.kinds import experience_text, segment_text
from firstwin.signals.kinds.experience import Experience
from firstwin.signals.kinds.segment import Segment
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.segments.serving import in_order


def write_segment(
    *, by: User, key: str, label: str, where: Condition, help: str, now: datetime, note: str = "",
    based_on: int | None = None, accept: bool = False,
) -> ConfigVersion:  # fmt: skip
    """key: empty for a new one, which is called after its label. Raises Refused, Conflict, NotAllowed."""
    require_own_label(segment_text.KEY, key, label)
    name = key or free_key(segment_text.KEY, label)
    body = segment_text.dumped(Segment(name, label.strip(), where, help.strip()))
    return _write(by, Change(segment_text.KEY, name, body), now, note, based_on, accept)


def write_experience(
    *, by: User, experience: Experience, now: datetime, note: str = "", based_on: int | None = None,
    accept: bool = False,
) -> ConfigVersion:  # fmt: skip
    """The same of an experience; one with an empty key is new."""
    require_own_label(experience_text.KEY, experience.key, experience.label)
    name = experience.key or free_key(experience_text.KEY, experience.label)
    body = experience_text.dumped(experience)
    return _write(by, Change(experience_text.KEY, name, body), now, note, based_on, accept)


def _write(
    by: User, change: Change, now: datetime, note: str, based_on: int | None, accept: bool
) -> ConfigVersion:  # fmt: skip
    began = {(change.kind, change.key): based_on}
    return apply.write(by=by, changes=[change], now=now, note=note, based_on=began, accept=accept)[0]


def move_experience(*, by: User, key: str, up: bool, now: datetime, accept: bool = False) -> list[ConfigVersion]:
    """Change places with the one before or after. What is for everybody else stays last."""
    order = [one for one in in_order(definitions_at().experiences) if one.segment]
    place = next((n for n, one in enumerate(order) if one.key == key), None)
    other = None if place is None else place - 1 if up else place + 1
    if place is None or other is None or not 0 <= other < len(order):
        raise Refused("It cannot be moved further.")
    mine, theirs = order[place], order[other]
    changes = [_at(mine, theirs.priority), _at(theirs, mine.priority)]
    return apply.write(by=by, changes=changes, now=now, note="Changed the order", accept=accept)


def free_priority() -> int:
    """After all that stand, the one for everybody else left out."""
    taken = [one.parsed.priority for one in definitions_at().experiences.values()]
    chosen = [one.parsed.priority for one in definitions_at().experiences.values() if one.parsed.segment]
    found = max(chosen, default=0) + 10
    while found in taken:
        found += 1
    return found


def _at(experience: Experience, priority: int) -> Change:
    body = experience_text.dumped(experience) | {"priority": priority}
    return Change(experience_text.KEY, experience.key, body)
