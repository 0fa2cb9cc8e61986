"""A draft of a scorecard tried: who would change band, and what it would say of chosen accounts."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, FloatField, QuerySet, Value
from django.db.models.functions import Abs, Cast

from firstwin.accounts.bulk import among
from firstwin.accounts.models import AccountNow
from firstwin.accounts.scope import AccountSet
from firstwin.core.fields import vocabulary
from firstwin.core.text import fold
from firstwin.people.config.guard import Impact
from firstwin.people.config.together import Change, label_of
from firstwin.signals.kinds.scorecard import Scorecard
from firstwin.signals.models.kinds import Band
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.scores.compute import Scores
from firstwin.signals.scores.explain import Explained, Part, change, explained
from firstwin.signals.scores.sentences import said
from firstwin.signals.studio.compare import Compared, compared, sample
from firstwin.signals.studio.impact import impact_of, reading_words, tally
from firstwin.signals.studio.tally import Tallies, Tally

KIND = "scorecard"
MOST_FOUND = 10
MOST_PARTS = 4
_BANDS = (Band.GREEN, Band.AMBER, Band.RED, Band.UNKNOWN)


@dataclass(frozen=True)
class Contribution:
    """amount: hundredths of a point by which it moves the score.  value: as it is shown."""

    label: str
    amount: int
    value: str


@dataclass(frozen=True)
class Tried:
    """One account, as published and as it would be. why: how it came to be chosen."""

    key: str
    name: str
    why: str
    was: str
    now: str
    was_tone: str
    now_tone: str
    amount: int
    was_coverage: float
    now_coverage: float
    parts: tuple[Contribution, ...]

    @property
    def is_moved(self) -> bool:
        return self.was != self.now


@dataclass(frozen=True)
class Cell:
    accounts: int
    arr_minor: int


@dataclass(frozen=True)
class Trial:
    """matrix: (from, to) → how many.  bands: key and label, in order."""

    impact: Impact | None
    matrix: Mapping[tuple[str, str], Cell]
    rows: tuple[Tried, ...]
    bands: Sequence[tuple[str, str]] = tuple((one.value, str(one.label)) for one in _BANDS)


def trial(
    card: str, body: Mapping[str, Any], accounts: AccountSet, now: datetime, *, search: str = "", most: int
) -> Trial:
    """most: accounts judged. Raises Refused for a body that cannot be read."""
    chosen = typical(card, accounts) | found(search, accounts)
    ids, population = sample(accounts, most)
    asked = Change(KIND, card, body)
    with compared([asked], sorted({*ids, *chosen}), now) as both:
        before, after = both.before.scores(card), both.after.scores(card)
        if before is None or after is None:  # nothing of it stands yet
            return Trial(None, {}, ())
        tallies: Tallies = defaultdict(Tally)
        tally(both, [asked], {(KIND, card): label_of(body, card)}, tallies)
        told = impact_of(tallies, population, len(both.accounts))
        matrix = _matrix(both, card, before, after)
        rows = [_tried(both, pk, why, before, after) for pk, why in chosen.items() if pk in both.places]
    named = {one.account_id: one for one in accounts.now().filter(account_id__in=chosen).select_related("account")}
    rows_named = tuple(make(named[pk]) for pk, make in rows if pk in named)
    return Trial(told[0] if told else None, matrix, rows_named)


def typical(card: str, accounts: AccountSet) -> dict[int, str]:
    """Ten accounts whose health it makes: the worst, the best, and those nearest to the bounds of a band."""
    standing = definitions_at()
    served = [key for key, one in standing.experiences.items() if one.parsed.scorecards[:1] == (card,)]
    rows = accounts.now().filter(experience__in=served, health__isnull=False)
    definition = standing.scorecards.get(card)
    bounds = (definition.parsed.amber_from, definition.parsed.green_from) if definition else ()
    found: dict[int, str] = {}
    for why, order, most in (
        ("one of the worst", rows.order_by("health", "account_id"), 3),
        ("one of the best", rows.order_by("-health", "account_id"), 3),
        *((f"close to {bound:g}", _nearest(rows, bound), 2) for bound in bounds),
    ):
        fresh = [pk for pk in order.values_list("account_id", flat=True)[: most + len(found)] if pk not in found]
        found |= dict.fromkeys(fresh[:most], why)
    return found


def found(search: str, accounts: AccountSet) -> dict[int, str]:
    """By name."""
    words = fold(search).split()[:6]
    if not words:
        return {}
    rows = accounts.now()
    for word in words:
        rows = rows.filter(name_folded__contains=word)
    ids = rows.order_by("name_folded", "account_id").values_list("account_id", flat=True)[:MOST_FOUND]
    return dict.fromkeys(ids, "searched for")


def _nearest(rows: QuerySet[AccountNow], bound: float) -> QuerySet[AccountNow]:
    far = Abs(F("health") - Cast(Value(bound), FloatField()))
    return rows.annotate(far=far).order_by("far", "account_id")


def _matrix(both: Compared, card: str, before: Scores, after: Scores) -> dict[tuple[str, str], Cell]:
    """Of the accounts that it scores, unmoved ones too."""
    mine = both.before.is_scored_by(card) | both.after.is_scored_by(card)
    pairs = list(zip(before.band[mine].tolist(), after.band[mine].tolist(), strict=True))
    ids = both.accounts[mine].tolist()
    arr = _arr(ids)
    sums: Counter[tuple[str, str]] = Counter()
    for pk, pair in zip(ids, pairs, strict=True):
        sums[pair] += arr.get(pk, 0)
    return {pair: Cell(n, sums[pair]) for pair, n in Counter(pairs).items()}


def _arr(ids: list[int]) -> dict[int, int]:
    return dict(
        among(AccountNow.objects.filter(arr_minor__isnull=False), "account_id", ids).values_list(
            "account_id", "arr_minor"
        )
    )


def _tried(both: Compared, pk: int, why: str, before: Scores, after: Scores) -> tuple[int, Any]:
    place = both.places[pk]
    was, now = (_explained(one, place) for one in (before, after))
    moved = change(was, now)
    parts = sorted(moved.parts, key=lambda part: -abs(part.amount))[:MOST_PARTS]

    def named(row: AccountNow) -> Tried:
        return Tried(
            str(row.account.key), row.name, why, _words(was), _words(now), Band(was.band).tone,
            Band(now.band).tone, moved.amount if was.score is not None and now.score is not None else 0,
            was.coverage / 10_000, now.coverage / 10_000, tuple(_contribution(part) for part in parts),
        )  # fmt: skip

    return pk, named


def _explained(scores: Scores, place: int) -> Explained:
    card: Scorecard = scores.card
    return explained(scores.row(place).result, card)


def _words(found: Explained) -> str:
    return reading_words(-1 if found.score is None else found.score, found.band)


def _contribution(part: Part) -> Contribution:
    line = part.after or part.before
    return Contribution(part.label, part.amount, said(line, vocabulary().fields) if line is not None else "")
