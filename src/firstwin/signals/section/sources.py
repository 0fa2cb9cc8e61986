"""Where the value of a measure comes from: the rows behind it, or the section that shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from firstwin.accounts.models import Account, Touch
from firstwin.accounts.views.answers import address
from firstwin.core.conditions import Related, Test, walk
from firstwin.core.errors import Refused
from firstwin.core.fields import Field, Vocabulary
from firstwin.core.text import shorten
from firstwin.revenue.section.asof import AsOf
from firstwin.signals.kinds.scorecard import Holds, Measure
from firstwin.signals.models import Mood, Pulse
from firstwin.signals.pulses import REASONS, VALID_DAYS
from firstwin.signals.section.gather import at_of
from firstwin.signals.section.rows_named import rows_named
from firstwin.ui.filters import day, plural

COMMERCIAL = {
    "arr": "arr", "seats": "seats", "renews": "renewal", "notice": "notice", "overdue": "overdue",
    "overdue_days": "overdue", "card_expires": "card",
}  # fmt: skip
"""Field → the commercial figure whose rows are behind it."""

USAGE = {
    "weekly_share": "weekly", "licence_share": "licence", "usage_days_14": "frequency", "habit_weeks": "habit",
    "depth_share": "depth", "usage_trend": "trend", "teams_28": "teams", "stickiness": "stickiness",
    "last_seen": "last_seen", "activated": "activation", "first_win": "first_win",
    "products_without_win": "first_win",
}  # fmt: skip

SECTIONS = {"revenue": "commercial", "support": "support", "usage": "usage"}
PEOPLE = ("people", "roles_covered", "roles_missing")
MOST = 5


@dataclass(frozen=True)
class Source:
    """dialog: opens beside where one stands, else it leads to another section."""

    words: str
    href: str
    dialog: bool = False


@dataclass(frozen=True)
class Row:
    name: str
    words: str
    href: str = ""


@dataclass(frozen=True)
class Behind:
    """reads: what the measure looks at, in words."""

    reads: str
    sources: Sequence[Source]
    rows: Sequence[Row]


def behind(measure: Measure | None, account: Account, asof: AsOf, known: Vocabulary) -> Behind:
    """What a measure looks at, and where its rows are. None: the scorecard cannot be read any more."""
    if measure is None:
        return Behind("", (), ())
    fields, collections = _read(measure, known)
    links = [_source(field, account, asof) for field in fields]
    links += [
        _of_room(known.collections[key].room, key, account, asof) for key in collections if key in known.collections
    ]
    rows = [row for field in fields for row in _rows(field, account, asof)]
    rows += _counted(measure, account, asof, known)
    names = [field.label for field in fields] + [
        known.collections[key].label for key in collections if key in known.collections
    ]
    return Behind(", ".join(dict.fromkeys(names)), tuple(dict.fromkeys(links)), rows)


def _read(measure: Measure, known: Vocabulary) -> tuple[list[Field], list[str]]:
    """The fields and the collections a measure looks at."""
    keys, collections = [measure.field] if measure.field else [], []
    trees: list[Any] = [measure.count] if measure.count is not None else []
    if isinstance(measure.shape, Holds):
        trees.append(measure.shape.where)
    for tree in trees:
        for _, node in walk(tree):
            if isinstance(node, Related):
                collections.append(node.collection)
            elif isinstance(node, Test) and not collections:
                keys.append(node.field)
    found = []
    for key in dict.fromkeys(keys):
        try:
            found.append(known.field(key))
        except Refused:  # it is gone from the vocabulary
            continue
    return found, list(dict.fromkeys(collections))


def _source(field: Field, account: Account, asof: AsOf) -> Source:
    if field.key in COMMERCIAL:
        href = reverse("account_figure", kwargs={"key": account.key, "figure": COMMERCIAL[field.key]})
        return Source(f"The rows behind {field.label}", href + asof.query(), dialog=True)
    if field.key in USAGE:
        href = reverse("account_usage_figure", kwargs={"key": account.key, "figure": USAGE[field.key]})
        return Source(f"The events behind {field.label}", href + asof.query(), dialog=True)
    return _of_room(field.room, field.key, account, asof)


def _of_room(room: str, key: str, account: Account, asof: AsOf) -> Source:
    if room in SECTIONS:
        section = SECTIONS[room]
        return Source(f"The {section} section", address(account, section) + asof.query())
    if key in PEOPLE or key in ("contacts", "people"):
        return Source("Their people", address(account, "people"))
    if key.startswith(("last_touch", "last_two_way", "next_step", "touch")):
        return Source("The timeline", address(account, "timeline"))
    return Source("The summary", address(account))


def _rows(field: Field, account: Account, asof: AsOf) -> list[Row]:
    if field.key in ("last_two_way", "last_touch"):
        return _touches(account, asof, two_way=field.key == "last_two_way")
    if field.key == "pulse":
        return _pulses(account, asof)
    return [Row(*one) for one in rows_named(field.key, account, at_of(asof), MOST, asof.query())]


def _counted(measure: Measure, account: Account, asof: AsOf, known: Vocabulary) -> list[Row]:
    from firstwin.signals.section.rows_behind import counted_by, rows_behind  # numpy and the readers of facts

    asked = counted_by(measure)
    return [Row(name, words) for name, words in rows_behind(account.pk, at_of(asof), asked, known, MOST)]


def _touches(account: Account, asof: AsOf, *, two_way: bool) -> list[Row]:
    at = at_of(asof)
    rows = Touch.objects.known_by(at.known_by).filter(account=account, occurred_at__lte=at.moment)
    if two_way:
        rows = rows.two_way()
    return [
        Row(
            f"{one.get_kind_display()}, {day(one.occurred_at)}",
            " · ".join(filter(None, [shorten(one.summary, 90), one.author.name if one.author else one.source])),
            reverse("touch_history", kwargs={"key": account.key, "touch": one.key}),
        )
        for one in rows.select_related("author").order_by("-occurred_at", "-pk")[:MOST]
    ]


def _pulses(account: Account, asof: AsOf) -> list[Row]:
    at = at_of(asof)
    rows = Pulse.objects.known_by(at.known_by).filter(account=account, occurred_at__lte=at.moment)
    return [
        Row(f"{Mood(one.mood).label}, {day(one.occurred_at)}", pulse_words(one, asof))
        for one in rows.select_related("author").order_by("-occurred_at", "-pk")[:MOST]
    ]


def pulse_words(one: Pulse, asof: AsOf) -> str:
    """Who said it and why; whether it is too old to count."""
    told = [
        one.author.name if one.author else "",
        ", ".join(REASONS.get(word, word) for word in one.reasons),
        one.comment,
    ]
    age = (at_of(asof).moment - one.occurred_at).days
    told.append(f"given {plural(age, 'day')} ago, too old to count" if age >= VALID_DAYS else "")
    return " · ".join(filter(None, told))
