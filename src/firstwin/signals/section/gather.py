"""What the ledger says of one account's health, on the day asked about and on days before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from firstwin.accounts.models import Account
from firstwin.core.fields import vocabulary
from firstwin.core.frames import At
from firstwin.revenue.section.asof import AsOf
from firstwin.signals.kinds.scorecard import Scorecard
from firstwin.signals.ledger import readings, standing
from firstwin.signals.ledger.standing import Kept
from firstwin.signals.models.kinds import Band
from firstwin.signals.scores.explain import Change, Explained, change, explained
from firstwin.signals.scores.sentences import change_words, standing_words
from firstwin.ui.filters import score

SPANS = (7, 30, 90)
"""Days over which a change is told, unless another day is chosen."""

EVIDENCE = "S0 unvalidated"
EVIDENCE_MEANS = (
    "The weights are judgement. Nobody has yet compared this score with what happened, so it is no probability that "
    "an account stays or leaves. It says what to look at."
)


@dataclass(frozen=True)
class Told:
    """A reading with its tree. inputs: of each measure [what it is, value, place of the variant, last points]."""

    kept: Kept
    tree: Explained
    card: Scorecard | None
    inputs: Sequence[Any]

    @property
    def label(self) -> str:
        return self.card.label if self.card is not None else self.kept.scorecard

    @property
    def tone(self) -> str:
        return tone_of(self.kept.band)

    @property
    def points(self) -> float | None:
        return None if self.tree.score is None else round(self.tree.score / 100, 1)

    @property
    def figure(self) -> str:
        """As it stands in large: rounded down, for a band begins at its bound."""
        return "?" if self.points is None else score(self.points)

    @property
    def words(self) -> str:
        """Band as shown."""
        return str(Band(self.kept.band).label)


@dataclass(frozen=True)
class Since:
    """What moved since a day. days: None where the day was chosen.  change: None where there is nothing to compare.

    amount: points.  words: the sentence.
    """

    on: date
    days: int | None
    words: str
    amount: float | None = None
    change: Change | None = None

    @property
    def key(self) -> str:
        """As it stands in an address."""
        return str(self.days) if self.days else self.on.isoformat()


@dataclass(frozen=True)
class Health:
    """now: None where nothing was published by then.  since: in the order of `SPANS`, a chosen day last."""

    now: Told | None
    since: tuple[Since, ...]
    chosen: Since | None
    words: str


def at_of(asof: AsOf) -> At:
    """The end of a past day, with what was known then; or now."""
    return At.close_of(asof.on) if asof.is_past else At.of(asof.now)


def health_of(account: Account, asof: AsOf, asked: str = "") -> Health:
    """asked: `7`, `30`, `90` or a day; what makes no sense is 30 days. In a fixed number of questions."""
    at, day = at_of(asof), _day(asked, asof.on)
    days = [asof.on - timedelta(days=span) for span in SPANS] + ([day] if day else [])
    ats = [at, *(At.close_of(one, known_by=at.known_by) for one in days)]
    found = [standing.primary(some).get(account.pk) for some in standing.readings([account.pk], ats)]
    if found[0] is None:
        return Health(None, (), None, "")
    told = _all_told([one for one in found if one is not None])
    now, fields = told[found[0].id], vocabulary().fields
    since = []
    for place, (one, on) in enumerate(zip(found[1:], days, strict=True)):
        span = SPANS[place] if place < len(SPANS) else None
        since.append(_since(now, told[one.id] if one is not None else None, on, span))
    keys = {one.key: one for one in since}
    chosen = keys.get(day.isoformat() if day else asked) or keys["30"]
    return Health(now, tuple(since), chosen, standing_words(now.tree, fields))


def told_of(account: Account, asof: AsOf) -> Told | None:
    """The reading that counted; None where there was none."""
    kept = readings.as_of([account.pk], at_of(asof)).get(account.pk)
    return None if kept is None else _all_told([kept])[kept.id]


def tone_of(band: str | None) -> str:
    return Band(band or "unknown").tone


def _all_told(kept: Sequence[Kept]) -> dict[int, Told]:
    contents = standing.contents({one.id for one in kept})
    found = {}
    for one in kept:
        inputs, result = contents[one.id]
        card = readings.card_of(one)
        found[one.id] = Told(one, explained(result, card), card, msgspec.json.decode(inputs)["measures"])
    return found


def _since(now: Told, before: Told | None, on: date, span: int | None) -> Since:
    if before is None:
        return Since(on, span, "nothing was published by then")
    if before.kept.id == now.kept.id:
        return Since(on, span, "unchanged", 0.0)
    if before.kept.scorecard != now.kept.scorecard:
        was = score(before.points) if before.points is not None else "unknown"
        return Since(on, span, f"another scorecard counted then: {before.label}, {was}")
    moved = change(before.tree, now.tree)
    is_known = before.tree.score is not None and now.tree.score is not None
    amount = moved.points if is_known else None
    return Since(on, span, change_words(moved, vocabulary().fields, since=on), amount, moved if moved.parts else None)


def _day(text: str, until: date) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found < until else None
