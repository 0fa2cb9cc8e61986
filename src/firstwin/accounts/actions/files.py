"""Keep files with an account. The only place a File is written."""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import File as Content
from django.db import transaction

from firstwin.accounts import rules
from firstwin.accounts.models import Account, File, Visibility
from firstwin.accounts.rules import Actor
from firstwin.core.errors import NotFound, Refused
from firstwin.core.text import is_clean, listing
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable

# What may be kept: the ending decides the type; what the browser claims is not asked.
TYPES: Mapping[str, str] = {
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "md": "text/markdown",
    "msg": "application/vnd.ms-outlook",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
    "png": "image/png",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain",
    "webp": "image/webp",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}

# How files of a type begin; for types that are not listed any beginning will do.
_BEGINNINGS: Mapping[str, tuple[bytes, ...]] = {
    "docx": (b"PK",),
    "gif": (b"GIF8",),
    "jpeg": (b"\xff\xd8\xff",),
    "jpg": (b"\xff\xd8\xff",),
    "odp": (b"PK",),
    "ods": (b"PK",),
    "odt": (b"PK",),
    "pdf": (b"%PDF",),
    "png": (b"\x89PNG",),
    "pptx": (b"PK",),
    "webp": (b"RIFF",),
    "xlsx": (b"PK",),
    "zip": (b"PK",),
}
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")


def keep_file(
    *,
    by: Actor,
    account: Account,
    name: str,
    content: Content[Any],
    now: datetime,
    visibility: Visibility = Visibility.INTERNAL,
) -> File:
    """Keep `content` with `account`; `name` is only its label. Raises NotAllowed, or Refused for what is not taken."""
    rules.require_edit(by, [account])
    name = checked_name(name)
    ending = _ending(name)
    size = content.size or 0
    _check_size(size)
    _check_beginning(content, ending)
    digest = _digest(content)
    twin = File.objects.filter(account=account, sha256=digest, removed_at__isnull=True).first()
    if twin is not None:
        raise Refused(f"The same file is already here as {twin.name}.", field="content")
    key = uuid.uuid4()
    file = File(
        account=account,
        uploaded_by=by,
        key=key,
        name=name,
        content_type=TYPES[ending],
        size=size,
        sha256=digest,
        visibility=visibility,
        uploaded_at=now,
    )
    content.seek(0)
    file.content.save(key.hex, content, save=False)
    try:
        with transaction.atomic():
            file.save()
            record(by=by, did="file.kept", on=file, now=now, after={"name": name, "size": size, "sha256": digest})
    except Exception:
        file.content.delete(save=False)  # bytes without a row would lie there for ever
        raise
    return file


def show_file_to(*, by: Actor, file: File, visibility: Visibility, now: datetime) -> bool:
    """Say who may see a file. False when it was so already."""
    rules.require_edit(by, [file.account])
    with transaction.atomic():
        if not File.objects.filter(pk=file.pk).exclude(visibility=visibility).update(visibility=visibility):
            return False
        before, after = {"visibility": file.visibility}, {"visibility": str(visibility)}
        record(by=by, did="file.shown_to", on=file, now=now, before=before, after=after)
    return True


def remove_file(*, by: Actor, file: File, now: datetime) -> None:
    """Take a file off the account. Its bytes stay, so that it can be brought back."""
    rules.require_edit(by, [file.account])
    with transaction.atomic():
        if not File.objects.filter(pk=file.pk, removed_at__isnull=True).update(removed_at=now):
            raise Refused("This file was removed meanwhile.")
        record(by=by, did="file.removed", on=file, now=now, before={"name": file.name})


@undoable("file.kept")
def unkeep(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"file": id}."""
    remove_file(by=None, file=_file(payload), now=now)


@undoable("file.removed")
def bring_file_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"file": id}."""
    file = _file(payload)
    File.objects.filter(pk=file.pk).update(removed_at=None)
    record(by=by, did="file.restored", on=file, now=now, after={"name": file.name})


@undoable("file.shown_to")
def show_file_as_before(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"file": id, "before": visibility}."""
    show_file_to(by=None, file=_file(payload), visibility=Visibility(payload["before"]), now=now)


def checked_name(name: str) -> str:
    """The last part of `name`, tidy. Raises Refused for an ending that is not taken."""
    tidy = " ".join(PurePath(name.replace("\\", "/")).name.split())
    if not tidy or not is_clean(tidy) or any(ord(letter) < 32 for letter in tidy):
        raise Refused("The file needs a readable name.", field="content")
    if _ending(tidy) not in TYPES:
        raise Refused(f"Files of this type are not kept. Known are {listing(TYPES)}.", field="content")
    if len(tidy) > 200:
        stem, ending = tidy[: -len(_ending(tidy)) - 1], _ending(tidy)
        tidy = f"{stem[: 199 - len(ending)]}.{ending}"
    return tidy


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _check_size(size: int) -> None:
    limit: int = settings.FIRSTWIN_LARGEST_FILE
    if size <= 0:
        raise Refused("The file is empty.", field="content")
    if size > limit:
        raise Refused(f"A file has at most {limit // 1024**2} MB; this one has {size / 1024**2:.1f}.", field="content")


def _check_beginning(content: Content[Any], ending: str) -> None:
    content.seek(0)
    head = content.read(16)
    if head.startswith(_PROGRAMS):
        raise Refused("Programs are not kept.", field="content")
    if ending in _BEGINNINGS and not head.startswith(_BEGINNINGS[ending]):
        raise Refused(f"The content is not what .{ending} promises.", field="content")


def _digest(content: Content[Any]) -> str:
    digest = hashlib.sha256()
    content.seek(0)
    for chunk in content.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _file(payload: dict[str, Any]) -> File:
    file = File.objects.select_related("account").filter(pk=payload["file"]).first()
    if file is None:
        raise NotFound("That file is not there any more.")
    return file
