"""Writing definitions: the one place that adds versions. What would not fit together is refused before it stands."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from firstwin.core.errors import Conflict, Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.text import slug
from firstwin.people import rules
from firstwin.people.audit import record
from firstwin.people.config.kinds import kind_of
from firstwin.people.config.store import body_of, text_of
from firstwin.people.config.together import Change, dependants, faults, used_by
from firstwin.people.models import ConfigVersion, User
from firstwin.people.undo import undoable

WRITTEN = "definition.written"
READ_ONLY = "Only operations and admins change the set-up."
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


def add_version(
    *,
    by: User | None,
    kind: str,
    key: str,
    body: Mapping[str, Any] | None,
    now: datetime,
    note: str = "",
    based_on: int | None = None,
) -> ConfigVersion:
    """Let one definition say `body`; None removes it. The version as it stands if that is what it says already.

    based_on: the version the writer had before them (0: none); Conflict when another came since.
    Raises Refused, with the path in the text as its field; NotAllowed.
    """
    return add_versions(by=by, changes=[Change(kind, key, body)], now=now, note=note, based_on={(kind, key): based_on})[
        0
    ]


def add_versions(
    *,
    by: User | None,
    changes: Sequence[Change],
    now: datetime,
    note: str = "",
    based_on: Mapping[tuple[str, str], int | None] | None = None,
) -> list[ConfigVersion]:
    """Several at once, all or none, so that they may refer to each other. One version per change, in their order."""
    with transaction.atomic():
        _one_at_a_time()
        require_writable(by=by, changes=changes, based_on=based_on)
        failpoint("definition_before_write")
        written = [_written(change, by, now, note) for change in changes]
        failpoint("definition_after_write")
    return written


def require_writable(
    *, by: User | None, changes: Sequence[Change], based_on: Mapping[tuple[str, str], int | None] | None = None
) -> None:
    """Whether `add_versions` would take them. Raises what it would; nothing is written."""
    if by is not None:
        rules.require(rules.can_configure(by), READ_ONLY)
    for change in changes:
        require_key(change.key)
    for (kind, key), number in (based_on or {}).items():
        _require_unchanged(kind, key, number)
    _require_fitting(changes)


def require_key(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise Refused("A key is a word of a-z, 0-9, - and _, such as high-touch, of at most 60.", field="key")


def stands_already(change: Change) -> bool:
    """Whether the last version says what is asked for."""
    last = latest(change.kind, change.key)
    said = "" if change.body is None else text_of(change.body)
    return last is not None and (last.text, last.is_removed) == (said, change.body is None)


def free_key(kind: str, label: str) -> str:
    """A key that no definition of the kind ever had. Raises Refused for a label without a letter."""
    stem = slug(label, limit=50)
    if not stem:
        raise Refused("Give it a name.", field="label")
    key, n = stem, 2
    while latest(kind, key) is not None:
        key, n = f"{stem}-{n}", n + 1
    return key


def latest(kind: str, key: str) -> ConfigVersion | None:
    """The last version of a definition, also one that removes it."""
    return ConfigVersion.objects.filter(kind=kind, key=key).order_by("-number").first()


def standing_body(version: ConfigVersion | None) -> Mapping[str, Any] | None:
    """What a version says; None where there is none or it removes the definition."""
    return None if version is None or version.is_removed else body_of(version.text)


def _one_at_a_time() -> None:
    """Two that fit each alone need not fit together."""
    ConfigVersion.objects.select_for_update().order_by("pk").first()


def _require_unchanged(kind: str, key: str, number: int | None) -> None:
    last = latest(kind, key)
    if number is None or number == (last.number if last else 0):
        return
    who = last.author.name if last and last.author else "Somebody"
    raise Conflict(
        f"{who} changed this {kind_of(kind).label.lower()} meanwhile. Look at what it says now: "
        f"writing yours once more takes its place.",
        mine={"Version": str(number)},
        theirs={"Version": str(last.number if last else 0)},
    )


def _require_fitting(changes: Sequence[Change]) -> None:
    gone = [change for change in changes if change.body is None]
    for change in gone:
        if latest(change.kind, change.key) is None:
            raise Refused(f"There is no {kind_of(change.kind).label.lower()} {change.key!r} to remove.")
        others = {(one.kind, one.key) for one in changes}
        held = [one for one in dependants(change.kind, change.key) if (one.kind, one.key) not in others]
        if held:
            raise Refused(f"It is still used by {used_by(held)}.")
    found = faults(*changes)
    changed = {(change.kind, change.key) for change in changes}
    for fault in sorted(found, key=lambda one: (one.kind, one.key) not in changed):
        if (fault.kind, fault.key) in changed or not fault.key:
            raise Refused(fault.message, field=fault.path)
        raise Refused(f"{kind_of(fault.kind).label} {fault.key} would no longer fit: {fault.message}")


def _written(change: Change, by: User | None, now: datetime, note: str) -> ConfigVersion:
    last = latest(change.kind, change.key)
    if last is not None and stands_already(change):
        return last
    text = "" if change.body is None else text_of(change.body)
    version = ConfigVersion.objects.create(
        kind=change.kind, key=change.key, number=last.number + 1 if last else 1, text=text,
        is_removed=change.body is None, author=by, note=note[:300], at=now,
    )  # fmt: skip
    what = {"kind": change.kind, "key": change.key, "version": version.number}
    did = "definition.removed" if change.body is None else "definition.changed" if last else "definition.added"
    record(by=by, did=did, on=version, now=now, after=what)
    return version


@undoable(WRITTEN)
def _take_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """Let each definition say what it said before, as its next version. payload: `versions`, ids that were added."""
    added = list(ConfigVersion.objects.filter(pk__in=payload["versions"]).order_by("pk"))
    changes = []
    for version in added:
        last = latest(version.kind, version.key)
        if last is None or last.pk != version.pk:
            raise Refused("It was changed again since: look at its versions instead.")
        before = ConfigVersion.objects.filter(kind=version.kind, key=version.key, number=version.number - 1).first()
        changes.append(Change(version.kind, version.key, standing_body(before)))
    add_versions(by=by, changes=changes, now=now, note=f"Took back version {added[-1].number}" if added else "")
