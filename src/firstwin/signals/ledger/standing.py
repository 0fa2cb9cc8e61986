"""What the ledger holds of some accounts, as of a day and by what was written then. Set-based."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, Subquery

from firstwin.accounts.bulk import among, plain_rows
from firstwin.accounts.models import Account
from firstwin.accounts.timeline import batched
from firstwin.core.frames import At
from firstwin.people.models import ConfigVersion
from firstwin.signals.ledger.sayings import Saying, said_until, sayings
from firstwin.signals.models import Dismissal, Episode, Reading, SegmentStay, StageMove

_SLICE = 20_000


class Kept(NamedTuple):
    """A reading without its inputs and its result."""

    id: int
    account_id: int
    scorecard: str
    version: int
    engine: int
    on: date
    at: datetime
    is_primary: bool
    score: int | None
    band: str
    coverage: int


class Moved(NamedTuple):
    id: int
    account_id: int
    pipeline: str
    version: int
    stage: str
    overlay: str
    previous: str
    on: date


class Stay(NamedTuple):
    id: int
    account_id: int
    segment: str
    version: int
    entered_on: date


class Found(NamedTuple):
    """An episode that was open."""

    id: int
    account_id: int
    detector: str
    version: int
    cause: str
    what: str
    severity: int
    words: str
    stake_minor: int | None
    first_on: date
    last_on: date


_AT = Kept._fields.index("at")


def readings(account_ids: Collection[int], ats: Sequence[At]) -> list[list[Kept]]:
    """Of each account and scorecard the last reading, as of each of these."""
    asked = _asked(ats)
    found: list[list[Kept]] = [[] for _ in ats]
    for some in _slices(account_ids) if asked else ():
        rows = among(Account.objects.annotate(**asked), "id", some).order_by()
        told = plain_rows(rows.values_list(*asked))
        last = [[pk for pk in row if pk is not None] for row in zip(*told, strict=True)]
        ids = sorted({pk for column in last for pk in column})
        kept = {row[0]: Kept(*row) for part in batched(ids, _SLICE) for row in _kept(part)}
        for place, column in enumerate(last):
            found[place % len(ats)] += [kept[pk] for pk in column]
    return found


def _asked(ats: Sequence[At]) -> dict[str, Subquery]:
    """For each scorecard, and as of each of these, the id of the last reading."""
    cards = sorted(set(ConfigVersion.objects.filter(kind="scorecard").values_list("key", flat=True)))
    rows = Reading.objects.filter(account=OuterRef("pk")).order_by("-at", "-id")
    return {
        f"last_{n}_{k}": Subquery(rows.filter(scorecard=card, at__lte=at.known_by, on__lte=at.on).values("id")[:1])
        for n, card in enumerate(cards)
        for k, at in enumerate(ats)
    }


def _kept(ids: Sequence[int]) -> list[tuple[Any, ...]]:
    rows = plain_rows(among(Reading.objects.all(), "id", ids).order_by().values_list(*Kept._fields))
    if not rows or rows[0][_AT].tzinfo is not None:
        return rows
    return [(*row[:_AT], row[_AT].replace(tzinfo=UTC), *row[_AT + 1 :]) for row in rows]


def primary(kept: Iterable[Kept]) -> dict[int, Kept]:
    """The reading that counts for each account: the latest that was primary."""
    found: dict[int, Kept] = {}
    for one in kept:
        before = found.get(one.account_id)
        if one.is_primary and (before is None or (before.at, before.id) < (one.at, one.id)):
            found[one.account_id] = one
    return found


def contents(reading_ids: Collection[int]) -> dict[int, tuple[bytes, bytes]]:
    """(inputs, result) of readings by id."""
    found: dict[int, tuple[bytes, bytes]] = {}
    for some in batched(sorted(reading_ids), _SLICE):
        rows = among(Reading.objects.order_by(), "id", some).values_list("id", "inputs", "result")
        for pk, inputs, result in plain_rows(rows):
            found[pk] = (bytes(inputs), bytes(result))
    return found


def moves(account_ids: Collection[int], at: At) -> list[Moved]:
    """Every move that holds, in the order in which they happened."""
    rows = StageMove.objects.filter(_holds(at), on__lte=at.on).order_by("account_id", "on", "id")
    return [Moved(*row) for row in _read(rows, account_ids, Moved._fields)]


def stays(account_ids: Collection[int], at: At) -> list[Stay]:
    """Which accounts are in which segments."""
    is_in = Q(left_on__isnull=True) | Q(left_on__gt=at.on) | Q(left_at__gt=at.known_by)
    rows = SegmentStay.objects.filter(_holds(at), is_in, entered_on__lte=at.on).order_by("account_id", "segment", "id")
    return [Stay(*row) for row in _read(rows, account_ids, Stay._fields)]


def episodes(account_ids: Collection[int], at: At) -> list[Found]:
    """What was found and not cleared, put aside or not, with what it said then."""
    is_open = Q(cleared_on__isnull=True) | Q(cleared_on__gt=at.on) | Q(cleared_at__gt=at.known_by)
    says_since: Any = ExpressionWrapper(Q(said_at__gt=said_until(at)), BooleanField())
    rows = Episode.objects.filter(_holds(at), is_open, first_on__lte=at.on).annotate(says_since=says_since)
    read = list(_read(rows.order_by("account_id", "id"), account_ids, (*Found._fields, "says_since")))
    then = sayings([row[0] for row in read if row[-1]], at)
    found = [Found(*row[:-1]) for row in read]
    return [_as_said(one, then[one.id]) if one.id in then else one for one in found] if then else found


def _as_said(one: Found, said: Saying) -> Found:
    return one._replace(severity=said.severity, words=said.words, stake_minor=said.stake_minor)


def put_aside(account_ids: Collection[int], at: At) -> dict[int, set[int]]:
    """Account → ids of episodes that a person put aside, which do not count."""
    found: dict[int, set[int]] = defaultdict(set)
    is_still = Q(until_on__isnull=True) | Q(until_on__gt=at.on)
    rows = Dismissal.objects.known_by(at.known_by).filter(is_still)
    for some in _slices(account_ids):
        for account, finding in _of(rows, some).values_list("account_id", "finding_id"):
            found[account].add(finding)
    return found


def _holds(at: At) -> Q:
    """Written by then, and not restated by then."""
    return Q(at__lte=at.known_by) & (Q(restated_at__isnull=True) | Q(restated_at__gt=at.known_by))


def _read(rows: Any, account_ids: Collection[int], names: Sequence[str]) -> Iterable[tuple[Any, ...]]:
    return (row for some in _slices(account_ids) for row in plain_rows(_of(rows, some).values_list(*names)))


def _of(rows: Any, account_ids: Sequence[int]) -> Any:
    return among(rows, "account_id", account_ids)


def _slices(account_ids: Collection[int]) -> Iterable[Sequence[int]]:
    return batched(sorted({int(pk) for pk in account_ids}), _SLICE)
