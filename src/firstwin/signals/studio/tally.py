"""What is counted while changed definitions are tried: which accounts moved, from what to what."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Moved:
    """One account in one respect. size: by which the biggest come first.

    stake: what its findings put at stake, where that counts instead of its ARR (`Tally.by_stake`).
    """

    account_id: int
    was: str
    now: str
    was_words: str
    now_words: str
    size: float = 0.0
    stake: int | None = None


@dataclass
class Tally:
    """notes: what is told beside the figures. open, opened, cleared, stakes: of findings."""

    judged: int = 0
    moved: list[Moved] = field(default_factory=list)
    by_stake: bool = False
    notes: list[str] = field(default_factory=list)
    open: int = 0
    opened: int = 0
    cleared: int = 0
    stakes: dict[int, int | None] = field(default_factory=dict)

    def note(self, words: str) -> None:
        """Once, however many slices of accounts say it."""
        if words not in self.notes:
            self.notes.append(words)


Tallies = dict[str, Tally]
"""By what is judged, in words."""
