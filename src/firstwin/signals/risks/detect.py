"""Findings: which detectors find which accounts at a frame's moment, with the evidence.

A pure function of the frame, the definitions, the alarms and what is open already: one account alone is found exactly
as among all of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from firstwin.core.conditions.mask import FrameLike, RowsLike, mask
from firstwin.core.errors import Refused
from firstwin.core.fields import Vocabulary
from firstwin.core.frames import At, Column
from firstwin.people.config.store import Definition
from firstwin.signals import evidence
from firstwin.signals.frame.frame import Frame, Ints, Rows
from firstwin.signals.frame.part import Part
from firstwin.signals.kinds.detector import Detector
from firstwin.signals.risks.found import MOST_ROWS, Found, Known
from firstwin.signals.risks.words import Teller

Mask = npt.NDArray[np.bool_]


class Fired(Protocol):
    """Alarms of weekly use, over the accounts of a frame."""

    def fires(self, detector: str) -> Mask: ...
    def says(self, detector: str, place: int) -> Mapping[str, Any]: ...
    def words(self, detector: str, place: int) -> Mapping[str, str]: ...


def detected(
    frame: Frame,
    detectors: Mapping[str, Definition],
    *,
    alarms: Fired | None = None,
    open_episodes: Iterable[Known] = (),
) -> list[Found]:
    """Every finding, by account, then detector, then cause.

    alarms: of the detectors with an alarm; None: those find nothing.
    open_episodes: those of the frame's accounts that are open; only detectors with `clears` ask for them.
    """
    ongoing: dict[str, set[tuple[int, str]]] = {}
    for known in open_episodes:
        ongoing.setdefault(known.detector, set()).add((known.account, known.cause))
    found = [
        one
        for key in sorted(detectors)
        for one in _Detection(frame, detectors[key], alarms, ongoing.get(key, set())).run()
    ]
    return sorted(found, key=lambda one: (one.place, one.detector, one.cause))


@dataclass(frozen=True)
class OfRows:
    """The rows of a collection, seen as a frame of their own."""

    at: At
    vocabulary: Vocabulary
    rows_: Rows

    def __len__(self) -> int:
        return len(self.rows_.owner)

    @property
    def accounts(self) -> Ints:
        raise Refused("Rows have no accounts of their own.")

    def column(self, key: str) -> Column:
        return self.rows_.columns[key]

    def rows(self, collection: str) -> RowsLike:
        raise Refused(f"Rows have no {collection} of their own.")

    def earlier(self, at: At) -> FrameLike:
        raise Refused(f"What {self.vocabulary.of} said before is not kept.")


class _Detection:
    """One detector over a frame."""

    def __init__(
        self, frame: Frame, definition: Definition, alarms: Fired | None, ongoing: set[tuple[int, str]]
    ) -> None:
        self.frame, self.alarms, self.ongoing = frame, alarms, ongoing
        self.detector: Detector = definition.parsed
        self.version = definition.number
        self.keys = evidence.keys_read([self.detector.where], self.detector.fields)
        self.rows: Rows | None = None
        self.collections = evidence.collections_of([self.detector.where])

    def run(self) -> Iterable[Found]:
        holds = self._holds()
        lasts = self._lasts()
        places = np.flatnonzero(holds | lasts)
        if not len(places):
            return
        severities, stakes = self._severities(places), self._stakes()
        self.rows = self._asked_rows(places)
        chosen, teller = self._chosen(), Teller(self.detector, self.frame, self.rows)
        known = evidence.Values(self.frame, self.keys)
        for place, severity in zip(places.tolist(), severities.tolist(), strict=True):
            for cause, rows in self._causes(place, chosen.get(place, [])):
                account = int(self.frame.accounts[place])
                if not holds[place] and (account, cause) not in self.ongoing:
                    continue
                yield Found(
                    account=account,
                    place=place,
                    detector=self.detector.key,
                    version=self.version,
                    cause=cause,
                    what=str(self.detector.what),
                    severity=severity,
                    words=teller.sentence(place, rows, self._alarm_words(place)),
                    stake_minor=stakes(place),
                    evidence=self._evidence(known, teller, place, rows),
                    is_lasting=not holds[place],
                )

    def _holds(self) -> Mask:
        if self.detector.alarm is not None:
            return self._alarmed()
        assert self.detector.where is not None
        found = mask(self.detector.where, self.frame)
        for n in range(1, self.detector.after_days + 1):
            if not found.any():
                break
            earlier = self.frame.earlier(close_before(self.frame.at, n))
            found = found & mask(self.detector.where, earlier, earlier.at.on)
        return found

    def _alarmed(self) -> Mask:
        found = self.alarms.fires(self.detector.key) if self.alarms else np.zeros(len(self.frame), np.bool_)
        if self.detector.where is None or not found.any():
            return found
        return found & mask(self.detector.where, self.frame)

    def _lasts(self) -> Mask:
        """Accounts with an open finding that nothing has ended yet."""
        nothing = np.zeros(len(self.frame), np.bool_)
        if self.detector.clears is None or not self.ongoing:
            return nothing
        has = np.isin(self.frame.accounts, [account for account, _ in self.ongoing])
        return has & ~mask(self.detector.clears, self.frame) if has.any() else nothing

    def _severities(self, places: Ints) -> Ints:
        found, some = np.full(len(places), int(self.detector.severity), np.int64), Part(self.frame, places)
        for grade in reversed(self.detector.grades):  # the first that holds counts
            found[mask(grade.where, some)] = int(grade.severity)
        return found

    def _stakes(self) -> Any:
        if not self.detector.stake:
            return lambda place: None
        return lambda place: self.frame.value(self.detector.stake, place)

    def _asked_rows(self, places: Ints) -> Rows | None:
        """The rows that may be evidence: at least those of the accounts found."""
        return self.frame.rows_of(self.detector.collection, places) if self.detector.collection else None

    def _chosen(self) -> dict[int, list[int]]:
        """Place of the account → its rows that are evidence, by their place among the rows."""
        rows = self.rows
        if rows is None:
            return {}
        chosen = np.ones(len(rows.owner), np.bool_)
        if self.detector.rows_where is not None:
            inner = self.frame.vocabulary.collection(self.detector.collection).vocabulary
            chosen = mask(self.detector.rows_where, OfRows(self.frame.at, inner, rows))
        found: dict[int, list[int]] = {}
        places = np.flatnonzero(chosen)
        places = places[np.lexsort((rows.ids[places], rows.owner[places]))]
        for owner, row in zip(rows.owner[places].tolist(), places.tolist(), strict=True):
            found.setdefault(owner, []).append(row)
        return found

    def _causes(self, place: int, rows: Sequence[int]) -> Iterable[tuple[str, Sequence[int]]]:
        if not self.detector.per_row:
            return [("", rows)]
        causes: dict[str, list[int]] = {}
        for row in rows:
            causes.setdefault(self._cause(row), []).append(row)
        return sorted(causes.items())

    def _cause(self, row: int) -> str:
        rows = self.rows
        assert rows is not None
        if self.detector.row_key:
            column = rows.columns[self.detector.row_key]
            if column.known[row]:
                return str(column.values[row])[:120]
        return str(int(rows.ids[row]))

    def _evidence(self, known: evidence.Values, teller: Teller, place: int, rows: Sequence[int]) -> dict[str, Any]:
        detector = self.detector
        found = known.at(place)
        found |= evidence.counts(self.frame, self.collections, place)
        if self.alarms is not None and detector.alarm is not None:
            found |= self.alarms.says(detector.key, place)
        if self.rows is not None:
            ids = self.rows.ids
            found["rows"] = [
                {"collection": detector.collection, "id": int(ids[row]), "words": teller.row_words(row)}
                for row in rows[:MOST_ROWS]
            ]
            found["n"] = len(rows)
        return found

    def _alarm_words(self, place: int) -> Mapping[str, str] | None:
        if self.alarms is None or self.detector.alarm is None:
            return None
        return self.alarms.words(self.detector.key, place)


def close_before(at: At, days: int) -> At:
    """The close of a day before, with what is known at the moment `at` speaks of."""
    on: date = at.on - timedelta(days=days)
    return At.close_of(on, known_by=at.known_by)


def at_stake(stakes: Iterable[int | None]) -> int | None:
    """What an account's open risks put at stake, each unit of it once: the largest stake, never their sum.

    None where no stake is known.
    """
    return max((stake for stake in stakes if stake is not None), default=None)
