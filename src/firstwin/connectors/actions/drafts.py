"""Prepare an import: the only place a draft and its files are written."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import Any

from django.db import transaction

from firstwin.connectors.mapping.document import read_document
from firstwin.connectors.mapping.read import read_mapping
from firstwin.connectors.models import ImportDraft, ImportRun
from firstwin.connectors.peek import ENDINGS, detect, forget_head
from firstwin.connectors.uploads import MOST_FILES, incoming_folder
from firstwin.core.errors import NotFound, Refused
from firstwin.core.text import shorten, slug
from firstwin.people import rules
from firstwin.people.models import User

KEPT_FOR = timedelta(days=14)
CHOICES = ("format", "encoding", "delimiter", "sheet", "kind")
_WAY = "Only operations and admins import."


def open_draft(*, by: User, now: datetime, again_of: ImportRun | None = None, text: str = "") -> ImportDraft:
    """Begin an import; with `again_of`, by the mapping of that run."""
    rules.require(rules.can_configure(by), _WAY)
    text = again_of.mapping_text if again_of is not None else text
    source = read_mapping(text).mapping.source if text else ""
    return ImportDraft.objects.create(
        by=by, source=source, mapping_text=text, again_of=again_of, made_at=now, changed_at=now,
        mapping_name=again_of.mapping_name if again_of is not None else "",
    )  # fmt: skip


def add_file(*, by: User, draft: ImportDraft, called: str, path: Path, sha256: str, now: datetime) -> dict[str, Any]:
    """Take over a file that has arrived. called: what its owner calls it.  Raises Refused when it cannot be read."""
    _check(by, draft)
    shown = shown_name(called)
    ending = PurePath(shown).suffix.lower()
    if ending not in ENDINGS:
        path.unlink(missing_ok=True)
        raise Refused(f"{shown} is not one of {', '.join(sorted(ENDINGS))}.", field="files")
    with transaction.atomic():
        draft = _locked(draft)
        if len(draft.files) >= MOST_FILES:
            path.unlink(missing_ok=True)
            raise Refused(f"An import takes at most {MOST_FILES} files.", field="files")
        number = max((int(file["number"]) for file in draft.files), default=0) + 1
        stored = f"{number}{ending}"
        draft.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = draft.folder / stored
        path.replace(place)
        try:
            found = detect(place, {})
        except Refused as problem:
            place.unlink(missing_ok=True)
            raise Refused(problem.message.replace(stored, shown), field="files") from None
        file = {
            "name": _name_for(shown, draft), "file": shown, "stored": stored, "number": number,
            "size": place.stat().st_size, "sha256": sha256, "found": found, "chosen": {}, "kind": "", "touched": False,
        }  # fmt: skip
        draft.files = [*draft.files, file]
        _save(draft, now, "files")
    return file


@contextmanager
def in_turn(*, by: User, draft: ImportDraft, turn: str) -> Iterator[bool]:
    """Whether what a form sent is still its latest word; what is set within is set before anything else may be.

    A form sends itself whole at every change and gives up the answer to the one before; the server does not, and may
    finish the two the other way round. turn: "<page>:<number>", counted up by the page; "" where nothing counts.
    draft: read again, as it stands within.
    """
    _check(by, draft)
    with transaction.atomic():
        _locked(draft)
        draft.refresh_from_db()
        is_latest = not _is_before(turn, draft.turn)
        if turn and is_latest:
            draft.turn = turn[:64]
            draft.save(update_fields=["turn"])
        yield is_latest


def set_file(*, by: User, draft: ImportDraft, name: str, chosen: Mapping[str, str], now: datetime) -> None:
    """Say how a file is to be read instead of what was detected. "" and "auto" mean: as detected.

    Raises Refused when it cannot be read that way.
    """
    _check(by, draft)
    with transaction.atomic():
        draft = _locked(draft)
        file = _file(draft, name)
        said = {key: value for key, value in chosen.items() if key in CHOICES and value not in {"", "auto"}}
        file["kind"] = said.pop("kind", file["kind"])
        if said != file["chosen"]:
            path = draft.path_of(file)
            forget_head(path)
            file["found"], file["chosen"], file["touched"] = detect(path, said), said, True
        _save(draft, now, "files")


def name_file(*, by: User, draft: ImportDraft, name: str, new: str, now: datetime) -> None:
    """Say which file of the mapping an uploaded one is. The one that had that name takes the other."""
    _check(by, draft)
    with transaction.atomic():
        draft = _locked(draft)
        file, held = _file(draft, name), draft.file_called(new)
        if held is not None:
            held["name"] = name
        file["name"] = new
        _save(draft, now, "files")


def drop_file(*, by: User, draft: ImportDraft, name: str, now: datetime) -> None:
    _check(by, draft)
    with transaction.atomic():
        draft = _locked(draft)
        file = _file(draft, name)
        draft.files = [one for one in draft.files if one["name"] != name]
        _save(draft, now, "files")
    path = draft.path_of(file)
    path.unlink(missing_ok=True)
    forget_head(path)


def set_mapping(*, by: User, draft: ImportDraft, text: str, now: datetime) -> None:
    """Keep a mapping, finished or not, as long as it is plain YAML. Raises Refused with the line when it is not."""
    _check(by, draft)
    said = read_document(text).value
    entries = said.get("files") if isinstance(said, dict) else None
    kinds = {one.get("name"): one.get("kind") for one in entries or () if isinstance(one, dict)}
    source = said.get("source") if isinstance(said, dict) else None
    with transaction.atomic():
        draft = _locked(draft)
        draft.mapping_text = text
        for file in draft.files:
            file["kind"] = str(kinds.get(file["name"]) or file["kind"])
        if isinstance(source, str) and len(source) <= 64:
            draft.source = source
        _save(draft, now, "mapping_text", "files", "source")


def set_source(*, by: User, draft: ImportDraft, source: str, now: datetime) -> None:
    """The name under which what these files say is known. Raises Refused when it is no such name."""
    _check(by, draft)
    with transaction.atomic():
        draft = _locked(draft)
        draft.source = checked_source(source)
        _save(draft, now, "source")


def note_dry_run(*, by: User, draft: ImportDraft, run: ImportRun, of: str, now: datetime) -> None:
    """Remember which dry run looked at the draft as it is now (`of`: its digest)."""
    _check(by, draft)
    with transaction.atomic():
        draft = _locked(draft)
        draft.dry_run, draft.dry_of = run, of
        _save(draft, now, "dry_run", "dry_of")


def discard_draft(*, by: User, draft: ImportDraft) -> None:
    """Forget a draft and its files."""
    _check(by, draft)
    _forget(draft)


def forget_drafts(*, now: datetime) -> int:
    """Forget drafts nobody has touched for two weeks, and uploads that never ended. How many drafts there were."""
    old = list(ImportDraft.objects.filter(changed_at__lt=now - KEPT_FOR))
    for draft in old:
        _forget(draft)
    folder = incoming_folder()
    for left in folder.glob("*.part") if folder.is_dir() else ():
        if now.timestamp() - left.stat().st_mtime > 24 * 3600:
            left.unlink(missing_ok=True)
    return len(old)


def shown_name(called: str) -> str:
    """What a browser called a file, fit to be shown: no folders, no control characters."""
    last = called.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(letter for letter in last if letter.isprintable()).strip()
    stem, dot, ending = plain.rpartition(".")
    return f"{shorten(stem, 100)}{dot}{ending[:10]}" if stem else (plain[:100] or "file")


def checked_source(source: str) -> str:
    said = slug(source)
    if not said or said == "staff":
        raise Refused("Name the system the files come from, such as crm or billing.", field="source")
    return said


def _is_before(turn: str, kept: str) -> bool:
    """Whether a page told `turn` before `kept`. Turns of two pages have no order."""
    page, _, number = turn.partition(":")
    kept_page, _, kept_number = kept.partition(":")
    return page == kept_page and number.isdecimal() and kept_number.isdecimal() and int(number) < int(kept_number)


def _forget(draft: ImportDraft) -> None:
    folder = draft.folder
    ImportDraft.objects.filter(pk=draft.pk).delete()
    shutil.rmtree(folder, ignore_errors=True)


def _check(by: User, draft: ImportDraft) -> None:
    rules.require(rules.can_configure(by), _WAY)
    if draft.by_id != by.pk:
        raise NotFound("There is no such import.")


def _locked(draft: ImportDraft) -> ImportDraft:
    found = ImportDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if found is None:
        raise NotFound("There is no such import any more.")
    return found


def _file(draft: ImportDraft, name: str) -> dict[str, Any]:
    found = draft.file_called(name)
    if found is None:
        raise NotFound("There is no such file in this import.")
    return found


def _save(draft: ImportDraft, now: datetime, *columns: str) -> None:
    draft.changed_at = now
    draft.save(update_fields=[*columns, "changed_at"])


def _name_for(shown: str, draft: ImportDraft) -> str:
    """A name the mapping can use, once only."""
    stem = slug(PurePath(shown).stem, limit=50).replace("-", "_") or "file"
    stem = stem if stem[0].isalpha() else f"file_{stem}"
    taken = {file["name"] for file in draft.files}
    return next(name for name in (stem, *(f"{stem}_{n}" for n in range(2, 100))) if name not in taken)
