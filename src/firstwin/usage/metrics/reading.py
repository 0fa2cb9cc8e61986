"""What is said about the use one account makes, at the close of a day of the installation's time zone.

Windows of n days hold the day itself and the n - 1 before it. *Use* is every event that is a track, page or screen call
or an aggregate, and whose name the catalogue does not ignore. A person is *active* on a day with any use; one human is
one person however many names they have. Aggregates count events and days but name nobody: where an account sent nothing
else, what needs people is None and says so in `reasons`. None always means: not known, or not measurable.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

FROM_AGGREGATES = "Not measurable from aggregates."
NO_USE = "No use was ever seen."
NO_SEATS = "No line in force says how many seats."
NO_CORE = "No event name is marked as a core workflow of what they bought."
NO_CONTRACT = "No contract start is known."

CROWD = 50_000
"""More people than this of one account are counted, not listed one by one; one of the warnings says so."""

SEATS = "seats"
"""The unit of products that are bought by the person."""


@dataclass(frozen=True, slots=True)
class ProductUse:
    """One product that has seats in force or is used.

    bought: seats of paid recurring or metered lines in force at the close of the day; None where no line says.
    assigned: seats given to somebody, where a source tells it; else None.
    active_28: distinct people who used one of its features in 28 days.  peak: the largest active_28 of any day so far.
    in_force: whether a paid line of it holds on the day.
    share: active_28 ÷ bought.  exhausts_on: when `active_28` reaches `bought` if it goes on as in the last 12 weeks.
    activated_on, first_win_on: of a product in force, first day of what means so for it; None where it has not
        occurred.  can_win: whether anything means a first win for it.
    """

    product_id: int | None
    key: str
    name: str
    bought: int | None
    assigned: int | None
    active_28: int | None
    peak: int | None
    share: float | None
    exhausts_on: date | None
    in_force: bool = False
    activated_on: date | None = None
    first_win_on: date | None = None
    can_win: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """One account at the close of the day `on`.

    basis: what was sent up to then: `events`, `aggregates`, `both` or `none`.
    last_seen_at: the latest use of a person; where there are only aggregates, of those.
    active_1, active_7, active_28: distinct people active on the day, in 7 and in 28 days.  people_ever: up to the day.
    days_14: of the last 14 days, those with any use.  frequency: `daily` 9 or more of them, `weekly` 5 to 8,
        `occasional` 2 to 4, `inactive` 0 or 1; empty where no use was ever seen.
    events_7, events_28: events (aggregates by their count) in the window; events_28_before: in the 28 days before it.
    seats: of the widest product, paid and in force at the close of the day.
    assigned: users whom a source told to be at the account by then; None where none does, and of many accounts at once.
    peak: the largest number of people active in 28 days on any day so far (one account asked for alone; else None).
    weekly_share: active_7 ÷ seats.  licence_share: active_28 ÷ seats.  Above 1 where more people come than were bought.
    habit_weeks: of the last 12 spans of 7 days, those with any use.  is_habit: 8 or more of them.
    core_used: core workflows used in 28 days, of the core_total that belong to products in force (to any product where
        none is in force) or to none.  depth_share: core_used ÷ core_total.
    teams_28, sites_28: distinct teams and sites, by traits told up to the day, of the people active in 28 days.
    stickiness: mean over 28 days of people active on a day ÷ active_28.
    trend: robust z of events_28 against the account's own 28-day windows before (science.trend); trend_share: change
        against their median; trend_why: what it was compared with, or why nothing is said.
    activated_on, first_win_on: day of the first event that means so by the catalogue.
    started_on: start of the first paid line.
    days_to_value: days from started_on to first_win_on (0 where the win came first).  days_so_far: days since
        started_on while there is no first win.
    exhausts_on: the earliest of its products' and its own.  reasons: metric → the sentence why it is None.
    """

    account: int
    on: date
    basis: str
    last_seen_at: datetime | None
    active_1: int | None
    active_7: int | None
    active_28: int | None
    people_ever: int | None
    days_14: int | None
    frequency: str
    events_7: int
    events_28: int
    events_28_before: int
    seats: int | None
    assigned: int | None
    peak: int | None
    weekly_share: float | None
    licence_share: float | None
    habit_weeks: int | None
    is_habit: bool | None
    core_used: int
    core_total: int
    depth_share: float | None
    teams_28: int | None
    sites_28: int | None
    stickiness: float | None
    trend: float | None
    trend_share: float | None
    trend_why: str
    activated_on: date | None
    first_win_on: date | None
    started_on: date | None
    days_to_value: int | None
    days_so_far: int | None
    products: tuple[ProductUse, ...] = ()
    exhausts_on: date | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonUse:
    """One person's use of one account at the close of a day.

    actor: the number that stands for them.  person_id: the person they are known to be; None while nobody knows.
    subject: what they are called where they have no name.
    days_28, days_28_before: days on which they were active in the last 28 days, and in the 28 before those.
    events_28, features_28: their events and distinct event names in 28 days.
    state: `new` (first seen in the last 28 days), `active` (seen in them), `lapsed` (seen before, not in them).
    """

    actor: int
    person_id: int | None
    name: str
    subject: str
    first_seen_at: datetime
    last_seen_at: datetime
    days_28: int
    days_28_before: int
    events_28: int
    features_28: int
    state: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One feature by week.  counts: events in each span of 7 days, the earliest first.  usual: the median of the weeks
    since the account first used it, the last one left out; None before there are 3.  shades: -2 … 2 against `usual`
    (half or less, less, as usual, more, double or more); None where there is no use or no `usual`."""

    feature: int
    key: str
    label: str
    product_id: int | None
    parent: int | None
    is_core: bool
    counts: tuple[int, ...]
    usual: float | None
    shades: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """weeks: the first day of each span of 7 days; the last span ends with `on`. Rows by use, the most used first."""

    on: date
    weeks: tuple[date, ...]
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """from_on: the first of 7 days.  people: distinct people active in them; None where only aggregates were sent."""

    from_on: date
    people: int | None
    events: int
    days: int
