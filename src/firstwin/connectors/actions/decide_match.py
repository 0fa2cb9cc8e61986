"""A person says who a row speaks of; the row is then taken in as an import of its own, with its journal."""

import csv
import json
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.merged import survivors
from firstwin.accounts.models import Account, AccountExternalId, Membership, Person, PersonExternalId
from firstwin.connectors.actions.run_import import run_staged
from firstwin.connectors.actions.stage_import import stage_import
from firstwin.connectors.actions.undo_import import run_undo, undo_import
from firstwin.connectors.mapping.read import read_mapping
from firstwin.connectors.models import ImportRun, MatchCase, MatchState
from firstwin.connectors.rules import Actor, require_import
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable

SURE = 0.95
"""From here on a whole queue may be accepted at once."""


def decide_match(
    *, by: Actor, cases: Sequence[MatchCase], state: MatchState, now: datetime, target: int | None = None
) -> list[str]:
    """Decide cases that wait: the same as `target` (None: as the best candidate of each), a new record, or ignored.

    Returns what of their rows could not be taken in, in words. Raises NotAllowed, or Refused for a case that somebody
    else decided, and for a record that is gone or that the source has another id for.
    """
    require_import(by)
    ids = [case.pk for case in cases]
    with transaction.atomic():
        rows = MatchCase.objects.filter(state=MatchState.WAITING, pk__in=ids).order_by("pk")
        if connection.features.has_select_for_update:
            rows = rows.select_for_update()
        waiting = list(rows)
        if len(waiting) != len(set(ids)):
            raise Refused("Somebody decided one of these meanwhile. Look at the queue again.")
        for case in waiting:
            _settle(case, state, target, by, now)
        failpoint("match.before_commit")
    failpoint("match.after_commit")
    problems: list[str] = []
    if state in (MatchState.SAME, MatchState.NEW):
        for some in _by_file(waiting):
            problems += _take_in(some, by, now)
    return problems


@undoable("match.decided")
def ask_again(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"cases": [ids]}. The rows go again, and the cases wait again."""
    cases = list(MatchCase.objects.filter(pk__in=payload["cases"]).exclude(state=MatchState.WAITING))
    for pk in sorted({case.decided_run for case in cases if case.decided_run}):
        run = ImportRun.objects.filter(pk=pk, undone_at__isnull=True).first()
        if run is not None:
            undo_import(by=None, run=run, now=now, is_enqueued=False)
            run_undo(run.pk, now=now)
    for case in cases:
        _detach(case, now)
        MatchCase.objects.filter(pk=case.pk).update(
            state=MatchState.WAITING, target=None, decided_by=None, decided_at=None, decided_run=None
        )


def _settle(case: MatchCase, state: MatchState, target: int | None, by: Actor, now: datetime) -> None:
    case.state, case.decided_by, case.decided_at = state, by, now
    case.target = None
    if state == MatchState.SAME:
        wanted = target if target is not None else next((one["id"] for one in case.candidates), None)
        case.target = _attach(case, wanted, now)
    case.save(update_fields=["state", "target", "decided_by", "decided_at"])
    account = case.target if case.kind == "accounts" else None
    after = {"source": case.source, "is": state.value, "target": case.target}
    record(by=by, did="match.decided", on=case, now=now, account_id=account, after=after)


def _attach(case: MatchCase, wanted: int | None, now: datetime) -> int:
    """Let the source's id mean the record. Returns the record, or who it is part of now."""
    target: Any = Account if case.kind == "accounts" else Person
    table: Any = AccountExternalId if case.kind == "accounts" else PersonExternalId
    holder = "account" if case.kind == "accounts" else "person"
    pk = survivors(target, [wanted]).get(wanted, wanted) if wanted is not None else None
    record_ = target.objects.filter(pk=pk, removed_at__isnull=True).first()
    if record_ is None:
        raise Refused("That record is not there any more. Choose another one.")
    held = table.objects.filter(source=case.source, external_id=case.external_id).first()
    if held is not None and getattr(held, f"{holder}_id") != record_.pk:
        raise Refused(f"{case.source} id {case.external_id!r} means another record by now.")
    if held is None:
        table.objects.create(
            source=case.source, external_id=case.external_id, recorded_at=now, seen_at=now, **{holder: record_}
        )
    _mark(case.kind, record_.pk, now)
    return int(record_.pk)


def _detach(case: MatchCase, now: datetime) -> None:
    if case.target is None:
        return
    table: Any = AccountExternalId if case.kind == "accounts" else PersonExternalId
    holder = "account_id" if case.kind == "accounts" else "person_id"
    table.objects.filter(source=case.source, external_id=case.external_id, **{holder: case.target}).delete()
    _mark(case.kind, case.target, now)


def _mark(kind: str, pk: int, now: datetime) -> None:
    touched = {pk}
    if kind != "accounts":
        touched = set(Membership.objects.open().filter(person=pk).values_list("account_id", flat=True))
    bump_revision(touched)
    refresh_now(touched, now=now)


def _by_file(cases: Sequence[MatchCase]) -> list[list[MatchCase]]:
    """Cases that came with one file of one import, together."""
    found: dict[tuple[int, str], list[MatchCase]] = {}
    for case in cases:
        found.setdefault((case.run_id, case.feed), []).append(case)
    return list(found.values())


def _take_in(cases: Sequence[MatchCase], by: Actor, now: datetime) -> list[str]:
    """Import the rows once more, now that they mean somebody."""
    first = cases[0]
    text = _mapping_of(first)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{first.feed}.csv"
        with path.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(first.header)
            writer.writerows(case.cells for case in cases)
        run = stage_import(
            by=by,
            mapping_text=text,
            mapping_name="Match queue",
            files={first.feed: path},
            is_dry=False,
            now=now,
            ends=first.run.cursor.get("ends"),
            is_enqueued=False,
        )
    MatchCase.objects.filter(pk__in=[case.pk for case in cases]).update(decided_run=run.pk)
    report = run_staged(run.pk, now=now)
    return [fault.reason for file in report.files for fault in file.faults]


def _mapping_of(case: MatchCase) -> str:
    """The mapping the row came with, cut down to its file, and that read as we write it. YAML reads JSON."""
    said = read_mapping(case.run.mapping_text, source=case.source).mapping
    whole = said.model_dump(mode="json", by_alias=True, exclude_unset=True)
    file = next((one for one in whole["files"] if one["name"] == case.feed), None)
    if file is None:
        raise Refused("The mapping of that import does not know this file any more. Import it again.")
    for name in ("path", "sheet"):
        file.pop(name, None)
    file |= {"format": "csv", "encoding": "utf-8", "delimiter": ","}
    return json.dumps({**whole, "source": case.source, "files": [file]}, ensure_ascii=False, indent=1)
