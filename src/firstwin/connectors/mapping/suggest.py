"""What a file seems to hold, and the mapping one would write for it. Pure: nothing is stored, nothing is certain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Type = Literal[
    "blank", "text", "id", "number", "money", "day", "moment", "flag", "email", "domain", "currency", "choice"
]


@dataclass(frozen=True)
class ColumnGuess:
    """One column.  type: what its cells seem to be.  formats: of days and moments, those that fit every cell (the
    likely one first).  is_ambiguous: whether two of them mean different days (03-04-2024), so that a person must say.
    evidence: the cell that tells, or an example.  examples: a few cells.  words: the distinct ones, where they are few.
    decimal: the decimal mark of numbers.
    """

    name: str
    type: Type
    formats: tuple[str, ...] = ()
    is_ambiguous: bool = False
    evidence: str = ""
    examples: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    decimal: str = "."
    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()


@dataclass(frozen=True)
class FieldGuess:
    """field: of the record kind, or `key` or `known_at`.  confidence: 0 to 1.  why: in words."""

    field: str
    column: str
    confidence: float
    why: str = ""


@dataclass(frozen=True)
class Choices:
    """What a person settled on.  fields: field → column (`key` and `known_at` among them).  formats: column → format.

    name, source: of the file and of where the facts come from.  constants: field → text for every row.
    """

    kind: str
    fields: dict[str, str]
    name: str = ""
    source: str = "import"
    formats: dict[str, str] | None = None
    constants: dict[str, str] | None = None
    ends: Literal["exclusive", "inclusive"] = "exclusive"
    duplicates: Literal["reject", "first", "last"] = "reject"


@dataclass(frozen=True)
class Suggestion:
    """kind: the likely record kind; kinds: every kind with how well it fits (0 to 1), best first."""

    kind: str
    kinds: tuple[tuple[str, float], ...]
    columns: tuple[ColumnGuess, ...]
    fields: tuple[FieldGuess, ...]

    def to_yaml(self, choices: Choices | None = None) -> str:
        """The text of a mapping that `read_mapping` accepts. Without choices: what was suggested."""
        raise NotImplementedError


def suggest(kind_hint: str | None, header: Sequence[str], sample_rows: Sequence[Sequence[str]]) -> Suggestion:
    """Look at a header and a few hundred rows. `kind_hint`: the record kind, where a person said it."""
    raise NotImplementedError
