"""What the files of a draft seem to hold."""

from dataclasses import dataclass
from typing import Any

from firstwin.connectors.kinds.fields import FIELDS
from firstwin.connectors.mapping.suggest import ColumnGuess, Suggestion, suggest
from firstwin.connectors.models import ImportDraft
from firstwin.connectors.peek import Peek, peek

KINDS = {
    "accounts": "Accounts",
    "people": "People",
    "memberships": "Memberships: who belongs to which account",
    "touches": "Touches: calls, mails, meetings",
    "products": "Products",
    "contracts": "Contracts",
    "lines": "Subscription lines",
    "invoices": "Invoices",
    "payment_methods": "Payment methods",
    "churn": "Churn records",
    "tickets": "Tickets",
    "rates": "Exchange rates",
    "events": "Events of use",
    "daily_usage": "Daily use: how often a day",
}
assert set(KINDS) == set(FIELDS)


@dataclass(frozen=True)
class Seen:
    """A file of a draft with what was found in it. kind: said by its owner, else guessed."""

    file: dict[str, Any]
    peek: Peek
    guess: Suggestion | None

    @property
    def name(self) -> str:
        return str(self.file["name"])

    @property
    def kind(self) -> str:
        return str(self.file["kind"]) or (self.guess.kind if self.guess else "accounts")

    def column(self, name: str) -> ColumnGuess | None:
        return next((one for one in self.guess.columns if one.name == name), None) if self.guess else None


def seen(draft: ImportDraft, file: dict[str, Any]) -> Seen:
    """Look at the beginning of a file."""
    found = peek(draft.path_of(file), file["found"], file["chosen"])
    if found.trouble or not found.header:
        return Seen(file, found, None)
    rows = [row.cells for row in found.rows if not row.trouble]
    return Seen(file, found, suggest(str(file["kind"]) or None, found.header, rows))
