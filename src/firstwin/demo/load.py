"""Store the demo company: staff, then customers in chunks, then the trail. The only writer of the demo."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from django.contrib.auth.hashers import make_password
from django.db import transaction

from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.actions.tag import ensure_tag
from firstwin.accounts.models import Account, AccountNow, Attribute
from firstwin.accounts.published import families, publish
from firstwin.core.text import fold, slug
from firstwin.demo.aside import indexes_aside, search_aside, take_stock
from firstwin.demo.calendar import WINDOW, moment
from firstwin.demo.cast import TEAMS, Colleague
from firstwin.demo.company import LARGE, Company, Customer
from firstwin.demo.deals import PRODUCTS
from firstwin.demo.dice import dice_for, new_uuid
from firstwin.demo.exchange import keep_rates
from firstwin.demo.rows import TABLES, House, Rows
from firstwin.demo.trail import write_trail
from firstwin.demo.usage_load import Usage
from firstwin.demo.views import share_views
from firstwin.demo.words.firms import TAGS
from firstwin.people.models import Team, User
from firstwin.people.sealing import seal
from firstwin.revenue.models import Product

_CHUNK = 10
"""Blocks stored at a time: a thousand customers."""

_REFRESH = 5_000

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """What was stored, in rows.  ids: of the accounts."""

    accounts: int
    people: int
    touches: int
    trail: int
    ids: tuple[int, ...]
    events: int = 0


def load(
    *, seed: int, as_of: date, accounts: int, password: str, now: datetime, progress: Progress = lambda says: None
) -> Loaded:
    """Store a company of `accounts` customers with history up to the day `as_of`, beside what is there already.

    The rows depend on seed, as_of, accounts and what was there, never on the moment; only the refresh of the list
    rows looks at `now`. The same password signs everybody in.
    """
    company = Company(seed=seed, as_of=as_of, accounts=accounts, first=Account.objects.count())
    usage = Usage(company.seed, as_of, is_rich=company.cadence.is_rich)
    with transaction.atomic():  # all of it or nothing
        if accounts < LARGE:
            loaded = _store_all(company, usage, password, now, progress, set_aside=False)
        else:
            with search_aside():
                loaded = _store_all(company, usage, password, now, progress, set_aside=True)
                progress("search indexes")
            take_stock()
    seal(now=now, at_most=loaded.trail + 1_000)
    events = usage.store(now=now, progress=progress)
    if "usage" in {family.key for family in families()}:
        publish("usage", loaded.ids, now=now)
    return replace(loaded, events=events)


def _store_all(
    company: Company, usage: Usage, password: str, now: datetime, progress: Progress, *, set_aside: bool
) -> Loaded:
    share_views()
    keep_rates(company.as_of)
    trail_from = company.as_of - timedelta(days=10 if set_aside else WINDOW)
    rows = Rows(house=_house(company, password), since=moment(trail_from, 0))
    people = touches = 0
    ids: list[int] = []
    with indexes_aside([AccountNow] if set_aside else []):
        with indexes_aside(TABLES if set_aside else []):
            for chunk in _chunks(company.blocks()):
                rows.begin()
                keys = _keys(chunk)
                rows.take(chunk, keys)
                rows.store()
                _use(usage, rows, chunk, keys)
                ids += rows.account_ids.values()
                people += len(rows.person_ids)
                touches += sum(len(customer.touches) for customer in chunk)
                progress(f"{len(ids):,} of {company.accounts:,} accounts")
        if set_aside:
            take_stock()
        for done in range(0, len(ids), _REFRESH):
            refresh_now(ids[done : done + _REFRESH], now=now)
            progress(f"list rows: {done:,} of {len(ids):,}")
    trail = write_trail(rows.happened, company.seed)
    return Loaded(accounts=len(ids), people=people, touches=touches, trail=trail, ids=tuple(ids))


def _use(usage: Usage, rows: Rows, chunk: Sequence[Customer], keys: Sequence[str]) -> None:
    for customer, key in zip(chunk, keys, strict=True):
        people = [rows.person_ids[contact.human.key] for contact in customer.contacts]
        usage.take(customer, rows.account_ids[customer.script.number], key, people)


def _chunks(blocks: Iterator[list[Customer]]) -> Iterator[list[Customer]]:
    while some := [customer for block in islice(blocks, _CHUNK) for customer in block]:
        yield some


def _keys(chunk: Sequence[Customer]) -> list[str]:
    """A key for each; with a number where it is taken by customers who were there before."""
    wanted = [slug(customer.script.name)[:70] for customer in chunk]
    taken = set(Account.objects.filter(key__in=wanted).values_list("key", flat=True))
    return [f"{key}-{_number(customer)}" if key in taken else key for key, customer in zip(wanted, chunk, strict=True)]


def _number(customer: Customer) -> str:
    return customer.sources[0].external_id.rpartition("-")[2]


def _house(company: Company, password: str) -> House:
    teams = {key: Team.objects.get_or_create(key=key, defaults={"name": name})[0].pk for key, name in TEAMS}
    secret = make_password(password)
    return House(
        staff=[_hire(who, teams, secret, company.as_of) for who in company.staff],
        teams=teams,
        tags={name: ensure_tag(name).pk for name in TAGS},
        attributes=dict(Attribute.objects.filter(is_archived=False).values_list("key", "pk")),
        products=_catalogue(moment(company.as_of - timedelta(days=WINDOW), 0)),
        is_rich=company.cadence.is_rich,
    )


def _catalogue(recorded_at: datetime) -> dict[str, int]:
    return {
        key: Product.objects.get_or_create(
            name_folded=fold(name),
            defaults={"key": key, "name": name, "family": family, "recorded_at": recorded_at, "source": "billing"},
        )[0].pk
        for key, name, family, _ in PRODUCTS
    }


def _hire(who: Colleague, teams: dict[str, int], secret: str, as_of: date) -> int:
    joined_at = moment(as_of - timedelta(days=WINDOW + 30), 0)
    left_at = moment(as_of - timedelta(days=who.left), 18 * 60) if who.left is not None else None
    user, _ = User.objects.get_or_create(
        email=who.email,
        defaults={
            "name": who.name,
            "role": who.role,
            "team_id": teams[who.team] if who.team else None,
            "subject": new_uuid(dice_for("staff", who.email)),
            "joined_at": joined_at,
            "disabled_at": left_at,
            "password": secret,
        },
    )
    return user.pk
