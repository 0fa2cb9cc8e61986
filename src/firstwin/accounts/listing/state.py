"""What an address asks of the list: whose accounts, which filter, which order, which columns, which page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from firstwin.accounts.listing import columns as shown
from firstwin.accounts.listing.order import Order, order_of
from firstwin.accounts.listing.view import View
from firstwin.accounts.listing.whose import tabs_of, usual_tab
from firstwin.core.conditions import EVERYTHING, All, Condition, check, from_query, parse, to_query
from firstwin.core.errors import Refused
from firstwin.core.fields import Field, Vocabulary
from firstwin.core.text import is_clean
from firstwin.people.models import User

SIZES = (25, 50, 100)
SIZE = 50
LONGEST_SEARCH = 200
CHIP = "filter"


@dataclass(frozen=True)
class ListState:
    """The list as one address describes it. `problem` is why the filter cannot be read; then nothing is listed."""

    whose: str
    view: View | None
    chips: tuple[Condition, ...]
    q: str
    order: Order
    columns: tuple[Field, ...]
    size: int
    cursor: str
    problem: str
    usual: Mapping[str, Any]

    @property
    def condition(self) -> All:
        return All(self.chips)

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter or a search leaves accounts out."""
        return bool(self.chips or self.q)

    @property
    def is_changed(self) -> bool:
        """Whether the list differs from the view it started from (the page and the tab are no part of a view)."""
        mine = dict(self._differing())
        return bool(mine.keys() & {CHIP, "sort", "columns"})

    def pairs(self, **changes: Any) -> list[tuple[str, str]]:
        """Parameters of an address, without what goes without saying. Changing anything goes to the first page."""
        changes.setdefault("cursor", "")
        wanted = replace(self, **changes)
        return list(wanted._differing())

    def url(self, **changes: Any) -> str:
        query = urlencode(self.pairs(**changes))
        return reverse("accounts") + (f"?{query}" if query else "")

    @property
    def here(self) -> str:
        """The address of exactly this page."""
        return self.url(cursor=self.cursor)

    def _differing(self) -> Iterator[tuple[str, str]]:
        usual = self.usual
        if self.view is not None:
            yield "view", self.view.key
        if self.whose != usual["whose"]:
            yield "whose", self.whose
        if self.chips != usual["chips"]:
            yield from _chip_pairs(self.chips)
        if self.q:
            yield "q", self.q
        if self.order.text != usual["sort"]:
            yield "sort", self.order.text
        keys = [field.key for field in self.columns]
        if keys != usual["columns"]:
            yield "columns", ",".join(keys)
        if self.size != SIZE:
            yield "size", str(self.size)
        if self.cursor:
            yield "cursor", self.cursor

    def without(self, place: int) -> tuple[Condition, ...]:
        """The chips but one."""
        return self.chips[:place] + self.chips[place + 1 :]

    @classmethod
    def of(cls, given: QueryDict, user: User, views: Sequence[View], vocabulary: Vocabulary) -> Self:
        """The list an address asks for. What makes no sense is left out and said in `problem`, never raised."""
        view = next((one for one in views if one.key == given.get("view")), None)
        problems: list[str] = []
        tabs = tabs_of(user)
        usual = _usual(view, user, vocabulary, problems)
        whose = given.get("whose", "")
        q = " ".join(given.get("q", "").split())[:LONGEST_SEARCH]
        if not is_clean(q):
            q = ""
            problems.append("The search holds characters that cannot be read.")
        return cls(
            whose=whose if whose in tabs else usual["whose"],
            view=view,
            chips=_chips(given, usual["chips"], vocabulary, problems),
            q=q,
            order=_order(given.get("sort", usual["sort"]), usual["sort"], vocabulary),
            columns=tuple(shown.chosen(_keys(given, usual["columns"]), vocabulary)),
            size=next((size for size in SIZES if str(size) == given.get("size")), SIZE),
            cursor=given.get("cursor", "")[:2000],
            problem=" ".join(problems),
            usual=usual,
        )


def _chip_pairs(chips: Sequence[Condition]) -> list[tuple[str, str]]:
    # A filter that was emptied is not the same as a view left as it is: a blank one says so.
    return to_query(All(tuple(chips))) if chips else [(CHIP, "")]


def _usual(view: View | None, user: User, vocabulary: Vocabulary, problems: list[str]) -> dict[str, Any]:
    chips: tuple[Condition, ...] = ()
    if view is not None and view.condition:
        try:
            tree = parse(view.condition)
            check(tree, vocabulary)
            chips = tree.parts if isinstance(tree, All) else (tree,)
        except Refused as refused:
            problems.append(f"The view “{view.name}” cannot be read any more: {refused.message}")
    keys = view.columns if view is not None and view.columns else shown.DEFAULT
    sort = _order(view.sort if view is not None else "", "", vocabulary).text
    return {
        "whose": tabs_of(user)[-1] if view is not None else usual_tab(user),
        "chips": chips,
        "sort": sort,
        "columns": [field.key for field in shown.chosen(keys, vocabulary)],
    }


def _chips(
    given: QueryDict, usual: tuple[Condition, ...], vocabulary: Vocabulary, problems: list[str]
) -> tuple[Condition, ...]:
    if CHIP not in given:
        return usual
    problems.clear()  # the address brings its own filter: that of the view does not matter
    try:
        tree = from_query(given.getlist(CHIP))
        check(tree, vocabulary)
    except Refused as refused:
        problems.append(refused.message)
        return EVERYTHING.parts
    return tree.parts if isinstance(tree, All) else (tree,)


def _order(text: str, otherwise: str, vocabulary: Vocabulary) -> Order:
    try:
        return order_of(text, vocabulary)
    except Refused:
        return order_of(otherwise if otherwise != text else "", vocabulary)


def _keys(given: QueryDict, usual: Sequence[str]) -> Sequence[str]:
    asked = [key for part in given.getlist("columns") for key in part.split(",") if key]
    return asked or usual
