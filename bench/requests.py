"""What people ask of the pages, at random but seeded: the same requests on every database and every run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from firstwin.accounts.listing.columns import sort_path
from firstwin.accounts.listing.order import order_of
from firstwin.accounts.listing.paging import Cursor
from firstwin.accounts.models import AccountNow
from firstwin.core import clock
from firstwin.core.conditions import All, Condition, Test, check, parse, to_query
from firstwin.core.fields import Field, Kind, Vocabulary
from firstwin.people.config.write import latest
from firstwin.people.models import User
from firstwin.people.rules import can_configure
from firstwin.signals.refresh.definitions import definitions_at


@dataclass(frozen=True)
class Ask:
    """One request. is_part: asked for by the page itself, for a part of it. form: what is sent; None: it is read."""

    email: str
    url: str
    is_part: bool = False
    form: Mapping[str, str] | None = None


class Asker:
    """Makes requests of each kind as one user, from values that stand in the data."""

    def __init__(self, user: User, vocabulary: Vocabulary, seed: int, whose: str) -> None:
        self.user, self.vocabulary, self.whose = user, vocabulary, whose
        self.dice = Random(seed)
        self.low, self.high = _span(user)
        self.filterable = [f for f in vocabulary.fields.values() if (f.stored and f.kind is not Kind.TAGS) or f.rows]
        self.sortable = [f for f in vocabulary.fields.values() if sort_path(f)]
        self.segments = sorted(definitions_at().segments)

    def list_plain(self) -> Ask:
        return self._list([])

    def list_sorted(self) -> Ask:
        return self._list([("sort", self._sort())])

    def list_two_filters(self) -> Ask:
        return self._list([*self._two_filters(), ("sort", self._sort())])

    def totals_two_filters(self) -> Ask:
        pairs = [("whose", self.whose), *self._two_filters(), ("sort", self._sort())]
        return Ask(self.user.email, f"{reverse('list_totals')}?{urlencode(pairs)}", is_part=True)

    def list_related(self) -> Ask:
        condition = parse(self.dice.choice(RELATED)(self.dice))
        check(condition, self.vocabulary)
        return self._list([*to_query(All((condition,))), ("sort", self._sort())])

    def list_deep(self) -> Ask:
        """Somewhere in the middle of the list, in some order."""
        sort = self._sort()
        order = order_of(sort, self.vocabulary)
        row = self._row()
        cursor = Cursor(getattr(row, order.path), row.pk, is_back=self.dice.random() < 0.3, before=50_000)
        return self._list([("sort", sort), ("cursor", cursor.text(order))])

    def search(self) -> Ask:
        return self._list([("q", self._words())])

    def account(self) -> Ask:
        return Ask(self.user.email, reverse("account", kwargs={"key": self._row().key}))

    def drawer(self) -> Ask:
        return Ask(self.user.email, reverse("account_preview", kwargs={"key": self._row().key}), is_part=True)

    def contacts(self) -> Ask:
        return Ask(self.user.email, f"{reverse('contacts')}?{urlencode({'q': self._person()})}")

    def page_of(self, route: str, **choices: Sequence[str]) -> Callable[[], Ask]:
        """A page over all of one's accounts, each time with one of the choices for each word of its address."""

        def ask() -> Ask:
            chosen = {name: self.dice.choice(some) for name, some in choices.items()}
            query = urlencode({name: value for name, value in chosen.items() if value})
            return Ask(self.user.email, f"{reverse(route)}{'?' if query else ''}{query}")

        return ask

    def section(self, section: str) -> Callable[[], Ask]:
        return lambda: Ask(
            self.user.email, reverse("account_section", kwargs={"key": self._row().key, "section": section})
        )

    def segment(self) -> Ask:
        return Ask(self.user.email, reverse("segment", kwargs={"segment": self.dice.choice(self.segments)}))

    def list_by_health(self) -> Ask:
        """As the portfolio leads to it: of one band, sorted by what health says."""
        test = Test("health_band", "eq", self.dice.choice(["red", "amber", "green", "unknown"]))
        sort = self.dice.choice(["", "-"]) + self.dice.choice(["health", "health_change", "risks_open", "stage_on"])
        return self._list([*to_query(All((test,))), ("sort", sort)])

    def typing(self) -> Ask:
        """The preview of a segment while its condition is typed."""
        condition = self.dice.choice(["arr > 50000", "employees > 100 and renews < 2027-03-01", "health < 60"])
        return Ask(self.user.email, reverse("segment_preview"), is_part=True, form={"condition": condition})

    def trial(self) -> Ask:
        """A draft of a scorecard tried: the first weight of one that stands, changed."""
        key = self.dice.choice(sorted(definitions_at().scorecards))
        last = latest("scorecard", key)
        form = {"text": last.text if last else "", "groups[0].weight": str(self.dice.randint(1, 9))}
        return Ask(self.user.email, reverse("studio_try", kwargs={"scorecard": key}), is_part=True, form=form)

    def _list(self, pairs: list[tuple[str, str]]) -> Ask:
        query = urlencode([("whose", self.whose), *pairs])
        return Ask(self.user.email, f"{reverse('accounts')}?{query}")

    def _sort(self) -> str:
        return self.dice.choice(["", "-"]) + self.dice.choice(self.sortable).key

    def _two_filters(self) -> list[tuple[str, str]]:
        parts: list[Condition] = []
        while len(parts) < 2:
            field = self.dice.choice(self.filterable)
            test = self._test(field)
            if test and field.key not in {part.field for part in parts if isinstance(part, Test)}:
                parts.append(test)
        return to_query(All(tuple(parts)))

    def _test(self, field: Field) -> Test | None:
        """A condition on `field` that some account meets."""
        value = _value(field, self._row())
        ops = _OPS.get(field.kind)
        if value is None or ops is None:
            return None
        test = Test(field.key, self.dice.choice(ops), value)
        check(test, self.vocabulary)
        return test

    def _row(self) -> AccountNow:
        """Some account the user may see."""
        while True:
            row = AccountNow.objects.filter(pk__gte=self.dice.randint(self.low, self.high), is_removed=False).first()
            if row is not None and (self.whose == "all" or row.owner_id == self.user.pk):
                return row

    def _words(self) -> str:
        """Part of a name, two words of it, a domain, or something nobody is called."""
        name = self._row().name
        words = [word for word in name.split() if len(word) > 2] or [name]
        word = self.dice.choice(words)
        return self.dice.choice([word, word[:4], " ".join(words[:2]), f"{word}.example", name, f"{word}qx"])

    def _person(self) -> str:
        return self.dice.choice(["kowalski", "priya", "Meg", "anders", "tanaka", "o'brien", "nobody at all"])


