"""Rows that are use of the product: events one by one, or counts that somebody else made of a day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from firstwin.accounts.actions.receive import Received
from firstwin.accounts.references import Reference
from firstwin.connectors.kinds.gather import Gathered
from firstwin.connectors.kinds.intake import Intake, leaves_unknown, references
from firstwin.connectors.kinds.storing import store
from firstwin.connectors.kinds.usage_lines import Covered, lines_called
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.usage.actions import receive as usage
from firstwin.usage.actions.receive import UseSaid

USE = frozenset({"events", "daily_usage"})
"""Kinds that go into the lake of events."""

OUTSIDE = "The day lies outside of the days its subscription line covers; it was taken all the same."
NO_USE = "A count of 0 is no use: left out."
MORE_PEOPLE = "More people than uses were counted; both were taken as they are."

_EARLIEST = date(2000, 1, 1)
_MICRO = Decimal(1_000_000)
_LARGEST_VALUE = 10**18


def receive_events(gathered: Gathered) -> Received:
    known, moments, names = list(gathered.known()), gathered.column("at"), gathered.column("event", "")
    people, persons = gathered.column("person"), _persons(gathered)
    owners = _Owners(gathered, is_needed=not gathered.has("person"))
    values, teams, sites = gathered.column("value"), gathered.column("team", ""), gathered.column("site", "")
    now = gathered.intake.now

    def make(at: int) -> UseSaid:
        row, moment = gathered.rows[at], moments[at]
        if moment is None:
            raise Refused("An event needs the moment at which it happened.", field="at")
        _check_time(moment, now, "at")
        _check_name(names[at])
        if (teams[at] or sites[at]) and people[at] is None:
            gathered.warn(at, "A team or site without a person: left out.")
        return UseSaid(
            row=row.line, external_id=row.external_id, known_at=known[at][0], has_own_time=known[at][1],
            account_id=owners.of(at, clock.day_of(moment), has_person=people[at] is not None), event=names[at],
            at=moment, value_micro=_micro(values[at]), person=_called(people[at]), person_id=persons[at],
            team=teams[at], site=sites[at],
        )  # fmt: skip

    return _stored(gathered, gathered.each(make))


def receive_daily_usage(gathered: Gathered) -> Received:
    known, days, names = list(gathered.known()), gathered.column("on"), gathered.column("event", "")
    counts, people, values = gathered.column("count"), gathered.column("people"), gathered.column("value")
    owners = _Owners(gathered, is_needed=True)
    starts: dict[date, datetime] = {}
    today = clock.day_of(gathered.intake.now)

    def make(at: int) -> UseSaid | None:
        row, day, count = gathered.rows[at], days[at], counts[at]
        if day is None or count is None:
            raise Refused("A count needs a day and a number.", field="on" if day is None else "count")
        if not _EARLIEST <= day <= today:
            raise Refused("The day must lie between the year 2000 and today.", field="on")
        _check_name(names[at])
        account = owners.of(at, day)
        if not count:
            gathered.received.skipped.add(row.line)
            gathered.warn(at, NO_USE)
            return None
        if people[at] is not None and people[at] > count:
            gathered.warn(at, MORE_PEOPLE)
        return UseSaid(
            row=row.line, external_id=row.external_id, known_at=known[at][0], has_own_time=known[at][1],
            account_id=account, event=names[at], at=starts.setdefault(day, clock.start_of(day)), is_count=True,
            count=count, people=people[at], value_micro=_micro(values[at]),
        )  # fmt: skip

    return _stored(gathered, [one for one in gathered.each(make) if one is not None])


class _Owners:
    """Whose use a row is: the account it names, else that of its subscription line."""

    def __init__(self, gathered: Gathered, *, is_needed: bool) -> None:
        self._gathered, self._is_needed = gathered, is_needed
        self._accounts = gathered.accounts(needed=is_needed and not gathered.has("line"))
        self._said = gathered.column("line")
        self._lines = lines_called({one for one in self._said if one is not None}, gathered.intake)

    def of(self, at: int, day: date, *, has_person: bool = False) -> int:
        """0: it belongs to where its person was. Raises Refused."""
        said, account = self._said[at], self._accounts[at]
        line: Covered | None = self._lines.get(said) if said is not None else None
        if line is not None:
            if account and account != line.account:
                raise Refused("The account and the subscription line belong to two customers.", field="line")
            if not line.covers(day):
                self._gathered.warn(at, OUTSIDE)
            return line.account
        if said is not None and not account:
            if not leaves_unknown(self._gathered.intake, "line"):
                raise Refused(f"No subscription line has the id {said.value[:80]!r}.", field="line")
            self._gathered.warn(at, "line: not found here, left out.")
        if not account and not has_person:
            why = "An event needs an account, or a person." if not self._is_needed else "An account is needed."
            raise Refused(why, field="account" if self._gathered.has("account") else "line")
        return account


def _persons(gathered: Gathered) -> list[int | None]:
    """The people we know of those named; others count as people, too, once we know them or not."""
    column = gathered.column("person")
    found: Mapping[Any, int | str] = gathered.intake.directory.find(references(set(column)))
    mapped = gathered.intake.binding.file.fields.get("person")
    ids: list[int | None] = []
    for at, value in enumerate(column):
        answer = found[value] if value is not None else None
        if isinstance(answer, str) and mapped is not None and mapped.unknown == "reject":
            gathered.refuse(at, Refused(answer, field="person"))
        ids.append(answer if isinstance(answer, int) and answer > 0 else None)
    return ids


def _called(person: Reference | None) -> str:
    """What the source calls them. Raises Refused for a placeholder: many people would become one."""
    from firstwin.usage.compact.ids import clean_id
    from firstwin.usage.compact.refusals import SAYS, Code

    if person is None:
        return ""
    called = clean_id(person.compared)
    if isinstance(called, Code):
        raise Refused(SAYS[called], field="person")
    return called


def _check_time(moment: datetime, now: datetime, field: str) -> None:
    if moment > now:
        raise Refused("It cannot have happened later than now.", field=field)
    if moment.year < _EARLIEST.year:
        raise Refused("It cannot have happened before the year 2000.", field=field)


def _check_name(name: str) -> None:
    if not name:
        raise Refused("An event needs a name.", field="event")


def _micro(value: Decimal | None) -> int | None:
    """Millionths. Raises Refused."""
    if value is None:
        return None
    found = int((value * _MICRO).to_integral_value())
    if abs(found) > _LARGEST_VALUE:
        raise Refused("The value is too large to keep.", field="value")
    return found


def _stored(gathered: Gathered, said: Sequence[UseSaid]) -> Received:
    intake, received = gathered.intake, gathered.received
    if not intake.is_dry:
        return store(gathered, said, usage.receive_use)
    looked = usage.look_at_use(said, source=intake.source)
    received.ids |= looked.ids
    received.new |= looked.new
    return received


def make_ready(intake: Intake) -> None:
    """Before a slice: the source stands in a transaction of its own, because events carry its number, and what waits
    is taken up when it is much, so that the inbox stays small however long the file is.
    """
    if intake.is_dry:
        return
    usage.source_of_files(intake.source, now=intake.now)
    usage.keep_inbox_small(now=intake.now)
