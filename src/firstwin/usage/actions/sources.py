"""Sources of events and their write keys: open, edit, archive; make a key, revoke it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from firstwin.core.errors import Conflict, NotFound, Refused
from firstwin.core.text import is_clean, slug
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable
from firstwin.usage.ingest.write_keys import forget_keys
from firstwin.usage.models import Source, SourceKind, WriteKey
from firstwin.usage.rules import Actor, require_set_up

_TOLD = ("name", "kind", "adds_people", "adds_accounts")
_LABELS = {"name": "Name", "kind": "Kind", "adds_people": "Adds people", "adds_accounts": "Opens accounts"}
_LONGEST_KEY = 56
_RESERVED = {"staff"}  # what people say themselves goes under this name


def open_source(
    *, by: Actor, name: str, kind: str, now: datetime, adds_people: bool = True, adds_accounts: bool = False
) -> Source:
    """A new source without a write key yet; its own key is made from its name. Raises NotAllowed, Refused."""
    require_set_up(by)
    said = _checked(name, kind, adds_people, adds_accounts)
    with transaction.atomic():
        _refuse_taken(said["name"], but=None)
        source = Source.objects.create(key=_free_key(said["name"]), recorded_at=now, **said)
        record(by=by, did="source.opened", on=source, now=now, after=said)
    return source


def edit_source(
    *,
    by: Actor,
    source: Source,
    name: str,
    kind: str,
    adds_people: bool,
    adds_accounts: bool,
    edition: int,
    now: datetime,
) -> Source:
    """Rename it, or change what its calls may add. Raises Conflict when it changed since `edition` was read."""
    require_set_up(by)
    said = _checked(name, kind, adds_people, adds_accounts)
    with transaction.atomic():
        fresh = _locked(source.pk)
        before = told(fresh)
        if fresh.edition != edition:
            changed = [key for key in _TOLD if said[key] != before[key]]
            raise Conflict(
                f"{fresh.name} was changed meanwhile.",
                mine={_LABELS[key]: _shown(said[key]) for key in changed},
                theirs={_LABELS[key]: _shown(before[key]) for key in changed},
            )
        if said == before:
            return fresh
        _refuse_taken(said["name"], but=fresh.pk)
        _write(fresh, said)
        record(by=by, did="source.edited", on=fresh, now=now, before=before, after=said)
    return fresh


def archive_source(*, by: Actor, source: Source, now: datetime, is_archived: bool = True) -> Source:
    """It sends no more (or again): its write keys are refused while it is archived. What it sent stays."""
    require_set_up(by)
    with transaction.atomic():
        fresh = _locked(source.pk)
        if fresh.is_archived == is_archived:
            return fresh
        _write(fresh, {"is_archived": is_archived})
        record(by=by, did="source.archived" if is_archived else "source.restored", on=fresh, now=now)
    forget_keys()
    return fresh


def make_key(*, by: Actor, source: Source, label: str, now: datetime) -> WriteKey:
    """A new write key, good at once. A source may have many: one per program is the easiest to revoke."""
    require_set_up(by)
    label = " ".join(label.split())
    if len(label) > 80 or not is_clean(label):
        raise Refused("A label has at most 80 characters.", field="label")
    with transaction.atomic():
        if _locked(source.pk).is_archived:
            raise Refused("This source is archived; restore it first.")
        key = WriteKey.objects.create(source=source, label=label, made_by=by, made_at=now)
        record(by=by, did="write_key.made", on=key, now=now, after={"source": source.pk, "label": label})
    forget_keys()
    return key


def revoke_key(*, by: Actor, key: WriteKey, now: datetime) -> WriteKey:
    """Calls with it are refused, by this process at once and by others within a few seconds."""
    return _turn(by=by, key=key, revoked_at=now, now=now)


@undoable("source.opened")
def close_again(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"source": id}. It is archived: something may have come from it by now."""
    archive_source(by=by, source=_locked(payload["source"]), now=now)


@undoable("source.edited")
def unedit(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"source": id, "before": what `told` said of it, "edition": the edition it became}."""
    edit_source(by=by, source=_locked(payload["source"]), edition=payload["edition"], now=now, **payload["before"])


@undoable("source.archived")
def unarchive(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"source": id}."""
    archive_source(by=by, source=_locked(payload["source"]), is_archived=False, now=now)


@undoable("source.restored")
def archive_again(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"source": id}."""
    archive_source(by=by, source=_locked(payload["source"]), now=now)


@undoable("write_key.made")
def unmake_key(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"key": id}. It is revoked: somebody may have used it by now."""
    _turn(by=by, key=_locked_key(payload["key"]), revoked_at=now, now=now)


@undoable("write_key.revoked")
def unrevoke_key(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"key": id}."""
    _turn(by=by, key=_locked_key(payload["key"]), revoked_at=None, now=now)


def told(source: Source) -> dict[str, Any]:
    """What `edit_source` may change, as it is: for forms, and for the payload of its undo."""
    return {name: getattr(source, name) for name in _TOLD}


def _turn(*, by: Actor, key: WriteKey, revoked_at: datetime | None, now: datetime) -> WriteKey:
    require_set_up(by)
    with transaction.atomic():
        fresh = _locked_key(key.pk)
        if (fresh.revoked_at is None) == (revoked_at is None):
            return fresh
        fresh.revoked_at = revoked_at
        fresh.save(update_fields=["revoked_at"])
        did = "write_key.revoked" if revoked_at else "write_key.restored"
        record(by=by, did=did, on=fresh, now=now, after={"source": fresh.source_id, "label": fresh.label})
    forget_keys()
    return fresh


def _checked(name: str, kind: str, adds_people: bool, adds_accounts: bool) -> dict[str, Any]:
    name = " ".join(name.split())
    if not 0 < len(name) <= 120 or not is_clean(name):
        raise Refused("A source has a name of 1 to 120 characters.", field="name")
    if kind not in SourceKind.values:
        raise Refused("Choose what kind of source it is.", field="kind")
    return {"name": name, "kind": str(kind), "adds_people": bool(adds_people), "adds_accounts": bool(adds_accounts)}


def _refuse_taken(name: str, *, but: int | None) -> None:
    taken = Source.objects.filter(name__iexact=name).values_list("pk", flat=True).first()
    if taken is not None and taken != but:
        raise Refused(f"There is a source called {name!r} already.", field="name")


def _free_key(name: str) -> str:
    stem = slug(name, limit=_LONGEST_KEY) or "source"
    taken = {*Source.objects.values_list("key", flat=True), *_RESERVED}
    key, n = stem, 1
    while key in taken:
        n += 1
        key = f"{stem}-{n}"
    return key


def _locked(pk: int) -> Source:
    source = Source.objects.select_for_update().filter(pk=pk).first()
    if source is None:
        raise NotFound("There is no such source any more.")
    return source


def _locked_key(pk: int) -> WriteKey:
    key = WriteKey.objects.select_for_update().filter(pk=pk).first()
    if key is None:
        raise NotFound("There is no such write key any more.")
    return key


def _write(source: Source, said: dict[str, Any]) -> None:
    for name, value in said.items():
        setattr(source, name, value)
    source.edition += 1
    source.save(update_fields=[*said, "edition"])


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return SourceKind(value).label if value in SourceKind.values else str(value)
