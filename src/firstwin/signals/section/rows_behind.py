"""The rows of a collection that a measure counts or asks for: the invoices that are overdue, the touches of a month.

What a field counts stands in `rows_named`.
"""

from collections.abc import Sequence

from firstwin.core.conditions import Related, walk
from firstwin.core.conditions.mask import mask
from firstwin.core.conditions.vectors import DAY_ZERO
from firstwin.core.fields import Vocabulary
from firstwin.core.frames import At
from firstwin.signals.frame.frame import Frame
from firstwin.signals.frame.one import frame_of
from firstwin.signals.kinds.detector import Detector
from firstwin.signals.kinds.scorecard import Holds, Measure
from firstwin.signals.models.kinds import Severity, What
from firstwin.signals.risks.detect import OfRows
from firstwin.signals.risks.words import Teller


def counted_by(measure: Measure) -> list[Related]:
    """The rows that a measure counts or asks for, of each collection once."""
    found = [measure.count] if measure.count is not None else []
    if isinstance(measure.shape, Holds):
        found += [node for _, node in walk(measure.shape.where) if isinstance(node, Related)]
    return list({one.collection: one for one in reversed(found)}.values())


def rows_behind(account: int, at: At, asked: Sequence[Related], known: Vocabulary, most: int) -> list[tuple[str, str]]:
    """(what it is, what is known of it) of each row, the latest first; how many more there are stands last."""
    asked = [one for one in asked if one.collection in known.collections]
    if not asked:
        return []
    found: list[tuple[str, str]] = []
    with frame_of(account, at) as frame:
        for one in asked:
            found += _told(frame, one, known, most)
    return found


def _told(frame: Frame, one: Related, known: Vocabulary, most: int) -> list[tuple[str, str]]:
    collection, rows = known.collection(one.collection), frame.rows(one.collection)
    last = (frame.at.on - DAY_ZERO).days
    chosen = [True] * len(rows.owner)
    if one.where is not None:
        chosen = mask(one.where, OfRows(frame.at, collection.vocabulary, rows)).tolist()
    dated = rows.dated
    days = dated.values.tolist() if dated is not None else [0] * len(chosen)
    if one.within_days is not None and dated is not None:
        chosen = [
            is_in and is_dated and last - one.within_days < day <= last
            for is_in, is_dated, day in zip(chosen, dated.known.tolist(), days, strict=True)
        ]
    places = sorted((place for place, is_in in enumerate(chosen) if is_in), key=lambda place: -days[place])
    name = (collection.one or collection.label.lower().removesuffix("s")).capitalize()
    # A finding names its rows in the same words, which it keeps from day to day: without the days since.
    shown = Detector("", "", What.RISK, Severity.LOW, "", collection=one.collection)
    teller = Teller(shown, frame, rows)
    more = [("", f"and {len(places) - most:,} more")] if len(places) > most else []
    return [(name, teller.row_words(place, with_days=True)) for place in places[:most]] + more
