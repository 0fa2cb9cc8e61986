"""All definitions as they would stand after some changes, and what would not fit together then."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from firstwin.core.errors import Refused
from firstwin.core.text import listing
from firstwin.people.config.kinds import DefinitionKind, Misfit, Reference, kind_of, kinds
from firstwin.people.config.labels import Bodies, planning, standing_bodies
from firstwin.people.models import ConfigVersion

Parsed = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Change:
    """What one definition shall say.  body: plain data; None removes it."""

    kind: str
    key: str
    body: Mapping[str, Any] | None


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong with a definition.  path: where in its text; key and path empty: with the kind as a whole."""

    kind: str
    key: str
    path: str
    message: str


@dataclass(frozen=True)
class Dependant:
    """A definition that refers to another, at `path` of its text."""

    kind: str
    key: str
    label: str
    path: str

    @property
    def words(self) -> str:
        return f"{kind_of(self.kind).label.lower()} {self.label}"


def bodies_with(*changes: Change) -> Bodies:
    """Every definition by kind and key, as plain data, as it would stand."""
    found = {kind.key: dict(standing_bodies(kind.key)) for kind in kinds()}
    for change in changes:
        if change.body is None:
            found[change.kind].pop(change.key, None)
        else:
            found[change.kind][change.key] = change.body
    return found


def faults(*changes: Change) -> list[Fault]:
    """What would be wrong after `changes` and was not before: of the definitions changed, whatever there is."""
    changed = {(change.kind, change.key) for change in changes}
    after = _faults(bodies_with(*changes), changed)
    if all((fault.kind, fault.key) in changed for fault in after):
        return after
    before = set(_faults(bodies_with(), changed))
    return [fault for fault in after if (fault.kind, fault.key) in changed or fault not in before]


@contextmanager
def keeping_whole(says: str, *, field: str | None = None) -> Iterator[None]:
    """What is done within may leave no definition that cannot be read any more: to be used inside a transaction.

    says: the refusal, with `{}` for the definitions.  field: where it is shown.  Raises Refused.
    """
    before = {(fault.kind, fault.key) for fault in _faults(bodies_with())}
    yield
    bodies = bodies_with()
    broken = dict.fromkeys(
        (one.kind, one.key, one.path) for one in _faults(bodies) if (one.kind, one.key) not in before
    )
    held = [Dependant(kind, key, label_of(bodies[kind][key], key), path) for kind, key, path in broken if key]
    if held:
        raise Refused(says.format(used_by(held)), field=field)


def dependants(kind: str, key: str) -> list[Dependant]:
    """The definitions that refer to this one, each once, in the order of a full text."""
    return referred().get((kind, key), [])


def referred() -> Mapping[tuple[str, str], list[Dependant]]:
    """The same of everything that is referred to, by kind and key. Remembered until a definition changes."""
    mark = ConfigVersion.objects.order_by("-pk").values_list("pk", "at").first()
    if mark not in _remembered:
        _remembered.clear()
        _remembered[mark] = _referred()
    return _remembered[mark]


_remembered: dict[Any, Mapping[tuple[str, str], list[Dependant]]] = {}


def _referred() -> dict[tuple[str, str], list[Dependant]]:
    bodies = bodies_with()
    found: dict[tuple[str, str], dict[tuple[str, str], Dependant]] = {}
    for kind, key, what in _each(_parsed(bodies, [])):
        for refers in kind.references(what):
            if (refers.kind, refers.key) != (kind.key, key):
                one = Dependant(kind.key, key, label_of(bodies[kind.key][key], key), refers.path)
                found.setdefault((refers.kind, refers.key), {}).setdefault((kind.key, key), one)
    return {which: list(those.values()) for which, those in found.items()}


def label_of(body: Mapping[str, Any], key: str) -> str:
    return str(body.get("label") or key)


def _faults(bodies: Bodies, changed: Collection[tuple[str, str]] = ()) -> list[Fault]:
    """changed: the definitions at which a misfit of several is rather told."""
    found: list[Fault] = []
    parsed = _parsed(bodies, found)
    for kind, key, what in _each(parsed):
        for refers in dict.fromkeys(kind.references(what)):
            if refers.key not in bodies.get(refers.kind, {}):
                found.append(Fault(kind.key, key, refers.path, _nowhere(refers)))
    with planning(bodies):
        for kind in kinds():
            found += [_misfit(kind.key, one, changed) for one in kind.check(parsed)]
    return found


def _misfit(kind: str, one: Misfit, changed: Collection[tuple[str, str]]) -> Fault:
    told = [place for place in one.places if (place.kind, place.key) in changed] or list(one.places)
    return Fault(told[0].kind, told[0].key, told[0].path, one.message) if told else Fault(kind, "", "", one.message)


def _nowhere(refers: Reference) -> str:
    return f"There is no {kind_of(refers.kind).label.lower()} {refers.key!r}."


def _parsed(bodies: Bodies, found: list[Fault]) -> Parsed:
    """What can be read; the rest goes to `found`."""
    read: dict[str, dict[str, Any]] = {}
    with planning(bodies):
        for kind in kinds():
            read[kind.key] = {}
            for key, body in bodies[kind.key].items():
                try:
                    read[kind.key][key] = kind.parse(key, body)
                except Refused as refused:
                    found.append(Fault(kind.key, key, refused.field or "", refused.message))
    return read


def _each(parsed: Parsed) -> Iterator[tuple[DefinitionKind, str, Any]]:
    for kind in kinds():
        for key, what in parsed[kind.key].items():
            yield kind, key, what


def used_by(found: list[Dependant]) -> str:
    """“the experience High touch and the scorecard Pooled”."""
    return listing(f"the {one.words}" for one in found)