_OPS: dict[Kind, tuple[str, ...]] = {
    Kind.NUMBER: ("ge", "lt", "eq"),
    Kind.MONEY: ("ge", "lt"),
    Kind.DAYS: ("ge", "lt"),
    Kind.DATE: ("lt", "ge"),
    Kind.CHOICE: ("eq", "ne"),
    Kind.PERSON: ("eq", "ne"),
    Kind.TEXT: ("eq", "ne", "contains", "starts_with"),
    Kind.TAGS: ("has",),
}

RELATED: tuple[Callable[[Random], dict[str, Any]], ...] = (
    lambda dice: {"count": "touches", "op": "ge", "n": dice.randint(1, 3), "within_days": dice.choice([14, 30, 90])},
    lambda dice: {"none": "touches", "within_days": dice.choice([30, 60, 90])},
    lambda dice: {"any": "roles", "where": {"field": "role", "op": "eq", "value": "sponsor"}},
    lambda dice: {"none": "roles", "where": {"field": "role", "op": "eq", "value": "champion"}},
    lambda dice: {"any": "contacts", "where": {"field": "title", "op": "contains", "value": "chief"}},
    lambda dice: {
        "count": "touches", "op": "ge", "n": 2, "within_days": 180,
        "where": {"field": "sentiment", "op": "eq", "value": "negative"},
    },
)  # fmt: skip


def _value(field: Field, row: AccountNow) -> Any:
    """The row's value of `field` as a condition writes it."""
    if field.kind is Kind.TAGS:
        return row.tags[0].casefold() if field.rows and row.tags else None
    value = getattr(row, str(field.stored), None)
    if value is None:
        return None
    match field.kind:
        case Kind.DAYS:
            return max(0, (clock.today() - value).days)
        case Kind.DATE:
            return value.isoformat()
        case Kind.MONEY:
            return int(value) // 100
        case Kind.NUMBER:
            return int(value)
        case Kind.TEXT:
            return str(value)[:60]
    return value


def _span(user: User) -> tuple[int, int]:
    rows = AccountNow.objects.order_by("pk").values_list("pk", flat=True)
    first, last = rows.first(), rows.last()
    if first is None or last is None:
        raise SystemExit("There are no accounts to ask for.")
    return first, last


def scenarios(asker: Asker) -> Iterator[tuple[str, Callable[[], Ask]]]:
    """What is measured, in the order of the report."""
    yield "list", asker.list_plain
    yield "list, any sort", asker.list_sorted
    yield "list, two filters, any sort", asker.list_two_filters
    yield "list totals, two filters", asker.totals_two_filters
    yield "list, related rows, any sort", asker.list_related
    yield "list, deep page, any sort", asker.list_deep
    yield "list, by health", asker.list_by_health
    yield "search", asker.search
    yield "account page", asker.account
    yield "drawer", asker.drawer
    yield "contacts, search", asker.contacts
    yield "today", asker.page_of("today")
    yield "today, a week or a month", asker.page_of("today", since=("week", "month"), what=("", "health", "risks"))
    yield "portfolio health", asker.page_of("health")
    yield "stage board", asker.page_of("stages")
    yield "stage board, narrowed", asker.page_of("stages", segment=asker.segments, experience=("", "pooled"))
    yield "funnel", asker.page_of("stages_funnel")
    yield "funnel, by", asker.page_of("stages_funnel", by=("segment", "owner", "month"), since=("", "12"))
    yield "segments", asker.page_of("segments")
    yield "a segment", asker.segment
    yield "experiences", asker.page_of("experiences")
    yield "risks", asker.page_of("risks")
    yield "risks, narrowed", asker.page_of("risks", severity=("1", "2", "3"), what=("", "risk", "opportunity"))
    yield "detectors", asker.page_of("detectors")
    yield "health section", asker.section("health")
    yield "studio", lambda: Ask(asker.user.email, reverse("studio", kwargs={"scorecard": "pooled"}))
    if can_configure(asker.user):
        yield "studio, a draft tried", asker.trial
        yield "segment, preview", asker.typing
    yield "adoption", asker.page_of("usage_adoption")
    yield "adoption, cohorts", asker.page_of("usage_cohorts", clock=("", "kickoff"))
