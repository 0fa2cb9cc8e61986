"""The whole list columns of signals: what `columns` tells of each account, with its pace and its sentence."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from firstwin.core.errors import FirstwinError
from firstwin.core.fields import Vocabulary, vocabulary
from firstwin.core.frames import At
from firstwin.people.config.store import definition
from firstwin.people.models import ConfigVersion
from firstwin.signals.frame.frame import Frame, Ints
from firstwin.signals.ledger import standing
from firstwin.signals.ledger.columns import CHANGE_DAYS, Paced, Said, columns_of, said, under
from firstwin.signals.ledger.standing import Kept
from firstwin.signals.refresh.definitions import Definitions
from firstwin.signals.scores.explain import Explained, change, of_outcome, points_between
from firstwin.signals.scores.outcome import Outcome, read
from firstwin.signals.scores.sentences import Fields, change_words, standing_words
from firstwin.signals.stages.pace import paces
from firstwin.signals.stages.pauses import Pauses, pauses
from firstwin.signals.stages.standing import Standings, standings_of


def told(account_ids: list[int], at: At) -> dict[int, dict[str, Any]]:
    """Account id → column → value, as of a moment."""
    found = said(account_ids, at)
    ids = _ids(account_ids)
    standings = standings_of(ids, standing.moves(account_ids, at))
    return told_of(ids, found, at, standings, pauses(account_ids, at), results_of(found))


def told_of(
    ids: Ints, found: Mapping[int, Said], at: At, standings: Standings, paused: Pauses, results: Mapping[int, Outcome]
) -> dict[int, dict[str, Any]]:
    """What is said of each, as columns: the same wherever it was read. standings: of these accounts, as rising as they
    are.  results: of the readings by id, of those before as far as `is_compared`."""
    definitions = under(at)
    pace = _pace(ids, found, at, definitions, standings, paused)
    sentences = words_of(found, results, at.on - timedelta(days=CHANGE_DAYS))
    return {
        pk: columns_of(found.get(pk) or Said(), definitions, pace.get(pk)) | {"health_words": sentences.get(pk)}
        for pk in ids.tolist()
    }


def pace_of(account_ids: list[int], found: Mapping[int, Said], at: At, definitions: Definitions) -> dict[int, Paced]:
    """How each moves through its stage, by the limits of the segments it is in."""
    ids = _ids(account_ids)
    standings = standings_of(ids, standing.moves(account_ids, at))
    return _pace(ids, found, at, definitions, standings, pauses(account_ids, at))


def _ids(account_ids: list[int]) -> Ints:
    return np.array(sorted(account_ids), np.int64)


def _pace(
    ids: Ints, found: Mapping[int, Said], at: At, definitions: Definitions, standings: Standings, paused: Pauses
) -> dict[int, Paced]:
    held: dict[str, list[int]] = {}
    places = {pk: place for place, pk in enumerate(ids.tolist())}
    for pk, one in found.items():
        for key in one.segments:
            held.setdefault(key, []).append(places[pk])
    masks = {key: np.isin(np.arange(len(ids)), some) for key, some in held.items()}
    bare: Any = None  # limits are told by standings, segments and pauses alone
    frame = Frame(ids, at, Vocabulary({}, {}), bare)
    how = paces(frame, definitions.pipelines, standings, paused, masks)
    told = zip(ids.tolist(), how.pace.tolist(), how.late.tolist(), strict=True)
    return {pk: Paced(pace, late) for pk, pace, late in told if pace}


def is_compared(one: Said) -> bool:
    """Whether the sentence is told against the reading before."""
    now, before = one.now, one.before
    return now is not None and before is not None and before.id != now.id and before.scorecard == now.scorecard


def results_of(found: Mapping[int, Said]) -> dict[int, Outcome]:
    """By reading, of those that sentences are made of."""
    wanted = {one.now.id for one in found.values() if one.now is not None}
    wanted |= {one.before.id for one in found.values() if one.before is not None and is_compared(one)}
    return {pk: read(result) for pk, (_, result) in standing.contents(wanted).items()}


def words_of(found: Mapping[int, Said], results: Mapping[int, Outcome], since: date) -> dict[int, str]:
    """One sentence for each account with a reading: what moved it in a week, or where it stands. since: that day; the
    reading that held on it may be much older."""
    trees = _Trees(results)
    fields = vocabulary().fields
    return {pk: _words(one, trees, fields, since) for pk, one in found.items() if one.now is not None}


def _words(one: Said, trees: "_Trees", fields: Fields, since: date) -> str:
    assert one.now is not None
    now, before = trees.of(one.now), one.before
    if before is None or not is_compared(one):
        return standing_words(now, fields)
    then = trees.of(before)
    if now.score is not None and not points_between(then, now):  # most: what moved it is not asked at all
        return standing_words(now, fields)
    return change_words(change(then, now), fields, since=since)


class _Trees:
    """Readings explained, under the definitions they were made by."""

    def __init__(self, results: Mapping[int, Outcome]) -> None:
        self._results = results
        self._cards: dict[tuple[str, int], Any] = {}

    def of(self, kept: Kept) -> Explained:
        key = (kept.scorecard, kept.version)
        if key not in self._cards:
            try:
                self._cards[key] = definition("scorecard", *key).parsed
            except (ConfigVersion.DoesNotExist, FirstwinError):  # it cannot be read any more: keys stand for labels
                self._cards[key] = None
        return of_outcome(self._results[kept.id], self._cards[key])
