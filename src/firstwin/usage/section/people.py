"""The people table: who comes, how often against before, who stopped coming."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from firstwin.accounts.models import Account, ContactRole, Person, RoleHeld
from firstwin.core.export import Cell
from firstwin.core.text import fold
from firstwin.usage.metrics.reading import PersonUse
from firstwin.usage.section.gather import Reading

PAGE = 25
FIRST = 1_000
"""People of a crowd that are shown, page by page, in each order."""

STATES = {"active": "Active", "new": "New", "lapsed": "Lapsed"}
TONES = {"active": "good", "new": "accent", "lapsed": "watch"}
SHOWN = (("", "Everyone"), *STATES.items())


@dataclass(frozen=True)
class PersonLine:
    """href: their page, '' while nobody knows who it is. roles: as words."""

    use: PersonUse
    href: str
    roles: str

    @property
    def name(self) -> str:
        return self.use.name or f"Visitor {self.use.subject[:8]}"

    @property
    def is_known(self) -> bool:
        return bool(self.use.name)

    @property
    def change(self) -> int:
        """Days in 28 against the 28 before."""
        return self.use.days_28 - self.use.days_28_before

    @property
    def state(self) -> str:
        return STATES.get(self.use.state, self.use.state)

    @property
    def tone(self) -> str:
        return TONES.get(self.use.state, "none")


@dataclass(frozen=True)
class SortColumn:
    """key: in the address. is_falling: which way a first click sorts. card: where it stands on a phone."""

    key: str
    label: str
    kind: str
    is_falling: bool = True
    help: str = ""


COLUMNS = (
    SortColumn("name", "Person", "lead", False),
    SortColumn("role", "Role", "text", False),
    SortColumn("state", "State", "text", False,
               "New: first seen in the last 28 days. Lapsed: seen before, not in the last 28 days."),
    SortColumn("days", "Days in 28", "num", True, "Days with any use in the last 28 days"),
    SortColumn("change", "Against before", "num", False, "Against the 28 days before"),
    SortColumn("features", "Features", "num", True, "Different features used in the last 28 days"),
    SortColumn("first", "First seen", "date"),
    SortColumn("last", "Last seen", "date"),
)  # fmt: skip

_LAPSED_FIRST = {"lapsed": 0, "new": 1, "active": 2}
_KEYS: dict[str, Callable[[PersonLine], Any]] = {
    "name": lambda line: (not line.is_known, fold(line.name)),
    "role": lambda line: (not line.roles, line.roles),
    "state": lambda line: (_LAPSED_FIRST.get(line.use.state, 3), -line.use.last_seen_at.timestamp()),
    "days": lambda line: (line.use.days_28, line.use.events_28),
    "change": lambda line: (line.change, -line.use.days_28_before),
    "features": lambda line: line.use.features_28,
    "first": lambda line: line.use.first_seen_at,
    "last": lambda line: line.use.last_seen_at,
}
USUAL = "-days"
_BY_NAME = ("name", "role")
"""Orders that a crowd has not: they need everybody's name."""


@dataclass(frozen=True)
class PeopleShown:
    rows: Sequence[PersonLine]
    count: int
    all: int
    page: int
    sort: str
    state: str
    counts: Mapping[str, int]
    is_crowd: bool = False

    @property
    def pages(self) -> int:
        return _pages(min(self.count, FIRST) if self.is_crowd else self.count)

    def can_sort(self, column: SortColumn) -> bool:
        return not self.is_crowd or column.key not in _BY_NAME

    @property
    def is_falling(self) -> bool:
        return self.sort.startswith("-")

    @property
    def sorted_by(self) -> str:
        return self.sort.removeprefix("-")

    def sort_for(self, column: SortColumn) -> str:
        """What a click on the head asks for: the other way round where it is sorted by it already."""
        falling = not self.is_falling if self.sorted_by == column.key else column.is_falling
        return f"-{column.key}" if falling else column.key

    @property
    def words(self) -> str:
        first = (self.page - 1) * PAGE + 1
        return f"{first:,} to {first + len(self.rows) - 1:,} of {self.count:,}"


