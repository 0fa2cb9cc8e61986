"""Which scores moved between two days, and why: for Today and the portfolio."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from firstwin.accounts.scope import AccountSet
from firstwin.core.fields import vocabulary
from firstwin.core.frames import At
from firstwin.signals.ledger import standing
from firstwin.signals.ledger.readings import card_of
from firstwin.signals.ledger.standing import Kept
from firstwin.signals.scores.explain import Change, change, explained
from firstwin.signals.scores.sentences import change_words


@dataclass(frozen=True)
class ScoreMove:
    """amount: hundredths of a point, None where either side is unknown.  change: what made it; None where another
    scorecard counts by now.  words: the sentence."""

    account_id: int
    before: Kept
    after: Kept
    amount: int | None
    change: Change | None
    words: str

    @property
    def is_other_band(self) -> bool:
        return self.before.band != self.after.band


def score_moves(accounts: AccountSet, since: At, until: At, *, least: int = 100, most: int = 200) -> list[ScoreMove]:
    """Accounts whose score moved by at least `least` hundredths, or changed band, the largest fall first.

    Only the first `most` (by size of the move) are explained.
    """
    ids = list(accounts.accounts().rows.values_list("pk", flat=True))
    before, after = (standing.primary(found) for found in standing.readings(ids, [since, until]))
    pairs = [(before[pk], now) for pk, now in after.items() if pk in before and before[pk].id != now.id]
    moved = [(was, now) for was, now in pairs if was.band != now.band or abs(_amount(was, now) or 0) >= least]
    moved.sort(key=lambda pair: (-abs(_amount(*pair) or 0), pair[1].account_id))
    told = _told(moved[:most], since.on)
    return sorted(told, key=lambda one: (one.amount if one.amount is not None else 0, one.account_id))


def mix(accounts: AccountSet, on: date) -> dict[int, Kept]:
    """Account → the reading that counted at the end of a day, for the mix of bands."""
    ids = list(accounts.accounts().rows.values_list("pk", flat=True))
    (found,) = standing.readings(ids, [At.close_of(on)])
    return standing.primary(found)


def _amount(was: Kept, now: Kept) -> int | None:
    return now.score - was.score if now.score is not None and was.score is not None else None


def _told(pairs: list[tuple[Kept, Kept]], since: date) -> list[ScoreMove]:
    contents = standing.contents({one.id for pair in pairs for one in pair})
    fields = vocabulary().fields
    cards = {(one.scorecard, one.version): one for pair in pairs for one in pair}
    parsed = {key: card_of(one) for key, one in cards.items()}
    found = []
    for was, now in pairs:
        trees = [explained(contents[one.id][1], parsed[one.scorecard, one.version]) for one in (was, now)]
        why = change(*trees) if was.scorecard == now.scorecard else None
        words = change_words(why, fields, since=since) if why is not None else f"scored by {_label(parsed, now)} now"
        found.append(ScoreMove(now.account_id, was, now, _amount(was, now), why, words))
    return found


def _label(parsed: Mapping[tuple[str, int], object], one: Kept) -> str:
    return str(getattr(parsed[one.scorecard, one.version], "label", one.scorecard))
