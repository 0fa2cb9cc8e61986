"""A small world to ask conditions of: accounts with every kind of value, some of them missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
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
        field.key: field
        for field in (
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


def row_of(shop: Any, words: list[str], seen: list[Any]) -> dict[str, Any]:
    """A stored account as `evaluate.holds` reads it."""
    row = {
        field.key: getattr(shop, field.stored)
        for field in VOCABULARY.fields.values()
        if field.stored and field.rows is None
    }
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
