"""Bring the files of a draft and its mapping together."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from firstwin.connectors.actions import drafts
from firstwin.connectors.mapping.read import read_mapping
from firstwin.connectors.models import ImportDraft
from firstwin.connectors.peek import peek
from firstwin.core.errors import Refused
from firstwin.people.models import User

if TYPE_CHECKING:  # its library takes long to load
    from firstwin.connectors.mapping.schema import FileMapping


def fit_to_mapping(*, by: User, draft: ImportDraft, now: datetime) -> bool:
    """Find out which uploaded file each file of the draft's mapping is. Whether all of them are there and fit.

    A file is the one that was called so last time, else the only one that has the columns.
    """
    if not draft.mapping_text:
        return False
    try:
        wanted = list(read_mapping(draft.mapping_text).mapping.files)
    except Refused:
        return False
    before = {file["name"]: file["file"] for file in (draft.again_of.files if draft.again_of else [])}
    for mapped in wanted:
        fitting = _fitting(draft, mapped, {one.name for one in wanted})
        named = [file for file in fitting if file["file"] == before.get(mapped.name)]
        same = [file for file in fitting if file["name"] == mapped.name]
        for file in (same or named or fitting)[:1]:
            if file["name"] != mapped.name:
                drafts.name_file(by=by, draft=draft, name=file["name"], new=mapped.name, now=now)
            draft.refresh_from_db()
            drafts.set_file(by=by, draft=draft, name=mapped.name, chosen=_chosen(mapped), now=now)
            draft.refresh_from_db()
    names = {file["name"] for file in draft.files}
    return names == {one.name for one in wanted} and all(_fitting(draft, one, set(), one.name) for one in wanted)


def _fitting(
    draft: ImportDraft, mapped: "FileMapping", taken: set[str], only: str | None = None
) -> list[dict[str, Any]]:
    """Files that have every column the mapping reads, and are not yet another file of it."""
    found = []
    for file in draft.files:
        if (file["name"] in taken and file["name"] != mapped.name) or (only and file["name"] != only):
            continue
        seen = peek(draft.path_of(file), file["found"], _chosen(mapped), most=1)
        if not seen.trouble and set(mapped.columns) <= set(seen.header):
            found.append(file)
    return found


def _chosen(mapped: "FileMapping") -> dict[str, str]:
    return {"kind": mapped.kind, "encoding": mapped.encoding, "delimiter": mapped.delimiter}
