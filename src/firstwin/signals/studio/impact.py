"""What changed definitions would do: how many accounts would change band, membership, stage or findings, which, and
their ARR or what is at stake."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from firstwin.accounts.bulk import among
from firstwin.accounts.models import AccountNow
from firstwin.accounts.scope import AccountSet
from firstwin.accounts.timeline import batched
from firstwin.core.text import fold
from firstwin.people.config.guard import Flip, Impact, Mover
from firstwin.people.config.labels import standing_bodies
from firstwin.people.config.together import Change, label_of
from firstwin.people.models import User
from firstwin.signals.kinds.words import stages
from firstwin.signals.models.kinds import Band
from firstwin.signals.studio.compare import Compared, Side, compared, sample
from firstwin.signals.studio.findings import findings, findings_words
from firstwin.signals.studio.tally import Moved, Tallies, Tally

SLICE = 20_000
"""Accounts of one sitting."""

MOST_NAMED = 50
"""Accounts named for one flip; all are counted."""

MOST_MOVERS = 8
NOTHING = "none"
ONE_DAY = (
    "Told by one more day from where accounts stand today. Not shown: where the changed criteria would have taken them "
    "over the past months, and how long they would have been there"
)
_BANDS = dict(Band.choices)


def impact(changes: Sequence[Change], accounts: AccountSet, now: datetime, *, most: int | None = None) -> list[Impact]:
    """One per respect in which accounts could move. most: accounts judged; None for all of them."""
    ids, population = sample(accounts, most)
    called = {(change.kind, change.key): _label(change) for change in changes}
    tallies: Tallies = defaultdict(Tally)
    for some in batched(ids, SLICE):
        with compared(changes, some, now) as both:
            tally(both, changes, called, tallies)
    return impact_of(tallies, population, len(ids))


def impact_of(tallies: Tallies, population: int, sampled: int) -> list[Impact]:
    """What was counted, with names and ARR."""
    rows = _rows({one.account_id for found in tallies.values() for one in found.moved})
    return [_impact(what, found, population, sampled, rows) for what, found in tallies.items()]


def judge(changes: Sequence[Change], by: User | None, now: datetime, most: int | None) -> list[Impact]:
    """As `people.config.guard` asks it."""
    accounts = AccountSet.everyone("what a definition would change") if by is None else AccountSet.of(by, now=now)
    return impact(changes, accounts, now, most=most)


def tally(both: Compared, changes: Sequence[Change], called: Mapping[tuple[str, str], str], tallies: Tallies) -> None:
    """Add what some accounts would do. called: what each definition is called."""
    kinds = {change.kind for change in changes}
    for change in changes:
        if change.kind == "scorecard":
            _bands(both, change, tallies[f"Health band by {called[change.kind, change.key]}"])
        elif change.kind == "segment":
            _members(both, change, tallies[f"Membership of {called[change.kind, change.key]}"])
        elif change.kind == "detector":
            findings(both, change, tallies[f"Findings of {called[change.kind, change.key]}"])
    if kinds & {"segment", "experience", "pipeline"}:
        _words(both, _stage, dict(stages()), tallies["Stage"])
    if "pipeline" in kinds:
        tallies["Stage"].note(ONE_DAY)
    if kinds & {"segment", "experience"}:
        _words(both, _experience, _experiences(both), tallies["Experience"])
        _words(both, _band, _BANDS, tallies["Health band"])


def _experiences(both: Compared) -> dict[str, str]:
    """What they are called, those too that would be gone."""
    sides = (both.before, both.after)
    return {key: one.parsed.label for side in sides for key, one in side.made.definitions.experiences.items()}


def _label(change: Change) -> str:
    body = change.body if change.body is not None else standing_bodies(change.kind).get(change.key, {})
    return label_of(body, change.key)


def _bands(both: Compared, change: Change, into: Tally) -> None:
    """Of the accounts whose scorecard it is, before or after."""
    before, after = both.before.scores(change.key), both.after.scores(change.key)
    if before is None or after is None:
        return
    mine = both.before.is_scored_by(change.key) | both.after.is_scored_by(change.key)
    into.judged += int(mine.sum())
    was, now = before.band, after.band
    for place in (mine & (was != now)).nonzero()[0].tolist():
        points = int(before.score[place]), int(after.score[place])
        into.moved.append(
            Moved(
                int(both.accounts[place]), _BANDS[was[place]], _BANDS[now[place]], reading_words(points[0], was[place]),
                reading_words(points[1], now[place]), abs(points[1] - points[0]) / 100,
            )
        )  # fmt: skip


def reading_words(score: int, band: str) -> str:
    """`72 green`."""
    return "unknown" if score < 0 else f"{score // 100} {band}"


def _members(both: Compared, change: Change, into: Tally) -> None:
    """Of everybody. A segment that was not there before had no members that could leave."""
    before = both.before.made.segments.get(change.key)
    after = both.after.made.segments.get(change.key)
    if before is None:
        return
    into.judged += len(both.accounts)
    for place in (before != after if after is not None else before).nonzero()[0].tolist():
        was, now = ("In it", "Not in it") if before[place] else ("Not in it", "In it")
        into.moved.append(Moved(int(both.accounts[place]), was, now, was.lower(), now.lower()))


def _words(both: Compared, of: Any, said: dict[str, str], into: Tally) -> None:
    into.judged += len(both.accounts)
    before, after = of(both.before), of(both.after)
    for pk, was, now in zip(both.accounts.tolist(), before, after, strict=True):
        if was != now:
            before_words, after_words = (said.get(one, one) or NOTHING for one in (was, now))
            into.moved.append(Moved(pk, before_words, after_words, before_words, after_words))


def _stage(side: Side) -> list[str]:
    standings = side.made.standings
    return [str(over or under or "") for over, under in zip(standings.overlay, standings.stage, strict=True)]


def _experience(side: Side) -> list[str]:
    return [str(one) for one in side.made.experience]


def _band(side: Side) -> list[str]:
    """Of the scorecard that makes each account's health."""
    found, cards = ["unknown"] * len(side.made.accounts), side.made.cards
    for card, scores in side.made.scores.items():
        for place, band in zip(side.made.places[card].tolist(), scores.band.tolist(), strict=True):
            if cards[place][0] == card:
                found[place] = str(band)
    return found


