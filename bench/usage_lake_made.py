"""A lake of synthetic events: two years, twenty-odd people an account, forty event names."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import transaction

from bench.usage_plain import ACTIVATION, CORE, FIRST_WIN, IGNORED
from firstwin.accounts.models import Account, AccountNow
from firstwin.revenue.models import Product, SubscriptionLine
from firstwin.usage.lake import duck, files, home, lease, pieces
from firstwin.usage.lake.commit import store
from firstwin.usage.lake.days import number_of
from firstwin.usage.lake.fold import roll_up
from firstwin.usage.lake.meant import Meant
from firstwin.usage.lake.schema import BLOCK, EVENTS
from firstwin.usage.models import FeatureMeaning, Means
from firstwin.usage.store.models import Actor, ActorTrait, Place
from firstwin.usage.store.router import EVENTS as STORE

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
LAST_ON = date(2026, 5, 31)
DAYS = 730
AT_ONCE = 8
"""Days made at once."""

PEOPLE, FEATURES = 25, 40
_DAY = 86_400_000_000

__all__ = ["LAST_ON", "NOW", "add_one_event", "fill_lake", "make_lake", "timedelta"]


def make_lake(events: int, accounts: int) -> int:
    """Fill an empty, migrated installation. Returns the megabytes of its files."""
    company = Company(accounts)
    company.write()
    return _write_lake(company, events, LAST_ON)


def fill_lake(events: int, account_ids: Sequence[int], last_on: date) -> int:
    """Events of accounts that are there, up to `last_on`, where the lake is empty. Returns megabytes."""
    if Place.objects.exists() or Actor.objects.exists():
        raise SystemExit("The lake was not empty.")
    company = Company(len(account_ids))
    company.write_use(account_ids)
    return _write_lake(company, events, last_on)


def _write_lake(company: "Company", events: int, last_on: date) -> int:
    last = number_of(last_on)
    for block in range((last - DAYS + 1) // BLOCK, last // BLOCK + 1):
        low, high = max(block * BLOCK, last - DAYS + 1), min(block * BLOCK + BLOCK - 1, last)
        with lease.alone(lease.ORDERING, now=NOW) as hold:
            segments = [files.write_piece("events", table) for table in company.tables(low, high, events)]
            with duck.connected() as connection:
                meant = Meant()
                meant.put(connection)
                rolled = roll_up(connection, duck.rows_at("events", [one.path for one in segments]), hold)
            with transaction.atomic(using=STORE):
                pieces.add(segments, now=NOW, rolled_at=NOW)
                pieces.add(rolled, now=NOW, edition=meant.edition)
    return sum(path.stat().st_size for path in home.folder().rglob("*.parquet")) >> 20


class Company:
    """Accounts of very different sizes; one in ten has a second place, one actor in twenty a second name."""

    def __init__(self, accounts: int) -> None:
        dice = np.random.default_rng(11)
        self.n = accounts
        size = dice.lognormal(0, 0.9, accounts)
        self.people = np.maximum((PEOPLE * size / size.mean()).astype(np.int64), 1)
        self.first = np.concatenate([[1], 1 + np.cumsum(self.people)[:-1]])
        self.reach = np.cumsum(size) / size.sum()
        self.second = np.where(np.arange(accounts) % 10 == 0, accounts + 1 + np.arange(accounts) // 10, 0)

    def tables(self, low: int, high: int, events: int) -> Iterator[pa.Table]:
        for start in range(low, high + 1, AT_ONCE):
            end = min(start + AT_ONCE - 1, high)
            yield self._table(start, end, events * (end - start + 1) // DAYS)

    def _table(self, low: int, high: int, rows: int) -> pa.Table:
        dice = np.random.default_rng(low)
        account = np.minimum(np.searchsorted(self.reach, dice.random(rows)), self.n - 1)
        place = account + 1
        elsewhere = (self.second[account] > 0) & (dice.random(rows) < 0.3)
        place = np.where(elsewhere, self.second[account], place)
        actor = self.first[account] + (self.people[account] * dice.random(rows) ** 2).astype(np.int64)
        feature = 1 + (FEATURES * dice.random(rows) ** 2).astype(np.int64)
        day = dice.integers(low, high + 1, rows)
        ts = day * _DAY + dice.integers(0, _DAY, rows)
        order = np.lexsort((ts, place))
        late = np.where(dice.random(rows) < 0.01, day + dice.integers(2, 9, rows), 0)
        return events_table(
            place=place[order], actor=actor[order], feature=feature[order], ts=ts[order], day=day[order],
            known_on=late[order], k1=dice.integers(0, 1 << 63, rows),
        )  # fmt: skip

    def write(self) -> None:
        """What the numbers mean."""
        now, far = NOW, NOW - timedelta(days=DAYS)
        names = [Account(key=f"bench-{n}", name=f"Account {n}", recorded_at=now) for n in range(self.n)]
        Account.objects.bulk_create(names, batch_size=2_000)
        ids = list(Account.objects.order_by("pk").values_list("pk", flat=True))
        if ids != list(range(1, self.n + 1)):
            raise SystemExit("The installation was not empty.")
        AccountNow.objects.bulk_create(
            (AccountNow(account_id=pk, key=f"bench-{pk - 1}", name=f"Account {pk}", name_folded=f"account {pk}",
                        search_text="", added_on=LAST_ON, revision=0, refreshed_at=now) for pk in ids),
            batch_size=1_000,
        )  # fmt: skip
        self._write_lines(far)
        self.write_use(ids)

    def write_use(self, account_ids: Sequence[int]) -> None:
        """What of that the lake and the catalogue hold."""
        now, far = NOW, NOW - timedelta(days=DAYS)
        where = [(n + 1, pk) for n, pk in enumerate(account_ids)]
        where += [(int(other), account_ids[n]) for n, other in enumerate(self.second) if other]
        Place.objects.bulk_create(
            (Place(pk=pk, source=1, key=str(pk), account=account, first_at=now, last_at=now) for pk, account in where),
            batch_size=2_000,
        )
        self._write_actors()
        FeatureMeaning.objects.all().delete()
        for feature, said in self._meanings():
            FeatureMeaning.objects.create(feature=feature, known_at=far, recorded_at=now, **said)

    def _write_actors(self) -> None:
        total = int(self.people.sum())
        owners = np.searchsorted(np.cumsum(self.people), np.arange(1, total + 1)).tolist()
        first = self.first.tolist()
        far = NOW - timedelta(days=DAYS)
        for start in range(1, total + 1, 50_000):
            numbers = range(start, min(start + 50_000, total + 1))
            with transaction.atomic(using=STORE):
                Actor.objects.bulk_create(
                    (Actor(pk=n, source=1, key=f"u:{n}", first_at=NOW,
                           same_as=first[owners[n - 1]] if n % 20 == 0 and n != first[owners[n - 1]] else None)
                     for n in numbers),
                    batch_size=2_000,
                )  # fmt: skip
                ActorTrait.objects.bulk_create(
                    (ActorTrait(actor=n, kind="team", value=f"Team {n % 7}", from_at=far, known_at=far)
                     for n in numbers if n % 10 == 1),
                    batch_size=2_000,
                )  # fmt: skip

    def _write_lines(self, far: datetime) -> None:
        sold = [Product.objects.create(key=key, name=key, name_folded=key, recorded_at=NOW) for key in ("one", "two")]
        SubscriptionLine.objects.bulk_create(
            (SubscriptionLine(
                account_id=n + 1, product=product, quantity=int(self.people[n]), currency="EUR", starts_on=far.date(),
                known_at=far, recorded_at=NOW, stated_at=far, source="bench", external_id=f"{n}-{product.pk}")
             for n in range(self.n) for product in sold),
            batch_size=1_000,
        )  # fmt: skip

    def _meanings(self) -> Iterator[tuple[int, dict[str, Any]]]:
        products = Product.objects.order_by("pk").values_list("pk", flat=True)[:2]
        for feature in range(1, FEATURES + 1):
            said: dict[str, Any] = {"product_id": products[feature % 2]}
            if feature in CORE:
                said["is_core"] = True
            if feature in IGNORED:
                said["is_ignored"] = True
            if feature == ACTIVATION:
                said["means"] = Means.ACTIVATION
            if feature == FIRST_WIN:
                said["means"] = Means.FIRST_WIN
            yield feature, said


def events_table(**columns: Any) -> pa.Table:
    """Rows of the schema of events; what is left out is the usual."""
    rows = len(columns["place"])
    usual: dict[str, Any] = {"what": 0, "source": 1, "received": NOW.replace(tzinfo=None), "k2": 1, "count": 1,
                             "people": None, "value_micro": None, "run": 0, "line": 0, "props": None}  # fmt: skip
    arrays = []
    for field in EVENTS:
        if field.name in columns:
            arrays.append(pa.array(columns[field.name]).cast(field.type))
        else:
            arrays.append(pa.repeat(pa.scalar(usual[field.name], field.type), rows))
    return pa.Table.from_arrays(arrays, schema=EVENTS)


def add_one_event(account: int) -> None:
    """Somebody does something now."""
    ts = int(datetime.combine(LAST_ON, time(23), UTC).timestamp() * 1_000_000)
    key = np.random.default_rng().integers(0, 1 << 63, 1)
    numbers = {"place": account, "actor": 1, "feature": 5, "ts": ts, "day": number_of(LAST_ON), "known_on": 0}
    table = events_table(k1=key, **{name: np.array([value]) for name, value in numbers.items()})
    store(table, inbox_ids=[], extra=lambda: None, now=NOW)
