"""The health of all accounts a reader may see, summed by the database over the list rows.

Customers that left keep their last reading and count nowhere here, nor in the lists behind the figures.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from firstwin.accounts.models import AccountNow
from firstwin.accounts.scope import AccountSet
from firstwin.core.conditions import All, Condition, Not, Test, over_all, to_query
from firstwin.core.money import Money
from firstwin.people.config.labels import labels
from firstwin.signals.models import Band
from firstwin.signals.section.gather import tone_of
from firstwin.signals.section.portfolio_sums import LOW_COVERAGE, Cell, Figures, added, added_by, cells
from firstwin.ui.charts import Part

MOST_OWNERS = 15
QUARTERS = 4
"""After the one that runs."""
LEFT = Test("commercial_status", "eq", "churned")
STAYED = Not(LEFT)
ORDER = (Band.RED, Band.AMBER, Band.GREEN, Band.UNKNOWN)


@dataclass(frozen=True)
class Share:
    """Accounts of one band. href: the list of them."""

    band: str
    label: str
    tone: str
    accounts: int
    arr: Money
    href: str


@dataclass(frozen=True)
class Mix:
    """left: customers that left and are not counted.  left_href: the list of them."""

    shares: Sequence[Share]
    accounts: int
    arr: Money
    by_count: Sequence[Part]
    by_arr: Sequence[Part]
    left: int = 0
    left_href: str = ""


@dataclass(frozen=True)
class Quarter:
    """What renews in a quarter: at_risk is the stake of open risks, each unit of it once per account."""

    label: str
    accounts: int
    arr: Money
    red: Money
    amber: Money
    at_risk: Money
    href: str
    red_href: str
    amber_href: str
    risk_href: str


@dataclass(frozen=True)
class Slice:
    """One experience or owner."""

    label: str
    accounts: int
    arr: Money
    red: int
    red_arr: Money
    unknown: int
    href: str
    red_href: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Blind:
    """What cannot be said. never: accounts without any reading."""

    unknown: int
    low: int
    never: int
    unknown_href: str
    low_href: str
    never_href: str


def mix_of(some: Sequence[Cell], accounts: AccountSet) -> Mix:
    figures = added(some)
    shares = [
        Share(band, str(band.label), tone_of(band), *_share(figures.shown(band)), listed(_band(band))) for band in ORDER
    ]
    return Mix(
        shares=shares,
        accounts=sum(one.accounts for one in shares),
        arr=money(sum(one.arr.minor for one in shares)),
        by_count=[Part(one.label, one.accounts, one.tone) for one in shares if one.accounts],
        by_arr=[
            Part(one.label, one.arr.minor, one.tone, one.arr.format(decimals=False)) for one in shares if one.arr.minor
        ],
        left=accounts.now().filter(commercial_status=LEFT.value).count(),
        left_href=list_of(LEFT),
    )


def portfolio_cells(accounts: AccountSet) -> Sequence[Cell]:
    """What `mix_of`, `blind_of`, `by_experience` and `by_owner` add up."""
    return cells(staying(accounts))


def quarters_of(accounts: AccountSet, today: date) -> list[Quarter]:
    """The quarter that runs and those after it, by what renews in them."""
    first = _quarter(today)
    starts = [first]
    for _ in range(QUARTERS + 1):
        starts.append(_next(starts[-1]))
    rows = accounts.now().filter(over_all(Q(renews_on__gte=today, renews_on__lt=starts[-1]))).order_by()
    summed = rows.values("renews_on").annotate(
        n=Count("pk"), arr=Sum("arr_minor"), red=Sum("arr_minor", filter=Q(health_band=Band.RED)),
        amber=Sum("arr_minor", filter=Q(health_band=Band.AMBER)), stake=Sum("at_risk_minor"),
    )  # fmt: skip
    found: dict[date, Counter[str]] = defaultdict(Counter)  # by day first: SQLite knows no quarters
    names = ("n", "arr", "red", "amber", "stake")
    for day, *sums in summed.values_list("renews_on", *names):
        found[_quarter(day)].update({name: int(value or 0) for name, value in zip(names, sums, strict=True)})
    told = []
    for start, end in pairwise(starts):
        row: Mapping[str, int] = found.get(start, Counter())
        within = (Test("renews", "ge", max(start, today).isoformat()), Test("renews", "lt", end.isoformat()))
        told.append(
            Quarter(
                label=f"Q{(start.month + 2) // 3} {start.year}",
                accounts=row.get("n", 0),
                arr=money(row.get("arr")),
                red=money(row.get("red")),
                amber=money(row.get("amber")),
                at_risk=money(row.get("stake")),
                href=list_of(All(within)),
                red_href=list_of(All((*within, _band(Band.RED)))),
                amber_href=list_of(All((*within, _band(Band.AMBER)))),
                risk_href=list_of(All((*within, Test("risks_open", "ge", 1)))),
            )
        )
    return told


def blind_of(some: Sequence[Cell]) -> Blind:
    figures = added(some)
    return Blind(
        figures.n.get(Band.UNKNOWN, 0), figures.low, figures.n.get(None, 0),
        listed(Test("health_band", "eq", str(Band.UNKNOWN))),
        listed(Test("health", "set"), Test("health_coverage", "lt", LOW_COVERAGE)),
        listed(Test("health_band", "not_set")),
    )  # fmt: skip


def by_experience(some: Sequence[Cell]) -> list[Slice]:
    names = dict(labels("experience"))
    return [
        _part(
            names.get(key, key) if key else "None",
            figures,
            Test("experience", "eq", key) if key else _missing("experience"),
        )
        for key, figures in added_by(some, lambda cell: cell.experience)
    ]


def by_owner(some: Sequence[Cell]) -> list[Slice]:
    """Those with most ARR in red first."""
    found = [
        _part(name or "Nobody", figures, Test("owner", "eq", key) if key else _missing("owner"))
        for (key, name), figures in added_by(some, lambda cell: (cell.owner_id, cell.owner_name))
    ]
    return sorted(found, key=lambda one: (-one.red_arr.minor, -one.red, one.label))[:MOST_OWNERS]


def staying(accounts: AccountSet) -> QuerySet[AccountNow]:
    """Without the customers that left."""
    return accounts.now().exclude(commercial_status=LEFT.value)


def list_of(tree: Condition) -> str:
    """The account list narrowed to these."""
    return f"{reverse('accounts')}?{urlencode(to_query(tree))}"


def listed(*parts: Condition) -> str:
    """The same of those that stayed."""
    return list_of(All((*parts, STAYED)))


def _part(label: str, figures: Figures, test: Condition) -> Slice:
    bands = {band: figures.shown(band)[0] for band in ORDER}
    return Slice(
        label=label,
        accounts=figures.accounts,
        arr=money(figures.total),
        red=bands[Band.RED],
        red_arr=money(figures.shown(Band.RED)[1]),
        unknown=bands[Band.UNKNOWN],
        href=listed(test),
        red_href=listed(test, _band(Band.RED)),
        parts=[Part(str(band.label), bands[band], tone_of(band)) for band in ORDER if bands[band]],
    )


def _band(band: str) -> Test:
    """Unknown: also those that were never worked out."""
    if band == Band.UNKNOWN:
        return Test("health", "not_set")
    return Test("health_band", "eq", str(band))


def _missing(field: str) -> Test:
    return Test(field, "not_set")


def _share(pair: tuple[int, int]) -> tuple[int, Money]:
    return pair[0], money(pair[1])


def money(minor: int | None) -> Money:
    return Money(int(minor or 0), str(settings.FIRSTWIN_CURRENCY))


def _quarter(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _next(start: date) -> date:
    return date(start.year + start.month // 10, (start.month + 2) % 12 + 1, 1)
