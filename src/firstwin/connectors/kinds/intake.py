"""What every record kind shares when a slice of rows is taken in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any, Literal, Protocol

from firstwin.accounts.actions.receive import UNSAID, Received, Unsaid
from firstwin.accounts.models import Attribute
from firstwin.accounts.references import Directory, Found, Reference, find_staff
from firstwin.connectors.kinds.binding import Binding, RowSaid
from firstwin.connectors.report import FileReport
from firstwin.core.errors import Refused


@dataclass
class Intake:
    """One file on its way in.  is_dry: nothing is stored, and what would have been is pretended in `directory`.

    attributes: key → definition (in a dry run perhaps one that is not stored yet).  run: id of the import run, kept
    with the facts of record kinds.
    """

    source: str
    now: datetime
    is_dry: bool
    directory: Directory
    attributes: Mapping[str, Attribute]
    binding: Binding
    report: FileReport
    pretended: "Pretended"
    run: int | None = None
    names: Any = None  # see matching.sift.NameIndex
    lines: dict[Any, Any] = field(default_factory=dict)  # see usage_lines.lines_called


@dataclass
class Pretended:
    """Ids below zero for what a dry run would have made, where its people would work, and what its products are called.

    products: (by, source, as it is compared) → id.  lines: (source, external id) → (account, first day, end).
    """

    numbers: Any = field(default_factory=lambda: count(-1, -1))
    accounts_of: dict[int, set[int]] = field(default_factory=dict)
    products: dict[tuple[str, str, str], int] = field(default_factory=dict)
    lines: dict[tuple[str, str], tuple[int, date, date | None]] = field(default_factory=dict)

    def id(self) -> int:
        return int(next(self.numbers))


@dataclass(frozen=True)
class Taken:
    """A row that says something new.  news: the fields to take in."""

    row: RowSaid
    news: frozenset[str]

    def said(self, name: str) -> Any:
        """The value of a field that is news; None where it is blank; UNSAID where it is not news."""
        return self.row.values.get(name, UNSAID) if name in self.news else UNSAID


class Kind(Protocol):
    """How rows of one kind become facts."""

    def identify(self, row: RowSaid, now: datetime) -> None:
        """Check what the row says by itself, and fill in the id where the source has none. Raises Refused."""

    def receive(self, taken: Sequence[Taken], intake: Intake) -> Received:
        """Store them, in the caller's transaction. Ids in the outcome are below zero for what a dry run pretends."""

    def mention(self, rows: Sequence[RowSaid], intake: Intake) -> None:
        """Remember that the source still speaks of these records."""


def references(values: Iterable[Any]) -> set[Reference]:
    """The references among `values`, which may be tuples of them."""
    found: set[Reference] = set()
    for value in values:
        if isinstance(value, Reference):
            found.add(value)
        elif isinstance(value, tuple):
            found.update(item for item in value if isinstance(item, Reference))
    return found


class Resolver:
    """Looks up the references of a slice at once, then answers for each row."""

    def __init__(self, taken: Sequence[Taken], intake: Intake, names: Sequence[str]) -> None:
        self._intake = intake
        wanted = references(one.row.values.get(name) for one in taken for name in names)
        self._found: Found = intake.directory.find(wanted)

    def id(self, one: Taken, name: str) -> int | None:
        """The id meant by field `name`; None where it is blank, or unknown and the mapping says to leave it.

        Raises Refused where nothing, or more than one thing, is meant.
        """
        value = one.row.values.get(name)
        return None if value is None else self._meant(value, name)

    def peek(self, name: str, taken: Sequence[Taken]) -> set[int]:
        """The ids that field `name` means in these rows, as far as they mean one."""
        answers = (self._found.get(value) for one in taken if (value := one.row.values.get(name)) is not None)
        return {answer for answer in answers if isinstance(answer, int)}

    def ids(self, one: Taken, name: str) -> list[int]:
        found = [self._meant(value, name) for value in one.row.values.get(name) or ()]
        return [pk for pk in dict.fromkeys(found) if pk is not None]

    def _meant(self, reference: Reference, name: str) -> int | None:
        answer = self._found[reference]
        if isinstance(answer, int):
            return answer
        if leaves_unknown(self._intake, name):
            self._intake.report.warnings[f"{name}: not found here, left out."] += 1
            return None
        raise Refused(answer, field=name)


class Staff:
    """As `Resolver`, for staff addresses."""

    def __init__(self, taken: Sequence[Taken], intake: Intake, name: str, *, may_be_disabled: bool = False) -> None:
        self._intake, self._name = intake, name
        wanted = {said for one in taken if (said := one.row.values.get(name))}
        self._found = find_staff(wanted, may_be_disabled=may_be_disabled) if wanted else {}

    def id(self, one: Taken) -> int | Unsaid | None:
        """None: blank.  UNSAID: unknown, and the mapping says to leave it. Raises Refused."""
        address = one.row.values.get(self._name)
        if not address:
            return None
        answer = self._found[address]
        if isinstance(answer, int):
            return answer
        if leaves_unknown(self._intake, self._name):
            self._intake.report.warnings[f"{self._name}: not found here, left out."] += 1
            return UNSAID
        raise Refused(answer, field=self._name)


def leaves_unknown(intake: Intake, name: str) -> bool:
    column = intake.binding.file.fields.get(name)
    return column is not None and column.unknown == "leave"


def either(value: Any) -> Literal[Unsaid.UNSAID] | Any:
    """`value`, or UNSAID where it is blank: a blank says nothing for fields without history."""
    return UNSAID if value is None else value
