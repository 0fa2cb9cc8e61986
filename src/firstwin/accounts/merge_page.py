"""What a person sees before two records become one: both side by side, where they differ, and what will move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from firstwin.accounts.actions.merging import values
from firstwin.accounts.actions.merging.people import FIELDS
from firstwin.accounts.listing.cells import Cell
from firstwin.accounts.listing.row import cells_of
from firstwin.accounts.merged import Kept, what_moves
from firstwin.accounts.models import Account, Membership, Person
from firstwin.core.clock import day_of
from firstwin.core.fields import vocabulary

# Figures worth a look before two accounts become one, as far as their rooms are there.
FIGURES = (
    "people", "last_touch", "arr", "seats", "products", "commercial_status", "renews_on", "renewal", "overdue",
    "tickets_open", "csat",
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two records about to be one.  figures: (label, survivor's, absorbed's)."""

    survivor: Any
    absorbed: Any
    differences: Sequence[values.Difference]
    figures: Sequence[tuple[str, Any, Any]]
    moves: Sequence[Kept]

    @property
    def choices(self) -> list[values.Difference]:
        return [one for one in self.differences if one.is_choice]

    @property
    def same(self) -> list[values.Difference]:
        """What is not for choosing: equal, or said by one of them only."""
        return [one for one in self.differences if not one.is_choice]


def accounts_side_by_side(survivor: Account, absorbed: Account, *, now: datetime) -> Pair:
    known = vocabulary().fields
    fields = [known[key] for key in FIGURES if key in known and known[key].stored]
    mine, theirs = (_cells(one, fields, now) for one in (survivor, absorbed))
    figures: list[tuple[str, Any, Any]] = [
        (one.label, one, other) for one, other in zip(mine, theirs, strict=True) if _is_known(one) or _is_known(other)
    ]
    moves = what_moves(Account, absorbed=absorbed.pk, survivor=survivor.pk)
    return Pair(survivor, absorbed, values.compared(survivor, absorbed, now=now), figures, moves)


def people_side_by_side(survivor: Person, absorbed: Person, *, now: datetime) -> Pair:
    differences = [
        values.Difference(name, name.capitalize(), _side(survivor, name), _side(absorbed, name)) for name in FIELDS
    ]
    figures = [("Works at", _places(survivor, now), _places(absorbed, now))]
    moves = what_moves(Person, absorbed=absorbed.pk, survivor=survivor.pk)
    return Pair(survivor, absorbed, differences, figures, moves)


def chosen_in(posted: Any) -> dict[str, str]:
    """The choices among what a form sent."""
    return {name.removeprefix("choice:"): posted[name] for name in posted if name.startswith("choice:")}


def editions_in(posted: Any) -> tuple[int, int] | None:
    """The editions the form was drawn for; None when they are not numbers."""
    said = (posted.get("survivor_edition", ""), posted.get("absorbed_edition", ""))
    return (int(said[0]), int(said[1])) if all(text.isdigit() and len(text) < 10 for text in said) else None


def _cells(account: Account, fields: Any, now: datetime) -> list[Cell]:
    return cells_of(account.pk, fields, day_of(now))


def _is_known(cell: Cell) -> bool:
    return cell.value is not None and cell.value != []


def _side(person: Person, name: str) -> values.Side:
    said: str = getattr(person, name)
    return values.Side(said, said)


def _places(person: Person, now: datetime) -> str:
    rows = Membership.objects.standing().true_at(now).filter(person=person).select_related("account")
    return ", ".join(f"{row.account.name}{f' ({row.title})' if row.title else ''}" for row in rows) or "nowhere now"
