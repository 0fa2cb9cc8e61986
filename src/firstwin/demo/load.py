"""Store the demo company: staff, then customers in chunks, then the trail. The only writer of the demo."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from firstwin.accounts import search
from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.actions.tag import ensure_tag
from firstwin.accounts.models import Account, Attribute
from firstwin.core.text import slug
from firstwin.demo.calendar import WINDOW, moment
from firstwin.demo.cast import TEAMS, Colleague
from firstwin.demo.company import LARGE, Company, Customer
from firstwin.demo.dice import dice_for, new_uuid
from firstwin.demo.rows import House, Rows
from firstwin.demo.trail import write_trail
from firstwin.demo.views import share_views
from firstwin.demo.words.firms import TAGS
from firstwin.people.models import Team, User
from firstwin.people.sealing import seal

_CHUNK = 10
"""Blocks stored in one transaction: a thousand customers."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Loaded:
    """What was stored, in rows."""

    accounts: int
    people: int
    touches: int
    trail: int


def load(
    *, seed: int, as_of: date, accounts: int, password: str, now: datetime, progress: Progress = lambda done, of: None
) -> Loaded:
    """Store a company of `accounts` customers with history up to the day `as_of`, beside what is there already.

    The rows depend on seed, as_of, accounts and what was there, never on the moment; only the refresh of the list
    rows looks at `now`. The same password signs everybody in.
    """
    company = Company(seed=seed, as_of=as_of, accounts=accounts, first=Account.objects.count())
    with transaction.atomic():
        house = _house(company, password)
        share_views()
    trail_from = as_of - timedelta(days=WINDOW if accounts < LARGE else 10)
    rows = Rows(house=house, since=moment(trail_from, 0))
    people = touches = done = 0
    with _search_set_aside(accounts):
        for chunk in _chunks(company.blocks()):
            with transaction.atomic():
                _store(rows, chunk, now)
                people += len(rows.person_ids)
            touches += sum(len(customer.touches) for customer in chunk)
            done += len(chunk)
            progress(done, accounts)
    with transaction.atomic():
        trail = write_trail(rows.happened, company.seed)
    seal(now=now, at_most=trail + 1_000)
    return Loaded(accounts=done, people=people, touches=touches, trail=trail)


def _store(rows: Rows, chunk: Sequence[Customer], now: datetime) -> None:
    rows.begin()
    rows.take(chunk, _keys(chunk))
    rows.store()
    refresh_now(rows.account_ids.values(), now=now)


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
    )


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


@contextmanager
def _search_set_aside(accounts: int) -> Iterator[None]:
    """For a large company, build the search indexes once at the end instead of row by row."""
    if accounts < LARGE:
        yield
        return
    _run(search.removals(connection.vendor))
    try:
        yield
    finally:
        _run(search.statements(connection.vendor))
        if connection.vendor == "sqlite":
            _run([f"insert into {table}_fts({table}_fts) values ('rebuild')" for table in search.TABLES])  # noqa: S608
        _run(["analyze"])


def _run(statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
