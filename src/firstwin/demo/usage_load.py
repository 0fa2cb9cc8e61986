"""Store the use of the demo's customers: the source and the names, then places and people, then events, then figures.

Each customer's use is decided while the customer is at hand and kept as arrays until all of them are stored.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from firstwin.demo.bulk import Row, hold, insert, next_id, settle
from firstwin.demo.calendar import WINDOW, moment
from firstwin.demo.cast import OPERATIONS
from firstwin.demo.company import Customer
from firstwin.demo.dice import dice_for, new_uuid
from firstwin.demo.naming import address_of, person_name
from firstwin.demo.usage_counts import Counts
from firstwin.demo.usage_course import course_of
from firstwin.demo.usage_days import Days, moment_of
from firstwin.demo.usage_events import NEVER, Seat, Use, use_of
from firstwin.demo.usage_names import count_names, give_meaning, name_events, open_source
from firstwin.demo.usage_sparse import few_of
from firstwin.demo.usage_strangers import STRANGERS, stranger_use, turned_down
from firstwin.demo.usage_table import Placed, table_of
from firstwin.people.models import User
from firstwin.usage.store.models import Actor, ActorTrait, Place, Rejected, Residence, SourceHour
from firstwin.usage.store.router import EVENTS

_AT_ONCE = 400_000
"""Rows in one segment: what a good hour of a large installation brings."""

_TABLES = (Place, Actor, Residence, ActorTrait)


@dataclass(frozen=True, slots=True)
class Using:
    """What is stored of one customer. people: Person ids by the place of the contact. account: None for strangers.

    country: for the names of people whom only the product knows.
    """

    account: int | None
    key: str
    name: str
    domain: str
    country: str
    people: Sequence[int]
    use: Use
    is_ignored: bool = False


class Usage:
    """Collects the use of customers, and stores all of it."""

    def __init__(self, seed: str, as_of: date, *, is_rich: bool) -> None:
        self._seed, self._as_of, self._is_rich = seed, as_of, is_rich
        self._days = Days.up_to(as_of)
        self._using: list[Using] = []

    def take(self, customer: Customer, account: int, key: str, people: Sequence[int]) -> None:
        script, contacts = customer.script, customer.contacts
        course = course_of(self._seed, script, customer.deal, contacts, self._as_of)
        if self._is_rich:
            use = use_of(self._seed, script.number, course, customer.deal, contacts, self._days)
        else:
            use = few_of(self._seed, script.number, course, contacts, self._days)
        if len(use):
            self._using.append(Using(account, key, script.name, script.domain, script.country, people, use))

    def store(self, *, now: datetime, progress: Callable[[str], None]) -> int:
        """Returns how many events were stored. After the customers' own transaction: none spans two stores."""
        began_at = moment(self._as_of - timedelta(days=WINDOW), 0)
        by = User.objects.get(email=OPERATIONS.email)
        source = open_source(by, began_at).pk
        names = name_events(began_at)
        give_meaning(names, by, began_at, moment(self._as_of, 0))
        counts = Counts(until=int(self._days.starts[-1]))
        for some in self._parts():
            self._store(some, source, names, counts, now)
            progress(f"{counts.events:,} events")
        self._finish(counts, source)
        _put_in_order(now)
        return counts.events

    def _parts(self) -> Iterator[list[Using]]:
        """Customers with about as many events as one segment is to have."""
        part: list[Using] = []
        rows = 0
        for one in [*self._using, *(self._strangers() if self._is_rich else ())]:
            part.append(one)
            rows += len(one.use)
            if rows >= _AT_ONCE:
                yield part
                part, rows = [], 0
        if part:
            yield part

    def _strangers(self) -> Iterator[Using]:
        if Place.objects.filter(key=STRANGERS[0][0]).exists():
            return  # they came with an earlier demo
        for key, name, domain, began, people, is_ignored in STRANGERS:
            use = stranger_use(self._seed, key, began, people, self._days)
            yield Using(None, key, name, domain, "United Kingdom", (), use, is_ignored)

    def _store(self, some: Sequence[Using], source: int, names: Sequence[int], counts: Counts, now: datetime) -> None:
        from firstwin.usage.lake import commit

        with transaction.atomic(using=EVENTS):
            placed = self._place(some, source)
        table = table_of(placed, names, source, self._days)
        counts.take(table)
        commit.store(table, inbox_ids=(), extra=lambda: None, now=now)

    def _place(self, some: Sequence[Using], source: int) -> list[Placed]:
        hold(_TABLES)
        ids = {model: next_id(model) for model in _TABLES}
        placed: list[Placed] = []
        actors: list[Row] = []
        homes: list[Row] = []
        traits: list[Row] = []
        for place, one in enumerate(some, ids[Place]):
            first = ids[Actor] + len(actors)
            placed.append(Placed(place, first, f"{self._seed}/{one.key}", one.use))
            dice = dice_for(self._seed, one.key, "subjects")
            for rank, seat in enumerate(one.use.seats):
                actor, joined_at = first + rank, self._joined_at(seat)
                person = one.people[seat.contact] if seat.contact is not None else None
                key = f"u:usr_{place:06}{rank + 1:03}"
                name = "" if person else person_name(dice, one.country)
                email = address_of(name, one.domain) if name else ""
                told_at = joined_at if name else None
                actors.append((actor, source, key, person, new_uuid(dice), joined_at, name, told_at, email, told_at))
                homes.append((ids[Residence] + len(homes), actor, place, joined_at, joined_at))
                for kind, value in (("team", seat.team), ("site", seat.site)):
                    if value:
                        traits.append((ids[ActorTrait] + len(traits), actor, kind, value, joined_at, joined_at))
        insert(Place, _PLACE, [self._place_row(one, where, source) for one, where in zip(some, placed, strict=True)])
        insert(Actor, _ACTOR, actors)
        insert(Residence, ("id", "actor", "place", "from_at", "known_at"), homes)
        insert(ActorTrait, ("id", "actor", "kind", "value", "from_at", "known_at"), traits)
        settle(_TABLES)
        return placed

    def _joined_at(self, seat: Seat) -> datetime:
        joined = 0 if seat.joined == NEVER else seat.joined
        return moment_of(int(self._days.starts[joined]) + 6 * 3_600_000_000)

    @staticmethod
    def _place_row(one: Using, placed: Placed, source: int) -> tuple[object, ...]:
        first_at, last_at = moment_of(int(one.use.ts.min())), moment_of(int(one.use.ts.max()))
        how = "" if one.account is None else "key"
        return (
            placed.place, source, one.key, one.account, how, one.name, one.domain, first_at, last_at, len(one.use),
            one.is_ignored,
        )  # fmt: skip

    def _finish(self, counts: Counts, source: int) -> None:
        """What was counted beside the events."""
        with transaction.atomic(using=EVENTS):
            count_names(counts)
            hold([SourceHour])
            known = set(SourceHour.objects.filter(source=source).values_list("hour_at", flat=True))
            fresh = [row for row in _hours(counts, source) if row[1] not in known]
            first = next_id(SourceHour)
            insert(SourceHour, _HOUR, [(first + n, *row) for n, row in enumerate(fresh)])
            settle([SourceHour])
            if self._is_rich and not Rejected.objects.filter(source=source).exists():
                Rejected.objects.bulk_create(turned_down(source, self._days))


_PLACE = (
    "id", "source", "key", "account", "how", "name", "domain", "first_at", "last_at", "events", "is_ignored",
)  # fmt: skip


_ACTOR = ("id", "source", "key", "person", "subject", "first_at", "name", "name_at", "email", "email_at")


_HOUR = (
    "id", "source", "hour_at", "batches", "events", "repeated", "rejected", "unresolved", "late", "lag_ms",
    "lag_max_ms", "last_at",
)  # fmt: skip


def _hours(counts: Counts, source: int) -> Iterator[Row]:
    for hour, kept in sorted(counts.hours.items()):
        hour_at, batches = moment_of(hour * 3_600_000_000), 1 + kept.events // 8
        last_at = moment_of(kept.last)
        yield source, hour_at, batches, kept.events, 0, 0, 0, kept.late, kept.lag, kept.lag_max, last_at


def _put_in_order(now: datetime) -> None:
    from firstwin.usage.lake.fold import fold

    while fold(now):
        pass