def lines_of(account: Account, people: Sequence[PersonUse], moment: datetime) -> list[PersonLine]:
    """Everyone, with the roles they played then. Two reads."""
    ids = [one.person_id for one in people if one.person_id is not None]
    keys = dict(Person.objects.filter(pk__in=ids, removed_at__isnull=True).values_list("pk", "key")) if ids else {}
    roles = _roles(account, moment) if ids else {}
    address = reverse("contact", kwargs={"person": "a-key"})

    def line(use: PersonUse) -> PersonLine:
        key = keys.get(use.person_id or 0)
        return PersonLine(use, address.replace("a-key", str(key)) if key else "", roles.get(use.person_id or 0, ""))

    return [line(use) for use in people]


def _roles(account: Account, moment: datetime) -> Mapping[int, str]:
    played: dict[int, set[str]] = defaultdict(set)
    rows = RoleHeld.objects.standing().true_at(moment).filter(account=account)
    for person, role in rows.values_list("person_id", "role"):
        played[person].add(role)
    return {
        person: ", ".join(str(role.label) for role in ContactRole if role.value in some)
        for person, some in played.items()
    }


def people_shown(lines: Sequence[PersonLine], query: Mapping[str, str]) -> PeopleShown:
    """What makes no sense in the address is left out."""
    state, sort = _asked(query)
    counts = {key: sum(line.use.state == key for line in lines) for key in STATES}
    wanted = matching(lines, query)
    page = _page(query.get("people", ""), len(wanted))
    rows = wanted[(page - 1) * PAGE : page * PAGE]
    return PeopleShown(rows, len(wanted), len(lines), page, sort, state, counts)


def crowd_shown(reading: Reading, query: Mapping[str, str]) -> PeopleShown:
    """The same of an account with so many people that only the first of an order are read."""
    state, sort = _asked(query)
    sort = USUAL if sort.removeprefix("-") in _BY_NAME else sort
    asked = _page(query.get("people", ""), FIRST)
    found = reading.first_people(sort, asked * PAGE, state=state)
    page = min(asked, _pages(found.count))
    uses = found.first[(page - 1) * PAGE : page * PAGE]
    rows = lines_of(reading.account, uses, reading.asof.moment)
    return PeopleShown(rows, found.count, found.all, page, sort, state, found.counts, is_crowd=True)


def crowd_lines(reading: Reading, query: Mapping[str, str]) -> Iterator[PersonLine]:
    """Everyone in the state the address asks for, in no particular order."""
    for uses in reading.everyone(_asked(query)[0]):
        yield from lines_of(reading.account, uses, reading.asof.moment)


def matching(lines: Sequence[PersonLine], query: Mapping[str, str]) -> list[PersonLine]:
    """Those in the state the address asks for, in its order."""
    state, sort = _asked(query)
    wanted = [line for line in lines if not state or line.use.state == state]
    by_name = sorted(wanted, key=lambda line: (fold(line.name), line.use.actor))
    return sorted(by_name, key=_KEYS[sort.removeprefix("-")], reverse=sort.startswith("-"))


def _asked(query: Mapping[str, str]) -> tuple[str, str]:
    """(state, sort), the usual ones for what makes no sense."""
    state, sort = query.get("state", ""), query.get("sort", USUAL)
    return state if state in STATES else "", sort if sort.removeprefix("-") in _KEYS else USUAL


def _pages(count: int) -> int:
    return max(1, -(-count // PAGE))


def _page(text: str, count: int) -> int:
    last = _pages(count)
    return min(max(int(text), 1), last) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


HEADER = ("Name", "Subject", "Role", "State", "First seen", "Last seen", "Days in 28", "Days in the 28 before",
          "Events in 28 days", "Features in 28 days")  # fmt: skip


def exported(lines: Iterable[PersonLine]) -> Iterator[list[Cell]]:
    for line in lines:
        use = line.use
        yield [
            use.name or None, use.subject, line.roles or None, line.state, use.first_seen_at, use.last_seen_at,
            use.days_28, use.days_28_before, use.events_28, use.features_28,
        ]  # fmt: skip
