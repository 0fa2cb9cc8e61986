"""All adoption metrics of many accounts, as of the close of any day. One account alone goes the same way."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

import numpy as np

from firstwin.accounts.scope import AccountSet
from firstwin.science import habits
from firstwin.science.trend import change_from_usual
from firstwin.usage.catalogue import Meaning
from firstwin.usage.metrics import columns, core, days, windows
from firstwin.usage.metrics.adding import in_parts
from firstwin.usage.metrics.asking import NEVER
from firstwin.usage.metrics.columns import Columns, Floats, Ints
from firstwin.usage.metrics.last import last_seen
from firstwin.usage.metrics.opening import Opened, opened
from firstwin.usage.metrics.present import present
from firstwin.usage.metrics.reading import Usage
from firstwin.usage.metrics.seats import Bought, bought, bought_of, lines_of
from firstwin.usage.metrics.traits import breadth
from firstwin.usage.metrics.whose import Whose, whose

DIGITS = 6
"""Decimals of what is published."""

LEAST_EVENTS = 20
"""In 28 days, of the account's own median or of now: below, a change says nothing."""

FEWEST_WINDOWS = 3


def usage_of(
    accounts: AccountSet | Collection[int] | None, on: date, *, known_by: datetime | None = None, now: datetime
) -> dict[int, Usage]:
    """Account id → what is said about its use at the close of `on`; every account asked for is there.

    known_by: only what was known at that moment counts: events, meanings, lines, traits.
    """
    return present(columns_of(accounts, on, known_by=known_by, now=now))


def columns_of(
    accounts: AccountSet | Collection[int] | None, on: date, *, known_by: datetime | None = None, now: datetime
) -> Columns:
    """The same as columns of numbers, for what reads many."""
    asked = whose(accounts)
    with opened(asked, on, known_by=known_by) as lake:
        return read_columns(lake)


def read_columns(lake: Opened) -> Columns:
    asked, on = lake.whose, lake.on
    n = len(asked.accounts)
    said = lake.meanings()
    if lake.many is None:
        _ask_ahead(lake, said)
    seats = _seats(lake)
    people, traits = in_parts(lake) if lake.parts else _at_once(lake)
    daily = days.days_of(lake)
    core_used, core_total = core.core_use(lake, said, seats)
    meant = core.meant_use(lake, said)
    firsts = core.first_days(meant, said, n)
    basis = _basis(lake, people, daily)
    measured = (basis == columns.EVENTS) | (basis == columns.BOTH)
    seen = basis != columns.NONE
    trend, trend_share, known = _trend(daily.windows, daily.windows_known)

    def only(values: Ints, where: Ints) -> Ints:
        return np.where(where, values, NEVER)

    active_7, active_28 = only(people.active_7, measured), only(people.active_28, measured)
    sticky = habits.stickiness(people.person_days, people.active_28)
    return Columns(
        on=on,
        accounts=asked.accounts,
        basis=basis,
        last_seen=last_seen(lake, basis, people),
        active_1=only(people.active_1, measured),
        active_7=active_7,
        active_28=active_28,
        people_ever=only(people.ever, measured),
        person_days_28=only(people.person_days, measured),
        days_14=only(daily.days_14, seen),
        events_7=daily.events_7,
        events_28=daily.windows[:, 0].copy() if n else np.zeros(0, np.int64),
        events_28_before=daily.windows[:, 1].copy() if n else np.zeros(0, np.int64),
        habit_weeks=only(daily.habit_weeks, seen),
        core_used=core_used,
        core_total=core_total,
        teams_28=only(traits["team"], measured),
        sites_28=only(traits["site"], measured),
        activated=firsts["activation"],
        first_win=firsts["first_win"],
        products_without_win=core.products_without_win(meant, said, seats),
        windows=daily.windows,
        windows_known=daily.windows_known,
        bought=seats,
        weekly_share=_share(active_7, seats.seats),
        licence_share=_share(active_28, seats.seats),
        depth_share=_share(only(core_used, seen), np.where(core_total > 0, core_total, NEVER)),
        stickiness=np.where(measured, _rounded(sticky), np.nan),
        trend=np.where(known, _rounded(trend), np.nan),
        trend_share=np.where(known, _rounded(trend_share), np.nan),
    )


def _at_once(lake: Opened) -> tuple[windows.People, Mapping[str, Ints]]:
    """Who was active, and by account their teams and sites."""
    people = windows.people_in(lake)
    return people, breadth(lake, people)


def _ask_ahead(lake: Opened, said: Mapping[int, Meaning]) -> None:
    """In the order in which the answers are taken."""
    for name, params in (*windows.questions(lake), days.question(lake), *core.questions(lake, said)):
        lake.ahead(name, **params)


def _seats(lake: Opened) -> Bought:
    if lake.many is None:
        return bought(lake.whose, lake.on, lake.known_by)
    if "lines" not in lake.many.kept:
        lake.many.kept["lines"] = lines_of(lake.whose, lake.many.on)
    return bought_of(lake.many.kept["lines"], lake.whose, lake.on, lake.known_by)


def _basis(lake: Opened, people: windows.People, daily: days.Days) -> Ints:
    """What was ever sent: events, aggregates, both or nothing."""
    asked = lake.whose
    n = len(asked.accounts)
    counted = np.zeros(n, bool)
    counted[_of(asked, lake.ask("counted", last=lake.day)["place"])] = True
    told = people.ever > 0
    # Events that name nobody are rare: they are looked for only where no person was seen.
    quiet = asked.places[~told[asked.of_places(asked.places)]]
    if len(quiet):
        lake.put("asked_places", place=quiet)
        told[_of(asked, lake.ask("nameless", last=lake.day)["place"])] = True
    found: Ints = told * columns.EVENTS + counted * columns.AGGREGATES
    return found


def _of(asked: Whose, places: Ints) -> Ints:
    accounts = asked.of_places(places)
    return np.asarray(accounts[accounts >= 0], np.int64)


def _share(part: Ints, whole: Ints) -> Floats:
    """NaN where either is not known or the whole is nothing."""
    told = (part != NEVER) & (whole != NEVER) & (whole > 0)
    return _rounded(np.where(told, part, 0) / np.where(told, whole, 1), told)


def _rounded(values: Floats, where: Ints | None = None) -> Floats:
    found = np.round(values, DIGITS) + 0.0  # no negative zero
    return found if where is None else np.where(where, found, np.nan)


def _trend(windows: Ints, known: Ints) -> tuple[Floats, Floats, Ints]:
    """(robust z, change, whether it says something). Accounts with equally many windows are computed together."""
    n = len(windows)
    z, share = np.full(n, np.nan), np.full(n, np.nan)
    for count in np.unique(known[known >= FEWEST_WINDOWS]).tolist():
        here = np.flatnonzero(known == count)
        z[here], share[here] = change_from_usual(windows[here, 1 : count + 1], windows[here, 0])
        usual = np.median(windows[here, 1 : count + 1], axis=1)
        loud = np.maximum(usual, windows[here, 0]) >= LEAST_EVENTS
        z[here[~loud]] = share[here[~loud]] = np.nan
    return z, share, ~np.isnan(z)
