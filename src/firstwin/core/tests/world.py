"""A small world to ask conditions of: accounts with every kind of value, some of them missing."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet
from django.test.utils import isolate_apps

from firstwin.core.fields import Collection, Field, Kind, Vocabulary

TODAY = date(2024, 3, 31)  # a day with a clock change in Europe, at the end of a month after 29 February

COUNTRIES = (("DE", "Germany"), ("FR", "France"), ("US", "United States"))
TAGS = (("vip", "VIP"), ("eu", "Europe"), ("a_b", "A_B"))
STAFF = ((1, "Ann"), (2, "Bob"), (3, "Zoë"))

with isolate_apps("firstwin.core"):

    class Shop(models.Model):  # noqa: DJ008
        account_id = models.BigIntegerField(unique=True)
        employees = models.IntegerField(null=True)
        rating = models.DecimalField(max_digits=20, decimal_places=2, null=True)
        arr = models.BigIntegerField(null=True)
        adoption = models.FloatField(null=True)
        country = models.CharField(max_length=10, null=True)
        name_folded = models.CharField(max_length=200, null=True)
        owner_id = models.BigIntegerField(null=True)
        team_id = models.BigIntegerField(null=True)
        is_key = models.BooleanField(null=True)
        renewal_on = models.DateField(null=True)
        seen_at = models.DateTimeField(null=True)
        touched_on = models.DateField(null=True)
        badges = models.CharField(max_length=200, null=True)

        class Meta:
            app_label = "core"

    class Sticker(models.Model):  # noqa: DJ008
        account_id = models.BigIntegerField(db_index=True)
        word = models.CharField(max_length=50)

        class Meta:
            app_label = "core"

    class Visit(models.Model):  # noqa: DJ008
        account_id = models.BigIntegerField(null=True, db_index=True)
        minutes = models.IntegerField(null=True)
        kind = models.CharField(max_length=20, null=True)
        occurred_at = models.DateTimeField(null=True)

        class Meta:
            app_label = "core"
            ordering = ["-occurred_at"]


MODELS: tuple[type[models.Model], ...] = (Shop, Sticker, Visit)


def stickers() -> QuerySet[Any]:
    return QuerySet(Sticker)


def visits() -> QuerySet[Any]:
    return QuerySet(Visit)


VOCABULARY = Vocabulary(
    {
        one.key: one
        for one in (
            Field("employees", Kind.NUMBER, "Employees", "shop", stored="employees"),
            Field("rating", Kind.NUMBER, "Rating", "shop", stored="rating", decimals=2, unit="stars"),
            Field("arr", Kind.MONEY, "ARR", "shop", stored="arr", unit="USD"),
            Field("adoption", Kind.SHARE, "Adoption", "shop", stored="adoption"),
            Field("country", Kind.CHOICE, "Country", "shop", stored="country", choices=COUNTRIES),
            Field("name", Kind.TEXT, "Name", "shop", stored="name_folded"),
            Field("owner", Kind.PERSON, "Owner", "shop", stored="owner_id", choices=STAFF),
            Field("team", Kind.CHOICE, "Team", "shop", stored="team_id", choices=((7, "North"), (8, "South"))),
            Field("key", Kind.FLAG, "Key account", "shop", stored="is_key"),
            Field("renewal", Kind.DATE, "Renewal date", "shop", stored="renewal_on"),
            Field("seen", Kind.DATE, "Last seen", "shop", stored="seen_at"),
            Field("quiet", Kind.DAYS, "Days since last touch", "shop", stored="touched_on"),
            Field("unseen", Kind.DAYS, "Days since last seen", "shop", stored="seen_at"),
            Field("tags", Kind.TAGS, "Tags", "shop", stored="word", choices=TAGS, rows=stickers),
            Field("badges", Kind.TAGS, "Badges", "shop", stored="badges", choices=TAGS),
            Field("score", Kind.NUMBER, "Score", "shop"),
        )
    },
    {
        "visits": Collection(
            "visits", "Visits", "shop", dated="occurred_at", model=visits,
            fields=(
                Field("minutes", Kind.NUMBER, "Minutes", "shop", stored="minutes"),
                Field("kind", Kind.CHOICE, "Kind", "shop", stored="kind", choices=(("call", "Call"), ("mail", "Mail"))),
                Field("occurred", Kind.DATE, "Date", "shop", stored="occurred_at"),
            ),
        ),
    },
)  # fmt: skip


def _around(hours: Sequence[float]) -> list[Any]:
    """Moments around the midnights of Berlin, where a day begins and ends."""
    start = datetime(2024, 3, 30, 23, tzinfo=UTC)  # the first moment of TODAY
    return [None, *(start + timedelta(hours=hour) for hour in hours)]


def _days(*offsets: int) -> list[Any]:
    return [None, date(1900, 1, 1), date(2099, 12, 31), *(TODAY + timedelta(days=n) for n in offsets)]


MOMENTS = _around([-48, -24.001, -24, -1, -0.001, 0, 0.001, 12, 22.999, 23, 23.001, 47, 95])
WORDS = ["acme", "acme ltd", "éclair", "strasse 5", "100% _raw_", "100x xrawx", "a\\b", "ａｃｍｅ", "café", "i̇zmir"]
EDGES: dict[str, list[Any]] = {
    "employees": [None, -3, -1, 0, 1, 2, 3, 2**31 - 1],
    "rating": [None, *map(Decimal, ["-2.50", "-0.01", "0", "0.01", "1.99", "2", "2.50", "3"])],
    "arr": [None, -300, -250, -1, 0, 1, 199, 200, 250, 300, 123450, 2**63 - 1],
    "adoption": [None, -0.1, 0.0, 0.1, 0.299, 0.3, 0.85, 1.0],
    "country": [None, "", "DE", "FR", "US", "XX"],
    "name_folded": [None, "", *WORDS],
    "owner_id": [None, 1, 2, 3],
    "team_id": [None, 7, 8, 9],
    "is_key": [None, True, False],
    "renewal_on": _days(-6, -4, -1, 0, 1, 3, 4),
    "seen_at": MOMENTS,
    "touched_on": _days(-30, -4, -3, -1, 0, 1),
    "badges": [None, "", "|vip|", "|eu|vip|", "|axb|"],
}


@dataclass(frozen=True)
class World:
    """Accounts as stored, and the same as `evaluate.holds` reads them, by account id."""

    rows: dict[int, dict[str, Any]] = field(repr=False)

    @classmethod
    def build(cls, *, accounts: int = 160) -> "World":
        """Every edge of every column at least once, mixed by a fixed seed; the last account has nothing at all."""
        chance = random.Random(20240331)
        rows = {}
        for pk in range(accounts):
            values = {name: edges[pk] if pk < len(edges) else chance.choice(edges) for name, edges in EDGES.items()}
            words = chance.sample(["vip", "eu", "a_b", "axb"], chance.choice([0, 0, 1, 2]))
            visits = [
                {
                    "minutes": chance.choice([None, -1, 0, 2, 3]),
                    "kind": chance.choice([None, "", "call", "mail"]),
                    "occurred_at": chance.choice(MOMENTS),
                }
                for _ in range(chance.choice([0, 0, 1, 2, 3]))
            ]
            rows[pk] = add(pk, values, words, visits)
        rows[accounts] = add(accounts, {}, [], [])
        # Visits of nobody: they must not poison a NOT IN.
        for _ in range(3):
            Visit._base_manager.create(minutes=3, kind="call", occurred_at=MOMENTS[6])
        Visit._base_manager.create(minutes=0)
        return cls(rows)


def add(pk: int, values: dict[str, Any], words: list[str], visits: list[dict[str, Any]]) -> dict[str, Any]:
    """Store an account; the row by which the evaluator knows it."""
    shop = Shop._base_manager.create(account_id=pk, **values)
    Sticker._base_manager.bulk_create(Sticker(account_id=pk, word=word) for word in words)
    seen = Visit._base_manager.bulk_create(Visit(account_id=pk, **visit) for visit in visits)
    return row_of(shop, words, seen)


def row_of(shop: Any, words: list[str], seen: list[Any]) -> dict[str, Any]:
    """A stored account as `evaluate.holds` reads it."""
    row = {one.key: getattr(shop, one.stored) for one in VOCABULARY.fields.values() if one.stored and one.rows is None}
    told = [
        {"minutes": visit.minutes, "kind": visit.kind, "occurred": visit.occurred_at, "_dated": visit.occurred_at}
        for visit in seen
    ]
    return row | {"tags": words, "visits": told}


@contextmanager
def tables() -> Iterator[None]:
    """The world's tables, made and dropped around a block."""
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            for model in reversed(MODELS):
                editor.delete_model(model)
