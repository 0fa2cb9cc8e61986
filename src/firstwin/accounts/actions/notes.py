"""Write, edit, pin and remove notes. The only place a Note is written; what it said before stands in the trail."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from firstwin.accounts import rules
from firstwin.accounts.models import Account, Note, Visibility
from firstwin.accounts.rules import Actor
from firstwin.core.errors import Conflict, NotFound, Refused
from firstwin.core.text import fold, is_clean
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable

LONGEST = 100_000


def add_note(
    *,
    by: Actor,
    account: Account,
    body: str,
    now: datetime,
    visibility: Visibility = Visibility.INTERNAL,
    is_pinned: bool = False,
) -> Note:
    """Write down something about `account`, in Markdown. A note is never a touch. Raises NotAllowed or Refused."""
    rules.require_edit(by, [account])
    body = checked_body(body)
    with transaction.atomic():
        note = Note.objects.create(
            account=account,
            author=by,
            body=body,
            visibility=visibility,
            is_pinned=is_pinned,
            written_at=now,
            search_text=search_text(body),
        )
        record(by=by, did="note.added", on=note, now=now, after={"body": body, "visibility": str(visibility)})
    return note


def edit_note(
    *, by: Actor, note: Note, body: str, visibility: Visibility, edition: int, now: datetime
) -> dict[str, Any]:
    """Change what a note says or who may see it. `edition` is the one the person saw.

    Returns what was before. Raises Conflict with both versions when somebody saved in between.
    """
    rules.require_edit(by, [note.account])
    body = checked_body(body)
    with transaction.atomic():
        claimed = Note.objects.filter(pk=note.pk, edition=edition, removed_at__isnull=True)
        is_mine = bool(claimed.update(edition=F("edition") + 1))
        note.refresh_from_db()
        _require_there(note)
        if not is_mine:
            raise Conflict(
                "Somebody saved this note while you were editing it.",
                mine={"Note": body, "Visible to": Visibility(visibility).label},
                theirs={"Note": note.body, "Visible to": Visibility(note.visibility).label},
            )
        before = {"body": note.body, "visibility": note.visibility}
        after = {"body": body, "visibility": str(visibility)}
        if before != after:
            note.body, note.visibility, note.edited_at = body, visibility, now
            note.search_text = search_text(body)
            note.save(update_fields=["body", "visibility", "edited_at", "search_text"])
            record(by=by, did="note.edited", on=note, now=now, before=before, after=after)
    return before


def pin_note(*, by: Actor, note: Note, is_pinned: bool, now: datetime) -> bool:
    """Keep a note on top of the account's page, or no longer. False when it was so already."""
    rules.require_edit(by, [note.account])
    with transaction.atomic():
        rows = Note.objects.filter(pk=note.pk, removed_at__isnull=True).exclude(is_pinned=is_pinned)
        if not rows.update(is_pinned=is_pinned):
            return False
        record(by=by, did="note.pinned" if is_pinned else "note.unpinned", on=note, now=now)
    note.is_pinned = is_pinned
    return True


def remove_note(*, by: Actor, note: Note, now: datetime) -> None:
    """Take a note off the page. Its text stays in the trail and it can be brought back."""
    rules.require_edit(by, [note.account])
    with transaction.atomic():
        if not Note.objects.filter(pk=note.pk, removed_at__isnull=True).update(removed_at=now):
            raise Refused("This note was removed meanwhile.")
        record(by=by, did="note.removed", on=note, now=now, before={"body": note.body})
    note.removed_at = now


@undoable("note.added")
def unwrite(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"note": id}."""
    remove_note(by=None, note=_note(payload), now=now)


@undoable("note.removed")
def bring_note_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"note": id}."""
    note = _note(payload)
    Note.objects.filter(pk=note.pk).update(removed_at=None)
    record(by=by, did="note.restored", on=note, now=now)


@undoable("note.edited")
def edit_note_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"note": id, "before": {"body", "visibility"}}."""
    note = _note(payload)
    before = payload["before"]
    edit_note(by=None, note=note, body=before["body"], visibility=before["visibility"], edition=note.edition, now=now)


def checked_body(body: str) -> str:
    """`body` without blank lines around it. Raises Refused when there is nothing to keep or too much of it."""
    body = body.replace("\r\n", "\n").strip()
    if not body:
        raise Refused("Write something first.", field="body")
    if len(body) > LONGEST:
        raise Refused(f"A note has at most {LONGEST:,} characters. Attach the rest as a file.", field="body")
    if not is_clean(body):
        raise Refused("The text holds characters that cannot be stored.", field="body")
    return body


def search_text(body: str) -> str:
    """What search looks in, bounded as for touches."""
    return fold(body)[:4_000]


def _note(payload: dict[str, Any]) -> Note:
    note = Note.objects.select_related("account").filter(pk=payload["note"]).first()
    if note is None:
        raise NotFound("That note is not there any more.")
    return note


def _require_there(note: Note) -> None:
    if note.removed_at is not None:
        raise Refused("This note was removed meanwhile.")
