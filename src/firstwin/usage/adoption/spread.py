"""How use spreads over the accounts: how many stand where, each bar leading to them. Two queries."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from firstwin.ui.filters import number, plural, share
from firstwin.usage.adoption.asked import Asked

HABIT = 8
SILENT_DAYS = 14
FALLS = -3.0


@dataclass(frozen=True)
class Bucket:
    """bounds: (operator, value), all of which hold. tone: colour of the bar; the words say the same."""

    label: str
    bounds: tuple[tuple[str, float], ...]
    tone: str = "accent"

    def q(self, column: str) -> Q:
        return Q(*((f"{column}{_LOOKUPS[op]}", value) for op, value in self.bounds))

    def tests(self, column: str) -> list[tuple[str, str, Any]]:
        return [(column, op, value) for op, value in self.bounds]


_LOOKUPS = {"ge": "__gte", "gt": "__gt", "le": "__lte", "lt": "__lt", "eq": ""}


@dataclass(frozen=True)
class Question:
    """column: of the list's row. unknown: what it means that nothing is known."""

    key: str
    title: str
    column: str
    rule: str
    buckets: tuple[Bucket, ...]
    unknown: str


QUESTIONS = (
    Question(
        "weekly", "Weekly active share", "weekly_share", "People active in 7 days, of the seats in force",
        (
            Bucket("80% and more", (("ge", 0.8),)), Bucket("50 to 79%", (("ge", 0.5), ("lt", 0.8))),
            Bucket("25 to 49%", (("ge", 0.25), ("lt", 0.5))), Bucket("Under 25%", (("gt", 0), ("lt", 0.25)), "watch"),
            Bucket("Nobody", (("eq", 0),), "risk"),
        ),
        "no seats or no people known",
    ),
    Question(
        "licence", "Licence use", "licence_share", "People active in 28 days, of the seats in force",
        (
            Bucket("More than bought", (("gt", 1),), "good"), Bucket("75 to 100%", (("ge", 0.75), ("le", 1))),
            Bucket("50 to 74%", (("ge", 0.5), ("lt", 0.75))), Bucket("10 to 49%", (("ge", 0.1), ("lt", 0.5)), "watch"),
            Bucket("Under 10%", (("lt", 0.1),), "risk"),
        ),
        "no seats or no people known",
    ),
    Question(
        "frequency", "Frequency", "usage_days_14", "Days with any use in the last 14",
        (
            Bucket("Daily, 9 and more", (("ge", 9),)), Bucket("Weekly, 5 to 8", (("ge", 5), ("le", 8))),
            Bucket("Occasional, 2 to 4", (("ge", 2), ("le", 4)), "watch"),
            Bucket("Inactive, 0 or 1", (("le", 1),), "risk"),
        ),
        "never seen",
    ),
    Question(
        "habit", "Habit", "habit_weeks", "Weeks with any use in the last 12; a habit from 8",
        (
            Bucket("Every week", (("ge", 12),)), Bucket("A habit, 8 to 11", (("ge", 8), ("le", 11))),
            Bucket("4 to 7 weeks", (("ge", 4), ("le", 7))), Bucket("1 to 3 weeks", (("ge", 1), ("le", 3)), "watch"),
            Bucket("None", (("eq", 0),), "risk"),
        ),
        "never seen",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Bar:
    label: str
    count: int
    words: str
    tone: str
    href: str


@dataclass(frozen=True)
class Spread:
    """most: the longest bar. A bar of nobody leads nowhere. unknown: of whom it is not known; unknown_href: they."""

    question: Question
    bars: tuple[Bar, ...]
    known: int
    unknown: int
    unknown_href: str

    @property
    def most(self) -> int:
        return max((bar.count for bar in self.bars), default=0)


@dataclass(frozen=True)
class Head:
    """What stands above all: how many accounts, and how many of them do what."""

    label: str
    value: str
    note: str
    href: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Portfolio:
    accounts: int
    heads: tuple[Head, ...]
    spreads: tuple[Spread, ...]


def portfolio(asked: Asked) -> Portfolio:
    """Counted in one query."""
    counts = asked.rows.order_by().aggregate(**_counts())
    total = counts["all"]
    spreads = tuple(_spread(question, counts, total, asked) for question in QUESTIONS)
    return Portfolio(total, _heads(counts, asked), spreads)


def _counts() -> dict[str, Any]:
    told: dict[str, Any] = {"all": Count("pk")}
    for question in QUESTIONS:
        for place, bucket in enumerate(question.buckets):
            told[f"{question.key}_{place}"] = Count("pk", filter=bucket.q(question.column))
    told["seen"] = Count("pk", filter=Q(last_seen_on__isnull=False))
    told["used"] = Count("pk", filter=Q(events_28__gt=0))
    told["habit"] = Count("pk", filter=Q(habit_weeks__gte=HABIT))
    told["habit_known"] = Count("pk", filter=Q(habit_weeks__isnull=False))
    told["activated"] = Count("pk", filter=Q(activated_on__isnull=False))
    told["won"] = Count("pk", filter=Q(first_win_on__isnull=False))
    return told


def _spread(question: Question, counts: dict[str, int], total: int, asked: Asked) -> Spread:
    found = [counts[f"{question.key}_{place}"] for place in range(len(question.buckets))]
    known = sum(found)
    bars = tuple(
        Bar(
            bucket.label, count, f"{number(count)} · {share(count / known)}" if known else "0",
            bucket.tone,
            asked.list_url(bucket.tests(question.column), show=(question.column, "last_seen_on")) if count else "",
        )
        for bucket, count in zip(question.buckets, found, strict=True)
    )  # fmt: skip
    unknown_href = asked.list_url([(question.column, "not_set", None)], show=(question.column, "last_seen_on"))
    return Spread(question, bars, known, total - known, unknown_href)


def _heads(counts: dict[str, int], asked: Asked) -> tuple[Head, ...]:
    total, known = counts["all"], counts["habit_known"]

    def part(label: str, count: int, of: int, note: str, tests: list[tuple[str, str, Any]], *show: str) -> Head:
        value = share(count / of) if of else "–"
        return Head(
            label, value, f"{number(count)} of {plural(of, 'account')} {note}", asked.list_url(tests, show=show)
        )

    return (
        part("In use", counts["used"], total, "used it in 28 days", [("events_28", "ge", 1)], "events_28",
             "last_seen_on"),
        part("Habit", counts["habit"], known, f"came in {HABIT} of 12 weeks", [("habit_weeks", "ge", HABIT)],
             "habit_weeks", "usage_days_14"),
        part("Activated", counts["activated"], total, "reached activation", [("activated_on", "set", None)],
             "activated_on"),
        part("First win", counts["won"], total, "had their first win", [("first_win_on", "set", None)],
             "first_win_on"),
    )  # fmt: skip
