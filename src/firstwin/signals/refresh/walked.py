"""What a walk through history leaves, whole: each thing with the day on which it ended."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

from firstwin.core.frames import At
from firstwin.signals.refresh.due import Due
from firstwin.signals.refresh.walk import Step
from firstwin.signals.risks.found import Found


@dataclass(frozen=True)
class Stayed:
    """In a segment. left_on: the first day on which it was not; None: it still is after the last step."""

    account: int
    segment: str
    version: int
    entered_on: date
    left_on: date | None = None


@dataclass(frozen=True)
class Lasted:
    """A finding, as it was found last. cleared_on: the first day on which it was not; None: it still is.
    said: what it said, from which day on.
    """

    found: Found
    first_on: date
    last_on: date
    cleared_on: date | None = None
    said: tuple[tuple[date, Found], ...] = ()


@dataclass
class Walked:
    """readings: of each step what it adds, by account, and the revisions of the accounts."""

    readings: list[tuple[At, dict[int, Due], dict[int, int]]] = field(default_factory=list)
    stays: dict[tuple[int, str, date], Stayed] = field(default_factory=dict)
    episodes: dict[tuple[tuple[int, str, str], date], Lasted] = field(default_factory=dict)

    def of(self, account_ids: Collection[int]) -> "Walked":
        """What it leaves of these accounts alone."""
        mine = set(account_ids)
        return Walked(
            [(at, {pk: due[pk] for pk in mine & due.keys()}, revisions) for at, due, revisions in self.readings],
            {key: stay for key, stay in self.stays.items() if stay.account in mine},
            {key: one for key, one in self.episodes.items() if one.found.account in mine},
        )

    def take(self, step: Step, revisions: dict[int, int]) -> None:
        on = step.made.at.on
        self.readings.append((step.made.at, {pk: one for pk, one in step.due.items() if one.readings}, revisions))
        for pk, due in step.due.items():
            for stay in due.left:
                key = (pk, stay.segment, stay.entered_on)
                self.stays[key] = replace(self.stays[key], left_on=on)
            for segment in due.entered:
                version = step.made.definitions.segments[segment].number
                self.stays[pk, segment, on] = Stayed(pk, segment, version, on)
        for opened in step.made.changes.opened:
            self.episodes[opened.key, on] = Lasted(opened, on, on, said=((on, opened),))
        for kept in step.made.changes.kept:
            held = self.episodes[kept.episode.key, kept.episode.first_on]
            said = (*held.said, (on, kept.found)) if kept.is_changed else held.said
            self.episodes[kept.episode.key, held.first_on] = replace(held, found=kept.found, last_on=on, said=said)
        for known in step.made.changes.cleared:
            lasted = self.episodes[known.key, known.first_on]
            self.episodes[known.key, known.first_on] = replace(lasted, cleared_on=on)
