"""What a text would change: added, changed, removed, unchanged; and what keeps it from being taken."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from firstwin.core.errors import Refused
from firstwin.people.config.documents import KEY_STAYS, Document, Problem
from firstwin.people.config.kinds import kind_of, kinds
from firstwin.people.config.labels import standing_bodies
from firstwin.people.config.store import text_of
from firstwin.people.config.together import Change, Fault, dependants, faults, used_by
from firstwin.people.config.write import latest

ADDED, CHANGED, REMOVED, UNCHANGED = "added", "changed", "removed", "unchanged"


@dataclass(frozen=True)
class Entry:
    """One definition. body: None removes it.  diff: of the canonical texts.  based_on: the version that was read."""

    kind: str
    key: str
    what: str
    body: Mapping[str, Any] | None
    diff: str = ""
    based_on: int = 0

    @property
    def change(self) -> Change:
        return Change(self.kind, self.key, self.body)


@dataclass(frozen=True)
class Plan:
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def changes(self) -> list[Change]:
        return [entry.change for entry in self.changed]

    @property
    def changed(self) -> list[Entry]:
        """Those that are not as they stand already."""
        return [entry for entry in self.entries if entry.what != UNCHANGED]

    def count(self, what: str) -> int:
        return sum(entry.what == what for entry in self.entries)


def problems_of(document: Document) -> list[Problem]:
    """Why a text cannot stand; also where it stands already, from a time when it could be read."""
    plan = planned([document])
    if plan.problems or plan.changes:
        return list(plan.problems)
    try:
        kind_of(document.kind).parse(document.key, document.body)
    except Refused as refused:
        return [document.problem(refused.field or "", refused.message)]
    return []


def planned(documents: Sequence[Document], *, prune: bool = False) -> Plan:
    """Everything is checked together, as it would stand.

    prune: of each kind that the text speaks of, what it does not name is removed.
    """
    problems = [*_twice(documents), *_renamed(documents)]
    entries = [_entry(one.kind, one.key, one.body) for one in documents]
    if prune:
        entries += _gone(documents)
    order = {kind.key: place for place, kind in enumerate(kinds())}
    entries.sort(key=lambda entry: (order[entry.kind], entry.key))
    if not problems:
        problems = _unfit(Plan(tuple(entries)), documents)
    return Plan(tuple(entries), tuple(problems))


def planned_one(kind: str, key: str, body: Mapping[str, Any] | None) -> Plan:
    """The same of one definition."""
    if body is not None:
        return planned([Document(kind, key, body)])
    only = Plan((_entry(kind, key, None),))
    return Plan(only.entries, tuple(_unfit(only, ())))


def diff_of(before: str, after: str, was: str, now: str) -> str:
    """Unified, without the two lines of names where nothing differs."""
    return "".join(difflib.unified_diff(before.splitlines(True), after.splitlines(True), was, now, n=3))


def _entry(kind: str, key: str, body: Mapping[str, Any] | None) -> Entry:
    standing = standing_bodies(kind).get(key)
    last = latest(kind, key)
    before = "" if standing is None else text_of(standing)
    after = "" if body is None else text_of(body)
    what = REMOVED if body is None else ADDED if standing is None else UNCHANGED if before == after else CHANGED
    name = f"{kind}/{key}.yaml"
    return Entry(kind, key, what, body, diff_of(before, after, name, name), last.number if last else 0)


def _gone(documents: Sequence[Document]) -> list[Entry]:
    named = {(one.kind, one.key) for one in documents}
    return [
        _entry(kind, key, None)
        for kind in sorted({one.kind for one in documents})
        for key in standing_bodies(kind)
        if (kind, key) not in named
    ]


def _twice(documents: Sequence[Document]) -> Iterable[Problem]:
    first: dict[tuple[str, str], Document] = {}
    for one in documents:
        before = first.setdefault((one.kind, one.key), one)
        if before is not one:
            where = f"{before.file}:{before.lines.get('', 1)}" if before.file else f"line {before.lines.get('', 1)}"
            yield one.problem("", f"The {one.kind} {one.key!r} is defined twice: see {where}.")


def _renamed(documents: Sequence[Document]) -> Iterable[Problem]:
    """A file that is called after one definition and now holds another, as its only one."""
    by_file: dict[str, list[Document]] = {}
    for one in documents:
        by_file.setdefault(one.file, []).append(one)
    for file, some in by_file.items():
        path, one = PurePath(file), some[0]
        stood = path.parent.name == one.kind and path.stem in standing_bodies(one.kind)
        is_new = one.key not in standing_bodies(one.kind)
        named = {other.key for other in documents if other.kind == one.kind}
        if len(some) == 1 and stood and is_new and path.stem not in named:
            yield Problem(file, one.lines.get("key", 1), "key", KEY_STAYS)


def _unfit(plan: Plan, documents: Sequence[Document]) -> list[Problem]:
    written = {(one.kind, one.key): one for one in documents}
    removed = {(entry.kind, entry.key) for entry in plan.changed if entry.body is None}
    problems = [*_still_used(plan, removed)]
    held = {(one.path, one.message) for one in problems}
    for fault in faults(*plan.changes):
        if (problem := _problem(fault, written, removed)) is not None and (problem.path, problem.message) not in held:
            problems.append(problem)
    return sorted(set(problems))


def _still_used(plan: Plan, removed: set[tuple[str, str]]) -> Iterable[Problem]:
    others = {(entry.kind, entry.key) for entry in plan.changed}
    for kind, key in sorted(removed):
        if latest(kind, key) is None or key not in standing_bodies(kind):
            yield Problem("", 0, f"{kind} {key}", "There is no such definition to remove.")
            continue
        users = [one for one in dependants(kind, key) if (one.kind, one.key) not in others]
        if users:
            yield Problem("", 0, f"{kind} {key}", f"It cannot be removed: it is still used by {used_by(users)}.")


def _problem(fault: Fault, written: Mapping[tuple[str, str], Document], removed: set[Any]) -> Problem | None:
    document = written.get((fault.kind, fault.key))
    if document is not None:
        return document.problem(fault.path, fault.message)
    if not fault.key:
        return Problem("", 0, kind_of(fault.kind).plural.lower(), fault.message)
    if removed:  # told by name, as what still uses it
        return None
    return Problem("", 0, f"{fault.kind} {fault.key} {fault.path}".rstrip(), f"It would no longer fit: {fault.message}")
