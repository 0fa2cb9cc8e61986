"""Take back part of a run: its journal is walked backwards, a few rows at a time, in the caller's transaction.

Rows it made go, unless somebody refers to them by now; columns it changed get their old value, unless somebody
changed them since; lines of history somebody wrote on since stay as they are. Whatever stays is told.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Any

from django.db import IntegrityError, connection, transaction

from firstwin.accounts.models import Account, AccountNow
from firstwin.connectors.journal import journaled
from firstwin.connectors.journal.rows import Rows, rows_of
from firstwin.connectors.journal.tables import BOOKKEEPING, NEVER_RESTORED, Table
from firstwin.signals.ledger.forget import forget

ACCOUNTS, PEOPLE = "accounts_account", "accounts_person"
_WRITTEN_SINCE = "somebody wrote on the same line of history since"


@dataclass(frozen=True)
class Entry:
    """One row of the journal; before and after as JSON text."""

    id: int
    table: str
    row: int
    op: str
    before: str | None
    after: str | None


@dataclass
class TakenBack:
    """below: where the next part begins; None: nothing is left.  kept: what was left as it is, and why.

    touched: accounts whose list rows are to be refreshed.  rejoin: accounts whose parent or removal stays with what
    was written since.
    """

    below: int | None = None
    entries: int = 0
    deleted: Counter[str] = field(default_factory=Counter)
    restored: Counter[str] = field(default_factory=Counter)
    kept: list[dict[str, Any]] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    rejoin: set[int] = field(default_factory=set)


def take_back(run: int, *, below: int | None, at_most: int, marks: Mapping[str, int]) -> TakenBack:
    """Take back the last `at_most` changes of `run` that lie below journal row `below`."""
    entries = list(_entries(run, below, at_most))
    done = TakenBack(entries=len(entries), below=entries[-1].id if len(entries) == at_most else None)
    for (name, op), group in groupby(entries, key=lambda one: (one.table, one.op)):
        part = _Part(run, journaled()[name], list(group), marks.get(name, 0), done)
        {"i": part.delete_made, "u": part.restore_changed, "d": part.bring_back}[op]()
        part.close()
    return done


def _entries(run: int, below: int | None, at_most: int) -> Iterator[Entry]:
    as_text = "::text" if connection.vendor == "postgresql" else ""
    sql = (
        f"select id, table_name, row_id, op, before{as_text}, after{as_text} from connectors_rowchange "  # noqa: S608
        f"where run = %s {'and id < %s' if below is not None else ''} order by id desc limit {int(at_most)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [run] if below is None else [run, below])
        for row in cursor.fetchall():
            yield Entry(*row)


class _Part:
    """Changes of one sort to one table, one after the other in the journal."""

    def __init__(self, run: int, table: Table, entries: Sequence[Entry], mark: int, done: TakenBack) -> None:
        self.run, self.table, self.entries, self.mark, self.done = run, table, entries, mark, done
        self.rows: Rows = rows_of(table)
        self.ids = list(dict.fromkeys(entry.row for entry in entries))
        self.outcomes: dict[int, str] = {entry.id: "u" for entry in entries}
        self.now: dict[int, str] = {}

    def delete_made(self) -> None:
        self.now = self.rows.current(self.ids)
        stays = dict.fromkeys(self._written_since(), _WRITTEN_SINCE)
        if self.table.has_edition:
            stays |= {pk: "it was edited since" for pk, row in self.now.items() if _parsed(row)["edition"] != 1}
        for label, referred in self.rows.referred([pk for pk in self.now if pk not in stays]):
            stays.setdefault(referred, f"{_article(label)} refers to it")
        going = [pk for pk in self.now if pk not in stays]
        self._note_touched(self.now.values())
        if self.table.name == ACCOUNTS:
            self._clear_list_rows(going)
        self.rows.delete(going)
        gone = set(going)
        self.rows.keep_content([(entry.id, self.now[entry.row]) for entry in self.entries if entry.row in gone])
        self.done.deleted[self.table.name] += len(going)
        for entry in self.entries:
            if entry.row in stays:
                self._keep(entry, _parsed(self.now[entry.row]), stays[entry.row])

    def restore_changed(self) -> None:
        # The same row may have been changed several times: the last change is taken back first.
        waiting = self.entries
        while waiting:
            seen: set[int] = set()
            some = [entry for entry in waiting if entry.row not in seen and not seen.add(entry.row)]  # type: ignore[func-returns-value]
            taken = {entry.id for entry in some}
            waiting = [entry for entry in waiting if entry.id not in taken]
            self._restore(some)

    def bring_back(self) -> None:
        for entry in self.entries:
            says = _parsed(entry.before)
            if self._tried(partial(self.rows.insert, str(entry.before))):
                self.done.restored[self.table.name] += 1
            else:
                self._keep(entry, says, "something else stands in its place")
        self._note_touched(str(entry.before) for entry in self.entries)

    def close(self) -> None:
        """Write into the journal what became of each change."""
        for outcome in ("u", "k"):
            self.rows.note([pk for pk, said in self.outcomes.items() if said == outcome], outcome)

    def _restore(self, entries: Sequence[Entry]) -> None:
        self.now = self.rows.current([entry.row for entry in entries])
        stays = self._written_since()
        made = self.rows.made_by(self.run, list(self.now)) if self.table.has_edition else set()
        by_columns: dict[tuple[str, ...], list[Entry]] = {}
        for entry in entries:
            if entry.row not in self.now:
                self.outcomes[entry.id] = "k"
                continue
            before, after, now = _parsed(entry.before), _parsed(entry.after), _parsed(self.now[entry.row])
            changed = [name for name in before if before[name] != after[name] and name not in NEVER_RESTORED]
            theirs = [name for name in changed if now[name] != after[name]]
            told = [name for name in theirs if name not in BOOKKEEPING]
            if entry.row in stays:
                self._keep(entry, now, _WRITTEN_SINCE)
                continue
            if told:
                self._keep(entry, now, f"{' and '.join(_words(name) for name in told)} was changed since")
                if self.table.name != ACCOUNTS:
                    continue  # what is derived from it stays with it
            columns = [name for name in changed if name not in theirs]
            if "edition" in columns and entry.row not in made:
                columns.remove("edition")  # never goes back: somebody may have the form open
            if columns:
                by_columns.setdefault(tuple(columns), []).append(entry)
        self._note_touched([*self.now.values(), *(str(entry.before) for entry in entries)])
        for columns_of, some in by_columns.items():
            self._write(columns_of, some, made)

    def _write(self, columns: Sequence[str], entries: Sequence[Entry], made: set[int]) -> None:
        def write(some: Sequence[Entry]) -> None:
            self.rows.restore(columns, [(entry.row, str(entry.before)) for entry in some])

        if self._tried(partial(write, entries)):
            written = list(entries)
        else:
            written = [entry for entry in entries if self._tried(partial(write, [entry]))]
            for entry in entries:
                if entry not in written:
                    self._keep(entry, _parsed(self.now[entry.row]), "something else stands in its place")
        self.done.restored[self.table.name] += len(written)
        if self.table.has_edition and not set(columns) <= BOOKKEEPING:
            self.rows.bump_edition([entry.row for entry in written if entry.row not in made])

    def _tried(self, write: Callable[[], None]) -> bool:
        try:
            with transaction.atomic():
                write()
        except IntegrityError:
            return False
        return True

    def _written_since(self) -> set[int]:
        if not self.table.slot:
            return set()
        return self.rows.written_since(list(self.now), self.run, self.mark)

    def _clear_list_rows(self, going: Sequence[int]) -> None:
        """Nothing derived may hold an account that goes; whoever showed its name is refreshed."""
        showing = AccountNow.objects.filter(parent__in=going)
        self.done.touched |= set(showing.values_list("account_id", flat=True))
        showing.update(parent=None, parent_name=None, parent_name_folded=None)
        AccountNow.objects.filter(account__in=going).delete()
        forget(going)

    def _keep(self, entry: Entry, says: Mapping[str, Any], why: str) -> None:
        self.outcomes[entry.id] = "k"
        account = entry.row if self.table.name == ACCOUNTS else says.get("account_id")
        if self.table.name in {"accounts_parentlink", "accounts_removal"} and account:
            self.done.rejoin.add(int(account))
        name = next((says[n] for n in ("name", "external_id", "title", "role", "kind") if says.get(n)), f"{entry.row}")
        self.done.kept.append({"what": self.table.label, "name": str(name), "account": account, "why": why})

    def _note_touched(self, rows: Any) -> None:
        found: set[Any] = set()
        for text in rows:
            row = _parsed(text)
            if self.table.name == ACCOUNTS:
                found |= {row["id"], row.get("parent_id")}
            elif self.table.account:
                found.add(row.get(self.table.account))
        if self.table.name == ACCOUNTS:
            children = Account.objects.filter(parent__in=self.ids)
            found |= set(children.values_list("pk", flat=True))
        elif self.table.name == PEOPLE:
            found |= self.rows.accounts_of_people(self.ids)
        self.done.touched |= {int(pk) for pk in found if pk is not None}


def _parsed(text: str | None) -> dict[str, Any]:
    """Fractions stay as they are written, so that no digit is lost when they are compared."""
    found = json.loads(text or "{}", parse_float=str)
    return dict(found)


def _words(column: str) -> str:
    return column.removesuffix("_id").removesuffix("_folded").replace("_", " ")


def _article(label: str) -> str:
    return f"{'an' if label[:1].lower() in 'aeiou' else 'a'} {label}"