Rows = dict[int, tuple[str, str, int | None]]


def _rows(ids: Iterable[int]) -> Rows:
    """Account → (key, name, ARR in minor units)."""
    found: Rows = {}
    for some in batched(sorted(ids), SLICE):
        rows = among(AccountNow.objects.all(), "account_id", some)
        for pk, key, name, arr in rows.values_list("account_id", "account__key", "name", "arr_minor"):
            found[pk] = (key, name, arr)
    return found


def _impact(what: str, found: Tally, population: int, sampled: int, rows: Rows) -> Impact:
    """population: of those that are judged in this respect, as far as a sample can tell."""
    whole = round(found.judged * population / sampled) if sampled else 0
    notes = (*(findings_words(found) if found.by_stake else ()), *found.notes)
    flips, movers = tuple(_flips(found, rows)), tuple(_movers(found.moved, rows, found.by_stake))
    return Impact(what, found.judged, whole, flips, movers, "at stake" if found.by_stake else "ARR", notes)


def _flips(found: Tally, rows: Rows) -> list[Flip]:
    moved, by_stake = found.moved, found.by_stake
    counts = Counter((one.was, one.now) for one in moved)
    arr: Counter[tuple[str, str]] = Counter()
    some: dict[tuple[str, str], list[Moved]] = defaultdict(list)
    for one in moved:
        arr[one.was, one.now] += _worth(rows, one, by_stake) or 0
        some[one.was, one.now].append(one)
    return [
        Flip(was, now, n, arr[was, now], tuple(_movers(some[was, now], rows, by_stake, MOST_NAMED)))
        for (was, now), n in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]


def _movers(moved: list[Moved], rows: Rows, by_stake: bool, most: int = MOST_MOVERS) -> Iterator[Mover]:
    def order(one: Moved) -> tuple[float, int, str, int]:
        return -one.size, -(_worth(rows, one, by_stake) or 0), fold(rows[one.account_id][1]), one.account_id

    for one in sorted((one for one in moved if one.account_id in rows), key=order)[:most]:
        key, name, _ = rows[one.account_id]
        href = reverse("account", kwargs={"key": key})
        worth = _worth(rows, one, by_stake)
        yield Mover(one.account_id, str(key), name, one.was_words, one.now_words, worth, href)


def _worth(rows: Rows, one: Moved, by_stake: bool) -> int | None:
    """Its ARR, or what its findings put at stake."""
    if by_stake:
        return one.stake
    return rows[one.account_id][2] if one.account_id in rows else None
