"""Writing segments and experiences from forms. Everything goes through `people.config.write`."""

from datetime import datetime

from firstwin.core.conditions import Condition
from firstwin.core.errors import Refused
from firstwin.core.text import slug
from firstwin.people.config.store import definitions
from firstwin.people.config.together import Change
from firstwin.people.config.write import add_version, add_versions, latest
from firstwin.people.models import ConfigVersion, User
from firstwin.signals.kinds import experience_text, segment_text
from firstwin.signals.kinds.experience import Experience
from firstwin.signals.kinds.segment import Segment
from firstwin.signals.segments.serving import in_order


def write_segment(
    *, by: User, key: str, label: str, where: Condition, help: str, now: datetime, note: str = "",
    based_on: int | None = None,
) -> ConfigVersion:  # fmt: skip
    """key: empty for a new one, which is called after its label. Raises Refused, Conflict, NotAllowed."""
    name = key or free_key(segment_text.KEY, label)
    body = segment_text.dumped(Segment(name, label.strip(), where, help.strip()))
    return add_version(by=by, kind=segment_text.KEY, key=name, body=body, now=now, note=note, based_on=based_on)


def write_experience(
    *, by: User, experience: Experience, now: datetime, note: str = "", based_on: int | None = None
) -> ConfigVersion:
    """The same of an experience; one with an empty key is new."""
    name = experience.key or free_key(experience_text.KEY, experience.label)
    body = experience_text.dumped(experience)
    return add_version(by=by, kind=experience_text.KEY, key=name, body=body, now=now, note=note, based_on=based_on)


def move_experience(*, by: User, key: str, up: bool, now: datetime) -> list[ConfigVersion]:
    """Change places with the one before or after. What is for everybody else stays last."""
    order = [one for one in in_order(definitions(experience_text.KEY)) if one.segment]
    place = next((n for n, one in enumerate(order) if one.key == key), None)
    other = None if place is None else place - 1 if up else place + 1
    if place is None or other is None or not 0 <= other < len(order):
        raise Refused("It cannot be moved further.")
    mine, theirs = order[place], order[other]
    changes = [_at(mine, theirs.priority), _at(theirs, mine.priority)]
    return add_versions(by=by, changes=changes, now=now, note="Changed the order")


def free_key(kind: str, label: str) -> str:
    """A key that no definition of the kind ever had. Raises Refused for a label without a letter."""
    stem = slug(label, limit=50)
    if not stem:
        raise Refused("Give it a name.", field="label")
    key, n = stem, 2
    while latest(kind, key) is not None:
        key, n = f"{stem}-{n}", n + 1
    return key


def free_priority() -> int:
    """After all that stand, the one for everybody else left out."""
    taken = [one.parsed.priority for one in definitions(experience_text.KEY).values()]
    chosen = [one.parsed.priority for one in definitions(experience_text.KEY).values() if one.parsed.segment]
    found = max(chosen, default=0) + 10
    while found in taken:
        found += 1
    return found


def _at(experience: Experience, priority: int) -> Change:
    body = experience_text.dumped(experience) | {"priority": priority}
    return Change(experience_text.KEY, experience.key, body)
