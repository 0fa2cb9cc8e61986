"""A slice of typed rows on its way into facts: columns by name, references looked up at once, faults by row."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from firstwin.accounts.actions.receive import Received
from firstwin.connectors.kinds.intake import Intake, leaves_unknown, references
from firstwin.connectors.kinds.products_found import find_products
from firstwin.connectors.kinds.slices import RecordRow
from firstwin.core.errors import Refused


class Gathered:
    """What the rows of a slice say, by columns. Rows that turn out unusable are left out by `each`."""

    def __init__(self, rows: Sequence[RecordRow], intake: Intake) -> None:
        self.rows, self.intake = rows, intake
        self.received = Received()
        names = intake.binding.names
        self._columns = dict(zip(names, zip(*(row.values for row in rows), strict=True), strict=True)) if rows else {}
        self._is_bad = [False] * len(rows)

    def column(self, name: str, default: Any = None) -> Sequence[Any]:
        """The values of a field; `default` where a cell is blank or the field is not mapped."""
        found = self._columns.get(name)
        if found is None:
            return [default] * len(self.rows)
        return found if default is None else [default if value is None else value for value in found]

    def has(self, name: str) -> bool:
        """Whether the mapping speaks of this field."""
        return name in self._columns

    def known(self) -> Iterator[tuple[datetime, bool]]:
        """(known_at, whether it is the source's own) of each row."""
        now = self.intake.now
        return ((row.known_at or now, row.known_at is not None) for row in self.rows)

    def refuse(self, at: int, problem: Refused) -> None:
        self._is_bad[at] = True
        self.received.refused.setdefault(self.rows[at].line, problem)

    def warn(self, at: int, sentence: str) -> None:
        self.received.warned.setdefault(self.rows[at].line, []).append(sentence)

    def each(self, make: Callable[[int], Any]) -> list[Any]:
        """`make` of every row that is good so far; a Refused it raises turns the row down."""
        made = []
        for at, is_bad in enumerate(self._is_bad):
            if is_bad:
                continue
            try:
                made.append(make(at))
            except Refused as problem:
                self.refuse(at, problem)
        return made

    def accounts(self, name: str = "account", *, needed: bool = True) -> list[int]:
        """The ids of a field that names accounts; below zero for what a dry run pretends, 0 where there is none."""
        return self._ids(name, "An account is needed." if needed else "")

    def people(self, name: str = "person") -> list[int]:
        """The ids of a field that names people; 0 where there is none."""
        return self._ids(name, "")

    def products(self, name: str = "product") -> list[int | None]:
        """The ids of a field that names products; those found by name are made where they are new."""
        column = self.column(name)
        wanted = {value for value in column if value is not None}
        mapped = self.intake.binding.file.fields.get(name)
        if not wanted or mapped is None:
            return [None] * len(column)
        creates = mapped.unknown == "create" or (mapped.unknown is None and (mapped.by or "name") == "name")
        found = find_products(wanted, self.intake, creates=creates)
        ids: list[int | None] = []
        for at, value in enumerate(column):
            answer = found[value] if value is not None else None
            ids.append(self._one(at, answer, name) if isinstance(answer, str) else answer)
        return ids

    def _ids(self, name: str, needed: str) -> list[int]:
        column = self.column(name)
        found: dict[Any, int | str] = dict(self.intake.directory.find(references(set(column))))
        ids: list[int] = []
        for at, value in enumerate(column):
            answer = found[value] if value is not None else (needed or 0)
            ids.append(answer if isinstance(answer, int) else self._one(at, answer, name, needed=bool(needed)) or 0)
        return ids

    def _one(self, at: int, why: str, name: str, *, needed: bool = False) -> int | None:
        if leaves_unknown(self.intake, name) and not needed:
            self.warn(at, f"{name}: not found here, left out.")
        else:
            self.refuse(at, Refused(why, field=name))
        return None
