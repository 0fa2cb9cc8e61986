"""What a detector finds, and what is remembered of what it found before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Found:
    """account: id.  place: where it stands in the frame.  version: of the detector.
    cause: tells findings of one detector about one account apart; empty for most.
    stake_minor: in minor units of the installation's currency; None where it is not known.
    evidence: field key → value; under `rows` {collection, id, words}, at most `MOST_ROWS` of them, `n` all of them.
    is_lasting: it would not be found anew, but what ends it has not come yet.
    """

    account: int
    place: int
    detector: str
    version: int
    cause: str
    what: str
    severity: int
    words: str
    stake_minor: int | None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    is_lasting: bool = False

    @property
    def key(self) -> tuple[int, str, str]:
        """What there is at most one open episode of."""
        return self.account, self.detector, self.cause


@dataclass(frozen=True)
class Known:
    """An episode as the ledger keeps it.

    pk: None where it is not stored yet.  aside_until: None, or the day until which a person put it aside; `FOREVER`
    where they named none.  said: severity, words, stake and evidence, to tell whether anything changed.
    what: a risk or an opportunity, as it was when it was found first; empty where nobody asked.
    """

    account: int
    detector: str
    cause: str
    first_on: date
    last_on: date
    cleared_on: date | None = None
    pk: int | None = None
    aside_until: date | None = None
    said: tuple[int, str, int | None, Mapping[str, Any]] | None = None
    what: str = ""

    @property
    def key(self) -> tuple[int, str, str]:
        return self.account, self.detector, self.cause

    def is_aside(self, on: date) -> bool:
        """Whether a person put it aside and it stays so on that day."""
        return self.aside_until is not None and on < self.aside_until


FOREVER = date.max
MOST_ROWS = 20
